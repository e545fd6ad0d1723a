/** Adding entries to the lists of a text and taking some out: `<a, b>`. */
import type { DocumentText } from '../../../onnx/text/document-text.ts';
import { type Token, tokensBetween } from '../../cursor/tokens.ts';
import type { OnnxDocument } from '../../document.ts';
import type { TextChange } from '../../source-text.ts';
import { withoutEntries } from '../refactorings/removal.ts';
import { type Body, type Entry, endOfSignature, entriesOf } from './body.ts';
import { lineEndOf } from './statement-text.ts';

/** Takes entries out of the `<…>` of a body, and the brackets with the last. */
export function withoutListEntries(
  document: OnnxDocument,
  body: Body,
  entries: readonly Entry[],
  isRemoved: (index: number) => boolean,
): TextChange[] {
  return withoutParts(document.source.text, entries, isRemoved, endOfSignature(document, body));
}

/** The same for any list `<…>` with commas. `from` is an offset before the `<`, behind which are only complete brackets. */
export function withoutParts(
  documentText: DocumentText,
  parts: readonly Part[],
  isRemoved: (index: number) => boolean,
  from: number,
): TextChange[] {
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last || !parts.some((_, index) => isRemoved(index))) {
    return [];
  }
  if (!parts.every((_, index) => isRemoved(index))) {
    return withoutEntries(documentText.toString(), parts, isRemoved, from);
  }
  const open = tokensBetween(documentText, from, first.start).findLast((token) => isPunctuation(token, '<'));
  const start = open?.start ?? first.start;
  const blanks = /\s*$/.exec(documentText.slice(from, start))?.[0].length ?? 0;
  return [{ start: start - blanks, end: endOfList(documentText, last.end), text: '' }];
}

interface Part {
  readonly start: number;
  readonly end: number;
}

/** Adds entries behind the others in the `<…>` of a body, which gets one if it has none. */
export function withEntries(document: OnnxDocument, body: Body, added: readonly string[]): TextChange[] {
  if (added.length === 0) {
    return [];
  }
  const { text } = document.source;
  const lineEnd = lineEndOf(text);
  const indent = '  '.repeat(body.scope.graphs.length * 2 + 1);
  const lines = added.map((entry) => `${lineEnd}${indent}${entry}`);
  const last = entriesOf(document, body).at(-1);
  if (last) {
    return [{ start: last.end, end: last.end, text: lines.map((line) => `,${line}`).join('') }];
  }
  const from = endOfSignature(document, body);
  const brace = tokensFrom(text, from).findIndex((token) => isPunctuation(token, '{'));
  const before = tokensFrom(text, from).slice(0, brace < 0 ? 0 : brace + 1);
  const open = before.find((token) => isPunctuation(token, '<'));
  const at = before.at(-1);
  if (open) {
    return [{ start: open.end, end: open.end, text: lines.join(',') }];
  }
  return at ? [{ start: at.start, end: at.start, text: `<${lines.join(',')}${lineEnd}> ` }] : [];
}

/** Behind the `>` that closes the list. */
function endOfList(text: DocumentText, from: number): number {
  const close = tokensFrom(text, from).find((token) => isPunctuation(token, '>'));
  return close?.end ?? from;
}

/** Some tokens: enough for the punctuation behind the head of a list. */
function tokensFrom(text: DocumentText, from: number): Token[] {
  for (let length = 256; ; length *= 4) {
    const tokens = tokensBetween(text, from, Math.min(text.length, from + length));
    if (from + length >= text.length || tokens.some(({ text: found }) => found === '{' || found === '>')) {
      return tokens;
    }
  }
}

function isPunctuation({ kind, text }: Token, wanted: string): boolean {
  return kind === 'punctuation' && text === wanted;
}
