import type { BuildConfig } from './model.ts';

/** Names of the engine's outputs in TensorRT's order: those of the model, and behind them those that the build adds. */
export function outputNames(build: BuildConfig, ofModel: readonly string[]): readonly string[] {
  const marked = (build.get('markOutputs')?.value ?? []).map(({ value }) => value);
  return [...new Set([...ofModel, ...marked])];
}
