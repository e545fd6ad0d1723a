/** A document's text with its line starts: LSP positions (UTF-16) to offsets and back. Immutable. */
import type { Position, Range } from 'vscode-languageserver-types';
import { type DocumentText, withReplaced } from '../onnx/text/document-text.ts';

export interface SourceText {
  readonly text: DocumentText;
  /** Offset of the first character of each line. */
  readonly lineStarts: Int32Array;
}

/** One edit: `text` in place of the UTF-16 code units from `start` to `end`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function sourceText(text: string): SourceText {
  return { text, lineStarts: Int32Array.from([0, ...lineStartsIn(text, 0, text.length)]) };
}

/** Out of range positions are clamped, as LSP asks (a character beyond the end of its line is that end). */
export function offsetAt({ text, lineStarts }: SourceText, position: Position): number {
  const start = lineStarts[position.line];
  if (start === undefined || position.line < 0) {
    return position.line < 0 ? 0 : text.length;
  }
  const next = lineStarts[position.line + 1];
  const end = next === undefined ? text.length : endOfLine(text, start, next);
  return Math.min(start + Math.max(position.character, 0), end);
}

export function positionAt({ text, lineStarts }: SourceText, offset: number): Position {
  const clamped = Math.max(0, Math.min(offset, text.length));
  const line = lineAt(lineStarts, clamped);
  return { line, character: clamped - (lineStarts[line] ?? 0) };
}

/** As positionAt, quick for offsets that come mostly in ascending order. */
export function positionFinder(source: SourceText): (offset: number) => Position {
  const { lineStarts } = source;
  let line = 0;
  return (offset) => {
    const next = lineStarts[line + 1];
    if (next !== undefined && offset >= next && offset < (lineStarts[line + 2] ?? source.text.length + 1)) {
      line++;
    } else if (offset < (lineStarts[line] ?? 0) || (next !== undefined && offset >= next)) {
      line = lineAt(lineStarts, offset);
    }
    return { line, character: offset - (lineStarts[line] ?? 0) };
  };
}

export function rangeOf(source: SourceText, start: number, end: number): Range {
  return { start: positionAt(source, start), end: positionAt(source, end) };
}

/** The text after an edit; finds line starts anew only around it. */
export function withChange({ text, lineStarts }: SourceText, change: TextChange): SourceText {
  const changed = withReplaced(text, change.start, change.end, change.text);
  // From a line before the edit, for the edit may join a carriage return there with a line feed.
  const firstLine = Math.max(0, lineAt(lineStarts, change.start) - 1);
  const lastLine = lineAt(lineStarts, change.end);
  const shift = change.text.length - (change.end - change.start);
  const from = lineStarts[firstLine] ?? 0;
  const to = (lineStarts[lastLine + 1] ?? text.length) + shift;
  const between = lineStartsIn(changed, from, to);
  const kept = lineStarts.subarray(lastLine + 1);
  // The line after the edited region starts at its end: it is found there, too.
  if (kept.length > 0 && between.at(-1) === to) {
    between.pop();
  }
  const result = new Int32Array(firstLine + 1 + between.length + kept.length);
  result.set(lineStarts.subarray(0, firstLine + 1));
  result.set(between, firstLine + 1);
  for (let index = 0, at = firstLine + 1 + between.length; index < kept.length; index++, at++) {
    result[at] = (kept[index] ?? 0) + shift;
  }
  return { text: changed, lineStarts: result };
}

/** Starts of the lines that begin after a line end between `from` and `to`. */
function lineStartsIn(text: DocumentText, from: number, to: number): number[] {
  const starts: number[] = [];
  // With one more character, as a line feed may follow a carriage return.
  const part = text.slice(from, Math.min(to + 1, text.length));
  const length = to - from;
  if (!part.includes('\r')) {
    for (let at = part.indexOf('\n'); at >= 0 && at < length; at = part.indexOf('\n', at + 1)) {
      starts.push(from + at + 1);
    }
    return starts;
  }
  for (let at = 0; at < length; at++) {
    const code = part.charCodeAt(at);
    if (code === 13 && part.charCodeAt(at + 1) === 10) {
      at++;
    }
    if (code === 13 || code === 10) {
      starts.push(from + at + 1);
    }
  }
  return starts;
}

function endOfLine(text: DocumentText, start: number, next: number): number {
  let end = next;
  while (end > start && isLineEnd(text.charCodeAt(end - 1))) {
    end--;
  }
  return end;
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

function lineAt(lineStarts: Int32Array, offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((lineStarts[middle] ?? 0) <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
