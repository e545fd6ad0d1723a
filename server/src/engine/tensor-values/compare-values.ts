/** Values of an engine against those of a reference, element by element. */
import type { Tolerance } from './tolerance.ts';
import type { ValueFile } from './value-file.ts';

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
}

type Values = Pick<ValueFile, 'dims' | 'count' | 'chunks'>;

/** NaN agrees with NaN, and an infinity with the same one. Chunks have to be of equal lengths. */
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
  for (const chunk of values.chunks()) {
    const other = others.next().value ?? new Float64Array();
    for (let at = 0; at < chunk.length; at++) {
      const value = chunk[at] ?? Number.NaN;
      const expected = other[at] ?? Number.NaN;
      if (value === expected || (Number.isNaN(value) && Number.isNaN(expected))) {
        if (Number.isFinite(value)) {
          compared++;
          dot += value * value;
          own += value * value;
          theirs += value * value;
        }
        continue;
      }
      const place = { at: offset + at, value, reference: expected };
      if (!Number.isFinite(value) || !Number.isFinite(expected)) {
        summary.notFinite++;
        note(found, place, Number.POSITIVE_INFINITY);
        continue;
      }
      const difference = Math.abs(value - expected);
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

interface Place {
  readonly at: number;
  readonly value: number;
  readonly reference: number;
}

function note(found: { first?: Place; worst?: Place; excess: number }, place: Place, excess: number): void {
  found.first ??= place;
  if (found.worst && excess <= found.excess) return;
  found.worst = place;
  found.excess = excess;
}

function elementAt({ at, value, reference }: Place, dims: readonly number[]): DifferingElement {
  let rest = at;
  const index = dims
    .toReversed()
    .map((dim) => {
      const position = rest % dim;
      rest = Math.floor(rest / dim);
      return position;
    })
    .reverse();
  return { index, value, reference };
}

/** TensorRT knows no scalars in some places: one element is one element. */
function sameShape(one: readonly number[], two: readonly number[]): boolean {
  const isSingle = (dims: readonly number[]) => dims.length <= 1 && dims.every((dim) => dim === 1);
  return (
    (one.length === two.length && one.every((dim, axis) => dim === two[axis])) ||
    (isSingle(one) && isSingle(two))
  );
}
