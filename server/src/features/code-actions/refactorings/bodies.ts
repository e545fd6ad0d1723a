/** All places where nodes stand: the graph, functions, and the graphs inside attributes, with offsets in the whole text. */
import { subgraphsOf } from '../../../onnx/analysis/segment-names.ts';
import type {
  GraphSyntax,
  NodeStatement,
  Span,
  SyntaxTree,
  ValueDeclaration,
} from '../../../onnx/text/syntax-tree.ts';
import { skipBlanksAndComments } from './removal.ts';

/** A part of the tree and the offset that its spans are relative to. */
export interface Placed<Part> {
  readonly part: Part;
  readonly base: number;
}

export interface Body {
  readonly kind: 'graph' | 'function' | 'subgraph';
  /** Index into SyntaxTree.declarations of the graph or function that it is (in). */
  readonly declaration: number;
  readonly inputs: readonly Placed<ValueDeclaration>[];
  readonly outputs: readonly Placed<ValueDeclaration>[];
  /** Initializers and value infos. */
  readonly values: readonly Placed<ValueDeclaration>[];
  readonly nodes: readonly Placed<NodeStatement>[];
  /** Where the text before the first value and node of the list ends: nothing before it belongs to the body's lists. */
  readonly start: number;
}

/** The graph's and the functions' own bodies, in the order of the text. */
export function bodiesOf(tree: SyntaxTree): Body[] {
  return tree.declarations.flatMap(({ kind, signature: at, values, nodes }, declaration) => {
    const signature = tree.segments[at];
    if (signature?.kind !== 'graph-signature' && signature?.kind !== 'function-signature') {
      return [];
    }
    const base = tree.starts[at] ?? 0;
    const placed = (part: ValueDeclaration) => ({ part, base });
    return {
      kind,
      declaration,
      inputs: signature.inputs.map(placed),
      outputs: signature.outputs.map(placed),
      values: segmentsOfKind(tree, values, 'value-declaration'),
      nodes: segmentsOfKind(tree, nodes, 'node-statement'),
      start: base + signature.end,
    };
  });
}

/** The graphs inside a node's attributes. */
export function bodiesInside({ part, base }: Placed<NodeStatement>, declaration: number): Body[] {
  return Array.from(subgraphsOf(part), ({ graph }) => subgraphBody(graph, base, declaration));
}

/** A body's nodes and those inside them, in the order of the text. */
export function* nodesInside(body: Body): Generator<Placed<NodeStatement>> {
  for (const node of body.nodes) {
    yield node;
    for (const inner of bodiesInside(node, body.declaration)) {
      yield* nodesInside(inner);
    }
  }
}

export function absolute<Part extends Span>({ part, base }: Placed<Part>): { start: number; end: number } {
  return { start: base + part.start, end: base + part.end };
}

/** Where a statement begins without its annotations: at its label, outputs or `=`. */
export function headOf(text: string, { part, base }: Placed<NodeStatement>): number {
  const last = part.annotations.at(-1);
  return last ? skipBlanksAndComments(text, base + last.end) : base + part.start;
}

function subgraphBody(graph: GraphSyntax, base: number, declaration: number): Body {
  const placed = <Part>(part: Part) => ({ part, base });
  return {
    kind: 'subgraph',
    declaration,
    inputs: graph.inputs.map(placed),
    outputs: graph.outputs.map(placed),
    values: graph.values.map(placed),
    nodes: graph.nodes.map(placed),
    start: base + Math.max(graph.name.end, graph.outputs.at(-1)?.end ?? 0, graph.inputs.at(-1)?.end ?? 0),
  };
}

function segmentsOfKind<Kind extends 'value-declaration' | 'node-statement'>(
  tree: SyntaxTree,
  { from, to }: { readonly from: number; readonly to: number },
  kind: Kind,
): Placed<Extract<SyntaxTree['segments'][number], { kind: Kind }>>[] {
  const found: Placed<Extract<SyntaxTree['segments'][number], { kind: Kind }>>[] = [];
  for (let index = from; index < to; index++) {
    const part = tree.segments[index];
    if (part?.kind === kind) {
      found.push({
        part: part as Extract<SyntaxTree['segments'][number], { kind: Kind }>,
        base: tree.starts[index] ?? 0,
      });
    }
  }
  return found;
}
