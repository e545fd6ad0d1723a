import type { CompleteInput } from '../../profiles.ts';
import type { DimFact } from '../facts/facts.ts';
import type { Rule } from '../rule.ts';
import { type ProfileEntry, profileEntries, shapeText } from './entries.ts';

interface Use {
  readonly entry: ProfileEntry;
  readonly axis: number;
}

/**
 * Dimensions of one name are one size. TensorRT wants opt to be equal and the ranges to meet; where min or max differ it takes
 * what they have in common.
 */
export const sameDim: Rule = (context, report) => {
  for (const uses of usesByName(profileEntries(context))) {
    const [first] = uses;
    if (!first) continue;
    for (const use of uses.slice(1)) {
      const [a, b] = [sizes(first), sizes(use)];
      const name = `\`${String(dimOf(use))}\``;
      const other = first.entry.given;
      const meets = Math.max(a.min, b.min) <= Math.min(a.max, b.max);
      const same = a.min === b.min && a.opt === b.opt && a.max === b.max;
      if (same) continue;
      const bound = !meets ? 'max' : a.opt !== b.opt ? 'opt' : a.max !== b.max ? 'max' : 'min';
      const words =
        bound === 'opt'
          ? `opt is ${a.opt} for ${first.entry.input.name} and ${b.opt} for ${use.entry.input.name}. Make them equal.`
          : meets
            ? `${first.entry.input.name} has ${a.min} to ${a.max} and ${use.entry.input.name} ${b.min} to ${b.max}; TensorRT takes what they have in common. Make them equal.`
            : `${first.entry.input.name} has ${a.min} to ${a.max} and ${use.entry.input.name} ${b.min} to ${b.max}, which have nothing in common. Make them equal.`;
      const shape = use.entry.given[bound];
      report({
        code: 'config.same-dim',
        severity: meets && bound !== 'opt' ? 'warning' : 'error',
        origin: shape.origin,
        message: `The dimension ${name} is the same in both inputs, but ${words}`,
        related: [{ origin: other[bound].origin, message: `${bound} of ${other.name.value}` }],
        fixes: [
          {
            title: `Take ${name} from ${first.entry.input.name}`,
            edits: edits(use, a),
            isPreferred: true,
          },
        ],
      });
    }
  }
};

function usesByName(entries: readonly ProfileEntry[]): Use[][] {
  const uses = new Map<string, Use[]>();
  for (const entry of entries) {
    const { dims, isShapeTensor } = entry.input;
    if (isShapeTensor || !dims || entry.given.min.value.length !== dims.length) continue;
    for (const [axis, dim] of dims.entries()) {
      if (typeof dim !== 'string') continue;
      const key = `${entry.index} ${dim}`;
      uses.set(key, [...(uses.get(key) ?? []), { entry, axis }]);
    }
  }
  return [...uses.values()];
}

type Sizes = Readonly<Record<'min' | 'opt' | 'max', number>>;

function sizes({ entry: { given }, axis }: Use): Sizes {
  const at = (bound: 'min' | 'opt' | 'max') => given[bound].value[axis] ?? 0;
  return { min: at('min'), opt: at('opt'), max: at('max') };
}

function dimOf({ entry, axis }: Use): DimFact {
  return entry.input.dims?.[axis];
}

/** All three, or the one shape that stands for them. */
function edits({ entry: { given }, axis }: Use, wanted: Sizes) {
  const changed = (bound: 'min' | 'opt' | 'max') =>
    shapeText(given[bound].value.map((size, at) => (at === axis ? wanted[bound] : size)));
  if (isGivenOnce(given)) {
    const text =
      wanted.min === wanted.max
        ? changed('opt')
        : `{ min: ${changed('min')}, opt: ${changed('opt')}, max: ${changed('max')} }`;
    return [{ origin: given.opt.origin, newText: text }];
  }
  const seen = new Set<string>();
  return (['min', 'opt', 'max'] as const).flatMap((bound) => {
    const { origin, value } = given[bound];
    const key = JSON.stringify(origin);
    const newText = changed(bound);
    if (seen.has(key) || newText === shapeText(value)) return [];
    seen.add(key);
    return [{ origin, newText }];
  });
}

function isGivenOnce({ min, opt, max }: CompleteInput): boolean {
  return min.origin === opt.origin && opt.origin === max.origin && min === opt && opt === max;
}
