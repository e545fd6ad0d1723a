/** What is at a place of the document. Offsets are absolute, in UTF-16 code units, unless said otherwise. */
import type { Segment, Span, SyntaxTree } from './syntax-tree.ts';

/** A node of the tree with the nodes around it. */
export interface NodePath {
  /** Index of the segment. */
  readonly segment: number;
  /** From the segment inwards; spans are relative to the segment's start. */
  readonly nodes: readonly [Segment, ...Span[]];
}

/**
 * Index of the segment that an offset is in or behind: the last one that starts at or before it, or the first one. A document has at
 * least one segment.
 */
export function segmentAt(tree: SyntaxTree, offset: number): number {
  let low = 0;
  let high = tree.segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tree.starts[middle] ?? 0) <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

/**
 * The innermost node at an offset and those around it. The end of a node counts as in it, as a cursor behind a word is at the
 * word; where two nodes touch, the later one has it. Between segments it is the segment before.
 */
export function nodePathAt(tree: SyntaxTree, offset: number): NodePath {
  const segment = segmentAt(tree, offset);
  const outermost = tree.segments[segment];
  if (!outermost) {
    throw new RangeError('A syntax tree has at least one segment.');
  }
  const relative = offset - (tree.starts[segment] ?? 0);
  const nodes: [Segment, ...Span[]] = [outermost];
  for (let node = childAt(outermost, relative); node; node = childAt(node, relative)) {
    nodes.push(node);
  }
  return { segment, nodes };
}

/** The place in the document of a node of a segment. */
export function absoluteRange(tree: SyntaxTree, segment: number, span: Span): Span {
  const start = tree.starts[segment] ?? 0;
  return { start: start + span.start, end: start + span.end };
}

/** Of the nodes directly in a node, the last one that holds or touches an offset. Nodes are what has a span. */
function childAt(node: object, offset: number): Span | undefined {
  let found: Span | undefined;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'problems') {
      continue;
    }
    for (const child of Array.isArray(value) ? value : [value]) {
      const inner = isSpan(child) ? child : undefined;
      if (inner && inner.start <= offset && offset <= inner.end && inner.start >= (found?.start ?? 0)) {
        found = inner;
      }
    }
  }
  return found;
}

function isSpan(value: unknown): value is Span {
  return typeof value === 'object' && value !== null && 'start' in value && 'end' in value;
}
