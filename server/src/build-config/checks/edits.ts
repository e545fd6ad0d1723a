/** Edits of a config's text that keep its style: entries of maps taken away and added, in blocks and between braces. */
import type { ConfigEdit, Origin } from '../model.ts';
import type { AnySetting, CheckContext } from './rule.ts';

type Texts = Pick<CheckContext, 'textOf'>;

/**
 * Takes an entry of a map away: a whole line in a block, the entry and its comma between braces. No edit where the value does not
 * stand behind its key: an item of an axis of `matrix`, an alias.
 */
export function removedEntry(texts: Texts, key: Origin, value: Origin): ConfigEdit[] {
  const { file } = key;
  const text = texts.textOf(file);
  if (!isEntry(text, key, value)) return [];
  const [start, end] = [offsetAt(text, key.range.start), offsetAt(text, value.range.end)];
  const [from, to] = isInBraces(text, start)
    ? spanBetweenBraces(text, start, end)
    : spanOfLines(text, start, end);
  return [edit(text, file, from, to, '')];
}

export function removedSetting(texts: Texts, { keyOrigin, origin }: AnySetting): ConfigEdit[] {
  return removedEntry(texts, keyOrigin, origin);
}

/** Writes an entry (`safe: true`) before a setting, into the same map. */
export function addedBefore(texts: Texts, { keyOrigin, origin }: AnySetting, entry: string): ConfigEdit[] {
  const text = texts.textOf(keyOrigin.file);
  return isEntry(text, keyOrigin, origin) ? [insertedBefore(texts, keyOrigin, entry)] : [];
}

/** Writes an entry before the key of another one of the same map. */
export function insertedBefore({ textOf }: Texts, { file, range }: Origin, entry: string): ConfigEdit {
  const text = textOf(file);
  const at = offsetAt(text, range.start);
  const separator = isInBraces(text, at) ? ', ' : `\n${' '.repeat(range.start.character)}`;
  return edit(text, file, at, at, `${entry}${separator}`);
}

/** Whether the value is written behind its key, with nothing but a colon, comments, anchors and tags between them. */
export function isEntry(text: string, key: Origin, value: Origin): boolean {
  if (key.file !== value.file) return false;
  const between = text.slice(offsetAt(text, key.range.end), offsetAt(text, value.range.start));
  return /^\s*:\s*(?:[&!]\S+\s*|#[^\n]*\n\s*)*$/.test(between);
}

/** Offset of a position; past the end where the text has changed meanwhile. */
export function offsetAt(text: string, { line, character }: Origin['range']['start']): number {
  let start = 0;
  for (let count = 0; count < line; count++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  return Math.min(start + character, text.length);
}

/** Whether the entry at the offset stands in `{ … }`: then a brace or a comma is before it. */
export function isInBraces(text: string, offset: number): boolean {
  const before = text.slice(0, offset).trimEnd();
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return /[{,]$/.test(before) && !/^\s*#|\s#/.test(line);
}

/** Of a comment behind it, too. The line of a list item keeps its dash where more of the item follows. */
function spanOfLines(text: string, start: number, end: number): readonly [number, number] {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  const next = lineEnd < 0 ? text.length : lineEnd + 1;
  const lead = text.slice(lineStart, start);
  if (lead.trim() === '') return [lineStart, next];
  const indent = /^ */.exec(text.slice(next))?.[0].length ?? 0;
  return indent === lead.length && lead.trim() === '-' ? [start, next + indent] : [start, end];
}

function spanBetweenBraces(text: string, start: number, end: number): readonly [number, number] {
  const after = /^\s*,\s*/.exec(text.slice(end))?.[0].length;
  if (after !== undefined) return [start, end + after];
  const before = /\s*,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  return [start - before, end];
}

function edit(text: string, file: string, from: number, to: number, newText: string): ConfigEdit {
  return {
    origin: { file, range: { start: positionAt(text, from), end: positionAt(text, to) } },
    newText,
  };
}

function positionAt(text: string, offset: number): Origin['range']['start'] {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length - 1, character: offset - lineStart };
}
