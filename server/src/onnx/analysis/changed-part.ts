/** Where two versions of a tree differ: between their common beginning and end, by the identity of segments. */

import { keptEndsOf } from '../text/incremental.ts';

export interface ChangedPart {
  /** First index that differs, the same in both. */
  readonly from: number;
  readonly oldTo: number;
  readonly newTo: number;
}

interface Compared {
  readonly before: WeakRef<readonly object[]>;
  readonly part: ChangedPart;
}

/** By the later version: names, checks and more ask for the same two after each edit; some for an older one. */
const compared = new WeakMap<readonly object[], readonly Compared[]>();

/** Versions that one is compared with: the last ones that names, checks, a model and shapes are known of. */
const maximumCompared = 4;

export function changedPart(before: readonly object[], after: readonly object[]): ChangedPart {
  const known = knownPart(before, after);
  if (known) return known;
  const part = compare(before, after);
  const others = compared.get(after) ?? [];
  compared.set(after, [{ before: new WeakRef(before), part }, ...others.slice(0, maximumCompared - 1)]);
  return part;
}

function knownPart(before: readonly object[], after: readonly object[]): ChangedPart | undefined {
  return compared.get(after)?.find((candidate) => candidate.before.deref() === before)?.part;
}

function compare(before: readonly object[], after: readonly object[]): ChangedPart {
  const known = knownEnds(before, after);
  const shorter = Math.min(before.length, after.length);
  let from = known.front;
  while (from < shorter && before[from] === after[from]) from++;
  let behind = Math.min(known.back, shorter - from);
  while (behind < shorter - from && before[before.length - 1 - behind] === after[after.length - 1 - behind]) {
    behind++;
  }
  return { from, oldTo: before.length - behind, newTo: after.length - behind };
}

/** How much is surely the same at both ends: by what the parser kept of the version before, and that of the one asked for. */
function knownEnds(
  before: readonly object[],
  after: readonly object[],
): { readonly front: number; readonly back: number } {
  const kept = keptEndsOf(after);
  const last = kept?.before.deref();
  if (!kept || !last) return { front: 0, back: 0 };
  if (last === before) return kept;
  const earlier = knownPart(before, last);
  if (!earlier) return { front: 0, back: 0 };
  return {
    front: Math.min(kept.front, earlier.from),
    back: Math.min(kept.back, last.length - earlier.newTo),
  };
}
