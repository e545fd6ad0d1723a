/**
 * textDocument/selectionRange: from the word outwards to what is in brackets, the statement, the body, the function, the document.
 */
import type { Position, Range, SelectionRange } from 'vscode-languageserver-types';
import { declarationAt } from '../onnx/analysis/names.ts';
import { type Token, tokensBetween } from './cursor/tokens.ts';
import type { OnnxDocument } from './document.ts';
import { lengthOf, placeAt } from './elements.ts';
import { offsetAt, rangeOf } from './source-text.ts';

/** One per position, in their order, as the protocol asks. */
export function selectionRanges(document: OnnxDocument, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => selectionRange(document, position));
}

function selectionRange(document: OnnxDocument, position: Position): SelectionRange {
  const { tree, source } = document;
  const offset = offsetAt(source, position);
  const place = placeAt(tree, offset);
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
    const segment = tree.segments[place.segment];
    const end = place.start + (segment ? lengthOf(segment) : 0);
    spans.push(...tokenSpans(tokensBetween(source.text, place.start, end), offset));
    spans.sort((a, b) => b[1] - b[0] - (a[1] - a[0]));
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

/** The word at the offset, a string without its quotes, and what is in the brackets around it, without and with them. */
function tokenSpans(tokens: readonly Token[], offset: number): [number, number][] {
  const spans: [number, number][] = [];
  const open: Token[] = [];
  for (const token of tokens) {
    const { start, end, text, kind } = token;
    if (kind === 'word' || kind === 'number' || kind === 'string') {
      if (start <= offset && offset <= end) spans.push([start, end]);
      if (kind === 'string' && start < offset && offset < end) spans.push([start + 1, end - 1]);
    } else if (kind === 'punctuation' && closing.has(text)) {
      open.push(token);
    } else if (kind === 'punctuation' && closing.get(open.at(-1)?.text ?? '') === text) {
      const before = open.pop();
      if (before && before.start <= offset && offset <= end) {
        spans.push([before.start, end]);
        if (before.end <= offset && offset <= start) spans.push([before.end, start]);
      }
    }
  }
  return spans;
}

const closing: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['<', '>'],
]);

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
