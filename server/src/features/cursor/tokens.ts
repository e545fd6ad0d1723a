/** The tokens of ONNX text up to a cursor, without a grammar: what half-typed statements still have. */

import type { DocumentText } from '../../onnx/text/document-text.ts';

export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'comment' | 'punctuation';
  /** Absolute, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** As written; a string without its quotes and escapes. */
  readonly text: string;
  /** False for a string or comment that goes on behind the end of what was read. */
  readonly closed: boolean;
}

/** A string without its closing quote ends with its line: a quote that was just typed swallows nothing. */
const string = /"(?:\\[\s\S]|[^"\\])*"/y;
const openString = /"[^\r\n]*/y;
const comment = /#[^\r\n]*/y;
const word = /[A-Za-z_]\w*/y;
const number = /[-+]?\.?\d(?:[eE][-+]|[\w.])*/y;
const blank = /\s+/y;

/** Tokens of `text` from `from` to `to`; text behind `to` is not looked at. */
export function tokensBetween(text: DocumentText, from: number, to: number): Token[] {
  const part = text.slice(from, to);
  const tokens: Token[] = [];
  for (let at = 0; at < part.length; ) {
    const token = tokenAt(part, at);
    if (token) {
      tokens.push({ ...token, start: from + at, end: from + token.end });
    }
    at = token?.end ?? endOf(blank, part, at) ?? at + 1;
  }
  return tokens;
}

/** Undefined at white space. */
function tokenAt(text: string, start: number): Token | undefined {
  const end = endOf(word, text, start);
  if (end !== undefined) {
    return { kind: 'word', start, end, text: text.slice(start, end), closed: true };
  }
  const first = text.charAt(start);
  if (first === '"') {
    const closing = endOf(string, text, start);
    const last = closing ?? endOf(openString, text, start) ?? start + 1;
    const inner = unescaped(text.slice(start + 1, closing === undefined ? last : last - 1));
    return { kind: 'string', start, end: last, text: inner, closed: closing !== undefined };
  }
  if (first === '#') {
    const last = endOf(comment, text, start) ?? start + 1;
    return { kind: 'comment', start, end: last, text: text.slice(start, last), closed: last < text.length };
  }
  if (first.trim() === '') {
    return undefined;
  }
  const numberEnd = endOf(number, text, start);
  if (numberEnd !== undefined) {
    return { kind: 'number', start, end: numberEnd, text: text.slice(start, numberEnd), closed: true };
  }
  const width = text.startsWith('=>', start) ? 2 : 1;
  const last = start + width;
  return { kind: 'punctuation', start, end: last, text: text.slice(start, last), closed: true };
}

function endOf(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\s\S])/gu, '$1') : text;
}
