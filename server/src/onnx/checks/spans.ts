import type { NodeStatement, Span } from '../text/syntax-tree.ts';

/** A node without the annotations before it. */
export function wholeStatement(node: NodeStatement): Span {
  const first = node.label ?? node.outputs[0] ?? node.domain ?? node.operator;
  const start = node.label ? Math.max(node.start, node.label.start - 1) : first.start;
  return { start, end: node.end };
}
