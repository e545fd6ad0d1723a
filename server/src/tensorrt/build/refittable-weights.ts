/** The weights that `refitIndividual` names: TensorRT marks them one by one, and knows no patterns. */
import { fitsPattern, isPattern } from '../../build-config/checks/names.ts';
import type { BuildConfig } from '../../build-config/model.ts';

export interface MarkedWeights {
  /** Each once. Names that the main graph does not have are among them: TensorRT's parser may know them from further inside. */
  readonly names: readonly string[];
  /** Patterns that nothing fits, a sentence each. */
  readonly notes: readonly string[];
}

/** Undefined where none are asked for: an empty list takes back one that the config extends. `weights`: the main graph's. */
export function refittableWeights(build: BuildConfig, weights: readonly string[]): MarkedWeights | undefined {
  const given = build.get('refitIndividual')?.value ?? [];
  if (given.length === 0) return undefined;
  const known = new Set(weights);
  const notes: string[] = [];
  const names = given.flatMap(({ value }) => {
    if (known.has(value) || !isPattern(value)) return [value];
    const fitting = weights.filter((name) => fitsPattern(value, name));
    if (fitting.length === 0) {
      notes.push(`No weight of the model’s main graph fits ${value}; \`refitIndividual\` marks none for it.`);
    }
    return fitting;
  });
  return { names: [...new Set(names)], notes };
}
