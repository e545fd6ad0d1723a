/** Which optimization profiles a program may take. */
import { shapeText } from '../describe-engine.ts';
import type { RunnerFacts } from './facts.ts';

export interface RunnerProfile {
  /** Index. */
  readonly profile: number;
  /** Shapes of its inputs: `x 1x64x256 … 2x64x256 … 4x128x256`, the least, the usual and the greatest; empty where they do not vary. */
  readonly shapes: string;
}

/** Not empty: an engine that was built without profiles has one. */
export function runnerProfiles({ tensors, profileCount }: RunnerFacts): RunnerProfile[] {
  return Array.from({ length: profileCount }, (_, profile) => ({
    profile,
    shapes: tensors
      .flatMap(({ name, profiles, isShapeTensor }) => {
        const range = profiles?.[profile];
        if (!range) return [];
        const text = (sizes: readonly number[]) => (isShapeTensor ? sizes.join(',') : shapeText(sizes));
        const [min, opt, max] = [text(range.min), text(range.opt), text(range.max)];
        return min === max ? [] : [`${name} ${min} … ${opt} … ${max}`];
      })
      .join(', '),
  }));
}
