/** How the parser gets on behind text that it cannot read. */
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { startsName } from './identifiers.ts';
import {
  isAtBody,
  isAtHeader,
  isAtSignature,
  isAtStatement,
  isAtTypeWord,
  isAtValueList,
} from './lookahead.ts';

/**
 * Skips to the next statement of a body, the end of the body, or what must be outside of it. In the body of a graph inside an
 * attribute, the attribute's end is an end, too.
 */
export function skipToStatement(cursor: Cursor, insideAttribute: boolean): void {
  let parentheses = 0;
  for (;;) {
    const next = cursor.peek();
    if (next === character.endOfText || next === character.closeBrace) {
      return;
    }
    if (startsName(next) || next === character.openBracket) {
      if (isAtStatement(cursor) || (cursor.isFirstOnLine && isAtSignature(cursor))) {
        return;
      }
      skipList(cursor);
      continue;
    }
    if (isAtHeader(cursor) || isAtValueList(cursor)) {
      return;
    }
    if (insideAttribute && parentheses <= 0 && (next === character.comma || next === character.greater)) {
      return;
    }
    if (cursor.isAtArrow) {
      cursor.pos++;
    } else if (next === character.openParenthesis) {
      parentheses++;
    } else if (next === character.closeParenthesis) {
      parentheses--;
    }
    cursor.pos++;
  }
}

/**
 * Skips a name and the names after it that only commas part from it: no statement starts at one of them if none starts at the
 * first, and asking each would take quadratic time.
 */
function skipList(cursor: Cursor): void {
  do {
    cursor.skipToken();
  } while (cursor.matches(character.comma) && startsName(cursor.peek()));
}

/**
 * Skips to the comma or the closing bracket of the list around, past brackets that are opened and closed on the way; or to what
 * shows that the list is not closed.
 */
export function skipListEntry(cursor: Cursor, close: number): void {
  let depth = 0;
  for (;;) {
    const next = cursor.peek();
    if (
      next === character.endOfText ||
      next === character.closeBrace ||
      next === character.openBrace ||
      next === character.greater ||
      (next === character.less && close !== character.greater) ||
      (depth <= 0 && (next === close || next === character.comma)) ||
      (cursor.isFirstOnLine && isAtStatement(cursor))
    ) {
      return;
    }
    if (depth > 0 && startsName(next)) {
      skipList(cursor);
      continue;
    }
    if (next === character.openParenthesis || next === character.openBracket) {
      depth++;
    } else if (next === character.closeParenthesis || next === character.closeBracket) {
      depth--;
    }
    if (cursor.isAtArrow) {
      cursor.pos++;
    }
    cursor.skipToken();
  }
}

/** Skips what is left of a signature, to the list of values, the body, or what comes behind both. */
export function skipToBody(cursor: Cursor): void {
  let isBehindComma = false;
  if (isAtStatement(cursor)) {
    return;
  }
  while (
    cursor.peek() !== character.endOfText &&
    !isAtBody(cursor) &&
    !isAtValueList(cursor) &&
    !isAtHeader(cursor) &&
    !(cursor.isFirstOnLine && (isAtTypeWord(cursor) || isAtSignature(cursor))) &&
    !(cursor.isFirstOnLine && !isBehindComma && isAtStatement(cursor))
  ) {
    isBehindComma = skipOverToken(cursor);
  }
}

/** Skips at least one token, to something that can begin a declaration. */
export function skipToDeclaration(cursor: Cursor): void {
  let isBehindComma: boolean;
  do {
    isBehindComma = skipOverToken(cursor);
  } while (
    cursor.peek() !== character.endOfText &&
    !isAtHeader(cursor) &&
    !isAtBody(cursor) &&
    !isAtValueList(cursor) &&
    !(cursor.isFirstOnLine && !isBehindComma && isAtStatement(cursor)) &&
    !isAtSignature(cursor)
  );
}

/**
 * Skips a token or `=>`, and answers whether it is a comma: no statement starts behind one if none starts in front of it, and
 * looking anew would take quadratic time.
 */
function skipOverToken(cursor: Cursor): boolean {
  const next = cursor.peek();
  if (cursor.isAtArrow) {
    cursor.pos++;
  }
  cursor.skipToken();
  return next === character.comma;
}

/** Skips what is nested too deep to be read: up to the parenthesis that closes it, or something that is no type. */
export function skipNested(cursor: Cursor): void {
  let depth = 0;
  for (;;) {
    const next = cursor.peek();
    if (next === character.openParenthesis || next === character.openBracket) {
      depth++;
    } else if (next === character.closeParenthesis || next === character.closeBracket) {
      if (depth === 0) {
        return;
      }
      depth--;
    } else if (!startsName(next) && !(next === character.comma && depth > 0)) {
      return;
    }
    cursor.skipToken();
  }
}

/**
 * From a `{`: notes in `braces`, by absolute offset, which `}` closes it and each one inside. For those that nothing closes, that
 * is the end of the text. Does not move.
 */
export function matchBraces(cursor: Cursor, braces: Map<number, number>): void {
  const start = cursor.pos;
  const open: number[] = [];
  do {
    const next = cursor.peek();
    if (next === character.endOfText) {
      break;
    }
    if (next === character.openBrace) {
      open.push(cursor.pos);
    } else if (next === character.closeBrace) {
      braces.set(open.pop() ?? start, cursor.pos);
    }
    cursor.skipToken();
  } while (open.length > 0);
  for (const brace of open) {
    braces.set(brace, cursor.text.length);
  }
  cursor.pos = start;
}

/**
 * From a `{`: moves behind the `}` that closes it, past braces inside, and answers whether there is one. Strings and comments are
 * skipped as such.
 */
export function skipBraces(cursor: Cursor): boolean {
  let depth = 0;
  for (;;) {
    const next = cursor.peek();
    if (next === character.endOfText) {
      return false;
    }
    cursor.skipToken();
    if (next === character.openBrace) {
      depth++;
    } else if (next === character.closeBrace && --depth === 0) {
      return true;
    }
  }
}
