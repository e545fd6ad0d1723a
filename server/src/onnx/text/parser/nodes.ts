import type { Annotation, AttributeSyntax, Identifier, NodeStatement } from '../syntax-tree.ts';
import { collectAttributes } from './attributes.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { collectNames, nameAt, readName, readNames, startsName } from './identifiers.ts';
import { isAtHeader, isAtSignature, isAtStatement } from './lookahead.ts';
import { skipListEntry, skipToStatement } from './recovery.ts';
import { none } from './stack.ts';

/** What is right of a statement's `=`. */
interface Call {
  readonly domain?: Identifier;
  readonly operator: Identifier;
  readonly overload?: Identifier;
  readonly attributes: readonly AttributeSyntax[];
  readonly inputs: readonly Identifier[];
}

/**
 * `[label] outputs = domain.Operator:overload <attributes> (inputs)`, at its first token. In the body of a graph inside an attribute,
 * a broken statement also ends where the attribute does. Undefined, and nothing is consumed, where it is rather a function's
 * signature; else something is.
 */
export function readNode(
  cursor: Cursor,
  annotations: readonly Annotation[],
  insideAttribute: boolean,
): NodeStatement | undefined {
  const first = cursor.pos;
  const start = annotations[0]?.start ?? cursor.offset;
  const label = cursor.peek() === character.openBracket ? readLabel(cursor) : undefined;
  const outputs = readNames(cursor);
  const next = cursor.peek();
  if (next === character.equals && !cursor.isAtArrow) {
    cursor.pos++;
    const call = readCall(cursor, insideAttribute);
    return statement(start, cursor.endOffset, annotations, label, outputs, call);
  }
  const startsArguments =
    next === character.openParenthesis || (next === character.less && !startsHeader(cursor));
  if (startsArguments && outputs.length === 1 && !label && isSignatureFrom(cursor, first)) {
    cursor.rewind(first, first, true);
    return undefined;
  }
  const last = outputs.at(-1);
  if (last && (startsArguments || next === character.dot)) {
    cursor.problem(
      'onnx.syntax.expected-equals',
      cursor.base + last.start,
      cursor.base + last.end,
      'Expected outputs and `=` in front of the operator: `y = Relu (x)`.',
    );
    const call = readCallAfter(cursor, last, insideAttribute);
    return statement(start, cursor.endOffset, annotations, label, outputs.slice(0, -1), call);
  }
  cursor.expected(
    'onnx.syntax.expected-equals',
    last
      ? 'Expected `=` and an operator after the outputs: `y = Relu (x)`.'
      : 'Expected a node: outputs, `=` and an operator, such as `y = Relu (x)`.',
  );
  const end = cursor.endOffset;
  skipToStatement(cursor, insideAttribute);
  const call = { operator: { start: end, end, name: '' }, attributes: none, inputs: none };
  return statement(start, cursor.endOffset, annotations, label, outputs, call);
}

function readLabel(cursor: Cursor): Identifier {
  cursor.pos++;
  const next = cursor.peek();
  const label = startsName(next) ? nameAt(cursor, next) : cursor.missingIdentifier();
  if (!cursor.matches(character.closeBracket)) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `]` after the name of the node.');
  }
  return label;
}

/** A call behind the `=`. */
function readCall(cursor: Cursor, insideAttribute: boolean): Call {
  const afterEquals = cursor.pos;
  const next = cursor.peek();
  if (next === character.dot) {
    // The reference parser reads `.Relu` as an operator of the domain without a name.
    return readCallAfter(cursor, cursor.missingIdentifier(), insideAttribute);
  }
  if (startsName(next)) {
    const start = cursor.pos;
    const isFirstOnLine = cursor.isFirstOnLine;
    const name = nameAt(cursor, next);
    const after = cursor.peek();
    const isOutput =
      after === character.equals ? !cursor.isAtArrow : after === character.comma && isFirstOnLine;
    if (!isOutput) {
      return readCallAfter(cursor, name, insideAttribute);
    }
    cursor.rewind(start, afterEquals, isFirstOnLine);
  }
  cursor.expected(
    'onnx.syntax.expected-operator',
    'Expected an operator, such as `Relu` or `com.example.MyOperator`.',
  );
  const operator = { start: cursor.endOffset, end: cursor.endOffset, name: '' };
  return next === character.openParenthesis || next === character.less
    ? readArguments(cursor, { operator }, insideAttribute)
    : { operator, ...skippedArguments(cursor, insideAttribute) };
}

/** A call whose operator's first word has been read: it may be that of a domain. */
function readCallAfter(cursor: Cursor, first: Identifier, insideAttribute: boolean): Call {
  let domain: Identifier | undefined;
  let operator = first;
  while (cursor.peek() === character.dot) {
    cursor.pos++;
    if (!domain || domain.name === '') {
      domain = operator;
    } else {
      domain = { start: domain.start, end: operator.end, name: `${domain.name}.${operator.name}` };
    }
    operator = readName(cursor, 'an operator after the dot');
  }
  let overload: Identifier | undefined;
  if (cursor.peek() === character.colon) {
    cursor.pos++;
    overload = readName(cursor, 'an overload after the colon');
  }
  const hasDomain = domain !== undefined && domain.name !== '';
  if (!hasDomain && !overload) {
    return readArguments(cursor, { operator }, insideAttribute);
  }
  const callee = { operator, ...(domain && hasDomain && { domain }), ...(overload && { overload }) };
  return readArguments(cursor, callee, insideAttribute);
}

