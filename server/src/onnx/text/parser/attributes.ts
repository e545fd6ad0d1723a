import type {
  Annotation,
  AttributeSyntax,
  AttributeValueSyntax,
  Identifier,
  SparseTensorSyntax,
  TensorDataSyntax,
  TensorSyntax,
  TypeSyntax,
} from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { readGraph } from './graphs.ts';
import { nameAt, readName, startsName } from './identifiers.ts';
import { continuesList, type List } from './lists.ts';
import { isAtStatement, isAtStatementNotAttribute } from './lookahead.ts';
import { fitsInt64, floatValue, integerValue, isFloatWord, scanNumber } from './numbers.ts';
import { didYouMean } from './suggestions.ts';
import { checkTensorType, readData, startsData } from './tensors.ts';
import { isExtensionType, isTypeWord, readType, readTypeAfter } from './types.ts';

type ValueKind = AttributeValueSyntax['kind'];

interface DeclaredType {
  readonly kind: ValueKind;
  readonly list: boolean;
}

/** What the value, or each element, of an attribute of a declared type has to be. */
const valueKinds = new Map<string, DeclaredType>();
for (const [name, kind] of [
  ['int', 'integer'],
  ['float', 'float'],
  ['string', 'string'],
  ['tensor', 'tensor'],
  ['graph', 'graph'],
  ['sparse_tensor', 'sparse-tensor'],
  ['type_proto', 'type'],
] as const) {
  valueKinds.set(name, { kind, list: false });
  valueKinds.set(`${name}s`, { kind, list: true });
}

const kindNames: Readonly<Record<ValueKind, string>> = {
  integer: 'an integer',
  float: 'a float',
  string: 'a string in quotes',
  tensor: 'a tensor',
  'sparse-tensor': 'a sparse tensor',
  graph: 'a graph',
  type: 'a type',
  reference: 'a reference',
  list: 'a list',
  incomplete: 'a value',
};

/** `<name = value, …>`, at the `<`; leaves the attributes on their stack. */
export function collectAttributes(cursor: Cursor): void {
  cursor.pos++;
  if (cursor.peek() === character.greater) {
    cursor.expected(
      'onnx.syntax.expected-attribute',
      'Expected an attribute, such as `axis = 1`, or no `<>`.',
    );
    cursor.pos++;
    return;
  }
  do {
    const next = cursor.peek();
    if (cursor.isFirstOnLine && isAtStatementNotAttribute(cursor)) {
      cursor.expected('onnx.syntax.missing-bracket', 'Expected `>` at the end of the attributes.');
      return;
    }
    if (!startsName(next)) {
      cursor.expected('onnx.syntax.expected-attribute', 'Expected an attribute, such as `axis = 1`.');
      if (next === character.openParenthesis) {
        return;
      }
      continue;
    }
    const annotations = cursor.takeAnnotations();
    cursor.attributes.push(cursor.sharedAttribute(readAttribute(cursor, nameAt(cursor, next), annotations)));
  } while (continuesList(cursor, attributeList));
}

/** Attributes, and the attribute parameters of a function. */
export const attributeList: List = {
  close: character.greater,
  entry: 'attribute',
  isAtEntry: (cursor) =>
    startsName(cursor.peek()) && !isAtStatementNotAttribute(cursor) && isAtAttribute(cursor),
  isBehind: (cursor) =>
    cursor.peek() === character.openParenthesis || (cursor.isFirstOnLine && isAtStatement(cursor)),
};

/** Elements of a list that is an attribute's value. */
const elementList: List = {
  close: character.closeBracket,
  entry: 'element',
  isAtEntry: (cursor) => {
    const next = cursor.peek();
    return next === character.quote || next === character.minus || character.isDigit(next);
  },
  isBehind: () => false,
};

