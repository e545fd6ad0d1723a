/**
 * What is being written at the cursor: an operator, its third input, the value of an attribute. Worked out from the text between
 * the start of the statement and the cursor alone, so that it holds in half-typed statements whatever the parser made of them.
 */
import type { DocumentText } from '../../onnx/text/document-text.ts';
import type { SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import { lastSegmentFrom } from '../elements.ts';
import { type Frame, framesAfter, isNameToken, type LocalValue, startingFrames } from './frames.ts';
import { type Token, tokensBetween } from './tokens.ts';

/** A node statement as far as it is written before the cursor. */
export interface StatementSoFar {
  readonly domain: string;
  readonly operator: string;
  readonly overload: string;
  /** Names of the attributes given before the cursor. */
  readonly attributes: readonly string[];
  /** Names of the inputs before the one at the cursor. */
  readonly inputs: readonly string[];
}

export type CursorConstruct =
  /** First words of a statement: its outputs. */
  | { readonly kind: 'node-output' }
  /** `domain` is what is written before the last dot, and `start` of the context lies before it. */
  | { readonly kind: 'operator'; readonly domain: string }
  | { readonly kind: 'node-input'; readonly statement: StatementSoFar; readonly index: number }
  | { readonly kind: 'attribute-name'; readonly statement: StatementSoFar }
  | { readonly kind: 'attribute-type'; readonly statement: StatementSoFar; readonly attribute: string }
  | { readonly kind: 'attribute-value'; readonly statement: StatementSoFar; readonly attribute: string }
  /** Behind `@`. */
  | { readonly kind: 'attribute-reference' }
  | { readonly kind: 'type' }
  | { readonly kind: 'dimension' }
  | { readonly kind: 'header-key'; readonly given: readonly string[] }
  | { readonly kind: 'opset-domain' }
  /** Behind the colon of an opset import; `domain` as written. */
  | { readonly kind: 'opset-version'; readonly domain: string }
  | { readonly kind: 'ir-version' }
  /** Outside of everything: before a model's graph or behind it. */
  | { readonly kind: 'top'; readonly isBehindHeader: boolean }
  /** Behind the type of an output or of a value info. */
  | { readonly kind: 'declared-name' }
  | { readonly kind: 'annotation-key' };

export interface CursorContext {
  readonly construct: CursorConstruct;
  /** What of the word at the cursor stands before it, without quotes. */
  readonly typed: string;
  readonly isQuoted: boolean;
  /** Absolute offset where the word begins, with its quote, and an operator's with its domain. */
  readonly start: number;
  /** Values of the graphs in attributes around the cursor, those of the innermost graph last. */
  readonly locals: readonly LocalValue[];
}

export function cursorContext(
  tree: SyntaxTree,
  text: DocumentText,
  offset: number,
): CursorContext | undefined {
  const segment = lastSegmentFrom(tree, offset);
  const tokens = tokensBetween(text, tree.starts[segment] ?? 0, offset);
  const last = tokens.at(-1);
  if (last?.kind === 'comment' && last.end === offset && !last.closed) {
    return annotationContext(last);
  }
  const word = last && last.end === offset && isWordAtCursor(last) ? tokens.pop() : undefined;
  if (last?.end === offset && (last.kind === 'number' || (last.kind === 'string' && last.closed))) {
    return undefined;
  }
  const frames = framesAfter(startingFrames(tree, segment), tokens);
  const construct = constructAt(frames);
  if (!construct) {
    return undefined;
  }
  const first = construct.kind === 'operator' ? operatorStart(frames) : undefined;
  return {
    construct,
    typed: word?.text ?? '',
    isQuoted: word?.kind === 'string',
    start: first ?? word?.start ?? offset,
    // The first two are the text and the body of a graph or function of its own, whose values the tree has.
    locals: frames.slice(2).flatMap(({ role, values }) => (role === 'body' ? values : [])),
  };
}

export interface StatementAtCursor {
  readonly part: 'inputs' | 'attributes';
  readonly statement: StatementSoFar;
  /** Of the input at the cursor. */
  readonly index: number;
  /** The name of the attribute at the cursor; empty where none is begun. */
  readonly attribute: string;
}

/** The node statement whose inputs or attributes the cursor is in, the innermost one. */
export function statementAt(
  tree: SyntaxTree,
  text: DocumentText,
  offset: number,
): StatementAtCursor | undefined {
  const segment = lastSegmentFrom(tree, offset);
  const tokens = tokensBetween(text, tree.starts[segment] ?? 0, offset);
  const frames = framesAfter(startingFrames(tree, segment), tokens);
  for (const { role, statement, item } of frames.toReversed()) {
    if (role === 'inputs' || role === 'attributes') {
      const attribute = role === 'attributes' ? (item[0]?.text ?? '') : '';
      return { part: role, statement, index: statement.inputs.length, attribute };
    }
    if (role === 'body') {
      return undefined;
    }
  }
  return undefined;
}

function annotationContext({ text, start, end }: Token): CursorContext | undefined {
  const match = /^#@\s*(\w*)$/.exec(text);
  const typed = match?.[1] ?? '';
  return match
    ? {
        construct: { kind: 'annotation-key' },
        typed,
        isQuoted: false,
        start: Math.max(end - typed.length, start + 2),
        locals: [],
      }
    : undefined;
}

function isWordAtCursor({ kind, closed }: Token): boolean {
  return kind === 'word' || (kind === 'string' && !closed);
}

function constructAt(frames: readonly Frame[]): CursorConstruct | undefined {
  const top = frames.at(-1);
  if (!top) {
    return undefined;
  }
  const { item, statement } = top;
  const before = item.at(-1);
  switch (top.role) {
    case 'top':
      return topConstruct(item);
    case 'body':
      return bodyConstruct(top, before);
    case 'inputs':
      return item.length === 0
        ? { kind: 'node-input', statement, index: statement.inputs.length }
        : undefined;
    case 'attributes':
      return attributeConstruct(top, before);
    case 'header':
      if (item.length === 2 && item[0]?.text === 'ir_version' && before?.text === ':') {
        return { kind: 'ir-version' };
      }
      return item.length === 0 ? { kind: 'header-key', given: top.given } : undefined;
    case 'opset-imports':
      if (item.length === 2 && before?.text === ':') {
        return { kind: 'opset-version', domain: item[0]?.text ?? '' };
      }
      return item.length === 0 ? { kind: 'opset-domain' } : undefined;
    case 'signature':
    case 'values':
      if (before && isEndOfType(item, before) && !isInputs(frames)) {
        return { kind: 'declared-name' };
      }
      return item.length === 0 ? { kind: 'type' } : undefined;
    case 'type':
      return item.length === 0 ? { kind: 'type' } : undefined;
    case 'dimensions':
      return item.length === 0 ? { kind: 'dimension' } : undefined;
    default:
      return undefined;
  }
}

function topConstruct(item: readonly Token[]): CursorConstruct | undefined {
  const isBehindHeader = item.length === 2 && item[0]?.text === '<' && item[1]?.text === '>';
  return item.length === 0 || isBehindHeader ? { kind: 'top', isBehindHeader } : undefined;
}

/** `float`, or `float[2]` and `seq(float)` with their closing bracket. */
function isEndOfType(item: readonly Token[], before: Token): boolean {
  const isWord = item.length === 1 && before.kind === 'word';
  return isWord || (item.length > 1 && (before.text === ']' || before.text === ')'));
}

/** The frame opened by the list of a graph's or function's inputs, whose names are new. */
function isInputs(frames: readonly Frame[]): boolean {
  return frames.at(-1)?.role === 'signature' && frames.at(-2)?.item.at(-2)?.text !== '=>';
}

function bodyConstruct({ statement }: Frame, before: Token | undefined): CursorConstruct | undefined {
  if (statement.part === 'operator') {
    if (before?.text === '=') {
      return { kind: 'operator', domain: '' };
    }
    if (before?.text === '.') {
      const domain = [statement.domain, statement.operator].filter((part) => part !== '').join('.');
      return { kind: 'operator', domain };
    }
    return undefined;
  }
  const isStart = before === undefined || before.text === ')' || before.text === '>' || before.text === ']';
  return isStart || (before && !isNameToken(before)) ? { kind: 'node-output' } : undefined;
}

function attributeConstruct(
  { item, statement }: Frame,
  before: Token | undefined,
): CursorConstruct | undefined {
  const [name] = item;
  if (!name || !before) {
    return { kind: 'attribute-name', statement };
  }
  if (before.text === '@') {
    return { kind: 'attribute-reference' };
  }
  if (before.text === ':' && item.length === 2) {
    return { kind: 'attribute-type', statement, attribute: name.text };
  }
  return before.text === '=' ? { kind: 'attribute-value', statement, attribute: name.text } : undefined;
}

/** Where the domain and operator at the cursor begin: behind the `=`. */
function operatorStart(frames: readonly Frame[]): number | undefined {
  return frames.at(-1)?.item[1]?.start;
}
