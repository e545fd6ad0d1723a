/**
 * ONNX text to syntax tree. The grammar is that of the `onnx` package's parser (1.23) with the extensions of docs/onnx-text.md.
 * Some text that it accepts has a problem here, because what it makes of it is no valid model or not what is written:
 * - a node without an operator (`y = (x)`), and an attribute parameter with a type but no default (`f <alpha: float> (x)`);
 * - references in lists (`[@a]`) and lists of several kinds of values, whose elements it drops.
 */
import type { DocumentText } from './document-text.ts';
import { Cursor } from './parser/cursor.ts';
import { readSegment } from './parser/document.ts';
import { type Mode, mode } from './parser/modes.ts';
import { SegmentReader, toFirstSegment } from './parser/segments.ts';
import { treeOf } from './parser/tree.ts';
import type { SyntaxTree } from './syntax-tree.ts';

export { reparse, type TextChange } from './incremental.ts';

/** The syntax tree of any text. Never throws, and takes time linear in the text's length. */
export function parseOnnxText(text: DocumentText): SyntaxTree {
  const cursor = new Cursor(text.toString(), false);
  const reader = new SegmentReader();
  toFirstSegment(cursor);
  let current: Mode = mode.start;
  while (current !== mode.end) {
    current = reader.add(readSegment(cursor, current), cursor, current, 0);
  }
  return treeOf(text, reader.take(), reader.problemCount);
}
