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
  ValueDeclaration,
} from '../onnx/text/syntax-tree.ts';
import { type OnnxDocument, rangeInSegment, textOf } from './document.ts';
import { groupNodes, isGroup, type NodeGroup, type NodeMember } from './node-scopes.ts';
import { rangeOf } from './source-text.ts';

/** Values beyond so many of a kind come in a group of their own, so that the nodes stay in sight. */
const flatValues = 8;

export function documentSymbols(document: OnnxDocument): DocumentSymbol[] {
  return document.tree.declarations.map((declaration) => declarationSymbol(document, declaration));
}

function declarationSymbol(document: OnnxDocument, declaration: Declaration): DocumentSymbol {
  const { tree, source } = document;
  const start = tree.starts[declaration.signature] ?? 0;
  const signature = tree.segments[declaration.signature];
  const isSignature = signature?.kind === 'graph-signature' || signature?.kind === 'function-signature';
  const range = rangeOf(source, start, Math.max(declaration.end, start));
  if (!isSignature) {
    return symbol('?', SymbolKind.Module, range, range);
  }
  const inSignature = (values: readonly ValueDeclaration[], title: string) =>
    valueGroup(
      document,
      title,
      values.map((value) => ({ segment: declaration.signature, value })),
    );
  const { initializers, infos } = valuesOf(tree.segments, declaration);
  const body = groupNodes(tree.segments, declaration.nodes.from, declaration.nodes.to);
  return symbol(
    nameOr(signature.name, declaration.kind),
    declaration.kind === 'graph' ? SymbolKind.Module : SymbolKind.Function,
    range,
    rangeInSegment(document, declaration.signature, signature.name),
    declaration.kind,
    [
      ...inSignature(signature.inputs, 'inputs'),
      ...inSignature(signature.outputs, 'outputs'),
      ...valueGroup(document, 'initializers', initializers),
      ...valueGroup(document, 'value infos', infos),
      ...body.members.map((member) => memberSymbol(document, member)),
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

function valueGroup(document: OnnxDocument, title: string, values: readonly PlacedValue[]): DocumentSymbol[] {
  const kind = title === 'initializers' ? SymbolKind.Constant : SymbolKind.Variable;
  const symbols = values.map(({ segment, value }) =>
    symbol(
      nameOr(value.name, title),
      kind,
      rangeInSegment(document, segment, value),
      rangeInSegment(document, segment, value.name),
      value.type && textOf(document, segment, value.type),
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

function memberSymbol(document: OnnxDocument, member: NodeGroup | NodeMember): DocumentSymbol {
  if (!isGroup(member)) {
    return nodeSymbol(document, member.segment, member.node, member.shortName);
  }
  const children = member.members.map((child) => memberSymbol(document, child));
  const { starts, segments } = document.tree;
  const last = segments[member.to];
  const end = (starts[member.to] ?? 0) + (last ? last.end : 0);
  const range = rangeOf(document.source, starts[member.from] ?? 0, end);
  const selection = children[0]?.selectionRange ?? range;
  return symbol(member.name, SymbolKind.Namespace, range, selection, undefined, children);
}

/** A node with the nodes of its subgraphs. */
function nodeSymbol(
  document: OnnxDocument,
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
          rangeInSegment(document, segment, value),
          rangeInSegment(document, segment, name),
          'graph',
          value.value.nodes.map((inner) => nodeSymbol(document, segment, inner)),
        ),
      );
    }
  }
  return symbol(
    nameOr(node.operator, 'node'),
    SymbolKind.Operator,
    rangeInSegment(document, segment, node),
    rangeInSegment(document, segment, node.operator),
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
  return {
    name,
    kind,
    range,
    selectionRange,
    ...(detail && { detail }),
    ...(children && children.length > 0 && { children }),
  };
}
