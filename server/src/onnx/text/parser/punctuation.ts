/** What is between segments: the commas and brackets of lists and bodies. It decides what is expected next. */
import type { Segment } from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { startsName } from './identifiers.ts';
import {
  isAtBody,
  isAtHeader,
  isAtStatement,
  isAtStatementNotAttribute,
  isAtTypeWord,
  isAtValueList,
} from './lookahead.ts';
import { bodyOf, type Mode, mode, type Owner, ownerOf, valuesOf } from './modes.ts';
import { skipListEntry, skipToBody } from './recovery.ts';

/** Reads what is behind a segment that was read in mode `current`; the mode of the next one. */
export function readBehind(cursor: Cursor, current: Mode, segment: Segment): Mode {
  const owner = ownerOf(current);
  switch (segment.kind) {
    case 'model-header':
      return cursor.peek() === character.endOfText ? reportNoGraph(cursor) : mode.graph;
    case 'graph-signature':
      return readBehindSignature(cursor, 'graph');
    case 'function-signature':
      return readBehindSignature(cursor, 'function');
    case 'value-declaration':
      return readBehindValue(cursor, owner);
    case 'node-statement':
      return readBehindStatement(cursor, owner);
    case 'skipped':
      break;
  }
  if (current === valuesOf(owner)) {
    return readBehindValue(cursor, owner);
  }
  if (current === bodyOf(owner)) {
    return readBehindStatement(cursor, owner);
  }
  return cursor.peek() === character.endOfText ? mode.end : current;
}

function readBehindSignature(cursor: Cursor, owner: Owner): Mode {
  if (cursor.peek() === character.less && !isAtHeader(cursor)) {
    cursor.pos++;
    return readValueListEnd(cursor, owner, false);
  }
  return readBodyStart(cursor, owner);
}

function readBehindValue(cursor: Cursor, owner: Owner): Mode {
  const next = cursor.peek();
  if (next === character.comma) {
    cursor.pos++;
    return readValueListEnd(cursor, owner, true);
  }
  if (next === character.greater || next === character.endOfText || isAtBody(cursor)) {
    return readValueListEnd(cursor, owner, false);
  }
  if (startsName(next)) {
    if (!isAtStatementNotAttribute(cursor)) {
      cursor.expected('onnx.syntax.missing-comma', 'Expected `,` between two values.');
    }
    return valuesOf(owner);
  }
  if (isAtStatement(cursor) || isAtHeader(cursor)) {
    // The next segment says that the list is not closed.
    return valuesOf(owner);
  }
  cursor.expected('onnx.syntax.missing-bracket', 'Expected `,` and another value, or `>`.');
  do {
    // Data have braces, too.
    cursor.skipToken();
    skipListEntry(cursor, character.greater);
  } while (cursor.peek() === character.openBrace && !isAtBody(cursor));
  if (cursor.peek() === character.closeBrace) {
    // What follows it tells whether it is that of data.
    cursor.pos++;
    const behind = cursor.peek();
    if (behind !== character.comma && behind !== character.greater) {
      return behind === character.endOfText ? mode.end : valuesOf(owner);
    }
  }
  return cursor.peek() === character.comma
    ? readBehindValue(cursor, owner)
    : readValueListEnd(cursor, owner, false);
}

/** Inside the value list: at its end, or at its next entry. */
function readValueListEnd(cursor: Cursor, owner: Owner, isBehindComma: boolean): Mode {
  const next = cursor.peek();
  if (next === character.greater) {
    const bracket = cursor.pos;
    cursor.pos++;
    const behind = cursor.peek();
    if (behind === character.comma || isAtTypeWord(cursor)) {
      cursor.problem(
        'onnx.syntax.unexpected-bracket',
        bracket,
        bracket + 1,
        'This `>` ends the values, but more of them follow. Remove it, or move them in front of it.',
      );
      cursor.matches(character.comma);
      return readValueListEnd(cursor, owner, false);
    }
    if (isBehindComma) {
      cursor.problem(
        'onnx.syntax.trailing-comma',
        bracket,
        bracket + 1,
        'Expected another value after the comma, or no comma.',
      );
    }
    return readBodyStart(cursor, owner);
  }
  if (next === character.endOfText || isAtBody(cursor)) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `>` after the values.');
    return readBodyStart(cursor, owner);
  }
  return valuesOf(owner);
}

/** Behind a signature and its values; where no body follows, behind what is left of them. */
function readBodyStart(cursor: Cursor, owner: Owner): Mode {
  if (cursor.matches(character.openBrace)) {
    return readBehindStatement(cursor, owner);
  }
  if (isAtTypeWord(cursor)) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `<` before the values.');
    return valuesOf(owner);
  }
  cursor.expected('onnx.syntax.expected-body', 'Expected `{` and the nodes.');
  skipToBody(cursor);
  if (cursor.matches(character.openBrace)) {
    return readBehindStatement(cursor, owner);
  }
  if (isAtValueList(cursor)) {
    cursor.pos++;
    return valuesOf(owner);
  }
  if (isAtTypeWord(cursor)) {
    return valuesOf(owner);
  }
  if (cursor.peek() === character.endOfText) {
    return mode.end;
  }
  return isAtStatement(cursor) ? bodyOf(owner) : mode.functions;
}

/** Behind a node: closes the body, unless what follows the `}` is still of the body. */
function readBehindStatement(cursor: Cursor, owner: Owner): Mode {
  for (;;) {
    const next = cursor.peek();
    if (next === character.endOfText) {
      cursor.expected('onnx.syntax.missing-bracket', 'Expected `}` at the end of the body.');
      return mode.end;
    }
    if (isAtValueList(cursor)) {
      cursor.expected(
        'onnx.syntax.unexpected-text',
        'Expected a node or `}`; the values come before the nodes.',
      );
      cursor.pos++;
      return valuesOf(owner);
    }
    if (next !== character.closeBrace) {
      return bodyOf(owner);
    }
    const brace = cursor.pos;
    cursor.pos++;
    const behind = cursor.peek();
    // Behind the body of an attribute whose begin was not understood, its list goes on or ends.
    const endsAttribute =
      behind === character.comma || behind === character.greater || behind === character.closeBracket;
    if (endsAttribute) {
      cursor.pos++;
    } else if (!isAtStatement(cursor)) {
      cursor.bodyEnd = brace + 1;
      return behind === character.endOfText ? mode.end : mode.functions;
    }
    cursor.problem(
      'onnx.syntax.unexpected-bracket',
      brace,
      brace + 1,
      'This `}` ends the body, but more of it follows. Remove it, or open the bracket that it closes.',
    );
  }
}

function reportNoGraph(cursor: Cursor): Mode {
  cursor.expected('onnx.syntax.expected-graph', 'Expected a graph: `name (inputs) => (outputs) { nodes }`.');
  return mode.end;
}