/** An attribute whose name has been read. */
export function readAttribute(
  cursor: Cursor,
  name: Identifier,
  annotations: readonly Annotation[],
): AttributeSyntax {
  const start = annotations[0]?.start ?? name.start;
  const type = cursor.matches(character.colon) ? readAttributeType(cursor) : undefined;
  if (cursor.peek() === character.equals && !cursor.isAtArrow) {
    cursor.pos++;
  } else {
    cursor.expected('onnx.syntax.expected-equals', `Expected \`=\` and the value of \`${name.name}\`.`);
    const value = { kind: 'incomplete', start: cursor.endOffset, end: cursor.endOffset } as const;
    const end = cursor.endOffset;
    return type ? { start, end, annotations, name, type, value } : { start, end, annotations, name, value };
  }
  const value = readValue(cursor, name, type);
  const end = cursor.endOffset;
  return type ? { start, end, annotations, name, type, value } : { start, end, annotations, name, value };
}

function isAtAttribute(cursor: Cursor): boolean {
  return cursor.lookAhead(() => {
    cursor.skipToken();
    const next = cursor.peek();
    return (next === character.equals && !cursor.isAtArrow) || next === character.colon;
  });
}

function readAttributeType(cursor: Cursor): Identifier | undefined {
  if (!character.startsIdentifier(cursor.peek())) {
    cursor.expected('onnx.syntax.expected-type', `Expected the type of the attribute: ${typeNames()}.`);
    return undefined;
  }
  const type = cursor.identifier();
  if (!valueKinds.has(type.name) && type.name !== 'undefined') {
    const advice = didYouMean(type.name, valueKinds.keys()) || ` Attribute types are ${typeNames()}.`;
    cursor.problem(
      'onnx.syntax.unknown-attribute-type',
      cursor.base + type.start,
      cursor.base + type.end,
      `\`${type.name}\` is no attribute type.${advice}`,
    );
  }
  return type;
}

function typeNames(): string {
  return [...valueKinds.keys()].join(', ');
}

function readValue(cursor: Cursor, name: Identifier, type: Identifier | undefined): AttributeValueSyntax {
  const declared = type && valueKinds.get(type.name);
  if (cursor.peek() === character.openBracket) {
    return readList(cursor, name, type);
  }
  const value = readSingleValue(cursor, declared?.list ? undefined : declared?.kind);
  const fits = declared ? !declared.list && declared.kind === value.kind : type?.name !== 'undefined';
  if (type && !fits && value.kind !== 'reference' && value.kind !== 'incomplete') {
    const written = declared?.list
      ? 'a list in brackets'
      : declared?.kind
        ? kindNames[declared.kind]
        : '`[]`';
    cursor.problem(
      'onnx.syntax.attribute-type',
      cursor.base + value.start,
      cursor.base + value.end,
      `\`${name.name}\` is declared \`${type.name}\`, but this is ${kindNames[value.kind]}. ` +
        `Write ${written}, or another type.`,
    );
  }
  return value;
}

/**
 * `[a, b]`. The reference parser takes `int`, `float` and `string` for the types of lists, too; and it drops elements that are
 * tensors, graphs, types or references. The first three of these are read here, a reference in a list is a problem.
 */
function readList(cursor: Cursor, name: Identifier, type: Identifier | undefined): AttributeValueSyntax {
  const start = cursor.offset;
  const mark = cursor.attributeValues.top;
  const declared = type && valueKinds.get(type.name);
  cursor.pos++;
  if (cursor.matches(character.closeBracket)) {
    if (!type || declared?.list === false) {
      cursor.problem(
        'onnx.syntax.empty-list-type',
        cursor.base + start,
        cursor.pos,
        `An empty list needs the type of a list: write \`${name.name}: ${declared ? `${type?.name}s` : 'ints'} = []\`.`,
      );
    }
    return { kind: 'list', start, end: cursor.offset, elements: cursor.attributeValues.take(mark) };
  }
  let expected = declared?.kind;
  do {
    const element = readSingleValue(cursor, expected);
    cursor.attributeValues.push(element);
    expected = checkElement(cursor, element, expected, type);
  } while (continuesList(cursor, elementList));
  const elements = cursor.attributeValues.take(mark);
  if (declared?.list === false && !['integer', 'float', 'string'].includes(declared.kind ?? '')) {
    cursor.problem(
      'onnx.syntax.attribute-type',
      cursor.base + (type?.start ?? start),
      cursor.base + (type?.end ?? start),
      `\`${name.name}\` is declared \`${type?.name}\`, but its value is a list. Write \`${type?.name}s\`.`,
    );
  }
  return { kind: 'list', start, end: cursor.endOffset, elements };
}

