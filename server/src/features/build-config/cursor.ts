/** The place that is completed: that of the word at the cursor, or of one that could be begun there. */
import type { Position, Range } from 'vscode-languageserver-types';
import { parseTree } from '../../build-config/tree.ts';
import type { ConfigDocument } from './document.ts';
import { type Place, placeAt } from './place.ts';

export interface ConfigCursor {
  readonly place: Place;
  /** What an item replaces. */
  readonly range: Range;
  /** What is typed of the word, without quotes. */
  readonly typed: string;
  readonly isQuoted: boolean;
  /** What must stand before the item: a space behind a colon. */
  readonly lead: '' | ' ';
  /** `block`: at the beginning of a line or item. `flow`: between braces or brackets. `inline`: behind a key on its line. */
  readonly style: 'block' | 'flow' | 'inline';
  /** Spaces before the word where a line of its own begins, the dashes of items counted; of the line where the style is `inline`. */
  readonly indent: number;
  /** Whether the word is a key that has a colon already. */
  readonly hasColon: boolean;
}

/** Stands for the word that is not there yet; no config has it. */
const absent = '\u{E000}';

export function cursorAt(document: ConfigDocument, position: Position): ConfigCursor | undefined {
  const { text, textDocument } = document;
  const line = text.split('\n')[position.line] ?? '';
  const before = line.slice(0, position.character);
  if (/(^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  const present = placeAt(document.config.root, position);
  if (present && present.word.text !== '') return cursorOf(document, position, line, present, '');
  const lead = /:$|^\s*-$/.test(before) ? ' ' : '';
  const offset = textDocument.offsetAt(position);
  const probe = `${text.slice(0, offset)}${lead}${absent}${text.slice(offset)}`;
  const place = placeAt(parseTree(probe, document.file).root, {
    ...position,
    character: position.character + lead.length + absent.length,
  });
  return place?.word.text === absent ? cursorOf(document, position, line, place, lead) : undefined;
}

function cursorOf(
  { text, textDocument }: ConfigDocument,
  position: Position,
  line: string,
  place: Place,
  lead: '' | ' ',
): ConfigCursor | undefined {
  const isNew = place.word.text === absent;
  const range = isNew ? { start: position, end: position } : place.word.origin.range;
  if (range.start.line !== range.end.line || place.role === 'setting') return undefined;
  const head = line.slice(0, range.start.character);
  const { isQuoted } = place.word;
  const typed = line.slice(range.start.character + (isQuoted ? 1 : 0), position.character);
  const style = /^\s*(-\s+)*-?$/.test(head)
    ? 'block'
    : isInFlow(text, textDocument.offsetAt(range.start))
      ? 'flow'
      : 'inline';
  const indent = style === 'block' ? head.length + lead.length : (/^\s*(-\s+)*/.exec(line)?.[0].length ?? 0);
  return {
    place,
    range,
    typed,
    isQuoted,
    lead,
    style,
    indent,
    hasColon: /^\s*:(\s|$)/.test(line.slice(range.end.character)),
  };
}

/** Whether a brace or bracket is open; those in quotes and comments do not count. */
function isInFlow(text: string, offset: number): boolean {
  const before = text
    .slice(0, offset)
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'/g, '')
    .replace(/(^|\s)#.*$/gm, '')
    .replace(/\$\{\{[^}]*\}\}/g, '');
  let depth = 0;
  for (const character of before) {
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth = Math.max(0, depth - 1);
  }
  return depth > 0;
}
