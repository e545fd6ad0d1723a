/** Statistics of a run as trtexec computes them (sampleReporting.cpp), so that the figures compare. */
import type { IterationTimes } from '../../../../native-bridge/src/engine-protocol.ts';
import { median, sum } from './profile.ts';

/** Milliseconds. */
export interface Statistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly median: number;
  readonly percentiles: readonly { readonly percent: number; readonly milliseconds: number }[];
  /** Standard deviation by mean, in percent. */
  readonly variation: number;
}

export interface RunStatistics {
  readonly inferences: number;
  /** Inferences per second. */
  readonly throughput: number;
  /** From the first copy to the device to the last one back. */
  readonly wallMilliseconds: number;
  /** Of one inference on the device: transfers and computation. */
  readonly latency: Statistics;
  /** Of the host, to hand an inference over. */
  readonly enqueue: Statistics;
  readonly hostToDevice: Statistics;
  readonly compute: Statistics;
  readonly deviceToHost: Statistics;
  /** What limits the throughput or shakes the figures, a sentence each. */
  readonly remarks: readonly string[];
}

/** trtexec's own choice. */
export const defaultPercentiles: readonly number[] = [90, 95, 99];

export interface Latencies {
  readonly hostToDevice: number;
  readonly compute: number;
  readonly deviceToHost: number;
  readonly latency: number;
  readonly enqueue: number;
}

/** Milliseconds of one inference. */
export function latenciesOf(times: IterationTimes): Latencies {
  const hostToDevice = times.endH2dMs - times.startH2dMs;
  const compute = times.endComputeMs - times.startComputeMs;
  const deviceToHost = times.endD2hMs - times.startD2hMs;
  return {
    hostToDevice,
    compute,
    deviceToHost,
    latency: hostToDevice + compute + deviceToHost,
    enqueue: times.endEnqMs - times.startEnqMs,
  };
}

/** Undefined where nothing was measured. */
export function runStatistics(
  iterations: readonly IterationTimes[],
  percentiles: readonly number[] = defaultPercentiles,
  streams = 1,
): RunStatistics | undefined {
  const [first] = iterations;
  if (!first) return undefined;
  const all = iterations.map(latenciesOf);
  const of = (key: keyof Latencies) =>
    statistics(
      all.map((latencies) => latencies[key]),
      percentiles,
    );
  // With several streams, the last one enqueued need not be the last one done.
  const end = iterations.reduce(
    (latest, { endComputeMs, endD2hMs }) => Math.max(latest, endComputeMs, endD2hMs),
    first.endD2hMs,
  );
  const wallMilliseconds = end - first.startH2dMs;
  const result = {
    inferences: iterations.length,
    throughput: (iterations.length / wallMilliseconds) * 1000,
    wallMilliseconds,
    latency: of('latency'),
    enqueue: of('enqueue'),
    hostToDevice: of('hostToDevice'),
    compute: of('compute'),
    deviceToHost: of('deviceToHost'),
  };
  return { ...result, remarks: remarks(result, streams) };
}

/** Of at least one value. */
export function statistics(values: readonly number[], percentiles: readonly number[]): Statistics {
  const sorted = [...values].sort((left, right) => left - right);
  const mean = sum(sorted) / sorted.length;
  const variance = sum(sorted.map((value) => (value - mean) ** 2)) / sorted.length;
  return {
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    mean,
    median: median(sorted),
    percentiles: percentiles.map((percent) => ({ percent, milliseconds: percentile(sorted, percent) })),
    variation: mean === 0 ? 0 : (Math.sqrt(variance) / mean) * 100,
  };
}

/**
 * The value that so many percent of the values do not exceed: those above are counted and cut, in single precision, which decides
 * where the count is a whole number: of 20 values, the 90th percentile is the 18th.
 */
export function percentile(sorted: readonly number[], percent: number): number {
  if (!(percent >= 0 && percent <= 100)) throw new RangeError(`${percent} is no percentile: 0 to 100 are.`);
  const above = Math.trunc(Math.fround(Math.fround(1 - Math.fround(percent / 100)) * sorted.length));
  return sorted[Math.max(sorted.length - 1 - above, 0)] ?? Number.NaN;
}

/** At the thresholds of trtexec. */
function remarks(
  { enqueue, compute, hostToDevice, deviceToHost }: Omit<RunStatistics, 'remarks'>,
  streams: number,
): string[] {
  const found: string[] = [];
  if (enqueue.median > 0.8 * compute.median) {
    found.push(
      'Handing inferences over takes the host about as long as the GPU computes, or longer: the GPU may be waiting. A CUDA graph shortens that.',
    );
  }
  if (hostToDevice.median > 0 && hostToDevice.median >= compute.median) {
    found.push('Copying inputs to the GPU takes as long as computing, or longer.');
  }
  if (deviceToHost.median > 0 && deviceToHost.median >= compute.median) {
    found.push('Copying outputs from the GPU takes as long as computing, or longer.');
  }
  if (compute.variation > 2.5) {
    found.push(
      `The compute time varies by ${compute.variation.toFixed(1)} %. Longer runs and locked GPU clocks give steadier figures.`,
    );
  }
  if (streams > 1) {
    found.push('Several inferences run side by side, so a latency holds waiting too; compare throughputs.');
  }
  return found;
}
