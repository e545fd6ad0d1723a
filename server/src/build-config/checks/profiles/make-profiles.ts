/** Profiles from what the model says of its inputs: a start to be adjusted, the same sizes for dimensions of the same name. */
import { scalarText } from '../../emit.ts';
import type { ConfigFix } from '../../model.ts';
import type { CompleteProfile } from '../../profiles.ts';
import { insertedBefore, isEntry, isInBraces, offsetAt } from '../edits.ts';
import type { DimFact, InputFacts } from '../facts/facts.ts';
import type { CheckContext } from '../rule.ts';
import { entryFor } from './entries.ts';

export type Sizes = readonly [min: number, opt: number, max: number];

export const batch: Sizes = [1, 8, 32];
const sequence: Sizes = [1, 128, 512];
const side: Sizes = [32, 224, 512];
const other: Sizes = [1, 8, 64];

/** `profiles:` as a whole, for a build that has none. */
export function fixForAll(context: CheckContext, inputs: readonly InputFacts[]): ConfigFix[] {
  const { build, textOf } = context;
  const title = 'Make profiles from the model';
  const given = build.get('profiles');
  const lines = profileEntries(inputs, new Map());
  if (given) {
    const indent = ' '.repeat(given.keyOrigin.range.start.character + 2);
    const list = lines.map((line, index) => `\n${indent}${index === 0 ? '- ' : '  '}${line}`).join('');
    const text = textOf(given.keyOrigin.file);
    return isInBraces(text, offsetAt(text, given.keyOrigin.range.start))
      ? []
      : [{ title, edits: [{ origin: given.origin, newText: list }], isPreferred: true }];
  }
  const place = placeForKey(context);
  if (!place) return [];
  const indent = ' '.repeat(place.range.start.character);
  const block = `profiles:${lines.map((line, index) => `\n${indent}  ${index === 0 ? '- ' : '  '}${line}`).join('')}`;
  return [{ title, edits: [{ origin: place, newText: `${block}\n${indent}` }], isPreferred: true }];
}

/** The inputs that a profile lacks, before its first one. */
export function fixForProfile(
  context: CheckContext,
  profile: CompleteProfile,
  missing: readonly InputFacts[],
): ConfigFix[] {
  const [first] = profile.inputs;
  if (!first || context.build.get('shapes')?.value.some(({ name }) => name === first.name)) return [];
  const { name } = first;
  const text = context.textOf(name.origin.file);
  const separator = isInBraces(text, offsetAt(text, name.origin.range.start))
    ? ', '
    : `\n${' '.repeat(name.origin.range.start.character)}`;
  return [
    {
      title: `Add ${missing.map((input) => input.name).join(', ')} from the model`,
      edits: [
        insertedBefore(
          context,
          name.origin,
          profileEntries(missing, sizesIn(context, profile)).join(separator),
        ),
      ],
      isPreferred: true,
    },
  ];
}

/** In front of `model`, or of the first key of a file whose only build it is; undefined where neither is in a block. */
function placeForKey({ build, textOf }: CheckContext) {
  const model = build.get('model');
  const candidates = [
    ...(model?.keyOrigin.file === build.file && isEntry(textOf(build.file), model.keyOrigin, model.origin)
      ? [model.keyOrigin]
      : []),
    ...(build.name === '' ? [build.origin] : []),
  ];
  return candidates
    .map(({ file, range: { start } }) => ({ file, range: { start, end: start } }))
    .find(({ file, range }) => {
      const text = textOf(file);
      const at = offsetAt(text, range.start);
      const line = text.slice(at, text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at));
      // The first line may be a brace.
      return !isInBraces(text, at) && !/^\s*[{[]/.test(line);
    });
}

/** What a profile says already of dimensions that have names. */
function sizesIn({ model }: CheckContext, profile: CompleteProfile): Map<string, Sizes> {
  const sizes = new Map<string, Sizes>();
  for (const { name, dims = [], isShapeTensor } of model?.inputs ?? []) {
    const given = isShapeTensor ? undefined : entryFor(profile, name);
    for (const [axis, dim] of dims.entries()) {
      const [min, opt, max] = [given?.min, given?.opt, given?.max].map((shape) => shape?.value[axis]);
      if (typeof dim !== 'string' || min === undefined || opt === undefined || max === undefined) continue;
      if (!sizes.has(dim)) sizes.set(dim, [min, opt, max]);
    }
  }
  return sizes;
}

/**
 * `images: { min: […], opt: […], max: […] }` for each input, as a guess from names and places of its dimensions. Those of one name
 * get the same sizes everywhere: what is `known`, else what fits where the name comes first.
 */
export function profileEntries(inputs: readonly InputFacts[], known: ReadonlyMap<string, Sizes>): string[] {
  const sizes = new Map(known);
  return inputs.map((input) => {
    const name = scalarText(input.name);
    const dims = input.dims ?? [];
    if (input.isShapeTensor) {
      const count = dims.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1);
      return `${name}: [${Array.from({ length: count }, () => 1).join(', ')}]`;
    }
    const all = dims.map((dim, axis) => {
      const own = (typeof dim === 'string' && sizes.get(dim)) || sizesOf(dim, axis, dims.length);
      if (typeof dim === 'string') sizes.set(dim, own);
      return own;
    });
    const bound = (index: 0 | 1 | 2) => `[${all.map((each) => each[index]).join(', ')}]`;
    return `${name}: { min: ${bound(0)}, opt: ${bound(1)}, max: ${bound(2)} }`;
  });
}

/** A size as the model says it, or three guessed ones from the dimension's name, else from its place. */
export function sizesOf(dim: DimFact, axis: number, rank: number): Sizes {
  if (typeof dim === 'number') return [dim, dim, dim];
  const name = dim ?? '';
  if (/batch|^(n|b|bs)$/i.test(name)) return batch;
  if (/seq|len|token|time|step|^(s|t|l)$/i.test(name)) return sequence;
  if (/height|width|^(h|w)$/i.test(name)) return side;
  if (axis === 0) return batch;
  return rank >= 4 && axis >= 2 ? side : other;
}
