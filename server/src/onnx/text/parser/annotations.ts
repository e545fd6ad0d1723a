import type { Annotation, AnnotationValue } from '../syntax-tree.ts';
import {
  carriageReturn,
  colon,
  comma,
  continuesIdentifier,
  isSpace,
  quote,
  startsIdentifier,
} from './characters.ts';
import { detached } from './names.ts';

/** What a comment that begins with `#@` is: an annotation, a malformed one, or (undefined) a comment like any other. */
export type AnnotationReading =
  | { readonly annotation: Annotation }
  | { readonly malformed: string; readonly start: number; readonly end: number };

/**
 * Reads the comment from `start` (at `#@`) to `end` (its line end). `base` is what spans are relative to. Only `#@`, a blank and a
 * word make an annotation, so that `#@title` and the like of other tools stay comments.
 */
export function readAnnotation(
  text: string,
  start: number,
  end: number,
  base: number,
): AnnotationReading | undefined {
  let lineEnd = end;
  while (lineEnd > start && isSpace(text.charCodeAt(lineEnd - 1))) {
    lineEnd--;
  }
  const keyStart = skipSpace(text, start + 2, lineEnd);
  if (keyStart === start + 2 || !startsIdentifier(text.charCodeAt(keyStart)) || keyStart >= lineEnd) {
    return undefined;
  }
  let keyEnd = keyStart;
  while (keyEnd < lineEnd && continuesIdentifier(text.charCodeAt(keyEnd))) {
    keyEnd++;
  }
  const key = detached(text.slice(keyStart, keyEnd));
  const span = { start: start - base, end: lineEnd - base };
  const afterKey = skipSpace(text, keyEnd, lineEnd);
  if (afterKey === lineEnd) {
    return { annotation: { ...span, key, value: { kind: 'flag' } } };
  }
  if (text.charCodeAt(afterKey) !== colon) {
    const malformed = `Expected \`:\` and a value after the annotation's key: \`#@ ${key}: …\`.`;
    return { malformed, start: afterKey, end: lineEnd };
  }
  const valueStart = skipSpace(text, afterKey + 1, lineEnd);
  const value = readValue(text.slice(valueStart, lineEnd));
  return value
    ? { annotation: { ...span, key, value } }
    : {
        malformed:
          `The value of \`${key}\` cannot be read. Write a JSON string ("…"), a number, ` +
          `a list of strings (["a", "b"]) or a list of entries (["key": "value"]).`,
        start: valueStart < lineEnd ? valueStart : afterKey,
        end: lineEnd,
      };
}

/** Where a comment ends: before its line end, or a carriage return in front of that. */
export function commentEnd(text: string, start: number): number {
  const lineEnd = text.indexOf('\n', start);
  if (lineEnd < 0) {
    return text.length;
  }
  return text.charCodeAt(lineEnd - 1) === carriageReturn ? lineEnd - 1 : lineEnd;
}

function readValue(text: string): AnnotationValue | undefined {
  if (text.startsWith('"')) {
    const value = stringAt(text, 0);
    return value?.end === text.length ? { kind: 'string', value: value.value } : undefined;
  }
  if (text.startsWith('[')) {
    return readList(text);
  }
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? { kind: 'number', value } : undefined;
}

function readList(text: string): AnnotationValue | undefined {
  const values: string[] = [];
  const entries: { key: string; value: string }[] = [];
  const last = text.length - 1;
  if (text[last] !== ']') {
    return undefined;
  }
  let at = skipSpace(text, 1, last);
  while (at < last) {
    const first = stringAt(text, at);
    if (!first) {
      return undefined;
    }
    at = skipSpace(text, first.end, last);
    if (text.charCodeAt(at) === colon) {
      const second = stringAt(text, skipSpace(text, at + 1, last));
      if (!second) {
        return undefined;
      }
      entries.push({ key: first.value, value: second.value });
      at = skipSpace(text, second.end, last);
    } else {
      values.push(first.value);
    }
    if (at === last) {
      break;
    }
    if (text.charCodeAt(at) !== comma) {
      return undefined;
    }
    at = skipSpace(text, at + 1, last);
    if (at === last) {
      return undefined;
    }
  }
  if (entries.length > 0) {
    return values.length > 0 ? undefined : { kind: 'entries', entries };
  }
  return { kind: 'strings', values };
}

function stringAt(text: string, start: number): { readonly value: string; readonly end: number } | undefined {
  if (text.charCodeAt(start) !== quote) {
    return undefined;
  }
  let end = start + 1;
  while (end < text.length && text[end] !== '"') {
    end += text[end] === '\\' ? 2 : 1;
  }
  end++;
  try {
    const value: unknown = JSON.parse(text.slice(start, end));
    return typeof value === 'string' ? { value, end } : undefined;
  } catch {
    // Not JSON: the caller says what a value has to look like.
    return undefined;
  }
}

function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) {
    at++;
  }
  return at;
}
