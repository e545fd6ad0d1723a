import { dataTypeOfName, dataTypes } from '../../model/data-types.ts';
import type { DimensionSyntax, Identifier, TypeSyntax } from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { readDottedName, readName } from './identifiers.ts';
import { fitsInt64, integerValue, scanNumber } from './numbers.ts';
import { skipNested } from './recovery.ts';
import { didYouMean } from './suggestions.ts';

/**
 * Protobuf readers stop at 100 nested messages, and a level of types or graphs is at least two: no model that can be loaded is
 * nested this deep.
 */
export const maximumDepth = 100;

const constructors = new Set(['seq', 'map', 'optional', 'sparse_tensor', 'opaque']);
const typeWords = new Set([...dataTypes.map((type) => type.name), ...constructors]);

/** Whether an unquoted word begins a type wherever a type may stand. */
export function isTypeWord(name: string): boolean {
  return typeWords.has(name);
}

/**
 * Whether a word is an element type: those of ONNX, and the extension's `undefined` and `data_type_99` for numbers without a
 * name. The extension's words are also names like any other.
 */
export function isElementType(name: string): boolean {
  return dataTypeOfName(name) !== undefined || isExtensionType(name);
}

export function isExtensionType(name: string): boolean {
  return name === 'undefined' || (name.startsWith('data_type_') && /^data_type_-?\d+$/.test(name));
}

/** Whether a word is probably meant to be a type. */
export function resemblesType(name: string): boolean {
  return isExtensionType(name) || didYouMean(name, typeWords) !== '';
}

/** The type at `pos`; reports a problem and consumes nothing where there is none. */
export function readType(cursor: Cursor): TypeSyntax {
  if (character.startsIdentifier(cursor.peek())) {
    return readTypeAfter(cursor, cursor.identifier());
  }
  cursor.expected('onnx.syntax.expected-type', 'Expected a type, such as `float[N,3]` or `seq(int64)`.');
  return { kind: 'incomplete', start: cursor.offset, end: cursor.offset };
}

/** A type whose first word has been read; a word that is no type is reported and taken as an element type. */
export function readTypeAfter(cursor: Cursor, word: Identifier): TypeSyntax {
  const start = word.start;
  if (constructors.has(word.name) && !cursor.matches(character.openParenthesis)) {
    cursor.expected('onnx.syntax.missing-bracket', `Expected \`(\` after \`${word.name}\`.`);
    return { kind: 'incomplete', start, end: word.end };
  }
  switch (word.name) {
    case 'seq':
    case 'optional': {
      const element = readNestedType(cursor);
      closeArgument(cursor, word.name);
      return { kind: word.name, start, end: cursor.endOffset, element };
    }
    case 'map': {
      const key = readElementType(cursor);
      if (!cursor.matches(character.comma)) {
        cursor.expected(
          'onnx.syntax.missing-comma',
          'Expected `,` and the type of the values: `map(int64, float)`.',
        );
      }
      const value = readNestedType(cursor);
      closeArgument(cursor, word.name);
      return { kind: 'map', start, end: cursor.endOffset, key, value };
    }
    case 'sparse_tensor': {
      const element = readElementType(cursor);
      const dims = readDimensions(cursor);
      closeArgument(cursor, word.name);
      const end = cursor.endOffset;
      return { kind: 'sparse_tensor', start, end, element, ...(dims && { dims }) };
    }
    case 'opaque':
      return readOpaqueType(cursor, start);
    default: {
      if (!isElementType(word.name)) {
        reportUnknownType(cursor, word);
      }
      const dims = readDimensions(cursor);
      const end = cursor.endOffset;
      return dims
        ? { kind: 'tensor', start, end, element: word, dims }
        : { kind: 'tensor', start, end, element: word };
    }
  }
}

function readNestedType(cursor: Cursor): TypeSyntax {
  if (cursor.depth >= maximumDepth) {
    const start = cursor.offset;
    cursor.expected(
      'onnx.syntax.nesting-too-deep',
      `Types are nested more than ${maximumDepth} deep here; no model may be. Write a flatter type.`,
    );
    skipNested(cursor);
    return { kind: 'incomplete', start, end: cursor.endOffset };
  }
  cursor.depth++;
  const type = readType(cursor);
  cursor.depth--;
  return type;
}

