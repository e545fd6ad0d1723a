import type { Annotation, GraphSyntax, Identifier, NodeStatement, ValueDeclaration } from '../syntax-tree.ts';
import * as character from './characters.ts';
import type { Cursor } from './cursor.ts';
import { startsName } from './identifiers.ts';
import { isAtHeader, isAtOutputs, isAtTypeWord } from './lookahead.ts';
import { readNode } from './nodes.ts';
import { matchBraces, skipBraces, skipToStatement } from './recovery.ts';
import { none } from './stack.ts';
import { maximumDepth } from './types.ts';
import { readDeclarations, readValues } from './values.ts';

interface Signature {
  readonly inputs: readonly ValueDeclaration[];
  readonly outputs: readonly ValueDeclaration[];
}

/** `(inputs) => (outputs)`. A graph without inputs may leave their parentheses out, a function may not. */
export function readInputsAndOutputs(cursor: Cursor, kind: 'graph' | 'function'): Signature {
  let inputs: readonly ValueDeclaration[] = [];
  if (cursor.peek() === character.openParenthesis) {
    cursor.pos++;
    inputs = readDeclarations(cursor, `${kind}-inputs`);
  } else if (kind === 'function' || isAtTypeWord(cursor)) {
    cursor.expected('onnx.syntax.expected-inputs', `Expected \`(\` and the inputs of the ${kind}.`);
    if (isAtTypeWord(cursor)) {
      inputs = readDeclarations(cursor, `${kind}-inputs`);
    }
  }
  readArrow(cursor);
  let outputs: readonly ValueDeclaration[] = [];
  if (cursor.peek() === character.openParenthesis) {
    cursor.pos++;
    outputs = readDeclarations(cursor, kind === 'graph' ? 'outputs' : 'function-inputs');
  } else {
    cursor.expected('onnx.syntax.expected-outputs', 'Expected `(` and the outputs.');
  }
  return { inputs, outputs };
}

/** `=>`, or what may be meant by it. */
function readArrow(cursor: Cursor): void {
  const next = cursor.peek();
  if (cursor.isAtArrow) {
    cursor.pos += 2;
    return;
  }
  cursor.expected('onnx.syntax.expected-arrow', 'Expected `=>`, without a blank in it, and the outputs.');
  if (next === character.equals || next === character.minus) {
    cursor.pos++;
    cursor.matches(character.greater);
  } else if (next === character.greater) {
    cursor.pos++;
  }
}

/** A graph that is the value of an attribute, behind its name. */
export function readGraph(cursor: Cursor, name: Identifier, annotations: readonly Annotation[]): GraphSyntax {
  const start = annotations[0]?.start ?? name.start;
  if (cursor.depth >= maximumDepth) {
    return skipDeepGraph(cursor, name, annotations);
  }
  cursor.depth++;
  const { inputs, outputs } = readInputsAndOutputs(cursor, 'graph');
  const values = cursor.peek() === character.less ? readValues(cursor) : none;
  const nodes = readBody(cursor);
  cursor.depth--;
  return { start, end: cursor.endOffset, annotations, name, inputs, outputs, values, nodes };
}

function readBody(cursor: Cursor): readonly NodeStatement[] {
  const mark = cursor.statements.top;
  if (cursor.peek() !== character.openBrace) {
    cursor.expected('onnx.syntax.expected-body', 'Expected `{` and the nodes of the graph.');
    return cursor.statements.take(mark);
  }
  const outerColumn = cursor.outerColumn;
  if (cursor.depth === 1) {
    cursor.outerColumn = isClosed(cursor) ? -1 : columnOf(cursor, cursor.base);
  }
  cursor.pos++;
  while (!endsBody(cursor) && readStatement(cursor)) {
    // Each statement has gone to the stack.
  }
  cursor.outerColumn = outerColumn;
  return cursor.statements.take(mark);
}

/**
 * Whether the body ends here: moves behind its `}`, or reports that it is missing.
 *
 * Statements behind an unclosed body would become part of it, up to the end of the document. So in a body that is not closed
 * properly, a line that is indented no further than the statement around it ends the body.
 */
function endsBody(cursor: Cursor): boolean {
  const next = cursor.peek();
  if (next === character.closeBrace) {
    cursor.pos++;
    return true;
  }
  const ends =
    next === character.endOfText ||
    next === character.greater ||
    (next === character.comma && !isAtOutputs(cursor)) ||
    (next === character.less && isAtHeader(cursor)) ||
    (cursor.outerColumn >= 0 && cursor.isFirstOnLine && columnOf(cursor, cursor.pos) <= cursor.outerColumn);
  if (ends) {
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `}` at the end of the graph.');
  }
  return ends;
}

/** False where the body has to end, because a function begins. */
function readStatement(cursor: Cursor): boolean {
  const next = cursor.peek();
  if (
    startsName(next) ||
    next === character.openBracket ||
    next === character.comma ||
    (next === character.equals && !cursor.isAtArrow)
  ) {
    const node = readNode(cursor, cursor.takeAnnotations(), true);
    if (node) {
      cursor.statements.push(node);
      return true;
    }
    cursor.expected('onnx.syntax.missing-bracket', 'Expected `}` at the end of the graph.');
    return false;
  }
  cursor.expected('onnx.syntax.unexpected-text', 'Expected a node, such as `y = Relu (x)`, or `}`.');
  cursor.skipToken();
  skipToStatement(cursor, true);
  return true;
}

/** Whether the `}` that closes the body at `pos` is where the body of an attribute can end. */
function isClosed(cursor: Cursor): boolean {
  return cursor.lookAhead(() => {
    if (!cursor.braces.has(cursor.pos)) {
      matchBraces(cursor, cursor.braces);
    }
    const close = cursor.braces.get(cursor.pos) ?? cursor.text.length;
    cursor.pos = Math.min(close + 1, cursor.text.length);
    const next = cursor.peek();
    return next === character.comma || next === character.greater || next === character.closeBracket;
  });
}

/** How far the line of an offset is indented. */
function columnOf(cursor: Cursor, offset: number): number {
  const lineStart = cursor.text.lastIndexOf('\n', offset - 1) + 1;
  if (lineStart <= cursor.base) {
    cursor.lookedBehind = true;
  }
  let column = 0;
  while (lineStart + column < offset && character.isSpace(cursor.text.charCodeAt(lineStart + column))) {
    column++;
  }
  return column;
}

/** Skips the body of a graph that is nested too deep. */
function skipDeepGraph(cursor: Cursor, name: Identifier, annotations: readonly Annotation[]): GraphSyntax {
  cursor.problem(
    'onnx.syntax.nesting-too-deep',
    cursor.base + name.start,
    cursor.base + name.end,
    `Graphs are nested more than ${maximumDepth} deep here; no model may be. Move the graph into a function.`,
  );
  for (let next = cursor.peek(); next !== character.endOfText; next = cursor.peek()) {
    if (next === character.openBrace) {
      skipBraces(cursor);
      break;
    }
    if (next === character.closeBrace) {
      break;
    }
    cursor.skipToken();
  }
  const start = annotations[0]?.start ?? name.start;
  return { start, end: cursor.endOffset, annotations, name, inputs: [], outputs: [], values: [], nodes: [] };
}
