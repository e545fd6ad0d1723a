/**
 * textDocument/rename and prepareRename: values with their uses in subgraphs, local functions with their calls, attributes of
 * functions, domains of local functions, symbolic dimensions, names of nodes and graphs. A new name that would mean something else somewhere is refused.
 */
import type { Position, Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { functionsOf, type LocalFunction } from '../onnx/analysis/functions.ts';
import { declarationAt, occurrencesOf, segmentsOf } from '../onnx/analysis/names.ts';
import { defines, definesName, subgraphsOf } from '../onnx/analysis/segment-names.ts';
import { normalizedDomain } from '../onnx/operators/table.ts';
import { unambiguousIdentifier } from '../onnx/text/printer/literals.ts';
import type { GraphSyntax, NodeStatement, Span } from '../onnx/text/syntax-tree.ts';
import { dimensionReferences } from './dimension-references.ts';
import { type OnnxDocument, rangeInSegment } from './document.ts';
import { type Element, nodeAround, placeAt } from './elements.ts';
import { domainConflict, domainPlaces, isOwnDomain } from './rename-domain.ts';
import { offsetAt } from './source-text.ts';
import { type DocumentSymbolAtCursor, referencesOfSymbol, symbolAt } from './symbol-references.ts';
import { occurrencesOfValue, type ValueReference } from './values.ts';

export interface RenameTarget {
  readonly range: Range;
  /** The name without quotes. */
  readonly placeholder: string;
}

export type RenameResult =
  | { readonly kind: 'edit'; readonly edit: WorkspaceEdit }
  /** Why the name cannot be this one: a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

export function prepareRename(document: OnnxDocument, position: Position): RenameTarget | undefined {
  const target = targetAt(document, position);
  return target && { range: rangeInSegment(document, target.segment, target.span), placeholder: target.name };
}

export function rename(document: OnnxDocument, position: Position, newName: string): RenameResult {
  const target = targetAt(document, position);
  if (!target) {
    return refused(
      'Here is nothing that can be renamed: put the cursor on a value, function, dimension, node name or the domain of local functions.',
    );
  }
  const name = withoutQuotes(newName);
  if (name.trim() === '') {
    return refused('A name cannot be empty.');
  }
  const reason = name === target.name ? undefined : target.conflict(name);
  if (reason !== undefined) {
    return refused(reason);
  }
  const edits: TextEdit[] = target.spans().map(({ segment, span, textOf }) => ({
    range: rangeInSegment(document, segment, span),
    newText: (textOf ?? unambiguousIdentifier)(name),
  }));
  return { kind: 'edit', edit: { changes: { [document.uri]: edits } } };
}

interface Target {
  readonly name: string;
  /** Where the cursor is. */
  readonly segment: number;
  readonly span: Span;
  readonly spans: () => readonly RenamedPlace[];
  readonly conflict: (name: string) => string | undefined;
}

interface RenamedPlace {
  readonly segment: number;
  readonly span: Span;
  /** How a name is written here, where it is not as an identifier. */
  readonly textOf?: (name: string) => string;
}

function targetAt(document: OnnxDocument, position: Position): Target | undefined {
  const place = placeAt(document.tree, offsetAt(document.source, position));
  const element = place?.path.at(-1);
  if (!place || !element) {
    return undefined;
  }
  const { segment } = place;
  if (element.kind === 'identifier' && (element.role === 'label' || element.role === 'graph-name')) {
    const span = element.node;
    return {
      name: span.name,
      segment,
      span,
      spans: () => [{ segment, span }],
      conflict: element.role === 'label' ? (name) => labelConflict(document, segment, name) : () => undefined,
    };
  }
  const isOfType = place.path.at(-2)?.kind === 'type';
  if (
    element.kind === 'identifier' &&
    !isOfType &&
    (element.role === 'domain' || element.role === 'opset-domain')
  ) {
    const { node: span } = element;
    return isOwnDomain(document, span.name)
      ? {
          name: span.name,
          segment,
          span,
          spans: () => domainPlaces(document, span.name),
          conflict: (name) => domainConflict(document, name),
        }
      : undefined;
  }
  const found = symbolAt(document, position);
  const span = found && renamedSpan(element, nodeAround(place.path), found.symbol);
  if (!found || !span) {
    return undefined;
  }
  const { symbol } = found;
  return {
    name: nameOf(symbol),
    segment,
    span,
    spans: () => referencesOfSymbol(document, symbol),
    conflict: (name) => conflictOf(document, symbol, name),
  };
}

/** With the cursor on the overload of a call, the function's name is what is renamed. */
function renamedSpan(
  element: Element,
  node: NodeStatement | undefined,
  symbol: DocumentSymbolAtCursor,
): Span | undefined {
  if (symbol.kind === 'dimension') {
    return element.node;
  }
  if (element.kind !== 'identifier') {
    return undefined;
  }
  return symbol.kind === 'function' && element.role === 'overload' ? node?.operator : element.node;
}

function nameOf(symbol: DocumentSymbolAtCursor): string {
  switch (symbol.kind) {
    case 'value':
      return symbol.value.name;
    case 'function':
      return symbol.called.name;
    case 'attribute-parameter':
    case 'dimension':
      return symbol.name;
  }
}

