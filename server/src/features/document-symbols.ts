/**
 * textDocument/documentSymbol: graph and functions with their inputs, outputs, initializers and nodes; nodes in groups by module
 * name, which keeps a graph of 100,000 nodes usable.
 */
import { type DocumentSymbol, type Range, SymbolKind } from 'vscode-languageserver-types';
import type {
  Declaration,
  Identifier,
  NodeStatement,
  Segment,
  Span,
  ValueDeclaration,
} from '../onnx/text/syntax-tree.ts';
import { type OnnxDocument, textOf } from './document.ts';
import { groupNodes, type NodeGroup, shortNameOf } from './node-scopes.ts';
import { positionFinder } from './source-text.ts';

/** Values beyond so many of a kind come in a group of their own, so that the nodes stay in sight. */
const flatValues = 8;

export function documentSymbols(document: OnnxDocument): DocumentSymbol[] {
  const context: Context = { document, rangeOf: rangeFinder(document) };
  return document.tree.declarations.map((declaration) => declarationSymbol(context, declaration));
}

interface Context {
  readonly document: OnnxDocument;
  /** Range of a span that is relative to a segment. */
  readonly rangeOf: (segment: number, span: Span) => Range;
}

function rangeFinder({ source, tree }: OnnxDocument): Context['rangeOf'] {
  const positionAt = positionFinder(source);
  return (segment, span) => {
    const base = tree.starts[segment] ?? 0;
    return { start: positionAt(base + span.start), end: positionAt(base + span.end) };
  };
}

function declarationSymbol(context: Context, declaration: Declaration): DocumentSymbol {
  const { tree } = context.document;
  const start = tree.starts[declaration.signature] ?? 0;
  const signature = tree.segments[declaration.signature];
  const isSignature = signature?.kind === 'graph-signature' || signature?.kind === 'function-signature';
  const length = Math.max(declaration.end - start, 0);
  const range = context.rangeOf(declaration.signature, { start: 0, end: length });
  if (!isSignature) {
    return symbol('?', SymbolKind.Module, range, range);
  }
  const inSignature = (values: readonly ValueDeclaration[], title: string) =>
    valueGroup(
      context,
      title,
      values.map((value) => ({ segment: declaration.signature, value })),
    );
  const { initializers, infos } = valuesOf(tree.segments, declaration);
  const body = groupNodes(tree.segments, declaration.nodes.from, declaration.nodes.to);
  return symbol(
    nameOr(signature.name, declaration.kind),
    declaration.kind === 'graph' ? SymbolKind.Module : SymbolKind.Function,
    range,
    context.rangeOf(declaration.signature, signature.name),
    declaration.kind,
    [
      ...inSignature(signature.inputs, 'inputs'),
      ...inSignature(signature.outputs, 'outputs'),
      ...valueGroup(context, 'initializers', initializers),
      ...valueGroup(context, 'value infos', infos),
      ...memberSymbols(context, body.members),
    ],
  );
}

interface PlacedValue {
  readonly segment: number;
  readonly value: ValueDeclaration;
}

function valuesOf(segments: readonly Segment[], { values }: Declaration) {
  const initializers: PlacedValue[] = [];
  const infos: PlacedValue[] = [];
  for (let segment = values.from; segment < values.to; segment++) {
    const value = segments[segment];
    if (value?.kind === 'value-declaration') {
      (value.data ? initializers : infos).push({ segment, value });
    }
  }
  return { initializers, infos };
}

function valueGroup(context: Context, title: string, values: readonly PlacedValue[]): DocumentSymbol[] {
  const kind = title === 'initializers' ? SymbolKind.Constant : SymbolKind.Variable;
  const symbols = values.map(({ segment, value }) => new ValueSymbol(context, segment, value, kind, title));
  const [first] = symbols;
  const last = symbols.at(-1);
  if (!first || !last || symbols.length <= flatValues) {
    return symbols;
  }
  const range = { start: first.range.start, end: last.range.end };
  return [symbol(title, SymbolKind.Namespace, range, first.selectionRange, `${symbols.length}`, symbols)];
}

/** The symbols of members of a group or a whole body. */
function memberSymbols(context: Context, members: NodeGroup['members']): DocumentSymbol[] {
  return members.flatMap((member) => memberSymbol(context, member) ?? []);
}

function memberSymbol(context: Context, member: NodeGroup | number): DocumentSymbol | undefined {
  if (typeof member === 'object') {
    return new GroupSymbol(context, member);
  }
  const node = context.document.tree.segments[member];
  return node?.kind === 'node-statement'
    ? new NodeSymbol(context, member, node, shortNameOf(node))
    : undefined;
}

