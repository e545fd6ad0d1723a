/**
 * textDocument/semanticTokens: what the grammar of the editor cannot tell: whether a value is an input, a weight or computed, and
 * whether a node applies an operator or calls a function of the model.
 */
import type { Range, SemanticTokensEdit, SemanticTokensLegend } from 'vscode-languageserver-types';
import { calledFunction } from '../onnx/analysis/functions.ts';
import { segmentsOf } from '../onnx/analysis/names.ts';
import { versionsOf } from '../onnx/operators/table.ts';
import type { Segment } from '../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from './document.ts';
import { childrenOf, type Element, type IdentifierRole, lastSegmentFrom, nodeAround } from './elements.ts';
import { offsetAt, positionAt, type SourceText } from './source-text.ts';

const tokenTypes = [
  'variable',
  'parameter',
  'function',
  'namespace',
  'type',
  'typeParameter',
  'property',
  'label',
  'decorator',
] as const;
const tokenModifiers = ['declaration', 'readonly', 'defaultLibrary'] as const;

type TokenType = (typeof tokenTypes)[number];
type TokenModifier = (typeof tokenModifiers)[number];

export const semanticTokensLegend: SemanticTokensLegend = {
  tokenTypes: [...tokenTypes],
  tokenModifiers: [...tokenModifiers],
};

/**
 * Beyond so many characters of text (some 15,000 nodes) only the ranges in sight get tokens: all of them would be megabytes that
 * the editor throws away again with the next keystroke.
 */
const longestForAll = 2 ** 21;

/** Tokens of the whole document; undefined where it is too long for that. */
export function semanticTokens(document: OnnxDocument): number[] | undefined {
  return document.source.text.length > longestForAll
    ? undefined
    : tokensOf(document, 0, document.tree.segments.length);
}

/** Tokens of the statements that a range touches. */
export function semanticTokensInRange(document: OnnxDocument, range: Range): number[] {
  const { tree, source } = document;
  const from = Math.max(0, lastSegmentFrom(tree, offsetAt(source, range.start)));
  const to = lastSegmentFrom(tree, offsetAt(source, range.end)) + 1;
  return tokensOf(document, from, to);
}

/** The one edit that makes `after` of `before` (LSP, "Semantic Tokens": integers, five per token). */
export function semanticTokensEdits(
  before: readonly number[],
  after: readonly number[],
): SemanticTokensEdit[] {
  const shorter = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < shorter && before[prefix] === after[prefix]) {
    prefix++;
  }
  let suffix = 0;
  while (
    suffix < shorter - prefix &&
    before[before.length - 1 - suffix] === after[after.length - 1 - suffix]
  ) {
    suffix++;
  }
  if (prefix === before.length && prefix === after.length) {
    return [];
  }
  return [
    {
      start: prefix,
      deleteCount: before.length - prefix - suffix,
      data: after.slice(prefix, after.length - suffix),
    },
  ];
}

interface Token {
  readonly start: number;
  readonly end: number;
  readonly type: TokenType;
  readonly modifiers: readonly TokenModifier[];
}

function tokensOf(document: OnnxDocument, from: number, to: number): number[] {
  const { tree } = document;
  const encoder = new Encoder(document.source);
  const kinds = new ValueKinds(document);
  for (let index = from; index < to; index++) {
    const node = tree.segments[index];
    const start = tree.starts[index] ?? 0;
    if (node) {
      visit(document, [{ kind: 'segment', node }], kinds.at(index), (token) =>
        encoder.add(start + token.start, start + token.end, token),
      );
    }
  }
  return encoder.data;
}

type KindOfValue = (name: string) => 'parameter' | 'weight' | undefined;

function visit(
  document: OnnxDocument,
  path: Element[],
  kindOf: KindOfValue,
  emit: (token: Token) => void,
): void {
  const element = path.at(-1);
  if (!element) {
    return;
  }
  const token = tokenOf(document, path, element, kindOf);
  if (token) {
    emit(token);
  }
  for (const child of childrenOf(element)) {
    path.push(child);
    visit(document, path, kindOf, emit);
    path.pop();
  }
}