function readElementType(cursor: Cursor): Identifier {
  if (!character.startsIdentifier(cursor.peek())) {
    cursor.expected('onnx.syntax.expected-type', 'Expected an element type, such as `float` or `int64`.');
    const missing = cursor.missingIdentifier();
    scanNumber(cursor);
    return missing;
  }
  const word = cursor.identifier();
  if (!isElementType(word.name)) {
    reportUnknownType(cursor, word);
  }
  return word;
}

function reportUnknownType(cursor: Cursor, word: Identifier): void {
  const advice =
    didYouMean(word.name, typeWords) ||
    ' A type is an element type, such as `int64`, with or without dimensions, or one of `seq(…)`, `map(…, …)`, ' +
      '`optional(…)`, `sparse_tensor(…)` and `opaque(…)`.';
  const start = cursor.base + word.start;
  const end = cursor.base + word.end;
  cursor.problem('onnx.syntax.unknown-type', start, end, `\`${word.name}\` is no type.${advice}`);
}

/** `)`, `name)` or `domain, name)`; a dotted word alone is the name. */
function readOpaqueType(cursor: Cursor, start: number): TypeSyntax {
  if (cursor.matches(character.closeParenthesis)) {
    return { kind: 'opaque', start, end: cursor.offset };
  }
  const first = readDottedName(cursor);
  let name = first;
  if (cursor.matches(character.comma)) {
    name = readName(cursor, 'the name of the opaque type');
  }
  closeArgument(cursor, 'opaque');
  const end = cursor.endOffset;
  return name === first
    ? { kind: 'opaque', start, end, name }
    : { kind: 'opaque', start, end, domain: first, name };
}

/** `[…]` after an element type, undefined where there is none. */
function readDimensions(cursor: Cursor): readonly DimensionSyntax[] | undefined {
  if (cursor.peek() !== character.openBracket) {
    return undefined;
  }
  cursor.pos++;
  const mark = cursor.dimensions.top;
  if (cursor.matches(character.closeBracket)) {
    return cursor.dimensions.take(mark);
  }
  for (;;) {
    readDimension(cursor);
    const next = cursor.peek();
    if (next === character.comma) {
      cursor.pos++;
    } else if (next === character.closeBracket) {
      cursor.pos++;
      break;
    } else if (character.isDigit(next) || next === character.questionMark) {
      cursor.expected('onnx.syntax.missing-comma', 'Expected `,` between two dimensions.');
    } else {
      cursor.expected('onnx.syntax.missing-bracket', 'Expected `,` and another dimension, or `]`.');
      break;
    }
  }
  return cursor.dimensions.take(mark);
}

/** A name, a number or `?`. */
function readDimension(cursor: Cursor): void {
  const next = cursor.peek();
  const start = cursor.offset;
  if (character.startsIdentifier(next)) {
    const { end, name } = cursor.identifier();
    cursor.dimensions.push({ kind: 'parameter', start, end, name });
  } else if (next === character.quote) {
    const { end, name } = cursor.quotedIdentifier();
    cursor.dimensions.push({ kind: 'parameter', start, end, name });
  } else if (next === character.questionMark) {
    cursor.pos++;
    cursor.dimensions.push({ kind: 'unknown', start, end: start + 1 });
  } else {
    const shape = scanNumber(cursor);
    const end = cursor.offset;
    if (shape === 'integer') {
      const value = integerValue(cursor.text, cursor.base + start, cursor.pos);
      if (!fitsInt64(value)) {
        cursor.problem(
          'onnx.syntax.number-out-of-range',
          cursor.base + start,
          cursor.pos,
          'This dimension does not fit 64 bits. Write a smaller number, a name or `?`.',
        );
      }
      cursor.dimensions.push({ kind: 'value', start, end, value });
      return;
    }
    if (shape === 'float') {
      cursor.problem(
        'onnx.syntax.expected-dimension',
        cursor.base + start,
        cursor.pos,
        'A dimension is an integer, a name or `?`.',
      );
    } else if (shape === 'none') {
      cursor.expected('onnx.syntax.expected-dimension', 'Expected a dimension: an integer, a name or `?`.');
    }
    cursor.dimensions.push({ kind: 'unknown', start, end });
  }
}

function closeArgument(cursor: Cursor, word: string): void {
  if (!cursor.matches(character.closeParenthesis)) {
    cursor.expected('onnx.syntax.missing-bracket', `Expected \`)\` at the end of \`${word}(…\`.`);
  }
}
