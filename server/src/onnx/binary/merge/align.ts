/** Which item of an edited list was which item of the list before. */

/** How a list's items are told apart. */
export interface ItemComparison {
  readonly before: number;
  readonly after: number;
  /** Whether item `before` is item `after`, byte for byte. */
  same(before: number, after: number): boolean;
  /** Equal for equal items. */
  keyBefore(index: number): string;
  keyAfter(index: number): string;
  /** How much two different items have in common; 0 where nothing. */
  likeness(before: number, after: number): number;
}

/** For each item after the edit: its index before. Undefined: it is new. No index comes twice. */
export type Origins = readonly (number | undefined)[];

/** Comparisons that a stretch between unchanged items may cost; longer stretches are paired by their order. */
const mostComparisons = 20_000;

/**
 * Unchanged items at both ends, then unchanged ones that there are only once, in order; between them the most alike; then the same
 * items at other places. Most edits touch one item of 100,000.
 */
export function originsOf(comparison: ItemComparison): Origins {
  const { before, after, same } = comparison;
  const origins: (number | undefined)[] = new Array(after).fill(undefined);
  let start = 0;
  while (start < before && start < after && same(start, start)) {
    origins[start] = start;
    start++;
  }
  let end = 0;
  while (end < before - start && end < after - start && same(before - 1 - end, after - 1 - end)) {
    origins[after - 1 - end] = before - 1 - end;
    end++;
  }
  const middle = { beforeStart: start, beforeEnd: before - end, afterStart: start, afterEnd: after - end };
  const anchors = anchorsIn(comparison, middle);
  let gap = { beforeStart: middle.beforeStart, afterStart: middle.afterStart };
  for (const [from, to] of [...anchors, [middle.beforeEnd, middle.afterEnd] as const]) {
    pairAlike(comparison, { ...gap, beforeEnd: from, afterEnd: to }, origins);
    if (to < middle.afterEnd) origins[to] = from;
    gap = { beforeStart: from + 1, afterStart: to + 1 };
  }
  findMoved(comparison, middle, origins);
  return origins;
}

interface Stretch {
  readonly beforeStart: number;
  readonly beforeEnd: number;
  readonly afterStart: number;
  readonly afterEnd: number;
}

/** Pairs of equal items that are there once on each side: as many as can keep their order. */
function anchorsIn(comparison: ItemComparison, stretch: Stretch): (readonly [number, number])[] {
  const { beforeStart, beforeEnd, afterStart, afterEnd } = stretch;
  if (beforeStart === beforeEnd || afterStart === afterEnd) return [];
  const places = uniquePlaces(beforeStart, beforeEnd, comparison.keyBefore);
  const pairs: (readonly [number, number])[] = [];
  for (const [key, index] of uniquePlaces(afterStart, afterEnd, comparison.keyAfter)) {
    const origin = index === undefined ? undefined : places.get(key);
    if (origin !== undefined && index !== undefined && comparison.same(origin, index))
      pairs.push([origin, index]);
  }
  pairs.sort(([, one], [, two]) => one - two);
  return longestRising(pairs);
}

/** Undefined for a key that comes again. */
function uniquePlaces(
  start: number,
  end: number,
  key: (index: number) => string,
): Map<string, number | undefined> {
  const places = new Map<string, number | undefined>();
  for (let index = start; index < end; index++) {
    const text = key(index);
    places.set(text, places.has(text) ? undefined : index);
  }
  return places;
}

/** The longest part of these pairs whose first numbers rise. */
function longestRising(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  /** Index of the last pair of the best chain of each length. */
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [index, [value]] of pairs.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] ?? 0]?.[0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : (tails[low - 1] ?? -1);
    tails[low] = index;
  }
  const rising: (readonly [number, number])[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) {
    const pair = pairs[index];
    if (pair !== undefined) rising.push(pair);
  }
  return rising.reverse();
}

/** Pairs what is most alike first, whatever its order; what has nothing in common stays alone. */
function pairAlike(comparison: ItemComparison, stretch: Stretch, origins: (number | undefined)[]): void {
  const { beforeStart, beforeEnd, afterStart, afterEnd } = stretch;
  const before = beforeEnd - beforeStart;
  const after = afterEnd - afterStart;
  if (before === after && before * after > mostComparisons) {
    for (let index = 0; index < before; index++) origins[afterStart + index] = beforeStart + index;
    return;
  }
  if (before * after > mostComparisons) return;
  const candidates: { readonly from: number; readonly to: number; readonly likeness: number }[] = [];
  for (let from = beforeStart; from < beforeEnd; from++) {
    for (let to = afterStart; to < afterEnd; to++) {
      const likeness = comparison.same(from, to) ? Number.POSITIVE_INFINITY : comparison.likeness(from, to);
      if (likeness > 0) candidates.push({ from, to, likeness });
    }
  }
  const distance = ({ from, to }: { from: number; to: number }) =>
    Math.abs(from - beforeStart - (to - afterStart));
  candidates.sort((one, two) =>
    one.likeness === two.likeness ? distance(one) - distance(two) : two.likeness - one.likeness,
  );
  const taken = new Set<number>();
  for (const { from, to } of candidates) {
    if (taken.has(from) || origins[to] !== undefined) continue;
    taken.add(from);
    origins[to] = from;
  }
}

/** New items that are exactly an item which is nowhere else. */
function findMoved(comparison: ItemComparison, stretch: Stretch, origins: (number | undefined)[]): void {
  const { beforeStart, beforeEnd, afterStart, afterEnd } = stretch;
  const used = new Set(origins);
  const free = new Map<string, number[]>();
  for (let index = beforeStart; index < beforeEnd; index++) {
    if (used.has(index)) continue;
    const key = comparison.keyBefore(index);
    const places = free.get(key);
    if (places === undefined) free.set(key, [index]);
    else places.push(index);
  }
  if (free.size === 0) return;
  for (let index = afterStart; index < afterEnd; index++) {
    if (origins[index] !== undefined) continue;
    const origin = free.get(comparison.keyAfter(index))?.shift();
    if (origin !== undefined) origins[index] = origin;
  }
}
