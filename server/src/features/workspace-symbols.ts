/**
 * workspace/symbol: graphs, functions, their inputs and outputs, initializers and nodes of the open documents, also those of graphs
 * inside attributes. Editors go on filtering by a symbol's name, so a node is named by what was found: its name or one of its
 * outputs, else its operator.
 */
import { SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver-types';
import { subgraphsOf } from '../onnx/analysis/segment-names.ts';
import type {
  FunctionSignature,
  GraphSignature,
  GraphSyntax,
  Identifier,
  NodeStatement,
  ValueDeclaration,
} from '../onnx/text/syntax-tree.ts';
import { matches } from './completion/match.ts';
import { type OnnxDocument, rangeInSegment } from './document.ts';

/** More are no help; editors ask again as more is typed. */
const maximumSymbols = 500;

export function workspaceSymbols(documents: readonly OnnxDocument[], query: string): WorkspaceSymbol[] {
  const search: Search = { query, lowered: query.toLowerCase(), contained: [], scattered: [], operators: [] };
  for (const document of documents) {
    for (const [segment, part] of document.tree.segments.entries()) {
      if (search.contained.length >= maximumSymbols) return search.contained;
      const place = { document, segment };
      switch (part.kind) {
        case 'graph-signature':
        case 'function-signature':
          searchSignature(search, place, part);
          break;
        case 'value-declaration':
          if (part.data) searchName(search, place, part.name, SymbolKind.Constant, 'initializer');
          break;
        case 'node-statement':
          searchNode(search, place, part);
          break;
        default:
      }
    }
  }
  // Whoever types `relu_1` wants the value of that name first, and whoever types `Relu`, that before all such nodes.
  return [...search.contained, ...search.scattered, ...search.operators].slice(0, maximumSymbols);
}

/** What is looked for, and the symbols found so far, of each kind no more than are answered. */
interface Search {
  readonly query: string;
  readonly lowered: string;
  /** By a name that has the query in one piece. */
  readonly contained: WorkspaceSymbol[];
  /** By a name that has its letters in their order. */
  readonly scattered: WorkspaceSymbol[];
  /** Nodes that only the operator led to. */
  readonly operators: WorkspaceSymbol[];
}

interface Place {
  readonly document: OnnxDocument;
  readonly segment: number;
}

function searchSignature(search: Search, place: Place, part: GraphSignature | FunctionSignature): void {
  const isGraph = part.kind === 'graph-signature';
  const kind = isGraph ? SymbolKind.Module : SymbolKind.Function;
  searchName(search, place, part.name, kind, isGraph ? 'graph' : 'function');
  searchPorts(search, place, part);
}

function searchGraph(search: Search, place: Place, graph: GraphSyntax): void {
  searchName(search, place, graph.name, SymbolKind.Module, 'graph');
  searchPorts(search, place, graph);
  for (const { name, data } of graph.values) {
    if (data) searchName(search, place, name, SymbolKind.Constant, 'initializer');
  }
  for (const node of graph.nodes) searchNode(search, place, node);
}

function searchPorts(
  search: Search,
  place: Place,
  { name, inputs, outputs }: { name: Identifier } & Record<'inputs' | 'outputs', readonly ValueDeclaration[]>,
): void {
  for (const input of inputs) {
    searchName(search, place, input.name, SymbolKind.Variable, `input of ${name.name}`);
  }
  for (const output of outputs) {
    searchName(search, place, output.name, SymbolKind.Variable, `output of ${name.name}`);
  }
}

function searchNode(search: Search, place: Place, node: NodeStatement): void {
  const { label, outputs, operator } = node;
  const isNamed =
    (label !== undefined && searchName(search, place, label, SymbolKind.Operator, operator.name)) ||
    outputs.some((output) => searchName(search, place, output, SymbolKind.Operator, operator.name));
  if (!isNamed && search.operators.length < maximumSymbols && isFound(operator, search.query)) {
    const named = label ?? outputs[0];
    search.operators.push(symbolOf(place, operator, SymbolKind.Operator, named?.name ?? ''));
  }
  if (node.attributes.length > 0) {
    for (const { graph } of subgraphsOf(node)) searchGraph(search, place, graph);
  }
}

/** Whether it is one that was looked for. */
function searchName(
  search: Search,
  place: Place,
  identifier: Identifier,
  kind: SymbolKind,
  containerName: string,
): boolean {
  const { name } = identifier;
  if (!isFound(identifier, search.query)) return false;
  const found = name.toLowerCase().includes(search.lowered) ? search.contained : search.scattered;
  if (found.length < maximumSymbols) found.push(symbolOf(place, identifier, kind, containerName));
  return true;
}

function isFound({ name }: Identifier, query: string): boolean {
  return matches(name, query) && name.trim() !== '';
}

function symbolOf(
  { document, segment }: Place,
  identifier: Identifier,
  kind: SymbolKind,
  containerName: string,
): WorkspaceSymbol {
  const range = rangeInSegment(document, segment, identifier);
  return { name: identifier.name, kind, containerName, location: { uri: document.uri, range } };
}
