import { dataTypeOfName } from '../../model/data-types.ts';
import type { Identifier, StringEntrySyntax, TensorDataSyntax, TypeSyntax } from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { continuesList, type List } from './lists.ts';
import {
  doubleValue,
  fitsInt32,
  fitsInt64,
  floatValue,
  integerValue,
  scanNumber,
  unsignedValue,
} from './numbers.ts';
import { skipListEntry } from './recovery.ts';

/** How the literals of an element type are read; `any` for types that have no elements or are unknown. */
type Literal = 'int32' | 'int64' | 'uint64' | 'float' | 'double' | 'string' | 'any';

const literalNames: Readonly<Record<Literal, string>> = {
  int32: 'an integer of 32 bits',
  int64: 'an integer of 64 bits',
  uint64: 'an integer of 64 bits',
  float: 'a number that fits a float',
  double: 'a number that fits a double',
  string: 'a string in quotes',
  any: 'a number or a string',
};

/** Whether data may begin with this character: `{1, 2}` or `["location": "weights.bin"]`. */
export function startsData(code: number): boolean {
  return code === character.openBrace || code === character.openBracket;
}

/** The data at `pos`, where `startsData` has to be true. */
export function readData(cursor: Cursor, type: TypeSyntax | undefined): TensorDataSyntax {
  const start = cursor.offset;
  if (cursor.peek() === character.openBracket) {
    cursor.pos++;
    const entries = readStringEntries(cursor);
    return { kind: 'external', start, end: cursor.endOffset, entries };
  }
  cursor.pos++;
  const elements = readElements(cursor, literalOf(type));
  return { kind: 'values', start, end: cursor.endOffset, elements };
}

/** Reports what keeps a type from being that of a tensor with data: it has to have a shape in numbers. */
export function checkTensorType(cursor: Cursor, type: TypeSyntax): void {
  const report = (
    span: { start: number; end: number },
    code: 'tensor-type' | 'tensor-shape',
    message: string,
  ) => cursor.problem(`onnx.syntax.${code}`, cursor.base + span.start, cursor.base + span.end, message);
  if (type.kind === 'incomplete') {
    return;
  }
  if (type.kind !== 'tensor') {
    report(type, 'tensor-type', 'Only a tensor can have data. Write a tensor type, such as `float[2,3]`.');
    return;
  }
  if (type.dims?.length === 0) {
    report(
      type,
      'tensor-shape',
      'A tensor with data has a shape: write its dimensions, or no brackets for a scalar.',
    );
  }
  const symbolic = type.dims?.find((dimension) => dimension.kind !== 'value');
  if (symbolic) {
    report(
      symbolic,
      'tensor-shape',
      'A tensor with data has a shape in numbers: write how many elements there are.',
    );
  }
}

/** `"key": "value", …]`, behind the opening bracket. */
export function readStringEntries(cursor: Cursor): readonly StringEntrySyntax[] {
  const entries: StringEntrySyntax[] = [];
  if (cursor.matches(character.closeBracket)) {
    return entries;
  }
  for (;;) {
    const start = cursor.pos;
    const key = readString(cursor, 'a key');
    if (!cursor.matches(character.colon)) {
      cursor.expected('onnx.syntax.expected-colon', 'Expected `:` and a value in quotes.');
    }
    const value = readString(cursor, 'a value');
    if (cursor.pos > start) {
      entries.push(cursor.sharedEntry({ start: key.start, end: cursor.endOffset, key, value }));
    }
    if (!continuesList(cursor, stringEntries)) {
      // As long as it is: a list that grew has room for many more.
      return entries.slice();
    }
  }
}

const stringEntries: List = {
  close: character.closeBracket,
  entry: 'entry',
  isAtEntry: (cursor) => cursor.peek() === character.quote,
  isBehind: () => false,
};

function readString(cursor: Cursor, what: string): Identifier {
  if (cursor.peek() === character.quote) {
    return cursor.quotedIdentifier();
  }
  cursor.expected('onnx.syntax.expected-value', `Expected ${what} in quotes.`);
  return cursor.missingIdentifier();
}

