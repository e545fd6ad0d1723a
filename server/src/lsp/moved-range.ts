import type { Position, Range, TextDocumentContentChangeEvent } from 'vscode-languageserver/node';

/** Where a range is after an edit elsewhere; undefined where the edit is of its own text, or of the whole document. */
export function rangeAfter(range: Range, event: TextDocumentContentChangeEvent): Range | undefined {
  if (!('range' in event)) return undefined;
  const { range: edited, text } = event;
  // What is put right behind a value continues it, unless it begins with a space or a new line.
  const continues = text !== '' && !/^\s/.test(text);
  const isAfter =
    compare(edited.start, range.end) > 0 || (compare(edited.start, range.end) === 0 && !continues);
  if (isAfter) return range;
  const isBefore =
    compare(edited.end, range.start) < 0 || (compare(edited.end, range.start) === 0 && !/\S$/.test(text));
  if (!isBefore) return undefined;
  return { start: moved(range.start, edited, text), end: moved(range.end, edited, text) };
}

/** Of a position at or behind the end of an edit. */
function moved({ line, character }: Position, { start, end }: Range, text: string): Position {
  const lines = text.split('\n');
  const lastLine = lines.at(-1) ?? '';
  const movedLine = line - end.line + start.line + lines.length - 1;
  if (line !== end.line) return { line: movedLine, character };
  const before = lines.length === 1 ? start.character : 0;
  return { line: movedLine, character: character - end.character + before + lastLine.length };
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}
