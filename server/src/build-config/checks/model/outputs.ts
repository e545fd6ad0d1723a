import type { BuildConfig } from '../../model.ts';
import type { ModelFacts, PortFacts } from '../facts/facts.ts';

/** Outputs of the engine in TensorRT's order: those of the model, and behind them those that the build adds. */
export function outputsOf(
  build: BuildConfig,
  { outputs }: Pick<ModelFacts, 'outputs'>,
): readonly PortFacts[] {
  const known = new Set(outputs.map(({ name }) => name));
  const marked = (build.get('markOutputs')?.value ?? []).map(({ value }) => value);
  return [
    ...outputs,
    ...[...new Set(marked)]
      .filter((name) => !known.has(name))
      .map((name) => ({ name, type: undefined, dims: undefined })),
  ];
}
