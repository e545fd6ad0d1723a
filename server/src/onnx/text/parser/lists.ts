import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { skipListEntry } from './recovery.ts';

/** What lists with commas have in common, and what their messages call an entry. */
export interface List {
  readonly close: number;
  readonly entry: string;
  /** Whether another entry is at the cursor though there is no comma. */
  readonly isAtEntry: (cursor: Cursor) => boolean;
  /** Whether what is at the cursor belongs to what comes behind the list. */
  readonly isBehind: (cursor: Cursor) => boolean;
}

/**
 * After an entry: whether another one follows. Moves behind the comma or the closing bracket; where there is neither, reports it
 * and skips to the next of them, unless the list seems not to go on.
 */
export function continuesList(cursor: Cursor, list: List): boolean {
  const next = cursor.peek();
  if (next === character.comma || next === list.close) {
    return continuesBehind(cursor, list);
  }
  if (list.isAtEntry(cursor)) {
    cursor.expected(
      'onnx.syntax.missing-comma',
      `Expected \`,\` between this ${list.entry} and the one before.`,
    );
    return true;
  }
  const bracket = String.fromCharCode(list.close);
  cursor.expected(
    'onnx.syntax.missing-bracket',
    `Expected \`,\` and another ${list.entry}, or \`${bracket}\`.`,
  );
  if (list.isBehind(cursor)) {
    return false;
  }
  skipListEntry(cursor, list.close);
  return continuesBehind(cursor, list);
}

/** At a comma, a closing bracket, or neither. */
function continuesBehind(cursor: Cursor, { close, entry }: List): boolean {
  const next = cursor.peek();
  if (next === close) {
    cursor.pos++;
    return false;
  }
  if (next !== character.comma) {
    return false;
  }
  cursor.pos++;
  if (cursor.peek() !== close) {
    return true;
  }
  cursor.expected('onnx.syntax.trailing-comma', `Expected another ${entry} after the comma, or no comma.`);
  cursor.pos++;
  return false;
}
