/**
 * What is being written at the cursor: an operator, its third input, the value of an attribute. Worked out from the text between
 * the start of the statement and the cursor alone, so that it holds in half-typed statements whatever the parser made of them.
 */
import type { SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import { lastSegmentFrom } from '../elements.ts';
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

/** A value that a graph around the cursor (in an attribute) defines before the cursor. */
export interface LocalValue {
  readonly name: string;
  /** As written, without blanks; empty where it is not stated. */
  readonly type: string;
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

interface MutableStatement {
  domain: string;
  operator: string;
  overload: string;
  readonly attributes: string[];
  readonly inputs: string[];
  /** `outputs` until `=`, then `operator` until a bracket, then `rest`. */
  part: 'outputs' | 'operator' | 'rest';
}

type FrameRole =
  | 'top'
  | 'header'
  | 'signature'
  | 'parameters'
  | 'values'
  | 'body'
  | 'inputs'
  | 'attributes'
  | 'type'
  | 'dimensions'
  | 'opset-imports'
  | 'other';

interface Frame {
  readonly role: FrameRole;
  /** Tokens since the last comma, or of the statement. */
  item: Token[];
  readonly given: string[];
  statement: MutableStatement;
  /** Values of the graph that the frame is the head or body of. */
  readonly values: LocalValue[];
  /** Outputs of the statement that is not finished: no values for its own inputs. */
  outputs: readonly LocalValue[];
}

const typeConstructors = new Set(['seq', 'map', 'optional', 'sparse_tensor', 'opaque']);

export function cursorContext(tree: SyntaxTree, text: string, offset: number): CursorContext | undefined {
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
export function statementAt(tree: SyntaxTree, text: string, offset: number): StatementAtCursor | undefined {
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

function startingFrames({ segments, declarations }: SyntaxTree, index: number): Frame[] {
  const kind = segments[index]?.kind;
  const inRange = (part: 'values' | 'nodes') =>
    kind === 'skipped' && declarations.some(({ [part]: range }) => range.from <= index && index < range.to);
  const top = frame('top');
  if (kind === 'node-statement' || inRange('nodes')) {
    return [top, frame('body')];
  }
  if (kind === 'value-declaration' || inRange('values')) {
    // As behind a signature: what follows the list is a body.
    top.item.push({ kind: 'punctuation', start: 0, end: 0, text: ')', closed: true });
    return [top, frame('values')];
  }
  return [top];
}

function frame(role: FrameRole, statement = emptyStatement(), values: LocalValue[] = []): Frame {
  return { role, item: [], given: [], statement, values, outputs: [] };
}

function emptyStatement(): MutableStatement {
  return { domain: '', operator: '', overload: '', attributes: [], inputs: [], part: 'outputs' };
}

function framesAfter(frames: Frame[], tokens: readonly Token[]): Frame[] {
  for (const token of tokens) {
    const top = frames.at(-1);
    if (!top || token.kind === 'comment') {
      continue;
    }
    if (token.kind !== 'punctuation') {
      take(top, token);
      continue;
    }
    switch (token.text) {
      case '(':
      case '<':
      case '[':
      case '{': {
        const opened = openedFrame(top, token.text);
        top.item.push(token);
        frames.push(opened);
        break;
      }
      case ')':
      case '>':
      case ']':
      case '}':
        close(frames, token);
        break;
      case ',':
        endItem(top);
        break;
      default:
        take(top, token);
    }
  }
  return frames;
}

/** A word, string, number, or one of `= : . => @`. */
function take(top: Frame, token: Token): void {
  const { item, statement } = top;
  if (top.role === 'body') {
    takeInBody(top, token);
    return;
  }
  const [name] = item;
  if (item.length === 1 && name && (token.text === '=' || token.text === ':')) {
    if (top.role === 'attributes') {
      statement.attributes.push(name.text);
    }
    top.given.push(name.text);
  }
  item.push(token);
}

function takeInBody(top: Frame, token: Token): void {
  const isName = token.kind === 'word' || token.kind === 'string';
  const before = top.item.at(-1);
  if (token.text === '=' && token.kind === 'punctuation') {
    top.values.push(...top.outputs);
    top.outputs = top.item.filter(isNameToken).map(({ text }) => ({ name: text, type: '' }));
    top.statement = { ...emptyStatement(), part: 'operator' };
    top.item = [token];
    return;
  }
  const { statement } = top;
  const startsStatement =
    (statement.part === 'rest' && isName) ||
    (statement.part === 'operator' && isName && before !== undefined && isNameToken(before));
  if (startsStatement) {
    top.values.push(...top.outputs);
    top.outputs = [];
    top.statement = emptyStatement();
    top.item = [token];
    return;
  }
  if (statement.part === 'operator' && isName) {
    if (before?.text === ':') {
      statement.overload = token.text;
    } else {
      if (statement.operator !== '') {
        statement.domain += (statement.domain === '' ? '' : '.') + statement.operator;
      }
      statement.operator = token.text;
    }
  }
  top.item.push(token);
}

function isNameToken({ kind }: Token): boolean {
  return kind === 'word' || kind === 'string';
}

function endItem(top: Frame): void {
  const named = nameOfItem(top.item);
  if (top.role === 'inputs') {
    top.statement.inputs.push(named);
  }
  if ((top.role === 'signature' || top.role === 'values') && named !== '') {
    top.values.push({ name: named, type: typeOfItem(top.item) });
  }
  if (top.role !== 'body') {
    top.item = [];
  }
}

function nameOfItem(item: readonly Token[]): string {
  const end = item.findIndex(({ text, kind }) => text === '=' && kind === 'punctuation');
  const last = item.slice(0, end < 0 ? undefined : end).findLast(isNameToken);
  return last?.text ?? '';
}

function typeOfItem(item: readonly Token[]): string {
  const names = item.filter(isNameToken);
  return names.length > 1 ? (names[0]?.text ?? '') : '';
}

function openedFrame(top: Frame, bracket: string): Frame {
  const before = top.item.at(-1);
  const { statement } = top;
  if (before && typeConstructors.has(before.text) && bracket === '(' && top.role !== 'body') {
    return frame('type');
  }
  switch (top.role) {
    case 'body':
      if (statement.operator !== '' && (bracket === '(' || bracket === '<')) {
        statement.part = 'rest';
        return frame(bracket === '(' ? 'inputs' : 'attributes', statement);
      }
      // A label.
      if (bracket === '[') {
        top.statement = emptyStatement();
        top.item = [];
      }
      return frame('other');
    case 'top':
    case 'attributes':
      return openedHead(top, bracket, before);
    case 'signature':
    case 'values':
    case 'type':
      return frame(bracket === '[' && before?.text !== '=' ? 'dimensions' : 'other');
    case 'header':
      return frame(top.item[0]?.text === 'opset_import' && bracket === '[' ? 'opset-imports' : 'other');
    default:
      return frame('other');
  }
}

/** Part of a graph or function, or of an attribute's value. */
function openedHead(top: Frame, bracket: string, before: Token | undefined): Frame {
  const isBehindHead = before?.text === ')' || before?.text === '>';
  const isValue = top.role === 'attributes';
  switch (bracket) {
    case '(':
      // Behind the arrow are the outputs: uses, no values of their own.
      return frame('signature', undefined, before?.text === '=>' ? [] : top.values);
    case '<':
      if (before?.text === ')') {
        return frame('values', undefined, top.values);
      }
      return frame(before && isNameToken(before) ? 'parameters' : 'header');
    case '{':
      return isBehindHead ? frame('body', undefined, top.values.splice(0)) : frame('other');
    default:
      return frame(isValue && before && before.text !== '=' ? 'dimensions' : 'other');
  }
}

const openingOf: Readonly<Record<string, string>> = { ')': '(', '>': '<', ']': '[', '}': '{' };

/** Closes the innermost frame that the bracket fits; one that fits none is passed over. */
function close(frames: Frame[], token: Token): void {
  for (let depth = frames.length - 1; depth > 0; depth--) {
    const closed = frames[depth];
    const outer = frames[depth - 1];
    if (!closed || !outer) {
      return;
    }
    const opening = outer.item.at(-1)?.text;
    const fits =
      opening === openingOf[token.text] ||
      (token.text === '}' && closed.role === 'body') ||
      (token.text === '>' && closed.role === 'values');
    if (fits) {
      endItem(closed);
      frames.length = depth;
      outer.item.push(token);
      if (closed.role === 'body' && outer.role === 'top') {
        outer.item = [];
      }
      return;
    }
    if (closed.role === 'body') {
      return;
    }
  }
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
      return undefined;
    case 'body':
      return bodyConstruct(top, before);
    case 'inputs':
      return item.length === 0
        ? { kind: 'node-input', statement, index: statement.inputs.length }
        : undefined;
    case 'attributes':
      return attributeConstruct(top, before);
    case 'header':
      return item.length === 0 ? { kind: 'header-key', given: top.given } : undefined;
    case 'opset-imports':
      return item.length === 0 ? { kind: 'opset-domain' } : undefined;
    case 'signature':
    case 'values':
    case 'type':
      return item.length === 0 ? { kind: 'type' } : undefined;
    case 'dimensions':
      return item.length === 0 ? { kind: 'dimension' } : undefined;
    default:
      return undefined;
  }
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
