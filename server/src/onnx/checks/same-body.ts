/** Which bodies an edit has left alone. */

import type { ChangedPart } from '../analysis/changed-part.ts';
import { segmentsOf } from '../analysis/names.ts';
import type { SyntaxTree } from '../text/syntax-tree.ts';

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
