/** Where two lists differ: between their common beginning and end. */

/** The elements that one list has and the other has not, by the part between their common beginning and end. */
export function changedElements<Element>(before: readonly Element[], after: readonly Element[]): Element[] {
  if (before === after) return [];
  const { start, beforeEnd, afterEnd } = commonEnds(before, after);
  return [...before.slice(start, beforeEnd), ...after.slice(start, afterEnd)];
}

export function commonEnds<Element>(
  before: readonly Element[],
  after: readonly Element[],
): { readonly start: number; readonly beforeEnd: number; readonly afterEnd: number } {
  const shorter = Math.min(before.length, after.length);
  if (before === after) return { start: shorter, beforeEnd: shorter, afterEnd: shorter };
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) {
    end++;
  }
  return { start, beforeEnd: before.length - end, afterEnd: after.length - end };
}
