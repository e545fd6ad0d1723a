/** Values of an engine against those of a reference, element by element. */
import type { Tolerance } from './tolerance.ts';
import type { ExactChunk, ValueFile } from './value-file.ts';

export interface ValueComparison {
  /** `shape`: the elements cannot be told to belong together. */
  readonly verdict: 'agrees' | 'differs' | 'shape';
  readonly tolerance: Tolerance;
  readonly count: number;
  /** Elements beyond the tolerance; those that are NaN or infinite on one side only among them. */
  readonly differing: number;
  readonly notFinite: number;
  /** Of the elements that are finite on both sides. */
  readonly greatestAbsolute: number;
  /** By the reference's value, where that is not zero. */
  readonly greatestRelative: number;
  readonly meanAbsolute: number;
  /** Of the two as vectors: 1 where they point the same way, whatever their lengths. Absent where one is zero, or too long to tell. */
  readonly cosine?: number;
  /** The first element beyond the tolerance, and the one that is furthest beyond it. */
  readonly first?: DifferingElement;
  readonly worst?: DifferingElement;
}

export interface DifferingElement {
  readonly index: readonly number[];
  readonly value: number;
  readonly reference: number;
  /** Value and reference to the last digit, where they are integers that numbers round. */
  readonly exact?: readonly [value: string, reference: string];
}

type Values = Pick<ValueFile, 'dims' | 'count' | 'chunks' | 'exactChunks'>;

/**
 * NaN agrees with NaN, and an infinity with the same one; integers of 64 bits on both sides are compared to the last bit. Chunks have to be
 * of equal lengths.
 */
export function compareValues(values: Values, reference: Values, tolerance: Tolerance): ValueComparison {
  const { count, dims } = values;
  const empty = {
    tolerance,
    count,
    differing: 0,
    notFinite: 0,
    greatestAbsolute: 0,
    greatestRelative: 0,
    meanAbsolute: 0,
  };
  if (!sameShape(dims, reference.dims)) return { ...empty, verdict: 'shape' };
  const summary = { ...empty };
  const found: { first?: Place; worst?: Place; excess: number } = { excess: 0 };
  let [compared, dot, own, theirs, offset] = [0, 0, 0, 0, 0];
  const others = reference.chunks();
  const exact = exactChunks(values, reference);
  for (const chunk of values.chunks()) {
    const other = others.next().value ?? new Float64Array();
    const exactly = exact?.next().value;
    for (let at = 0; at < chunk.length; at++) {
      const value = chunk[at] ?? Number.NaN;
      const expected = other[at] ?? Number.NaN;
      const rounded = exactly && isRounded(value, expected) ? exactly(at) : undefined;
      if (
        rounded
          ? rounded[0] === rounded[1]
          : value === expected || (Number.isNaN(value) && Number.isNaN(expected))
      ) {
        if (Number.isFinite(value)) {
          compared++;
          dot += value * value;
          own += value * value;
          theirs += value * value;
        }
        continue;
      }
      const place = { at: offset + at, value, reference: expected, rounded };
      if (!Number.isFinite(value) || !Number.isFinite(expected)) {
        summary.notFinite++;
        note(found, place, Number.POSITIVE_INFINITY);
        continue;
      }
      const difference = Math.abs(rounded ? Number(rounded[0] - rounded[1]) : value - expected);
      compared++;
      summary.meanAbsolute += difference;
      summary.greatestAbsolute = Math.max(summary.greatestAbsolute, difference);
      if (expected !== 0) {
        summary.greatestRelative = Math.max(summary.greatestRelative, difference / Math.abs(expected));
      }
      dot += value * expected;
      own += value * value;
      theirs += expected * expected;
      const allowed = tolerance.absolute + tolerance.relative * Math.abs(expected);
      if (difference > allowed) {
        summary.differing++;
        note(found, place, difference - allowed);
      }
    }
    offset += chunk.length;
  }
  // They wait behind their last chunk, with their files open.
  others.return(undefined);
  exact?.return(undefined);
  const differing = summary.differing + summary.notFinite;
  const cosine = dot / Math.sqrt(own * theirs);
  return {
    ...summary,
    differing,
    verdict: differing === 0 ? 'agrees' : 'differs',
    meanAbsolute: compared === 0 ? 0 : summary.meanAbsolute / compared,
    ...(Number.isFinite(cosine) && { cosine }),
    ...(found.first && { first: elementAt(found.first, dims) }),
    ...(found.worst && { worst: elementAt(found.worst, dims) }),
  };
}

type ExactPair = readonly [value: bigint, reference: bigint];

/** Chunk by chunk, a function from an element's index to the two; only where numbers might not tell them apart. */
function* pairs(
  values: Generator<ExactChunk>,
  reference: Generator<ExactChunk>,
): Generator<(at: number) => ExactPair> {
  try {
    for (const own of values) {
      const other = reference.next().value;
      if (other) yield (at) => [own(at), other(at)];
    }
  } finally {
    reference.return(undefined);
  }
}

function exactChunks(values: Values, reference: Values): ReturnType<typeof pairs> | undefined {
  return values.exactChunks && reference.exactChunks
    ? pairs(values.exactChunks(), reference.exactChunks())
    : undefined;
}

function isRounded(value: number, expected: number): boolean {
  return Math.abs(value) >= 2 ** 53 || Math.abs(expected) >= 2 ** 53;
}

interface Place {
  readonly at: number;
  readonly value: number;
  readonly reference: number;
  readonly rounded: ExactPair | undefined;
}

function note(found: { first?: Place; worst?: Place; excess: number }, place: Place, excess: number): void {
  found.first ??= place;
  if (found.worst && excess <= found.excess) return;
  found.worst = place;
  found.excess = excess;
}

function elementAt({ at, value, reference, rounded }: Place, dims: readonly number[]): DifferingElement {
  let rest = at;
  const index = dims
    .toReversed()
    .map((dim) => {
      const position = rest % dim;
      rest = Math.floor(rest / dim);
      return position;
    })
    .reverse();
  const exact = rounded && ([String(rounded[0]), String(rounded[1])] as const);
  return { index, value, reference, ...(exact && { exact }) };
}

/** TensorRT knows no scalars in some places: one element is one element. */
function sameShape(one: readonly number[], two: readonly number[]): boolean {
  const isSingle = (dims: readonly number[]) => dims.length <= 1 && dims.every((dim) => dim === 1);
  return (
    (one.length === two.length && one.every((dim, axis) => dim === two[axis])) ||
    (isSingle(one) && isSingle(two))
  );
}
