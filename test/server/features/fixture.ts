/**
 * Models as ONNX text with a cursor and marked ranges: `$0` is the cursor; a line of carets marks a range in the line above it,
 * with a label behind.
 *
 *     y = Re$0lu (x)
 *         ^^^^ the operator
 */
import assert from 'node:assert/strict';
import type { Position, Range } from 'vscode-languageserver-types';
import { createDocument, type OnnxDocument } from '../../../server/src/features/document.ts';
import { positionAt } from '../../../server/src/features/source-text.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import type { FileAccess } from '../../../server/src/onnx/model/file-access.ts';

export interface Fixture {
  readonly document: OnnxDocument;
  readonly position: Position;
}

export interface Mark {
  readonly range: Range;
  readonly label?: string;
}

export const header = '<ir_version: 10, opset_import: ["" : 17, "local" : 1]>';

export function fixture(marked: string, uri = 'file:///models/model.onnxtxt'): Fixture {
  const withCursor = withoutMarks(marked);
  const cursor = withCursor.indexOf('$0');
  const text = cursor < 0 ? withCursor : withCursor.slice(0, cursor) + withCursor.slice(cursor + 2);
  const document = createDocument(uri, 1, text);
  return { document, position: positionAt(document.source, Math.max(cursor, 0)) };
}

/** Fails unless `marksOf` answers exactly the ranges that the carets mark, with their labels. */
export function expectMarks(marked: string, marksOf: (fixture: Fixture) => readonly Mark[]): void {
  const found = fixture(marked);
  const actual = withMarks(found.document.source.text.toString(), marksOf(found));
  assert.equal(actual, marked.replace('$0', ''));
}

/** Files for documents whose weights lie nowhere: sizes by path, no content. */
export function filesOfSizes(sizes: Readonly<Record<string, number>>): FileAccess {
  return { open: nodeFileAccess.open, size: (path) => sizes[path] };
}

/** The text with a line of carets behind each line that has a mark; a range of several lines is marked to the end of its first. */
function withMarks(text: string, marks: readonly Mark[]): string {
  return text
    .split('\n')
    .flatMap((line, number) => [
      line,
      ...marks
        .filter(({ range }) => range.start.line === number)
        .sort((a, b) => a.range.start.character - b.range.start.character)
        .map(({ range, label }) => {
          const end = range.end.line === number ? range.end.character : line.length;
          const carets = '^'.repeat(Math.max(1, end - range.start.character));
          return `${' '.repeat(range.start.character)}${carets}${label ? ` ${label}` : ''}`;
        }),
    ])
    .join('\n');
}

function withoutMarks(marked: string): string {
  return marked
    .split('\n')
    .filter((line) => !/^\s*\^/.test(line))
    .join('\n');
}
