/**
 * The document as a sequence of segments. `readSegment` reads one and the punctuation behind it, and says what is expected next.
 * It depends on nothing but that expectation (the mode) and the text from the segment's start on; so reading can begin at any
 * segment, and two readings that come to the same place in the same mode go on alike. `reparse` builds on that.
 */
import type { FunctionSignature, ModelHeader, Segment, SkippedText } from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { readHeader } from './headers.ts';
import { startsName } from './identifiers.ts';
import {
  isAtHeader,
  isAtOutputs,
  isAtSignature,
  isAtStatement,
  isAtStatementNotAttribute,
} from './lookahead.ts';
import { readNode } from './nodes.ts';
import { skipListEntry, skipToStatement } from './recovery.ts';
import { readFunctionSignature, readGraphSignature } from './signatures.ts';
import { none } from './stack.ts';
import { readDeclaration } from './values.ts';

/** What is expected at a place of the document. */
export const mode = {
  /** The model's header or graph. */
  start: 0,
  /** The graph, behind the header. */
  graph: 1,
  /** An entry of the list of values of the graph. */
  graphValues: 2,
  /** A node of the graph. */
  graphBody: 3,
  /** A function, behind the graph. */
  functions: 4,
  functionValues: 5,
  functionBody: 6,
  /** Nothing: the text is read. */
  end: 7,
} as const;

export type Mode = (typeof mode)[keyof typeof mode];

/** What reading one segment gives; the cursor is then at the next one. */
export interface SegmentReading {
  readonly segment: Segment;
  readonly next: Mode;
}

type Owner = 'graph' | 'function';

/** Reads the segment at the cursor, which is at its first token or annotation; in mode `start`, at the begin of the text. */
export function readSegment(cursor: Cursor, current: Mode): SegmentReading {
  cursor.begin();
  const segment = readUnfinished(cursor, current);
  const next = readBehind(cursor, current, segment);
  const problems = cursor.finish();
  return { segment: problems.length === 0 ? segment : { ...segment, problems }, next };
}

/** A segment without its problems. */
function readUnfinished(cursor: Cursor, current: Mode): Segment {
  switch (current) {
    case mode.start:
      return cursor.peek() === character.less ? readModelHeader(cursor) : readGraph(cursor);
    case mode.graph:
      return readGraph(cursor);
    case mode.graphValues:
    case mode.functionValues:
      return readValue(cursor, current === mode.graphValues ? 'graph' : 'function');
    case mode.graphBody:
    case mode.functionBody:
      return readBodyStatement(cursor);
    case mode.functions:
    case mode.end:
      return readFunction(cursor);
  }
}

/** The punctuation behind a segment: closes and opens lists and bodies, and finds what is expected next. */
function readBehind(cursor: Cursor, current: Mode, segment: Segment): Mode {
  const owner = current >= mode.functions ? 'function' : 'graph';
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
  if (cursor.peek() !== character.endOfText) {
    return current;
  }
  return current === mode.functions ? mode.end : reportNoGraph(cursor);
}

function readModelHeader(cursor: Cursor): ModelHeader {
  const annotations = cursor.takeAnnotations();
  const entries = readHeader(cursor, 'model');
  return { kind: 'model-header', start: 0, end: cursor.endOffset, annotations, problems: none, entries };
}

function readGraph(cursor: Cursor): Segment {
  const next = cursor.peek();
  if (next === character.endOfText) {
    reportNoGraph(cursor);
    return { kind: 'skipped', start: 0, end: cursor.endOffset, annotations: none, problems: none };
  }
  if (isAtBody(cursor, next)) {
    cursor.expected(
      'onnx.syntax.expected-signature',
      'Expected `name (inputs) => (outputs) {` before the nodes.',
    );
    const name = cursor.missingIdentifier();
    const annotations = cursor.takeAnnotations();
    return {
      kind: 'graph-signature',
      start: 0,
      end: 0,
      annotations,
      problems: none,
      name,
      inputs: [],
      outputs: [],
    };
  }
  if (next === character.openParenthesis || isAtSignatureStart(cursor, next)) {
    return readGraphSignature(cursor);
  }
  return skipToDeclaration(cursor, 'Expected a graph: `name (inputs) => (outputs) { nodes }`.');
}

