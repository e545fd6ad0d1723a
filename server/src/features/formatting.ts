/**
 * textDocument/formatting, rangeFormatting and onTypeFormatting, laid out as the printer does: a statement per line, two blanks
 * per level, lists on as many lines as they were. Only white space between tokens changes; statements with problems, strings,
 * comments and the data of tensors stay as they are.
 */
import type { Position, Range, TextEdit } from 'vscode-languageserver-types';
import type { DocumentText } from '../onnx/text/document-text.ts';
import type { Segment } from '../onnx/text/syntax-tree.ts';
import { type Token, tokensBetween } from './cursor/tokens.ts';
import type { OnnxDocument } from './document.ts';
import { childrenOf, type Element, lastSegmentFrom, lengthOf } from './elements.ts';
import { offsetAt, rangeOf } from './source-text.ts';

const indentStep = '  ';
const typeConstructors = new Set(['seq', 'map', 'optional', 'sparse_tensor', 'opaque']);

export function formatDocument(document: OnnxDocument): TextEdit[] {
  return formatSegments(document, 0, document.tree.segments.length);
}

/** Formats the statements whose lines the range touches; a line of which it has only the start is not touched. */
export function formatRange(document: OnnxDocument, { start, end }: Range): TextEdit[] {
  const { tree, source } = document;
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  let from = Math.max(0, lastSegmentFrom(tree, offsetAt(source, { line: start.line, character: 0 })));
  if (endOf(document, from) <= offsetAt(source, { line: start.line, character: 0 })) {
    from++;
  }
  const to = lastSegmentFrom(tree, offsetAt(source, { line: last + 1, character: 0 }) - 1) + 1;
  if (to <= from) {
    return [];
  }
  const [first, behind] = [tree.starts[from] ?? 0, endOf(document, to - 1)];
  // The white space before a statement is what is behind the one before.
  return formatSegments(document, from - 1, to).filter(({ range }) => {
    const edited = offsetAt(source, range.end);
    return first <= edited && (edited <= behind || range.end.line <= last);
  });
}

/** Behind a typed `}` or line end: the statement that ends there. */
export function formatOnType(document: OnnxDocument, position: Position): TextEdit[] {
  const { tree, source } = document;
  const offset = offsetAt(source, position);
  const segment = lastSegmentFrom(tree, offset);
  if (segment < 0) {
    return [];
  }
  // What lies behind the cursor is still to be written.
  const start = tree.starts[segment] ?? 0;
  return formatSegments(document, segment - 1, segment + 1).filter(({ range }) => {
    const edited = offsetAt(source, range.end);
    return start <= edited && edited < offset;
  });
}

/** Absolute offset where a segment ends. */
function endOf({ tree }: OnnxDocument, index: number): number {
  const segment = tree.segments[index];
  return (tree.starts[index] ?? 0) + (segment ? lengthOf(segment) : 0);
}

function formatSegments(document: OnnxDocument, from: number, to: number): TextEdit[] {
  const { tree, source } = document;
  const edits: TextEdit[] = [];
  for (let index = Math.max(0, from); index < to; index++) {
    const segment = tree.segments[index];
    if (segment && segment.kind !== 'skipped' && segment.problems.length === 0) {
      for (const { start, end, text } of gapsOf(document, index, segment)) {
        if (source.text.slice(start, end) !== text) {
          edits.push({ range: rangeOf(source, start, end), newText: text });
        }
      }
    }
  }
  return edits;
}