/** `<attributes> (inputs)`, or the other way round. */
function readArguments(
  cursor: Cursor,
  callee: Pick<Call, 'domain' | 'operator' | 'overload'>,
  insideAttribute: boolean,
): Call {
  const mark = cursor.attributes.top;
  if (cursor.peek() === character.less && !startsHeader(cursor)) {
    collectAttributes(cursor);
  }
  if (cursor.peek() !== character.openParenthesis) {
    cursor.expected('onnx.syntax.expected-inputs', 'Expected `(`, the inputs and `)`.');
    return {
      ...callee,
      ...skippedArguments(cursor, insideAttribute),
      attributes: cursor.attributes.take(mark),
    };
  }
  const inputs = readInputs(cursor);
  if (cursor.peek() === character.less && !startsHeader(cursor)) {
    if (cursor.attributes.top > mark) {
      cursor.expected(
        'onnx.syntax.second-attribute-list',
        'A node has its attributes before or after its inputs, not both. Write them in one list.',
      );
    }
    collectAttributes(cursor);
  }
  const { operator, domain, overload } = callee;
  const attributes = cursor.takeAttributes(mark);
  if (!domain && !overload) {
    return { operator, attributes, inputs };
  }
  return { ...(domain && { domain }), operator, ...(overload && { overload }), attributes, inputs };
}

/** No arguments, where something else is: skips it. */
function skippedArguments(cursor: Cursor, insideAttribute: boolean): Pick<Call, 'attributes' | 'inputs'> {
  skipToStatement(cursor, insideAttribute);
  return { attributes: none, inputs: none };
}

/** `(names)`, at the `(`. */
function readInputs(cursor: Cursor): readonly Identifier[] {
  const open = cursor.pos;
  const stack = cursor.identifiers;
  const mark = stack.top;
  cursor.pos++;
  collectNames(cursor);
  while (!cursor.matches(character.closeParenthesis)) {
    if (!continuesInputs(cursor, open, mark)) {
      break;
    }
    collectNames(cursor);
  }
  return stack.take(mark);
}

/** Behind inputs that no `)` follows: whether there are more of them. */
function continuesInputs(cursor: Cursor, open: number, mark: number): boolean {
  const next = cursor.peek();
  if (next === character.equals && !cursor.isAtArrow && cursor.identifiers.top > mark) {
    giveBackOutputs(cursor, open, mark);
  } else if (startsName(next) && !isAtStatement(cursor)) {
    cursor.expected(
      'onnx.syntax.missing-comma',
      'Expected `,` between two inputs, or `)` after the last one.',
    );
    return true;
  }
  const endsStatement =
    next === character.less ||
    next === character.openBracket ||
    startsName(cursor.peek()) ||
    isAtBodyEnd(cursor);
  if (endsStatement) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `)` after the inputs.');
    return false;
  }
  cursor.expected('onnx.syntax.expected-name', 'Expected `)` or another input: the name of a value.');
  skipListEntry(cursor, character.closeParenthesis);
  if (cursor.matches(character.comma)) {
    return true;
  }
  cursor.matches(character.closeParenthesis);
  return false;
}

/**
 * A `=` behind inputs shows that the last of them are outputs of the next statement: those of the same line, or the last one
 * where all are on one line. Goes back to the first of them.
 */
function giveBackOutputs(cursor: Cursor, open: number, mark: number): void {
  const { identifiers: stack, text, base } = cursor;
  const endBefore = (index: number) => (index > mark ? base + (stack.at(index - 1)?.end ?? 0) : open + 1);
  const startOf = (index: number) => base + (stack.at(index)?.start ?? 0);
  const startsLine = (index: number) => text.slice(endBefore(index), startOf(index)).includes('\n');
  let first = stack.top - 1;
  while (first >= mark && !startsLine(first)) {
    first--;
  }
  const isFirstOnLine = first >= mark;
  if (!isFirstOnLine) {
    first = stack.top - 1;
  }
  cursor.rewind(startOf(first), endBefore(first), isFirstOnLine);
  stack.top = first;
}

/** Whether the `<` at `pos` is rather the header of a function, whose body before it is not closed. */
function startsHeader(cursor: Cursor): boolean {
  return cursor.isFirstOnLine && isAtHeader(cursor);
}

function isAtBodyEnd(cursor: Cursor): boolean {
  const next = cursor.peek();
  return next === character.endOfText || next === character.closeBrace;
}

function isSignatureFrom(cursor: Cursor, first: number): boolean {
  return cursor.lookAhead(() => {
    cursor.pos = first;
    return isAtSignature(cursor);
  });
}

/** In four shapes rather than with undefined properties: there are as many of these objects as statements. */
function statement(
  start: number,
  end: number,
  annotations: readonly Annotation[],
  label: Identifier | undefined,
  outputs: readonly Identifier[],
  { domain, operator, overload, attributes, inputs }: Call,
): NodeStatement {
  const kind = 'node-statement';
  const problems = none;
  const rest = overload ? { overload } : undefined;
  if (label) {
    return domain
      ? {
          kind,
          start,
          end,
          annotations,
          problems,
          label,
          outputs,
          domain,
          operator,
          attributes,
          inputs,
          ...rest,
        }
      : { kind, start, end, annotations, problems, label, outputs, operator, attributes, inputs, ...rest };
  }
  return domain
    ? { kind, start, end, annotations, problems, outputs, domain, operator, attributes, inputs, ...rest }
    : { kind, start, end, annotations, problems, outputs, operator, attributes, inputs, ...rest };
}