function readFunction(cursor: Cursor): Segment {
  const next = cursor.peek();
  if (isAtBody(cursor, next)) {
    cursor.expected(
      'onnx.syntax.expected-signature',
      'Expected `name (inputs) => (outputs) {` before the nodes.',
    );
    const annotations = cursor.takeAnnotations();
    const name = cursor.missingIdentifier();
    return { ...emptyFunction, name, annotations };
  }
  if (
    next === character.openParenthesis ||
    (next === character.less && isAtHeader(cursor)) ||
    isAtSignatureStart(cursor, next)
  ) {
    return readFunctionSignature(cursor, none);
  }
  return skipToDeclaration(
    cursor,
    'Expected a function: `<domain: "…"> name (inputs) => (outputs) { nodes }`.',
  );
}

const emptyFunction: Omit<FunctionSignature, 'name'> = {
  kind: 'function-signature',
  start: 0,
  end: 0,
  annotations: none,
  problems: none,
  header: none,
  attributeParameters: none,
  attributeDefaults: none,
  inputs: none,
  outputs: none,
};

/** An entry of the value list; or what shows that the list should have ended. */
function readValue(cursor: Cursor, owner: Owner): Segment {
  const next = cursor.peek();
  const endsList =
    (next === character.openBracket && isAtStatement(cursor)) ||
    (startsName(next) && isAtStatementNotAttribute(cursor));
  if (endsList) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `> {` between the values and the nodes.');
    return readBodyStatement(cursor);
  }
  if (startsName(next)) {
    return readDeclaration(cursor, `${owner}-values`);
  }
  if (next === character.less && isAtHeader(cursor)) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `>` and a body before the next function.');
    return readFunctionSignature(cursor, none);
  }
  reportUnexpected(cursor, 'Expected a value: a type and a name, such as `float[N,3] x`.');
  const annotations = cursor.takeAnnotations();
  cursor.skipToken();
  skipListEntry(cursor, character.greater);
  return { kind: 'skipped', start: 0, end: cursor.endOffset, annotations, problems: none };
}

/** A node; or the next function, where the body is not closed. */
function readBodyStatement(cursor: Cursor): Segment {
  const next = cursor.peek();
  const annotations = cursor.takeAnnotations();
  const startsFunction = next === character.less && isAtHeader(cursor);
  if (
    startsName(next) ||
    next === character.openBracket ||
    (next === character.equals && !cursor.isAtArrow) ||
    (next === character.comma && isAtOutputs(cursor))
  ) {
    const node = readNode(cursor, annotations, false);
    if (node) {
      return node;
    }
  } else if (!startsFunction) {
    reportUnexpected(cursor, 'Expected a node, such as `y = Relu (x)`, or `}`.');
    cursor.skipToken();
    skipToStatement(cursor, false);
    return { kind: 'skipped', start: 0, end: cursor.endOffset, annotations, problems: none };
  }
  cursor.expected(
    'onnx.syntax.missing-bracket',
    'Expected `}` at the end of the body before the next function.',
  );
  return readFunctionSignature(cursor, annotations);
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
  if (next === character.greater || next === character.endOfText || isAtBodyStart(cursor, next)) {
    return readValueListEnd(cursor, owner, false);
  }
  if (startsName(next)) {
    if (!isAtStatementNotAttribute(cursor)) {
      cursor.expected('onnx.syntax.missing-comma', 'Expected `,` between two values.');
    }
    return valuesOf(owner);
  }
  if (next === character.openBracket || next === character.less) {
    // The next segment says what is wrong.
    return valuesOf(owner);
  }
  cursor.expected('onnx.syntax.missing-bracket', 'Expected `,` and another value, or `>`.');
  do {
    // Data without a name have braces, too.
    cursor.skipToken();
    skipListEntry(cursor, character.greater);
  } while (cursor.peek() === character.openBrace && !isAtBodyStart(cursor, character.openBrace));
  return cursor.matches(character.comma) || cursor.peek() !== character.closeBrace
    ? readValueListEnd(cursor, owner, false)
    : valuesOf(owner);
}

/** Inside the value list: at its end, or at its next entry. */
function readValueListEnd(cursor: Cursor, owner: Owner, isBehindComma: boolean): Mode {
  const next = cursor.peek();
  if (next === character.greater) {
    if (isBehindComma) {
      cursor.expected('onnx.syntax.trailing-comma', 'Expected another value after the comma, or no comma.');
    }
    cursor.pos++;
    return readBodyStart(cursor, owner);
  }
  if (next === character.endOfText || isAtBodyStart(cursor, next)) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `>` after the values.');
    return readBodyStart(cursor, owner);
  }
  return valuesOf(owner);
}

