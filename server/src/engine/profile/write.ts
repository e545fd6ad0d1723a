/** trtexec's JSON, as it writes it, except that names are escaped as JSON wants. Its readers take both. */
import type { IterationTimes, RunResult } from '../../../../native-bridge/src/engine-protocol.ts';
import type { ProfileRun } from './conditions.ts';
import { type ProfiledLayer, sum } from './profile.ts';
import { latenciesOf } from './statistics.ts';

/** `--exportTimes`. */
export function writeTimes(iterations: readonly IterationTimes[]): string {
  return list(
    iterations.map((times) => {
      const { hostToDevice, compute, deviceToHost, latency } = latenciesOf(times);
      const {
        startEnqMs,
        endEnqMs,
        startH2dMs,
        endH2dMs,
        startComputeMs,
        endComputeMs,
        startD2hMs,
        endD2hMs,
      } = times;
      return entry({
        startEnqMs,
        endEnqMs,
        startH2dMs,
        endH2dMs,
        startComputeMs,
        endComputeMs,
        startD2hMs,
        endD2hMs,
        h2dMs: hostToDevice,
        computeMs: compute,
        d2hMs: deviceToHost,
        latencyMs: latency,
      });
    }),
  );
}

/** `--exportProfile`. */
export function writeLayerTimes(layers: readonly ProfiledLayer[], runs: number): string {
  const whole = sum(layers.map(({ total }) => total));
  return list([
    entry({ count: runs }),
    ...layers.map(({ name, total, average, median }) =>
      entry({
        name,
        timeMs: total,
        averageMs: average,
        medianMs: median,
        percentage: whole === 0 ? 0 : (total / whole) * 100,
      }),
    ),
  ]);
}

export interface OwnProfile
  extends Pick<RunResult, 'iterations' | 'layers' | 'cudaGraph' | 'memory' | 'notes'> {
  readonly engine: string;
  /** The model that the engine was built from, where ENGINE.json says it. */
  readonly model?: string;
  readonly runtime: { readonly product: string; readonly version: string };
  readonly device: { readonly name: string; readonly computeCapability: string };
  /** ISO 8601. */
  readonly measured: string;
  readonly run: ProfileRun;
  /** IEngineInspector's JSON as it is. */
  readonly layerInformation: string;
}

/** All of it in one file, with every single time, to the nanosecond, an inference a line: there may be a hundred thousand. */
export function writeOwnProfile({ iterations, ...profile }: OwnProfile): string {
  const head = JSON.stringify(
    { format: 'onnx-tensorrt-tools profile', formatVersion: 1, ...profile },
    toNanoseconds,
    1,
  );
  const lines = iterations.map((times) => `  ${JSON.stringify(times, toNanoseconds)}`);
  return `${head.slice(0, head.lastIndexOf('\n'))},\n "iterations": [\n${lines.join(',\n')}\n ]\n}\n`;
}

/** Of times, which are milliseconds; whole numbers stay what they are. */
function toNanoseconds(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(6)) : value;
}

function entry(values: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(values).map(([key, value]) => `"${key}" : ${JSON.stringify(value)}`);
  return `{ ${pairs.join(', ')} }`;
}

function list(entries: readonly string[]): string {
  return `[\n${entries.map((text, index) => `${index === 0 ? '  ' : ', '}${text}\n`).join('')}]\n`;
}