/** A module, with its nodes worked out when they are asked for. */
class GroupSymbol implements DocumentSymbol {
  readonly kind = SymbolKind.Namespace;
  readonly #context: Context;
  readonly #group: NodeGroup;

  constructor(context: Context, group: NodeGroup) {
    this.#context = context;
    this.#group = group;
  }

  get name(): string {
    return this.#group.name;
  }

  get range(): Range {
    const { from, to } = this.#group;
    const { document, rangeOf } = this.#context;
    return {
      start: rangeOf(from, { start: 0, end: 0 }).start,
      end: rangeOf(to, { start: 0, end: document.tree.segments[to]?.end ?? 0 }).end,
    };
  }

  get selectionRange(): Range {
    const [first] = this.#group.members;
    return (
      (first === undefined ? undefined : memberSymbol(this.#context, first)?.selectionRange) ?? this.range
    );
  }

  get children(): DocumentSymbol[] {
    return memberSymbols(this.#context, this.#group.members);
  }

  toJSON(): DocumentSymbol {
    const { name, kind, range, selectionRange, children } = this;
    return symbol(name, kind, range, selectionRange, undefined, children);
  }
}

/**
 * The symbol of a value or node, worked out when it is asked for or sent: there are as many of them as statements, with six objects
 * each, which together would take several times the memory of the answer.
 */
abstract class StatementSymbol<Part extends Span> implements DocumentSymbol {
  protected readonly context: Context;
  protected readonly segment: number;
  protected readonly part: Part;
  abstract readonly kind: SymbolKind;

  constructor(context: Context, segment: number, part: Part) {
    this.context = context;
    this.segment = segment;
    this.part = part;
  }

  abstract get name(): string;
  abstract get detail(): string;
  abstract get selectionRange(): Range;

  get range(): Range {
    return this.context.rangeOf(this.segment, this.part);
  }

  get children(): DocumentSymbol[] {
    return [];
  }

  toJSON(): DocumentSymbol {
    const { name, kind, range, selectionRange, detail, children } = this;
    return symbol(name, kind, range, selectionRange, detail, children);
  }
}

class ValueSymbol extends StatementSymbol<ValueDeclaration> {
  readonly kind: SymbolKind;
  readonly #title: string;

  constructor(context: Context, segment: number, part: ValueDeclaration, kind: SymbolKind, title: string) {
    super(context, segment, part);
    this.kind = kind;
    this.#title = title;
  }

  get name(): string {
    return nameOr(this.part.name, this.#title);
  }

  get detail(): string {
    const { type } = this.part;
    return type ? textOf(this.context.document, this.segment, type) : '';
  }

  get selectionRange(): Range {
    return this.context.rangeOf(this.segment, this.part.name);
  }
}

/** A node with the nodes of its subgraphs. */
class NodeSymbol extends StatementSymbol<NodeStatement> {
  readonly detail: string;

  constructor(context: Context, segment: number, part: NodeStatement, shortName?: string) {
    super(context, segment, part);
    this.detail = shortName ?? (part.label?.name || part.outputs[0]?.name || '');
  }

  get kind(): SymbolKind {
    return SymbolKind.Operator;
  }

  get name(): string {
    return nameOr(this.part.operator, 'node');
  }

  get selectionRange(): Range {
    return this.context.rangeOf(this.segment, this.part.operator);
  }

  override get children(): DocumentSymbol[] {
    const { context, segment, part } = this;
    const children: DocumentSymbol[] = [];
    for (const attribute of part.attributes) {
      const { name, value } = attribute;
      if (value.kind === 'graph') {
        const nodes = value.value.nodes.map((inner) => new NodeSymbol(context, segment, inner));
        // The name has to be inside, or editors refuse all symbols.
        const ranges = [context.rangeOf(segment, attribute), context.rangeOf(segment, name)] as const;
        children.push(symbol(name.name, SymbolKind.Module, ...ranges, 'graph', nodes));
      }
    }
    return children;
  }
}

function nameOr(identifier: Identifier, otherwise: string): string {
  // The protocol forbids names that are empty or blank.
  return identifier.name.trim() === '' ? otherwise : identifier.name;
}

function symbol(
  name: string,
  kind: SymbolKind,
  range: Range,
  selectionRange: Range,
  detail?: string,
  children?: DocumentSymbol[],
): DocumentSymbol {
  // Made by the hundred thousand: property by property is several times faster than by spreading parts.
  const result: DocumentSymbol = { name, kind, range, selectionRange };
  if (detail) {
    result.detail = detail;
  }
  if (children && children.length > 0) {
    result.children = children;
  }
  return result;
}
