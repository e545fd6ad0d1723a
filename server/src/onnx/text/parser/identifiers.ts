import type { Identifier } from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';

/** Whether a character starts a name, quoted or not. */
export function startsName(code: number): boolean {
  return code === character.quote || character.startsIdentifier(code);
}

/** The name at `pos`; `startsName` has to be true there. */
export function nameAt(cursor: Cursor, code: number): Identifier {
  return code === character.quote ? cursor.quotedIdentifier() : cursor.identifier();
}

/** A name, quoted or not; where there is none, reports that `what` is missing and consumes nothing. */
export function readName(cursor: Cursor, what: string): Identifier {
  const code = cursor.peek();
  if (startsName(code)) {
    return nameAt(cursor, code);
  }
  cursor.expected(
    'onnx.syntax.expected-name',
    `Expected ${what}: letters, digits and \`_\`, or anything in quotes.`,
  );
  return cursor.missingIdentifier();
}

/** Names joined by dots, as one identifier. */
export function readDottedName(cursor: Cursor): Identifier {
  let all = readName(cursor, 'a name');
  while (cursor.matches(character.dot)) {
    const next = readName(cursor, 'a name after the dot');
    all = { start: all.start, end: cursor.endOffset, name: `${all.name}.${next.name}` };
  }
  return all;
}

/**
 * Names with commas between them: the inputs or outputs of a node. A name may be left out before a comma, where it is empty.
 * As the reference parser reads them, `(,)` is one empty name and `(x,)` is x.
 */
export function readNames(cursor: Cursor): readonly Identifier[] {
  const stack = cursor.identifiers;
  const mark = stack.top;
  collectNames(cursor);
  return stack.take(mark);
}

/** As `readNames`, but leaves the names on the stack of identifiers. */
export function collectNames(cursor: Cursor): void {
  const stack = cursor.identifiers;
  let code = cursor.peek();
  for (;;) {
    if (startsName(code)) {
      stack.push(nameAt(cursor, code));
    } else if (code === character.comma) {
      stack.push(cursor.missingIdentifier());
    } else {
      return;
    }
    if (cursor.peek() !== character.comma) {
      return;
    }
    cursor.pos++;
    code = cursor.peek();
  }
}
