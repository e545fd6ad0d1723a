/**
 * The document as a sequence of segments. `readSegment` reads one and the punctuation behind it, and says what is expected next.
 * It depends on nothing but that expectation (the mode) and the text from the segment's start on; so reading can begin at any
 * segment, and two readings that come to the same place in the same mode go on alike. `reparse` builds on that.
 */
import type { FunctionSignature, GraphSignature, ModelHeader, Segment, SkippedText } from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { readHeader } from './headers.ts';
import { startsName } from './identifiers.ts';
import {
  isAtBody,
  isAtHeader,
  isAtOutputs,
  isAtSignatureStart,
  isAtStatement,
  isAtStatementNotAttribute,
  isAtValueList,
} from './lookahead.ts';
import { type Mode, mode, type Owner, ownerOf } from './modes.ts';
import { readNode } from './nodes.ts';
import { readBehind } from './punctuation.ts';
import { skipListEntry, skipToDeclaration, skipToStatement } from './recovery.ts';
import { readFunctionSignature, readGraphSignature } from './signatures.ts';
import { none } from './stack.ts';
import { readDeclaration } from './values.ts';

/** What reading one segment gives; the cursor is then at the next one. */
export interface SegmentReading {
  readonly segment: Segment;
  readonly next: Mode;
}

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
      return cursor.peek() === character.less && !isAtValueList(cursor)
        ? readModelHeader(cursor)
        : readGraph(cursor);
    case mode.graph:
      return readGraph(cursor);
    case mode.graphValues:
    case mode.functionValues:
      return readValue(cursor, ownerOf(current));
    case mode.graphBody:
    case mode.functionBody:
      return readBodyStatement(cursor);
    case mode.functions:
    case mode.end:
      return readFunction(cursor);
  }
}

function readModelHeader(cursor: Cursor): ModelHeader {
  const annotations = cursor.takeAnnotations();
  const entries = readHeader(cursor, 'model');
  return { kind: 'model-header', start: 0, end: cursor.endOffset, annotations, problems: none, entries };
}

function readGraph(cursor: Cursor): Segment {
  const next = cursor.peek();
  if (next === character.endOfText) {
    cursor.expected(
      'onnx.syntax.expected-graph',
      'Expected a graph: `name (inputs) => (outputs) { nodes }`.',
    );
    return { kind: 'skipped', start: 0, end: 0, annotations: none, problems: none };
  }
  if (isSignatureMissing(cursor)) {
    const annotations = cursor.takeAnnotations();
    return { ...emptyGraph, name: cursor.missingIdentifier(), annotations };
  }
  if (next === character.openParenthesis || isAtSignatureStart(cursor)) {
    return readGraphSignature(cursor);
  }
  return readSkipped(cursor, 'Expected a graph: `name (inputs) => (outputs) { nodes }`.', skipToDeclaration);
}

function readFunction(cursor: Cursor): Segment {
  const next = cursor.peek();
  if (isSignatureMissing(cursor)) {
    const annotations = cursor.takeAnnotations();
    return { ...emptyFunction, name: cursor.missingIdentifier(), annotations };
  }
  if (next === character.openParenthesis || isAtHeader(cursor) || isAtSignatureStart(cursor)) {
    return readFunctionSignature(cursor, none);
  }
  const message = 'Expected a function: `<domain: "…"> name (inputs) => (outputs) { nodes }`.';
  return readSkipped(cursor, message, skipToDeclaration);
}

/** Reports a list of values, a body or its statements that come without a signature. */
function isSignatureMissing(cursor: Cursor): boolean {
  const missing = isAtBody(cursor) || isAtValueList(cursor) || isAtStatement(cursor);
  if (missing) {
    cursor.expected(
      'onnx.syntax.expected-signature',
      'Expected a signature, `name (inputs) => (outputs)`, before the values and nodes.',
    );
  }
  return missing;
}

const emptyGraph: Omit<GraphSignature, 'name'> = {
  kind: 'graph-signature',
  start: 0,
  end: 0,
  annotations: none,
  problems: none,
  inputs: none,
  outputs: none,
};

const emptyFunction: Omit<FunctionSignature, 'name'> = {
  ...emptyGraph,
  kind: 'function-signature',
  header: none,
  attributeParameters: none,
  attributeDefaults: none,
};

/** An entry of the value list; or what shows that the list should have ended. */
function readValue(cursor: Cursor, owner: Owner): Segment {
  const next = cursor.peek();
  if (
    (next === character.openBracket && isAtStatement(cursor)) ||
    (startsName(next) && isAtStatementNotAttribute(cursor))
  ) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `> {` between the values and the nodes.');
    return readBodyStatement(cursor);
  }
  if (startsName(next)) {
    return readDeclaration(cursor, `${owner}-values`);
  }
  if (isAtHeader(cursor)) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `>` and a body before the next function.');
    return readFunctionSignature(cursor, none);
  }
  return readSkipped(cursor, 'Expected a value: a type and a name, such as `float[N,3] x`.', () => {
    cursor.skipToken();
    skipListEntry(cursor, character.greater);
  });
}

/** A node; or the next function, where the body is not closed. */
function readBodyStatement(cursor: Cursor): Segment {
  const next = cursor.peek();
  const annotations = cursor.takeAnnotations();
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
  } else if (!isAtHeader(cursor)) {
    const skipped = readSkipped(cursor, 'Expected a node, such as `y = Relu (x)`, or `}`.', () => {
      cursor.skipToken();
      skipToStatement(cursor, false);
    });
    return { ...skipped, annotations };
  }
  cursor.expected(
    'onnx.syntax.missing-bracket',
    'Expected `}` at the end of the body before the next function.',
  );
  return readFunctionSignature(cursor, annotations);
}

/** Reports text that belongs to nothing, and skips it. */
function readSkipped(cursor: Cursor, message: string, skip: (cursor: Cursor) => void): SkippedText {
  const next = cursor.peek();
  const annotations = cursor.takeAnnotations();
  if (')]}>'.includes(String.fromCharCode(next))) {
    const bracket = String.fromCharCode(next);
    cursor.expected(
      'onnx.syntax.unexpected-bracket',
      `There is nothing that this \`${bracket}\` closes. Remove it.`,
    );
  } else {
    cursor.expected('onnx.syntax.unexpected-text', message);
  }
  skip(cursor);
  return { kind: 'skipped', start: 0, end: cursor.endOffset, annotations, problems: none };
}
