/** Latency and memory by weight streaming budget: one run on the GPU for each. */
import type { RunResult } from '../../../../native-bridge/src/engine-protocol.ts';
import { BridgeErrorCode } from '../../../../native-bridge/src/protocol.ts';
import type { WeightStreamingBudget } from '../../build-config/model.ts';
import {
  percentText,
  type SweepPoint,
  sweepFormat,
  type WeightStreamingSweep,
} from '../../engine/measurements/weight-streaming.ts';
import { latenciesOf, statistics } from '../../engine/profile/statistics.ts';
import { BridgeError } from '../bridge/bridge-error.ts';
import { trtexecVersion } from './profile-engine.ts';
import { budgetBytes, type RunSettings, runParams } from './run-settings.ts';
import type { UsedEngine } from './use-engine.ts';

export interface SweepOptions {
  /** Several of the same size count once. TensorRT's own choice and all weights are always among them. */
  readonly budgets: readonly WeightStreamingBudget[];
  readonly settings: RunSettings;
  readonly signal?: AbortSignal;
  /** Before each run: `budget 50 %`, and how many of all are over. */
  readonly onPoint?: (what: string, done: number, all: number) => void;
}

/** `NET.engine.weight-streaming.json`, where the editor keeps an engine's last sweep. */
export function sweepPath(engine: string): string {
  return `${engine}.weight-streaming.json`;
}

/** So many budgets at equal distances, none and all of the weights among them: at least 2. */
export function evenBudgets(count: number): WeightStreamingBudget[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'percent',
    percent: (100 * index) / (count - 1),
  }));
}

/**
 * A run that fails (for want of memory, say) is a point without a latency; all others are measured still. Throws an error for people
 * where the engine has no streamable weights, a BridgeError where its process ended.
 */
export async function sweepWeightStreaming(
  { file, loaded, client, handle }: UsedEngine,
  { budgets, settings, signal, onPoint }: SweepOptions,
): Promise<WeightStreamingSweep> {
  const { description, runtime } = loaded;
  const { streamable = 0, automaticBudget, total } = description.weights;
  const bytes = sizes(budgets, description.weights, streamable);
  const base = runParams(handle, description, trtexecVersion(runtime), {
    ...settings,
    weightStreamingBudget: { kind: 'percent', percent: 100 },
  });
  const points: SweepPoint[] = [];
  for (const [index, budget] of bytes.entries()) {
    onPoint?.(`budget ${percentText(budget, streamable)}`, index, bytes.length);
    const isAutomatic = budget === automaticBudget;
    try {
      const run = await client.run(
        { ...base, weightStreamingBudget: budget, profileLayers: false },
        signal ? { signal } : {},
      );
      points.push({ budget, isAutomatic, ...measured(run) });
    } catch (error) {
      // TensorRT's refusal is about this budget; anything else is the end of the sweep.
      if (!(error instanceof BridgeError) || error.code !== BridgeErrorCode.tensorrtFailed) throw error;
      points.push({ budget, isAutomatic, failure: error.message });
    }
  }
  const model = file.provenance?.model.path;
  return {
    format: sweepFormat,
    formatVersion: 1,
    engine: file.path,
    ...(model !== undefined && { model }),
    runtime: { product: runtime.product, version: runtime.version },
    device: { name: runtime.device.name, computeCapability: runtime.device.computeCapability },
    weights: {
      streamable,
      ...(total !== undefined && { total }),
      ...(automaticBudget !== undefined && { automaticBudget }),
    },
    shapes: Object.fromEntries(
      Object.entries(base.inputs).flatMap(([name, { dims }]) => (dims ? [[name, dims]] : [])),
    ),
    points,
  };
}

function sizes(
  budgets: readonly WeightStreamingBudget[],
  weights: Parameters<typeof budgetBytes>[1],
  streamable: number,
): number[] {
  const all: WeightStreamingBudget[] = [...budgets, { kind: 'automatic' }, { kind: 'percent', percent: 100 }];
  const found = all.map((budget) => Math.min(budgetBytes(budget, weights) ?? streamable, streamable));
  return [...new Set(found)].sort((left, right) => left - right);
}

function measured({ iterations, memory }: RunResult): Partial<SweepPoint> {
  if (iterations.length === 0) return { failure: 'The run measured no inference.' };
  const latencies = iterations.map((times) => latenciesOf(times).latency);
  const { median, min, percentiles } = statistics(latencies, [95]);
  return {
    latency: { median, min, p95: percentiles[0]?.milliseconds ?? median },
    inferences: iterations.length,
    context: memory.context,
    ...(memory.scratch !== undefined && { scratch: memory.scratch }),
    ...(memory.device !== undefined && { device: memory.device }),
  };
}