const typeOfRole: Partial<Record<IdentifierRole, readonly [TokenType, ...TokenModifier[]]>> = {
  input: ['parameter', 'declaration'],
  output: ['variable'],
  initializer: ['variable', 'declaration', 'readonly'],
  'value-info': ['variable'],
  'graph-name': ['namespace', 'declaration'],
  'function-name': ['function', 'declaration'],
  'attribute-parameter': ['parameter', 'declaration'],
  'attribute-reference': ['parameter'],
  label: ['label'],
  domain: ['namespace'],
  'attribute-name': ['property'],
  'attribute-type': ['type'],
  'element-type': ['type'],
  'header-key': ['property'],
};

function tokenOf(
  document: OnnxDocument,
  path: readonly Element[],
  element: Element,
  kindOf: KindOfValue,
): Token | undefined {
  const { start, end } = element.node;
  if (element.kind === 'dimension') {
    return element.node.kind === 'parameter'
      ? { start, end, type: 'typeParameter', modifiers: [] }
      : undefined;
  }
  if (element.kind === 'annotation') {
    // `#@ key`; what follows is a value and keeps the colour of a comment.
    return {
      start,
      end: Math.min(end, start + '#@ '.length + element.node.key.length),
      type: 'decorator',
      modifiers: [],
    };
  }
  if (element.kind !== 'identifier' || start === end) {
    return undefined;
  }
  const fixed = typeOfRole[element.role];
  if (fixed) {
    const [type, ...modifiers] = fixed;
    return { start, end, type, modifiers };
  }
  switch (element.role) {
    case 'operator':
      return { start, end, type: 'function', modifiers: operatorModifiers(document, path) };
    case 'node-output':
      return { start, end, type: 'variable', modifiers: ['declaration'] };
    case 'node-input':
      return { start, end, ...tokenOfUse(kindOf(element.node.name)) };
    default:
      return undefined;
  }
}

function tokenOfUse(kind: 'parameter' | 'weight' | undefined): Pick<Token, 'type' | 'modifiers'> {
  return kind === 'parameter'
    ? { type: 'parameter', modifiers: [] }
    : { type: 'variable', modifiers: kind === 'weight' ? ['readonly'] : [] };
}

function operatorModifiers(document: OnnxDocument, path: readonly Element[]): TokenModifier[] {
  const node = nodeAround(path);
  const isOnnx =
    node &&
    !calledFunction(document.tree, node) &&
    versionsOf(node.domain?.name ?? '', node.operator.name).length > 0;
  return isOnnx ? ['defaultLibrary'] : [];
}

/** Packs tokens as LSP has them: line and character relative to the token before, length, type, bits of modifiers. */
class Encoder {
  readonly data: number[] = [];
  readonly #source: SourceText;
  #line = 0;
  #character = 0;

  constructor(source: SourceText) {
    this.#source = source;
  }

  add(start: number, end: number, { type, modifiers }: Token): void {
    const { line, character } = positionAt(this.#source, start);
    const nextLine = this.#source.lineStarts[line + 1];
    const goesBack = line < this.#line || (line === this.#line && character < this.#character);
    // A token is within one line; a quoted name may not be.
    if ((nextLine !== undefined && end > nextLine) || goesBack) {
      return;
    }
    this.data.push(
      line - this.#line,
      line === this.#line ? character - this.#character : character,
      end - start,
      tokenTypes.indexOf(type),
      modifiers.reduce((bits, modifier) => bits | (1 << tokenModifiers.indexOf(modifier)), 0),
    );
    this.#line = line;
    this.#character = character;
  }
}

/** Inputs and initializers of the declarations, by name; subgraphs see those around them. */
class ValueKinds {
  readonly #document: OnnxDocument;
  #to = -1;
  #kinds = new Map<string, 'parameter' | 'weight'>();

  constructor(document: OnnxDocument) {
    this.#document = document;
  }

  at(segment: number): KindOfValue {
    if (segment >= this.#to) {
      this.#kinds = new Map();
      const { tree } = this.#document;
      const declaration = tree.declarations.findLastIndex(({ signature }) => signature <= segment);
      const { from, to } = segmentsOf(tree, declaration);
      this.#to = Math.max(to, segment + 1);
      for (let index = from; index < to; index++) {
        this.#add(tree.segments[index]);
      }
    }
    return (name) => this.#kinds.get(name);
  }

  #add(segment: Segment | undefined): void {
    if (segment?.kind === 'graph-signature' || segment?.kind === 'function-signature') {
      for (const input of segment.inputs) {
        this.#kinds.set(input.name.name, 'parameter');
      }
    } else if (segment?.kind === 'value-declaration' && segment.data) {
      this.#kinds.set(segment.name.name, 'weight');
    }
  }
}