/** Reports an element that is not of the list's kind, and answers that kind. */
function checkElement(
  cursor: Cursor,
  element: AttributeValueSyntax,
  expected: ValueKind | undefined,
  type: Identifier | undefined,
): ValueKind | undefined {
  if (element.kind === 'incomplete' || element.kind === expected) {
    return expected;
  }
  if (!expected && element.kind !== 'reference' && type?.name !== 'undefined') {
    return element.kind;
  }
  const declared = type && valueKinds.get(type.name);
  const code = declared ? 'onnx.syntax.attribute-type' : 'onnx.syntax.mixed-list';
  const reason = declared
    ? `The list is declared \`${type?.name}\`, but this is ${kindNames[element.kind]}.`
    : `This is ${kindNames[element.kind]}, and the elements of a list are of one kind.`;
  const advice = expected ? ` Write ${kindNames[expected]}.` : ' Write a value.';
  cursor.problem(code, cursor.base + element.start, cursor.base + element.end, reason + advice);
  return expected;
}

/** A value that is no list. Where a float is expected, an integer is one. */
function readSingleValue(cursor: Cursor, expected: ValueKind | undefined): AttributeValueSyntax {
  const next = cursor.peek();
  const start = cursor.offset;
  if (next === character.quote) {
    return readStringOrGraph(cursor);
  }
  if (next === character.at) {
    cursor.pos++;
    const name = readName(cursor, 'the name of an attribute of the function');
    return { kind: 'reference', start, end: cursor.endOffset, name };
  }
  if (character.startsIdentifier(next)) {
    return readWordValue(cursor);
  }
  const shape = scanNumber(cursor);
  if (shape === 'integer' || shape === 'float') {
    return numberValue(cursor, start, shape === 'float' || expected === 'float');
  }
  if (shape === 'none') {
    const what = expected ? kindNames[expected] : 'a number, a string in quotes, a tensor, a graph or a type';
    cursor.expected('onnx.syntax.expected-value', `Expected a value: ${what}.`);
  }
  return { kind: 'incomplete', start, end: cursor.offset };
}

function numberValue(cursor: Cursor, start: number, isFloat: boolean): AttributeValueSyntax {
  const { text, pos, base } = cursor;
  const end = cursor.offset;
  let value: number | bigint;
  let fits: boolean;
  if (isFloat) {
    value = floatValue(text, base + start, pos);
    fits = Number.isFinite(Math.fround(value)) || !character.isDigit(text.charCodeAt(pos - 1));
  } else {
    value = integerValue(text, base + start, pos);
    fits = fitsInt64(value);
  }
  if (!fits) {
    const limit = isFloat ? 'a float (3.4e38)' : '64 bits';
    const message = `This number does not fit ${limit}. Write a smaller one.`;
    cursor.problem('onnx.syntax.number-out-of-range', base + start, pos, message);
  }
  return typeof value === 'number' && isFloat
    ? { kind: 'float', start, end, value }
    : { kind: 'integer', start, end, value };
}

/** A string; or, as the official printer writes it, a graph whose name needs quotes. */
function readStringOrGraph(cursor: Cursor): AttributeValueSyntax {
  const annotations = cursor.takeAnnotations();
  const start = cursor.offset;
  const value = cursor.string();
  const end = cursor.offset;
  const next = cursor.peek();
  if (next === character.openParenthesis || cursor.isAtArrow) {
    const graph = readGraph(cursor, { start, end, name: value }, annotations);
    return { kind: 'graph', start: graph.start, end: graph.end, value: graph };
  }
  return { kind: 'string', start, end, value };
}