function conflictOf(
  document: OnnxDocument,
  symbol: DocumentSymbolAtCursor,
  name: string,
): string | undefined {
  switch (symbol.kind) {
    case 'value':
      return valueConflict(document, symbol.value, name);
    case 'function':
      return functionConflict(document, symbol.called, name);
    case 'attribute-parameter': {
      const { attributeParameters, attributeDefaults } = symbol.of.signature;
      const names = [...attributeParameters, ...attributeDefaults.map((attribute) => attribute.name)];
      return names.some((known) => known.name === name)
        ? `The function "${symbol.of.name}" already has an attribute "${name}". Choose another name.`
        : undefined;
    }
    case 'dimension':
      return dimensionReferences(document, symbol.segment, name).length > 0
        ? `There is already a dimension "${name}" here; the two would become one size. Choose another name.`
        : undefined;
  }
}

/** The name must be free where the value is, and must not be taken by a subgraph in which the value is used. */
function valueConflict(document: OnnxDocument, value: ValueReference, name: string): string | undefined {
  const taken = occurrencesOf(document.names, value.scope, name, value.segment);
  const own = value.scope.graphs.at(-1);
  if (own ? definesName(own, name) || taken.length > 0 : taken.length > 0) {
    const first = taken[0];
    const line = first && rangeInSegment(document, first.segment, first.identifier).start.line + 1;
    const isDefined = taken.some(({ role }) => defines(role));
    return `There is already a value "${name}"${line === undefined ? '' : ` (${isDefined ? 'first named' : 'used'} in line ${line})`}. Choose another name.`;
  }
  for (const { segment } of occurrencesOfValue(document, value)) {
    const statement = document.tree.segments[segment];
    if (statement?.kind === 'node-statement') {
      const graph = capturingGraph(statement, value, name);
      if (graph) {
        return `The graph "${graph.name.name}" uses "${value.name}" and defines a value "${name}" of its own, which would take its place. Choose another name.`;
      }
    }
  }
  return undefined;
}

/** A graph inside the statement that defines `name`, and uses the value. */
function capturingGraph(
  statement: NodeStatement,
  value: ValueReference,
  name: string,
): GraphSyntax | undefined {
  for (const { graph } of subgraphsOf(statement)) {
    if (definesName(graph, value.name) && !value.scope.graphs.includes(graph)) {
      continue;
    }
    if (!value.scope.graphs.includes(graph) && definesName(graph, name) && usesName(graph, value.name)) {
      return graph;
    }
    for (const inner of graph.nodes) {
      const found = capturingGraph(inner, value, name);
      if (found) {
        return found;
      }
    }
  }
  return undefined;
}

function usesName(graph: GraphSyntax, name: string): boolean {
  return (
    graph.outputs.some((output) => output.name.name === name) ||
    graph.nodes.some(
      (node) =>
        node.inputs.some((input) => input.name === name) ||
        [...subgraphsOf(node)].some(({ graph: inner }) => !definesName(inner, name) && usesName(inner, name)),
    )
  );
}

function functionConflict({ tree }: OnnxDocument, called: LocalFunction, name: string): string | undefined {
  const domain = normalizedDomain(called.domain);
  for (const other of functionsOf(tree).values()) {
    if (
      other.name === name &&
      normalizedDomain(other.domain) === domain &&
      other.overload === called.overload
    ) {
      return `There is already a function "${[other.domain, name].filter(Boolean).join('.')}". Choose another name.`;
    }
  }
  for (const segment of tree.segments) {
    if (segment.kind === 'node-statement' && callsName(segment, domain, name, called.overload)) {
      return `Nodes use an operator "${name}" of the domain "${called.domain}", which the function would take the place of. Choose another name.`;
    }
  }
  return undefined;
}

function callsName(node: NodeStatement, domain: string, name: string, overload: string): boolean {
  if (
    node.operator.name === name &&
    normalizedDomain(node.domain?.name ?? '') === domain &&
    (node.overload?.name ?? '') === overload
  ) {
    return true;
  }
  return [...subgraphsOf(node)].some(({ graph }) =>
    graph.nodes.some((inner) => callsName(inner, domain, name, overload)),
  );
}

function labelConflict(document: OnnxDocument, at: number, name: string): string | undefined {
  const { tree } = document;
  const declaration = declarationAt(tree, at);
  const { from, to } = declaration === undefined ? { from: 0, to: 0 } : segmentsOf(tree, declaration);
  for (let segment = from; segment < to; segment++) {
    const node = tree.segments[segment];
    if (segment !== at && node?.kind === 'node-statement' && node.label?.name === name) {
      const line = rangeInSegment(document, segment, node.label).start.line + 1;
      return `The node in line ${line} is already named "${name}". Choose another name.`;
    }
  }
  return undefined;
}

/** A name typed with quotes, as the text has it. */
function withoutQuotes(name: string): string {
  const quoted = /^"((?:\\[\s\S]|[^"\\])*)"$/.exec(name.trim())?.[1];
  return quoted === undefined ? name : quoted.replace(/\\([\s\S])/gu, '$1');
}

function refused(reason: string): RenameResult {
  return { kind: 'refused', reason };
}
