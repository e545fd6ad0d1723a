/** Where two versions of a tree differ: between their common beginning and end, by the identity of segments. */

import { segmentsOf } from '../analysis/names.ts';
import type { Segment, SyntaxTree } from '../text/syntax-tree.ts';

export interface ChangedPart {
  /** First index that differs, the same in both. */
  readonly from: number;
  readonly oldTo: number;
  readonly newTo: number;
}

export function changedPart(before: readonly Segment[], after: readonly Segment[]): ChangedPart {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from++;
  let behind = 0;
  while (behind < shorter - from && before[before.length - 1 - behind] === after[after.length - 1 - behind]) {
    behind++;
  }
  return { from, oldTo: before.length - behind, newTo: after.length - behind };
}

/** Whether a body has the same statements as before, but for those that were changed. */
export function isSameBody(
  before: SyntaxTree,
  after: SyntaxTree,
  index: number,
  changed: ChangedPart,
): boolean {
  if (before.declarations.length !== after.declarations.length) return false;
  const [old, now] = [segmentsOf(before, index), segmentsOf(after, index)];
  const isSame = (oldEdge: number, edge: number) =>
    (oldEdge === edge && edge <= changed.from) ||
    (oldEdge - changed.oldTo === edge - changed.newTo && edge >= changed.newTo) ||
    (isWithin(oldEdge, changed.from, changed.oldTo) && isWithin(edge, changed.from, changed.newTo));
  return isSame(old.from, now.from) && isSame(old.to, now.to);
}

function isWithin(index: number, from: number, to: number): boolean {
  return index >= from && index <= to;
}
