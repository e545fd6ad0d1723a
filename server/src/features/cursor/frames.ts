/** The brackets around the cursor: each opens a frame, which knows what it has taken in so far. */
import type { SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import type { Token } from './tokens.ts';

/** A value that a graph around the cursor (in an attribute) defines before the cursor. */
export interface LocalValue {
  readonly name: string;
  /** As written, without blanks; empty where it is not stated. */
  readonly type: string;
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

export interface Frame {
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

export function startingFrames({ segments, declarations }: SyntaxTree, index: number): Frame[] {
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

export function framesAfter(frames: Frame[], tokens: readonly Token[]): Frame[] {
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

export function isNameToken({ kind }: Token): boolean {
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