/** A value that begins with a word: a type, a tensor, `inf` or `nan`, or a graph. */
function readWordValue(cursor: Cursor): AttributeValueSyntax {
  const annotations = cursor.takeAnnotations();
  const start = cursor.offset;
  const word = cursor.identifier();
  const next = cursor.peek();
  const isGraph = next === character.openParenthesis || cursor.isAtArrow;
  if (isTypeWord(word.name) || (isExtensionType(word.name) && !isGraph)) {
    return readTypeOrTensor(cursor, word, annotations);
  }
  if (isFloatWord(cursor.text, cursor.base + start, cursor.base + word.end)) {
    const value = floatValue(cursor.text, cursor.base + start, cursor.base + word.end);
    return { kind: 'float', start, end: word.end, value };
  }
  if (isGraph) {
    const graph = readGraph(cursor, word, annotations);
    return { kind: 'graph', start: graph.start, end: graph.end, value: graph };
  }
  if (next === character.openBracket || startsData(next)) {
    return readTypeOrTensor(cursor, word, annotations);
  }
  cursor.problem(
    'onnx.syntax.expected-value',
    cursor.base + word.start,
    cursor.base + word.end,
    `\`${word.name}\` is no value. Write a string in quotes, \`@${word.name}\` for an attribute of the function, ` +
      `or a graph: \`${word.name} (inputs) => (outputs) { … }\`.`,
  );
  return { kind: 'incomplete', start: word.start, end: word.end };
}

function readTypeOrTensor(
  cursor: Cursor,
  word: Identifier,
  annotations: readonly Annotation[],
): AttributeValueSyntax {
  const type = readTypeAfter(cursor, word);
  const next = cursor.peek();
  if (type.kind === 'sparse_tensor' && next === character.openBrace) {
    const value = readSparseTensor(cursor, type);
    return { kind: 'sparse-tensor', start: value.start, end: value.end, value };
  }
  if (startsData(next) || next === character.equals || startsName(next)) {
    const value = readTensorAfter(cursor, type, annotations);
    return { kind: 'tensor', start: value.start, end: value.end, value };
  }
  return { kind: 'type', start: type.start, end: type.end, value: type };
}

/** A tensor whose type has been read: an optional name, an optional `=` and its data. */
function readTensorAfter(cursor: Cursor, type: TypeSyntax, annotations: readonly Annotation[]): TensorSyntax {
  const start = annotations[0]?.start ?? type.start;
  const next = cursor.peek();
  const name = startsName(next) ? nameAt(cursor, next) : undefined;
  // In `<t = float[2] =>`, the `>` ends the attributes: a tensor may be without data.
  cursor.matches(character.equals);
  checkTensorType(cursor, type);
  const data: TensorDataSyntax | undefined = startsData(cursor.peek()) ? readData(cursor, type) : undefined;
  const end = cursor.endOffset;
  return { start, end, annotations, type, ...(name && { name }), ...(data && { data }) };
}

/** `{values, indices}` behind the type of the dense tensor. */
function readSparseTensor(cursor: Cursor, type: TypeSyntax): SparseTensorSyntax {
  cursor.pos++;
  const values = readTensor(cursor);
  if (!cursor.matches(character.comma)) {
    cursor.expected('onnx.syntax.missing-comma', 'Expected `,` and the tensor of the indices.');
  }
  const indices = readTensor(cursor);
  if (!cursor.matches(character.closeBrace)) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `}` after values and indices.');
  }
  return { start: type.start, end: cursor.endOffset, type, values, indices };
}

function readTensor(cursor: Cursor): TensorSyntax {
  cursor.peek();
  const annotations = cursor.takeAnnotations();
  return readTensorAfter(cursor, readType(cursor), annotations);
}