function readBodyStart(cursor: Cursor, owner: Owner): Mode {
  if (cursor.matches(character.openBrace)) {
    return readBehindStatement(cursor, owner);
  }
  cursor.expected('onnx.syntax.expected-body', 'Expected `{` and the nodes.');
  const next = cursor.peek();
  if (next === character.endOfText) {
    return mode.end;
  }
  if (isAtBody(cursor, next)) {
    return bodyOf(owner);
  }
  const brace = cursor.lookAhead(braceOnLine);
  if (brace < 0) {
    return mode.functions;
  }
  cursor.pos = brace + 1;
  return readBehindStatement(cursor, owner);
}

/** Behind a node: closes the body, unless the `}` is one too many. */
function readBehindStatement(cursor: Cursor, owner: Owner): Mode {
  for (;;) {
    const next = cursor.peek();
    if (next === character.endOfText) {
      cursor.expected('onnx.syntax.missing-bracket', 'Expected `}` at the end of the body.');
      return mode.end;
    }
    if (next !== character.closeBrace) {
      return bodyOf(owner);
    }
    const brace = cursor.pos;
    cursor.pos++;
    const behind = cursor.peek();
    if (behind === character.openBrace || !isAtBody(cursor, behind)) {
      cursor.bodyEnd = brace + 1;
      return behind === character.endOfText ? mode.end : mode.functions;
    }
    cursor.problem(
      'onnx.syntax.unexpected-bracket',
      brace,
      brace + 1,
      'This `}` ends the body, but more nodes follow. Remove it, or move the nodes in front of it.',
    );
  }
}

function reportNoGraph(cursor: Cursor): Mode {
  cursor.expected('onnx.syntax.expected-graph', 'Expected a graph: `name (inputs) => (outputs) { nodes }`.');
  return mode.end;
}

function reportUnexpected(cursor: Cursor, message: string): void {
  const next = cursor.peek();
  const closes =
    next === character.closeParenthesis ||
    next === character.closeBracket ||
    next === character.closeBrace ||
    next === character.greater;
  if (closes) {
    const bracket = String.fromCharCode(next);
    cursor.expected(
      'onnx.syntax.unexpected-bracket',
      `There is nothing that this \`${bracket}\` closes. Remove it.`,
    );
  } else {
    cursor.expected('onnx.syntax.unexpected-text', message);
  }
}

/** Skips at least one token, up to something that can begin a declaration. */
function skipToDeclaration(cursor: Cursor, message: string): SkippedText {
  reportUnexpected(cursor, message);
  const annotations = cursor.takeAnnotations();
  let next: number;
  do {
    cursor.skipToken();
    next = cursor.peek();
  } while (
    next !== character.endOfText &&
    !(next === character.less && isAtHeader(cursor)) &&
    !(next === character.openBrace || (cursor.isFirstOnLine && isAtBody(cursor, next))) &&
    !(cursor.isFirstOnLine && startsName(next) && isAtSignature(cursor))
  );
  return { kind: 'skipped', start: 0, end: cursor.endOffset, annotations, problems: none };
}

/** At a body or, where its brace is missing, at a statement. */
function isAtBody(cursor: Cursor, next: number): boolean {
  if (next === character.openBrace) {
    return true;
  }
  return (startsName(next) || next === character.openBracket) && isAtStatement(cursor);
}

/** The `{` of a body, rather than that of data. */
function isAtBodyStart(cursor: Cursor, next: number): boolean {
  return (
    next === character.openBrace &&
    cursor.lookAhead(() => {
      cursor.pos++;
      const first = cursor.peek();
      return first === character.closeBrace || first === character.endOfText || isAtBody(cursor, first);
    })
  );
}

/** A name and what can follow it in a signature. */
function isAtSignatureStart(cursor: Cursor, next: number): boolean {
  return (
    startsName(next) &&
    cursor.lookAhead(() => {
      cursor.skipToken();
      const behind = cursor.peek();
      const isParameters = behind === character.less && !isAtHeader(cursor);
      return behind === character.openParenthesis || isParameters || cursor.isAtArrow;
    })
  );
}

/** Offset of a `{` on the same line, -1 where there is none. */
function braceOnLine(cursor: Cursor): number {
  for (
    let next = cursor.peek();
    next !== character.endOfText && !cursor.isFirstOnLine;
    next = cursor.peek()
  ) {
    if (next === character.openBrace) {
      return cursor.pos;
    }
    cursor.skipToken();
  }
  return -1;
}

function valuesOf(owner: Owner): Mode {
  return owner === 'graph' ? mode.graphValues : mode.functionValues;
}

function bodyOf(owner: Owner): Mode {
  return owner === 'graph' ? mode.graphBody : mode.functionBody;
}
