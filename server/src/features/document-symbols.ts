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
import { groupNodes, isGroup, type NodeGroup, type NodeMember } from './node-scopes.ts';
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
      ...body.members.map((member) => memberSymbol(context, member)),
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
  const symbols = values.map(({ segment, value }) =>
    symbol(
      nameOr(value.name, title),
      kind,
      context.rangeOf(segment, value),
      context.rangeOf(segment, value.name),
      value.type && textOf(context.document, segment, value.type),
    ),
  );
  const [first] = symbols;
  const last = symbols.at(-1);
  if (!first || !last || symbols.length <= flatValues) {
    return symbols;
  }
  const range = { start: first.range.start, end: last.range.end };
  return [symbol(title, SymbolKind.Namespace, range, first.selectionRange, `${symbols.length}`, symbols)];
}

function memberSymbol(context: Context, member: NodeGroup | NodeMember): DocumentSymbol {
  if (!isGroup(member)) {
    return nodeSymbol(context, member.segment, member.node, member.shortName);
  }
  const children = member.members.map((child) => memberSymbol(context, child));
  const last = context.document.tree.segments[member.to];
  const range = {
    start: context.rangeOf(member.from, { start: 0, end: 0 }).start,
    end: context.rangeOf(member.to, { start: 0, end: last?.end ?? 0 }).end,
  };
  const selection = children[0]?.selectionRange ?? range;
  return symbol(member.name, SymbolKind.Namespace, range, selection, undefined, children);
}

/** A node with the nodes of its subgraphs. */
function nodeSymbol(
  context: Context,
  segment: number,
  node: NodeStatement,
  shortName = node.label?.name || node.outputs[0]?.name || '',
): DocumentSymbol {
  const children: DocumentSymbol[] = [];
  for (const { name, value } of node.attributes) {
    if (value.kind === 'graph') {
      children.push(
        symbol(
          name.name,
          SymbolKind.Module,
          context.rangeOf(segment, value),
          context.rangeOf(segment, name),
          'graph',
          value.value.nodes.map((inner) => nodeSymbol(context, segment, inner)),
        ),
      );
    }
  }
  return symbol(
    nameOr(node.operator, 'node'),
    SymbolKind.Operator,
    context.rangeOf(segment, node),
    context.rangeOf(segment, node.operator),
    shortName,
    children,
  );
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
