/** Symbolic dimensions of a graph or function: within it, a name means one size. */
import { segmentsOf } from '../../../onnx/analysis/names.ts';
import type { OnnxDocument } from '../../document.ts';
import { childrenOf, type Element } from '../../elements.ts';

export function dimensionNamesOf({ tree }: OnnxDocument, declaration: number): Set<string> {
  const names = new Set<string>();
  const visit = (element: Element): void => {
    if (element.kind === 'dimension') {
      if (element.node.kind === 'parameter') {
        names.add(element.node.name);
      }
      return;
    }
    for (const child of childrenOf(element)) {
      visit(child);
    }
  };
  const { from, to } = segmentsOf(tree, declaration);
  for (let index = from; index < to; index++) {
    const segment = tree.segments[index];
    if (segment) {
      visit({ kind: 'segment', node: segment });
    }
  }
  return names;
}
