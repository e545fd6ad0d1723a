/**
 * All bodies (the graph, functions, and the graphs inside nodes) with all that they list, for what works on the whole model. One body
 * at a time, found from a place in the text: rewriting/body.ts.
 */
import { subgraphsOf } from '../../../onnx/analysis/segment-names.ts';
import type { GraphSyntax, SyntaxTree } from '../../../onnx/text/syntax-tree.ts';
import {
  type Entry,
  entriesOfSegments,
  entry,
  type Statement,
  statementsOfGraph,
  statementsOfSegments,
} from '../rewriting/body.ts';
import { skipBlanksAndComments } from './removal.ts';

export interface ListedBody {
  readonly kind: 'graph' | 'function' | 'subgraph';
  /** Index into SyntaxTree.declarations of the graph or function that it is (in). */
  readonly declaration: number;
  readonly inputs: readonly Entry[];
  readonly outputs: readonly Entry[];
  /** Initializers and value infos. */
  readonly values: readonly Entry[];
  readonly nodes: readonly Statement[];
  /** Where the text before the first value and node of the list ends: nothing before it belongs to the body's lists. */
  readonly start: number;
}

/** The graph's and the functions' own bodies, in the order of the text. */
export function bodiesOf(tree: SyntaxTree): ListedBody[] {
  return tree.declarations.flatMap(({ kind, signature: at, values, nodes }, declaration) => {
    const signature = tree.segments[at];
    if (signature?.kind !== 'graph-signature' && signature?.kind !== 'function-signature') {
      return [];
    }
    const base = tree.starts[at] ?? 0;
    return {
      kind,
      declaration,
      inputs: signature.inputs.map((part) => entry(part, at, base)),
      outputs: signature.outputs.map((part) => entry(part, at, base)),
      values: entriesOfSegments(tree, values.from, values.to),
      nodes: statementsOfSegments(tree, nodes.from, nodes.to),
      start: base + signature.end,
    };
  });
}

/** The graphs inside a node's attributes. */
export function bodiesInside(statement: Statement, declaration: number): ListedBody[] {
  return Array.from(subgraphsOf(statement.node), ({ graph }) => subgraphBody(graph, statement, declaration));
}

/** A body's nodes and those inside them, in the order of the text. */
export function* nodesInside(body: ListedBody): Generator<Statement> {
  for (const statement of body.nodes) {
    yield statement;
    for (const inner of bodiesInside(statement, body.declaration)) {
      yield* nodesInside(inner);
    }
  }
}

/** Where a statement begins without its annotations: at its label, outputs or `=`. */
export function headOf(text: string, { node, base, start }: Statement): number {
  const last = node.annotations.at(-1);
  return last ? skipBlanksAndComments(text, base + last.end) : start;
}

function subgraphBody(graph: GraphSyntax, { segment, base }: Statement, declaration: number): ListedBody {
  return {
    kind: 'subgraph',
    declaration,
    inputs: graph.inputs.map((part) => entry(part, segment, base)),
    outputs: graph.outputs.map((part) => entry(part, segment, base)),
    values: graph.values.map((part) => entry(part, segment, base)),
    nodes: statementsOfGraph(graph, segment, base),
    start: base + Math.max(graph.name.end, graph.outputs.at(-1)?.end ?? 0, graph.inputs.at(-1)?.end ?? 0),
  };
}
