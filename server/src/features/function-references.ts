/** Where a local function is declared and called. */
import { calledFunction, functionsOf, type LocalFunction } from '../onnx/analysis/functions.ts';
import { subgraphsOf } from '../onnx/analysis/segment-names.ts';
import type { Identifier, NodeStatement } from '../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from './document.ts';

export interface FunctionReference {
  readonly kind: 'declaration' | 'call';
  /** Index of the segment; the identifier's span is relative to it. */
  readonly segment: number;
  readonly identifier: Identifier;
}

/** In document order. */
export function functionReferences(document: OnnxDocument, called: LocalFunction): FunctionReference[] {
  const { tree } = document;
  const references: FunctionReference[] = [];
  for (const [segment, statement] of tree.segments.entries()) {
    if (statement === called.signature) {
      references.push({ kind: 'declaration', segment, identifier: called.signature.name });
    } else if (statement.kind === 'node-statement') {
      for (const node of nodesIn(statement)) {
        if (node.operator.name === called.name && calledFunction(tree, node) === called) {
          references.push({ kind: 'call', segment, identifier: node.operator });
        }
      }
    }
  }
  return references;
}

/** All calls of local functions, by the function. */
export function allCalls({ tree }: OnnxDocument): ReadonlyMap<LocalFunction, readonly FunctionReference[]> {
  const calls = new Map<LocalFunction, FunctionReference[]>();
  const names = new Set([...functionsOf(tree).values()].map(({ name }) => name));
  for (const [segment, statement] of tree.segments.entries()) {
    for (const node of statement.kind === 'node-statement' ? nodesIn(statement) : []) {
      const called = names.has(node.operator.name) ? calledFunction(tree, node) : undefined;
      if (called) {
        const known = calls.get(called) ?? [];
        known.push({ kind: 'call', segment, identifier: node.operator });
        calls.set(called, known);
      }
    }
  }
  return calls;
}

/** A node and the nodes of its subgraphs. */
export function* nodesIn(node: NodeStatement): Generator<NodeStatement> {
  yield node;
  for (const { graph } of subgraphsOf(node)) {
    for (const inner of graph.nodes) {
      yield* nodesIn(inner);
    }
  }
}
