/** workspace/symbol: graphs, functions, nodes by name or output, and initializers of the open documents. */
import { type Range, SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver-types';
import type { Span } from '../onnx/text/syntax-tree.ts';
import { matches } from './completion/match.ts';
import { type OnnxDocument, rangeInSegment } from './document.ts';

/** More are no help; editors ask again as more is typed. */
const maximumSymbols = 500;

export function workspaceSymbols(documents: readonly OnnxDocument[], query: string): WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  for (const document of documents) {
    collect(document, query, found);
  }
  return found;
}

function collect(document: OnnxDocument, query: string, found: WorkspaceSymbol[]): void {
  const { tree, uri } = document;
  for (const [segment, node] of tree.segments.entries()) {
    if (found.length >= maximumSymbols) {
      return;
    }
    const add = (name: string, kind: SymbolKind, span: Span, containerName: string): void => {
      if (name.trim() !== '' && matches(name, query)) {
        const range: Range = rangeInSegment(document, segment, span);
        found.push({ name, kind, containerName, location: { uri, range } });
      }
    };
    switch (node.kind) {
      case 'graph-signature':
        add(node.name.name, SymbolKind.Module, node.name, 'graph');
        break;
      case 'function-signature':
        add(node.name.name, SymbolKind.Function, node.name, 'function');
        break;
      case 'value-declaration':
        if (node.data) {
          add(node.name.name, SymbolKind.Constant, node.name, 'initializer');
        }
        break;
      case 'node-statement': {
        const named = node.label ?? node.outputs[0];
        if (named) {
          add(named.name, SymbolKind.Operator, named, node.operator.name);
        }
        break;
      }
      default:
    }
  }
}
