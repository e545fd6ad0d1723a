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

/** By the later version: names, checks and more ask for the same two after each edit. */
const compared = new WeakMap<readonly object[], Compared>();

export function changedPart(before: readonly object[], after: readonly object[]): ChangedPart {
  const known = compared.get(after);
  if (known?.before.deref() === before) return known.part;
  const part = compare(before, after);
  compared.set(after, { before: new WeakRef(before), part });
  return part;
}

function compare(before: readonly object[], after: readonly object[]): ChangedPart {
  const kept = keptEndsOf(after);
  const known = kept?.before.deref() === before ? kept : { front: 0, back: 0 };
  const shorter = Math.min(before.length, after.length);
  let from = known.front;
  while (from < shorter && before[from] === after[from]) from++;
  let behind = Math.min(known.back, shorter - from);
  while (behind < shorter - from && before[before.length - 1 - behind] === after[after.length - 1 - behind]) {
    behind++;
  }
  return { from, oldTo: before.length - behind, newTo: after.length - behind };
}
