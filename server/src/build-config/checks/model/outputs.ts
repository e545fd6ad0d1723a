import type { BuildConfig } from '../../model.ts';
import { outputNames } from '../../outputs.ts';
import type { ModelFacts, PortFacts } from '../facts/facts.ts';

/** Outputs of the engine in TensorRT's order. Nothing but the name is known of those that the build adds. */
export function outputsOf(
  build: BuildConfig,
  { outputs }: Pick<ModelFacts, 'outputs'>,
): readonly PortFacts[] {
  const known = new Map(outputs.map((output) => [output.name, output]));
  return outputNames(build, [...known.keys()]).map(
    (name) => known.get(name) ?? { name, type: undefined, dims: undefined },
  );
}
