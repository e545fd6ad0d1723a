/** textDocument/selectionRange: from the word outwards to the statement, the body, the function, the document. */
import type { Position, Range, SelectionRange } from 'vscode-languageserver-types';
import { declarationAt } from '../onnx/analysis/names.ts';
import type { OnnxDocument } from './document.ts';
import { placeAt } from './elements.ts';
import { offsetAt, rangeOf } from './source-text.ts';

/** One per position, in their order, as the protocol asks. */
export function selectionRanges(document: OnnxDocument, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => selectionRange(document, position));
}

function selectionRange(document: OnnxDocument, position: Position): SelectionRange {
  const { tree, source } = document;
  const place = placeAt(tree, offsetAt(source, position));
  // Absolute, the widest first; each lies within the one before.
  const spans: [number, number][] = [[0, source.text.length]];
  if (place) {
    const declaration = declarationAt(tree, place.segment);
    const found = declaration === undefined ? undefined : tree.declarations[declaration];
    if (found) {
      spans.push([tree.starts[found.signature] ?? 0, found.end]);
      for (const part of [found.values, found.nodes]) {
        if (part.from <= place.segment && place.segment < part.to) {
          spans.push(extent(document, part));
        }
      }
    }
    for (const { node } of place.path) {
      spans.push([place.start + node.start, place.start + node.end]);
    }
  }
  let range: SelectionRange = { range: toRange(document, spans[0]) };
  let [start, end] = spans[0] ?? [0, 0];
  for (const [from, to] of spans.slice(1)) {
    if (from >= start && to <= end && (from !== start || to !== end)) {
      range = { range: toRange(document, [from, to]), parent: range };
      [start, end] = [from, to];
    }
  }
  return range;
}

function toRange({ source }: OnnxDocument, [start, end]: readonly [number, number] = [0, 0]): Range {
  return rangeOf(source, start, end);
}

/** From the first segment's start to the last one's end. */
function extent(
  { tree }: OnnxDocument,
  { from, to }: { readonly from: number; readonly to: number },
): [number, number] {
  const last = tree.segments[to - 1];
  return [tree.starts[from] ?? 0, (tree.starts[to - 1] ?? 0) + (last ? last.end - last.start : 0)];
}