function literalOf(type: TypeSyntax | undefined): Literal {
  const field = type?.kind === 'tensor' ? dataTypeOfName(type.element.name)?.field : undefined;
  switch (field) {
    case 'int32_data':
      return 'int32';
    case 'int64_data':
      return 'int64';
    case 'uint64_data':
      return 'uint64';
    case 'float_data':
      return 'float';
    case 'double_data':
      return 'double';
    case 'string_data':
      return 'string';
    case undefined:
      return 'any';
  }
}

/** The elements up to the `}`. Of elements that do not fit the type, only the first is reported. */
function readElements(cursor: Cursor, literal: Literal): readonly (number | bigint | string)[] {
  const elements: (number | bigint | string)[] = [];
  if (cursor.matches(character.closeBrace)) {
    return elements;
  }
  let reported = false;
  for (;;) {
    const next = cursor.peek();
    const start = cursor.pos;
    let fits = true;
    if (next === character.quote) {
      elements.push(cursor.string());
      fits = literal === 'string' || literal === 'any';
    } else {
      const shape = scanNumber(cursor);
      if (shape === 'none') {
        cursor.expected('onnx.syntax.expected-value', `Expected ${literalNames[literal]}.`);
        skipWord(cursor);
      } else if (shape !== 'invalid') {
        const value = elementValue(cursor.text, start, cursor.pos, shape === 'integer', literal);
        fits = value !== undefined;
        elements.push(value ?? 0);
      }
    }
    if (!fits && !reported) {
      reported = true;
      const message = `Expected ${literalNames[literal]}, as the type of the tensor says.`;
      cursor.problem('onnx.syntax.tensor-element', start, cursor.pos, message);
    }
    const after = cursor.peek();
    if (after === character.comma) {
      cursor.pos++;
    } else if (after === character.closeBrace) {
      cursor.pos++;
      // A copy has no room for more.
      return elements.slice();
    } else if (!endsElement(cursor)) {
      return elements;
    }
  }
}

/** Skips a word in the place of an element; not one behind elements without a `}`, where the next value begins. */
function skipWord(cursor: Cursor): void {
  const isElement =
    character.startsIdentifier(cursor.peek()) &&
    cursor.lookAhead(() => {
      cursor.skipIdentifier();
      const next = cursor.peek();
      return next === character.comma || next === character.closeBrace;
    });
  if (isElement) {
    cursor.skipIdentifier();
  }
}

/** After an element that neither a comma nor `}` follows: whether the list goes on. */
function endsElement(cursor: Cursor): boolean {
  const next = cursor.peek();
  if (next === character.quote || next === character.minus || character.isDigit(next)) {
    cursor.expected('onnx.syntax.missing-comma', 'Expected `,` between two elements.');
    return true;
  }
  cursor.expected('onnx.syntax.missing-bracket', 'Expected `,` and another element, or `}`.');
  if (character.startsIdentifier(next)) {
    return false;
  }
  skipListEntry(cursor, character.closeBrace);
  if (cursor.matches(character.comma)) {
    return true;
  }
  cursor.matches(character.closeBrace);
  return false;
}

/** Undefined where the number does not fit the type. */
function elementValue(
  text: string,
  start: number,
  end: number,
  isInteger: boolean,
  literal: Literal,
): number | bigint | undefined {
  switch (literal) {
    case 'int32':
    case 'int64':
    case 'uint64': {
      if (!isInteger) {
        return undefined;
      }
      const value = integerValue(text, start, end);
      if (literal === 'uint64') {
        return unsignedValue(value);
      }
      return (literal === 'int32' ? fitsInt32(value) : fitsInt64(value)) ? value : undefined;
    }
    case 'float': {
      const value = floatValue(text, start, end);
      return Number.isFinite(value) && !Number.isFinite(Math.fround(value))
        ? undefined
        : finite(text, end, value);
    }
    case 'double':
      return finite(text, end, doubleValue(text, start, end));
    case 'string':
      return undefined;
    case 'any':
      return isInteger ? integerValue(text, start, end) : doubleValue(text, start, end);
  }
}

/** Digits that come out infinite are too large; the word `inf` is not. */
function finite(text: string, end: number, value: number): number | undefined {
  const digits = Math.abs(value) === Infinity && character.isDigit(text.charCodeAt(end - 1));
  return digits ? undefined : value;
}
