/** Where two lists differ: between their common beginning and end. */

/** The elements that one list has and the other has not, by the part between their common beginning and end. */
export function changedElements<Element>(before: readonly Element[], after: readonly Element[]): Element[] {
  const { start, beforeEnd, afterEnd } = commonEnds(before, after, (a, b) => a === b);
  return [...before.slice(start, beforeEnd), ...after.slice(start, afterEnd)];
}

export function commonEnds<A, B>(
  before: readonly A[],
  after: readonly B[],
  isSame: (a: A | undefined, b: B | undefined) => boolean,
): { readonly start: number; readonly beforeEnd: number; readonly afterEnd: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start], after[start])) start++;
  let end = 0;
  while (end < shorter - start && isSame(before[before.length - 1 - end], after[after.length - 1 - end])) {
    end++;
  }
  return { start, beforeEnd: before.length - end, afterEnd: after.length - end };
}
