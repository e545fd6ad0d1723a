/** Where segments are in a tree that shares them with others: what was found in one version is looked for in the next. */

import type { Segment, SyntaxTree } from '../text/syntax-tree.ts';

/** Where a segment was when it was last looked for; edits move most of them by little. */
const lastSeen = new WeakMap<Segment, number>();

/** Indices around the last one that are tried first. */
const near = 64;

/** Of more segments than this one pass over the tree finds all of them sooner than one search for each. */
const fewSegments = 16;

/** Without those that are not in the tree. */
export function indicesOf(tree: SyntaxTree, wanted: ReadonlySet<Segment>): ReadonlyMap<Segment, number> {
  const indices = new Map<Segment, number>();
  const missing = new Set<Segment>();
  for (const segment of wanted) {
    const index = indexNear(tree, segment, lastSeen.get(segment));
    if (index === undefined) missing.add(segment);
    else indices.set(segment, index);
  }
  const { segments } = tree;
  if (missing.size <= fewSegments) {
    for (const segment of missing) {
      const index = segments.indexOf(segment);
      if (index >= 0) indices.set(segment, index);
    }
  } else {
    for (let index = 0; index < segments.length && missing.size > 0; index++) {
      const segment = segments[index];
      if (segment && missing.delete(segment)) indices.set(segment, index);
    }
  }
  for (const [segment, index] of indices) lastSeen.set(segment, index);
  return indices;
}

export function indexOf(tree: SyntaxTree, segment: Segment): number | undefined {
  return indicesOf(tree, new Set([segment])).get(segment);
}

function indexNear({ segments }: SyntaxTree, segment: Segment, last: number | undefined): number | undefined {
  if (last === undefined) return undefined;
  for (let distance = 0; distance <= near; distance++) {
    if (segments[last + distance] === segment) return last + distance;
    if (segments[last - distance] === segment) return last - distance;
  }
  return undefined;
}
