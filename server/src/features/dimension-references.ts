/** Where a symbolic dimension is named. Within one graph or function a name means one size. */
import { declarationAt, segmentsOf } from '../onnx/analysis/names.ts';
import type { DimensionSyntax } from '../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from './document.ts';
import { childrenOf, type Element } from './elements.ts';

export interface DimensionReference {
  /** Index of the segment; the dimension's span is relative to it. */
  readonly segment: number;
  readonly dimension: DimensionSyntax;
}

/** All places that name the dimension in the graph or function that a segment is of, in document order. */
export function dimensionReferences(
  document: OnnxDocument,
  segment: number,
  name: string,
): DimensionReference[] {
  const declaration = declarationAt(document.tree, segment);
  if (declaration === undefined) {
    return [];
  }
  const { from, to } = segmentsOf(document.tree, declaration);
  const references: DimensionReference[] = [];
  for (let index = from; index < to; index++) {
    const node = document.tree.segments[index];
    const start = document.tree.starts[index] ?? 0;
    // Looking for the name in the text first spares walking the many segments that cannot have it.
    if (node && document.source.text.slice(start + node.start, start + node.end).includes(name)) {
      collect({ kind: 'segment', node }, name, index, references);
    }
  }
  return references;
}

function collect(element: Element, name: string, segment: number, references: DimensionReference[]): void {
  if (element.kind === 'dimension' && element.node.kind === 'parameter' && element.node.name === name) {
    references.push({ segment, dimension: element.node });
  }
  for (const child of childrenOf(element)) {
    collect(child, name, segment, references);
  }
}