interface Gap {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Parts {
  /** Absolute starts of the statements in the segment's subgraphs. */
  readonly statements: ReadonlySet<number>;
  /** Absolute spans that are kept as they are. */
  readonly kept: readonly (readonly [number, number])[];
}

interface OpenBracket {
  readonly text: string;
  /** Whether a line ends behind it: what is inside is indented. */
  indents: boolean;
  readonly isBody: boolean;
  /** Behind a word: dims of a type. */
  readonly isDims: boolean;
}

/** The white space of a segment and of the punctuation up to the next one, as it should be. */
function* gapsOf({ tree, source }: OnnxDocument, index: number, segment: Segment): Generator<Gap> {
  const start = tree.starts[index] ?? 0;
  const next = tree.segments[index + 1];
  const end = next ? (tree.starts[index + 1] ?? 0) : source.text.length;
  const { statements, kept } = partsOf(segment, start);
  const tokens = mergedTokens(tokensBetween(source.text, start, end), kept, source.text);
  const isInList = segment.kind === 'node-statement' || segment.kind === 'value-declaration';
  const firstLine = source.text.indexOf('\n');
  const lineEnd = source.text.charCodeAt(firstLine - 1) === 13 ? '\r\n' : '\n';
  const open: OpenBracket[] = isInList
    ? [{ text: '', indents: true, isBody: segment.kind === 'node-statement', isDims: false }]
    : [];
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    const after = tokens[at + 1];
    if (isClosing(token)) {
      open.pop();
    } else if (isOpening(token)) {
      open.push({
        text: token.text,
        indents: false,
        isBody: token.text === '{' && (before?.text === ')' || before?.text === '>'),
        isDims: token.text === '[' && before?.kind === 'word',
      });
    }
    const gapEnd = after?.start ?? end;
    if (after === undefined && next === undefined) {
      yield { start: token.end, end: gapEnd, text: lineEnd };
      return;
    }
    const isNextStatement = after ? statements.has(after.start) : next?.kind === 'node-statement';
    const isForced = isNextStatement || isLineEnd(token, after, open);
    const written = source.text.slice(token.end, gapEnd);
    const lines = written.split('\n').length - 1;
    if (isForced || lines > 0) {
      const inner = open.at(-1);
      if (inner && isOpening(token)) {
        inner.indents = true;
      }
      const closes = after && isClosing(after) && inner?.indents === true ? 1 : 0;
      const depth = open.filter(({ indents }) => indents).length - closes;
      const text = (lines > 1 ? '\n\n' : '\n') + indentStep.repeat(Math.max(0, depth));
      yield { start: token.end, end: gapEnd, text: text.replaceAll('\n', lineEnd) };
    } else if (after) {
      yield { start: token.end, end: gapEnd, text: space(token, after, written, open.at(-1)) };
    }
  }
}

/** A statement begins on a line of its own behind the `{` of a body, and its `}` stands alone. */
function isLineEnd(token: Token, after: Token | undefined, open: readonly OpenBracket[]): boolean {
  const isBodyStart = token.text === '{' && open.at(-1)?.isBody === true;
  const isBodyEnd = isPunctuation(after, '}') && open.at(-1)?.isBody === true;
  return token.kind === 'comment' || isBodyStart || isBodyEnd;
}

function space(token: Token, after: Token, written: string, inner: OpenBracket | undefined): string {
  if (after.kind === 'comment') {
    return written === '' ? ' ' : written;
  }
  if (isPunctuation(after, ',') || isClosing(after) || isOpening(token) || isPunctuation(token, '@')) {
    return '';
  }
  if (isPunctuation(token, ',')) {
    return inner?.isDims === true ? '' : ' ';
  }
  if (isPunctuation(token, '.') || isPunctuation(after, '.')) {
    return '';
  }
  if (isPunctuation(token, ':') || isPunctuation(after, ':')) {
    return written === '' ? '' : ' ';
  }
  if (isPunctuation(after, '(')) {
    return typeConstructors.has(token.text) ? written && ' ' : ' ';
  }
  if (isPunctuation(after, '[')) {
    // Dims directly behind a type; a label or a list elsewhere.
    return token.kind === 'word' ? '' : ' ';
  }
  return written === '' && token.kind !== 'punctuation' && after.kind !== 'punctuation' ? '' : ' ';
}

function isPunctuation(token: Token | undefined, text: string): boolean {
  return token?.kind === 'punctuation' && token.text === text;
}

function isOpening({ kind, text }: Token): boolean {
  return kind === 'punctuation' && (text === '(' || text === '[' || text === '{' || text === '<');
}

function isClosing({ kind, text }: Token): boolean {
  return kind === 'punctuation' && (text === ')' || text === ']' || text === '}' || text === '>');
}

function partsOf(segment: Segment, base: number): Parts {
  const statements = new Set<number>();
  const kept: [number, number][] = [];
  const visit = (element: Element): void => {
    const { start, end } = element.node;
    if (element.kind === 'tensor-data' || element.kind === 'sparse-tensor') {
      kept.push([base + start, base + end]);
      return;
    }
    if (element.kind === 'statement') {
      statements.add(base + start);
    }
    for (const child of childrenOf(element)) {
      visit(child);
    }
  };
  visit({ kind: 'segment', node: segment });
  return { statements, kept };
}

/** Tokens of a kept span become one, which counts as a word. */
function mergedTokens(
  tokens: readonly Token[],
  kept: readonly (readonly [number, number])[],
  text: DocumentText,
): Token[] {
  const merged: Token[] = [];
  let span = 0;
  for (const token of tokens) {
    while (span < kept.length && (kept[span]?.[1] ?? 0) <= token.start) {
      span++;
    }
    const [start, end] = kept[span] ?? [0, 0];
    if (end <= start || token.start < start) {
      merged.push(token);
    } else if (token.start === start || merged.at(-1)?.start !== start) {
      merged.push({ kind: 'string', start: token.start, end, text: text.slice(start, end), closed: true });
    }
  }
  return merged;
}
