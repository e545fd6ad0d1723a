/** Writes config values as YAML, in the style of the documentation: one key per line, small maps and lists on it. */
import { parseDocument } from 'yaml';

/** Maps are lists of entries, since objects would put keys that look like numbers first. */
export type YamlValue = string | number | boolean | PlainScalar | readonly YamlValue[] | YamlMap;

export interface YamlMap {
  readonly entries: readonly (readonly [key: string, value: YamlValue])[];
}

/** Written as it is: a number in its own notation, a size with its unit. */
export interface PlainScalar {
  readonly plain: string;
}

const widest = 100;

/** `key: value` with a line's end; block style where a line would get too long. */
export function entryText(key: string, value: YamlValue, indent = ''): string {
  const head = `${indent}${scalarText(key)}:`;
  const inline = `${head} ${flowText(value)}`;
  if (!hasBlocks(value) && inline.length <= widest) return `${inline}\n`;
  if (isList(value)) {
    return `${head}\n${value.map((item) => itemText(item, `${indent}  `)).join('')}`;
  }
  if (isMap(value) && value.entries.length > 0) {
    return `${head}\n${value.entries.map(([name, part]) => entryText(name, part, `${indent}  `)).join('')}`;
  }
  return `${inline}\n`;
}

function itemText(value: YamlValue, indent: string): string {
  const inline = `${indent}- ${flowText(value)}\n`;
  if (!isMap(value) || value.entries.length === 0) return inline;
  const lines = value.entries.map(([name, part]) => entryText(name, part, `${indent}  `)).join('');
  return `${indent}- ${lines.slice(indent.length + 2)}`;
}

/** Lists of maps are the subject of a config (profiles); they get lines of their own. */
function hasBlocks(value: YamlValue): boolean {
  return isList(value) && value.some(isMap);
}

function flowText(value: YamlValue): string {
  if (typeof value === 'string') return scalarText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(flowText).join(', ')}]`;
  if (!isMap(value)) return value.plain;
  const entries = value.entries.map(([key, part]) => `${scalarText(key)}: ${flowText(part)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A text in as few quotes as YAML allows, in block and flow style alike. */
export function scalarText(text: string): string {
  const isSimple =
    /^[A-Za-z0-9_./~-](?:[\w./+%~@*()=-]|:(?=[\w/\\])| (?=[\w./+%(-]))*$/.test(text) &&
    !text.startsWith('--- ');
  if (isSimple && !text.startsWith('- ') && parsesAs(text)) return text;
  return JSON.stringify(text)
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
    .replaceAll('\u0085', '\\x85')
    .replaceAll('\ufeff', '\\ufeff');
}

/** Not a number, a boolean or nothing, that is. */
function parsesAs(text: string): boolean {
  const { contents, errors } = parseDocument(text, { prettyErrors: false });
  return errors.length === 0 && contents !== null && 'value' in contents && contents.value === text;
}

export function isMap(value: YamlValue): value is YamlMap {
  return typeof value === 'object' && 'entries' in value && !isList(value);
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}
