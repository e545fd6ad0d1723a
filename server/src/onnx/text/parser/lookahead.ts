/**
 * What the text ahead looks like, for recovery: asked only where something is wrong or ambiguous. Each looks no further than one
 * statement's head, so that text full of errors is still read in linear time.
 */
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { startsName } from './identifiers.ts';
import { isTypeWord } from './types.ts';

/** `[label]`, or outputs and `=`, unless data or a header follow that. */
export function isAtStatement(cursor: Cursor): boolean {
  const first = cursor.peek();
  if (!startsName(first) && first !== character.openBracket) {
    return false;
  }
  return cursor.lookAhead(() => {
    if (first === character.openBracket) {
      cursor.pos++;
      const isNamed = skipName(cursor);
      if (!cursor.matches(character.closeBracket) || isNamed) {
        return isNamed && cursor.text.charCodeAt(cursor.pos - 1) === character.closeBracket;
      }
    }
    if (skipNames(cursor) === 0 || !isAtAssignment(cursor)) {
      return false;
    }
    cursor.pos++;
    const next = cursor.peek();
    return (
      startsName(next) || next === character.openParenthesis || next === character.dot || cursor.isFirstOnLine
    );
  });
}

/** A body's `{`, rather than that of data. */
export function isAtBody(cursor: Cursor): boolean {
  return (
    cursor.peek() === character.openBrace &&
    cursor.lookAhead(() => {
      cursor.pos++;
      const first = cursor.peek();
      return first === character.closeBrace || first === character.endOfText || isAtStatement(cursor);
    })
  );
}

/** The `<` of a list of values: a type begins behind it. */
export function isAtValueList(cursor: Cursor): boolean {
  return (
    cursor.peek() === character.less &&
    cursor.lookAhead(() => {
      cursor.pos++;
      return isAtTypeWord(cursor);
    })
  );
}

/** A word that begins a type, and does not name an attribute. */
export function isAtTypeWord(cursor: Cursor): boolean {
  return (
    character.startsIdentifier(cursor.peek()) &&
    cursor.lookAhead(() => {
      const start = cursor.pos;
      cursor.skipIdentifier();
      const word = cursor.text.slice(start, Math.min(cursor.pos, start + 20));
      const next = cursor.peek();
      return isTypeWord(word) && next !== character.equals && next !== character.colon;
    })
  );
}

/** A name and what follows it in a signature. */
export function isAtSignatureStart(cursor: Cursor): boolean {
  return (
    startsName(cursor.peek()) &&
    cursor.lookAhead(() => {
      cursor.skipToken();
      const behind = cursor.peek();
      const isParameters = behind === character.less && !isAtHeader(cursor) && !isAtValueList(cursor);
      return behind === character.openParenthesis || isParameters || cursor.isAtArrow || isAtTypeWord(cursor);
    })
  );
}

/** Only commas and names up to a `=`: the outputs of a statement whose first one is omitted. */
export function isAtOutputs(cursor: Cursor): boolean {
  return cursor.lookAhead(() => {
    skipNames(cursor);
    return isAtAssignment(cursor);
  });
}

/**
 * A statement of one output where an attribute or a value could stand as well: `y = Relu (x)` is one, while `a = 1`,
 * `t = seq(float)` and `body = g (x) => (y)` are attributes.
 */
export function isAtStatementNotAttribute(cursor: Cursor): boolean {
  return cursor.lookAhead(() => {
    if (!skipName(cursor) || !isAtAssignment(cursor)) {
      return false;
    }
    cursor.pos++;
    cursor.peek();
    const start = cursor.pos;
    skipName(cursor);
    if (isTypeWord(cursor.text.slice(start, Math.min(cursor.pos, start + 20)))) {
      return false;
    }
    const next = cursor.peek();
    if (next !== character.openParenthesis) {
      return next === character.dot || next === character.colon || next === character.less;
    }
    cursor.pos++;
    skipNames(cursor);
    if (!cursor.matches(character.closeParenthesis)) {
      return false;
    }
    cursor.peek();
    return !cursor.isAtArrow;
  });
}

/** `<key: …` of a model's or function's header; an attribute would have a type after the colon. */
export function isAtHeader(cursor: Cursor): boolean {
  return cursor.lookAhead(() => {
    if (!cursor.matches(character.less) || !character.startsIdentifier(cursor.peek())) {
      return false;
    }
    cursor.skipIdentifier();
    if (!cursor.matches(character.colon)) {
      return false;
    }
    const value = cursor.peek();
    return value === character.quote || value === character.openBracket || character.isDigit(value);
  });
}

/** `name (…) =>` or `name <…> (…) =>`, with nothing of a body in between: the signature of a graph or function. */
export function isAtSignature(cursor: Cursor): boolean {
  return cursor.lookAhead(() => {
    if (!skipName(cursor)) {
      return false;
    }
    let depth = 0;
    let mayNest = true;
    for (;;) {
      const next = cursor.peek();
      if (depth === 0 && cursor.isAtArrow) {
        return true;
      }
      if (next === character.openParenthesis || next === character.less) {
        // Inside parentheses, only types have some of their own.
        if (!mayNest) {
          return false;
        }
        depth++;
      } else if (next === character.closeParenthesis || next === character.greater) {
        depth--;
      } else if (depth === 0 || next === character.openBrace || next === character.closeBrace || next < 0) {
        return false;
      }
      const start = cursor.pos;
      cursor.skipToken();
      mayNest = depth === 0 || isTypeWord(cursor.text.slice(start, Math.min(cursor.pos, start + 20)));
    }
  });
}

/** How many names there are, with the commas between them; omitted names count. */
function skipNames(cursor: Cursor): number {
  let count = 0;
  for (;;) {
    const named = skipName(cursor);
    if (cursor.peek() !== character.comma) {
      return named ? count + 1 : count;
    }
    cursor.pos++;
    count++;
  }
}

function skipName(cursor: Cursor): boolean {
  const code = cursor.peek();
  if (!startsName(code)) {
    return false;
  }
  cursor.skipToken();
  return true;
}

function isAtAssignment(cursor: Cursor): boolean {
  return cursor.peek() === character.equals && !cursor.isAtArrow;
}
