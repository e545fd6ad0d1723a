/** The text of statements that move to another place: with their comments and annotations, at another indentation. */
import type { DocumentText } from '../../../onnx/text/document-text.ts';
import { type Token, tokensBetween } from '../../cursor/tokens.ts';
import type { OnnxDocument } from '../../document.ts';
import type { TextChange } from '../../source-text.ts';
import type { Statement } from './body.ts';

export interface MovedText {
  /** A statement or comment per line, each indented; without a line end behind the last. */
  readonly text: string;
  /** What of the document it is, absolute. */
  readonly start: number;
  readonly end: number;
}

export interface MoveOptions {
  readonly indent: string;
  /** Comments before this offset and behind the other one stay where they are. */
  readonly from?: number;
  readonly to?: number;
  /** Changes inside a statement, with absolute offsets. */
  readonly changes?: (statement: Statement) => readonly TextChange[];
}

export function movedText(
  { source }: OnnxDocument,
  statements: readonly Statement[],
  { indent, from = 0, to = Number.POSITIVE_INFINITY, changes }: MoveOptions,
): MovedText {
  const lines: string[] = [];
  let start: number | undefined;
  let end = 0;
  for (const [index, statement] of statements.entries()) {
    const above = commentsAbove(source.text, statement).filter((comment) => comment.start >= from);
    const behind = commentBehind(source.text, statement.end);
    const isKept = behind && behind.start < to;
    const first = above[0]?.start ?? statement.start;
    if (index > 0 && statement.previousEnd === statements[index - 1]?.end) {
      const gap = source.text.slice(statement.previousEnd, first);
      lines.push(...(/\n[ \t\r]*\n/.test(gap) ? [''] : []));
    }
    const text = withChanges(source.text, statement, changes?.(statement) ?? []);
    lines.push(...above.map((comment) => indent + comment.text));
    lines.push(
      indent +
        reindented(text, indentAt(source.text, statement.start), indent) +
        (isKept ? ` ${behind.text}` : ''),
    );
    start ??= first;
    end = isKept ? behind.end : statement.end;
  }
  return { text: lines.join(lineEndOf(source.text)), start: start ?? 0, end };
}

/** A part of the document with changes inside it, whose offsets are absolute and ascending where sorted. */
export function withChanges(
  text: DocumentText,
  { start, end }: { readonly start: number; readonly end: number },
  changes: readonly TextChange[],
): string {
  let result = '';
  let at = start;
  for (const change of [...changes].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, change.start) + change.text;
    at = change.end;
  }
  return result + text.slice(at, end);
}

/** White space before an offset, if nothing else stands before it in its line. */
export function indentAt(text: DocumentText, offset: number): string {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return before.trim() === '' ? before : '';
}

/** As indentAt; behind other text of its line, one step more than the line has. */
export function indentOfNewLine(text: DocumentText, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return line.trim() === '' ? line : `${/^[ \t]*/.exec(line)?.[0] ?? ''}  `;
}

export function lineEndOf(text: DocumentText): string {
  const first = text.indexOf('\n');
  return first > 0 && text.charCodeAt(first - 1) === 13 ? '\r\n' : '\n';
}

/** The text with its lines but the first indented anew. Line breaks inside strings are part of the string. */
export function reindented(text: string, before: string, after: string): string {
  if (before === after || !text.includes('\n')) {
    return text;
  }
  const strings = tokensBetween(text, 0, text.length).filter(({ kind }) => kind === 'string');
  return text.replace(/\n([ \t]*)/g, (match: string, blanks: string, at: number) => {
    if (strings.some(({ start, end }) => start < at && at < end)) {
      return match;
    }
    return `\n${after}${blanks.startsWith(before) ? blanks.slice(before.length) : ''}`;
  });
}

/** Comments on lines of their own between a statement and what stands before it. */
function commentsAbove(text: DocumentText, { previousEnd, start }: Statement): Token[] {
  const tokens = tokensBetween(text, previousEnd, start);
  const bracket = tokens.findLastIndex(({ kind }) => kind !== 'comment');
  const behindBracket = tokens.slice(bracket + 1);
  return bracket >= 0
    ? behindBracket
    : behindBracket.filter((comment) => text.slice(previousEnd, comment.start).includes('\n'));
}

function commentBehind(text: DocumentText, end: number): Token | undefined {
  const lineEnd = text.indexOf('\n', end);
  const rest = text.slice(end, lineEnd < 0 ? undefined : lineEnd);
  if (!rest.trimStart().startsWith('#')) {
    return undefined;
  }
  return tokensBetween(text, end, end + rest.length)[0];
}
