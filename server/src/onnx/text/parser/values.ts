import type { Identifier, TypeSyntax, ValueDeclaration } from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { readName, startsName } from './identifiers.ts';
import { continuesList, type List } from './lists.ts';
import { isAtBody, isAtStatement } from './lookahead.ts';
import { none } from './stack.ts';
import { checkTensorType, readData, startsData } from './tensors.ts';
import { isExtensionType, isTypeWord, readTypeAfter, resemblesType } from './types.ts';

/** Which list a declaration is in: data may follow only in the inputs and in the values of a graph. */
export type ValueList = 'graph-inputs' | 'graph-values' | 'outputs' | 'function-inputs' | 'function-values';

/** A declaration at `pos`, inside another segment. */
export function readDeclaration(cursor: Cursor, list: ValueList): ValueDeclaration {
  const first = cursor.peek();
  const annotations = cursor.takeAnnotations();
  const start = annotations[0]?.start ?? cursor.offset;
  let type: TypeSyntax | undefined;
  let name: Identifier;
  if (character.startsIdentifier(first)) {
    const word = cursor.identifier();
    if (isTypeWord(word.name) || isUnknownType(cursor, word.name, list)) {
      type = cursor.sharedType(readTypeAfter(cursor, word));
      name = readName(cursor, 'the name of the value');
    } else {
      name = word;
    }
  } else {
    name = readName(cursor, 'a value: a type and a name');
  }
  let end = cursor.endOffset;
  if (cursor.peek() !== character.equals || (cursor.isAtArrow && !list.endsWith('values'))) {
    return type
      ? { kind: 'value-declaration', start, end, annotations, problems: none, type, name }
      : { kind: 'value-declaration', start, end, annotations, problems: none, name };
  }
  if (isArrowToData(cursor)) {
    cursor.expected('onnx.syntax.expected-equals', 'Expected `=` between the name and the data.');
    cursor.pos++;
  }
  cursor.pos++;
  end = cursor.offset;
  checkData(cursor, type, name, list);
  skipToData(cursor);
  const data = startsData(cursor.peek())
    ? readData(cursor, type)
    : ({ kind: 'values', start: end, end, elements: none } as const);
  end = cursor.endOffset;
  return type
    ? { kind: 'value-declaration', start, end, annotations, problems: none, type, name, data }
    : { kind: 'value-declaration', start, end, annotations, problems: none, name, data };
}

/** `(…)` of a signature, behind the `(`. */
export function readDeclarations(cursor: Cursor, list: ValueList): readonly ValueDeclaration[] {
  const mark = cursor.declarations.top;
  if (cursor.matches(character.closeParenthesis)) {
    return cursor.declarations.take(mark);
  }
  collectDeclarations(cursor, list, signatureList);
  return cursor.declarations.take(mark);
}

/** `<…>` of a graph inside an attribute, at the `<`. */
export function readValues(cursor: Cursor): readonly ValueDeclaration[] {
  cursor.pos++;
  const mark = cursor.declarations.top;
  if (!cursor.matches(character.greater)) {
    collectDeclarations(cursor, 'graph-values', valueList);
  }
  return cursor.declarations.take(mark);
}

/** One or more declarations and the closing bracket; leaves them on their stack. */
function collectDeclarations(cursor: Cursor, kind: ValueList, list: List): void {
  do {
    const before = cursor.peek();
    if (before === character.comma || startsName(before)) {
      cursor.declarations.push(readDeclaration(cursor, kind));
    } else {
      cursor.expected(
        'onnx.syntax.expected-name',
        'Expected a value: a type and a name, such as `float[N,3] x`.',
      );
    }
  } while (continuesList(cursor, list));
}

function isAtDeclaration(cursor: Cursor): boolean {
  return startsName(cursor.peek()) && !isAtStatement(cursor);
}

/** Inputs or outputs of a signature. */
const signatureList: List = {
  close: character.closeParenthesis,
  entry: 'value',
  isAtEntry: isAtDeclaration,
  isBehind: (cursor) => cursor.isAtArrow || cursor.peek() === character.less,
};

/** Initializers and value infos of a graph inside an attribute. */
const valueList: List = {
  close: character.greater,
  entry: 'value',
  isAtEntry: isAtDeclaration,
  isBehind: () => false,
};

/**
 * Whether a word that is no type stands where only a type can. In a function's list, where types are rare, two names are rather
 * two values without a comma.
 */
function isUnknownType(cursor: Cursor, word: string, list: ValueList): boolean {
  const next = cursor.peek();
  if (next === character.openBracket) {
    return true;
  }
  if (!startsName(next) || (cursor.isFirstOnLine && !isExtensionType(word))) {
    return false;
  }
  return list.startsWith('graph') || resemblesType(word);
}

/** `=> {1}` instead of `= {1}`. In `<float w =>`, the `>` ends the values: an initializer may be without data. */
function isArrowToData(cursor: Cursor): boolean {
  return (
    cursor.isAtArrow &&
    cursor.lookAhead(() => {
      cursor.pos += 2;
      return startsData(cursor.peek()) && !isAtBody(cursor);
    })
  );
}

/** Between `=` and data there may be nothing else; a word there is reported and skipped. */
function skipToData(cursor: Cursor): void {
  const next = cursor.peek();
  if (!startsName(next) || cursor.isFirstOnLine) {
    return;
  }
  cursor.expected('onnx.syntax.expected-value', 'Expected data: `{1, 2}` or `["location": "weights.bin"]`.');
  const isBeforeData = cursor.lookAhead(() => {
    cursor.skipToken();
    return startsData(cursor.peek());
  });
  if (isBeforeData) {
    cursor.skipToken();
    cursor.peek();
  }
}

function checkData(cursor: Cursor, type: TypeSyntax | undefined, name: Identifier, list: ValueList): void {
  if (list !== 'graph-inputs' && list !== 'graph-values') {
    const where = list === 'outputs' ? 'An output' : 'A value of a function';
    cursor.problem(
      'onnx.syntax.misplaced-data',
      cursor.pos - 1,
      cursor.pos,
      `${where} has no data. Write \`type name\` only, or use a Constant node.`,
    );
  } else if (type) {
    checkTensorType(cursor, type);
  } else {
    cursor.problem(
      'onnx.syntax.tensor-type',
      cursor.base + name.start,
      cursor.base + name.end,
      `\`${name.name}\` has data but no type. Write the type before it, such as \`float[2] ${name.name} = …\`.`,
    );
  }
}
