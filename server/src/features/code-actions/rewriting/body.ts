/** Bodies of nodes (the graph, a function, a graph inside an attribute) and their statements, wherever they stand. */
import { declarationAt, type Scope } from '../../../onnx/analysis/names.ts';
import { subgraphsOf } from '../../../onnx/analysis/segment-names.ts';
import type {
  GraphSyntax,
  NodeStatement,
  SyntaxTree,
  ValueDeclaration,
} from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { lastSegmentFrom } from '../../elements.ts';

export interface Body {
  readonly scope: Scope;
  /** The segment that the scope's graphs are in; the declaration's signature where it has none. */
  readonly segment: number;
}

export interface Statement {
  readonly node: NodeStatement;
  /** Index of the segment that it is, or is in. */
  readonly segment: number;
  /** Absolute offset that the node's spans are relative to. */
  readonly base: number;
  /** Absolute, from its first annotation. */
  readonly start: number;
  readonly end: number;
  /** Absolute end of what stands before it: the statement before, or the head of the body. */
  readonly previousEnd: number;
}

/** A value declaration in the `<…>` of a body or in its signature, with absolute offsets. */
export interface Entry {
  readonly declaration: ValueDeclaration;
  readonly segment: number;
  readonly base: number;
  readonly start: number;
  readonly end: number;
}

/** The statements that a selection touches. */
export interface SelectedStatements {
  readonly body: Body;
  readonly count: number;
  readonly statements: () => readonly Statement[];
}

/** Undefined where the selection touches no statements, or those of several bodies. */
export function statementsIn(
  document: OnnxDocument,
  start: number,
  end: number,
): SelectedStatements | undefined {
  const { tree } = document;
  let from = Math.max(0, lastSegmentFrom(tree, start));
  if ((tree.starts[from] ?? 0) + (tree.segments[from]?.end ?? 0) <= start) {
    from++;
  }
  const to = lastSegmentFrom(tree, end - 1) + 1;
  // Only counted: this is done with every move of the selection, however long it is.
  let [count, first, last] = [0, 0, 0];
  for (let segment = from; segment < to; segment++) {
    if (tree.segments[segment]?.kind === 'node-statement') {
      first = count === 0 ? segment : first;
      last = segment;
      count++;
    }
  }
  const declaration = count === 0 ? undefined : declarationAt(tree, first);
  if (declaration === undefined || declarationAt(tree, last) !== declaration) {
    return undefined;
  }
  const body = bodyOf(document, { declaration, graphs: [] }, first);
  const statements = () => statementsOfSegments(document.tree, from, to);
  const [only] = count === 1 ? statements() : [];
  return only ? innermost(body, only, start, end) : { body, count, statements };
}

function innermost(
  body: Body,
  statement: Statement,
  start: number,
  end: number,
): SelectedStatements | undefined {
  const { node, base, segment } = statement;
  for (const { graph } of subgraphsOf(node)) {
    if (base + graph.start <= start && end <= base + graph.end) {
      const inner: Body = {
        scope: { declaration: body.scope.declaration, graphs: [...body.scope.graphs, graph] },
        segment,
      };
      const statements = statementsOfGraph(graph, segment, base).filter(
        (candidate) => candidate.start < end && candidate.end > start,
      );
      const [only] = statements;
      if (!only) {
        return undefined;
      }
      return statements.length === 1
        ? innermost(inner, only, start, end)
        : { body: inner, count: statements.length, statements: () => statements };
    }
  }
  return { body, count: 1, statements: () => [statement] };
}

/** The body that a scope is of. `segment` is the one that the scope's graphs are in. */
export function bodyOf({ tree }: OnnxDocument, scope: Scope, segment: number): Body {
  const signature = tree.declarations[scope.declaration]?.signature ?? 0;
  return { scope, segment: scope.graphs.length > 0 ? segment : signature };
}

/** All statements of a body, in order. */
export function statementsOf(document: OnnxDocument, { scope, segment }: Body): Statement[] {
  const graph = scope.graphs.at(-1);
  if (graph) {
    return statementsOfGraph(graph, segment, document.tree.starts[segment] ?? 0);
  }
  const nodes = document.tree.declarations[scope.declaration]?.nodes ?? { from: 0, to: 0 };
  return statementsOfSegments(document.tree, nodes.from, nodes.to);
}

/** The bodies inside a statement, at any depth, each before those inside it. */
export function* bodiesInside(body: Body, { node, segment }: Statement): Generator<Body> {
  for (const { graph } of subgraphsOf(node)) {
    const inner: Body = {
      scope: { declaration: body.scope.declaration, graphs: [...body.scope.graphs, graph] },
      segment,
    };
    yield inner;
    for (const statement of statementsOfGraph(graph, segment, 0)) {
      yield* bodiesInside(inner, statement);
    }
  }
}

/** The entries of a body's `<…>`: initializers and value infos. */
export function entriesOf(document: OnnxDocument, { scope, segment }: Body): Entry[] {
  const { tree } = document;
  const graph = scope.graphs.at(-1);
  if (graph) {
    const base = tree.starts[segment] ?? 0;
    return graph.values.map((declaration) => entry(declaration, segment, base));
  }
  const { from, to } = tree.declarations[scope.declaration]?.values ?? { from: 0, to: 0 };
  return entriesOfSegments(tree, from, to);
}

/** The value declarations among the segments from `from` to before `to`. */
export function entriesOfSegments(tree: SyntaxTree, from: number, to: number): Entry[] {
  const entries: Entry[] = [];
  for (let at = from; at < to; at++) {
    const declaration = tree.segments[at];
    if (declaration?.kind === 'value-declaration') {
      entries.push(entry(declaration, at, tree.starts[at] ?? 0));
    }
  }
  return entries;
}

/** Absolute offset behind what stands before the `<` of the entries, or the `{` where there are none. */
export function endOfSignature(document: OnnxDocument, { scope, segment }: Body): number {
  const base = document.tree.starts[segment] ?? 0;
  const graph = scope.graphs.at(-1);
  return base + (graph ? endOfHead(graph, false) : (document.tree.segments[segment]?.end ?? 0));
}

export function entry(declaration: ValueDeclaration, segment: number, base: number): Entry {
  return { declaration, segment, base, start: base + declaration.start, end: base + declaration.end };
}

/** The nodes among the segments from `from` to before `to`. */
export function statementsOfSegments(tree: SyntaxTree, from: number, to: number): Statement[] {
  const statements: Statement[] = [];
  for (let segment = from; segment < to; segment++) {
    const node = tree.segments[segment];
    if (node?.kind === 'node-statement') {
      const start = tree.starts[segment] ?? 0;
      const previousEnd = (tree.starts[segment - 1] ?? 0) + (tree.segments[segment - 1]?.end ?? 0);
      statements.push({ node, segment, base: start, start, end: start + node.end, previousEnd });
    }
  }
  return statements;
}

export function statementsOfGraph(graph: GraphSyntax, segment: number, base: number): Statement[] {
  let previousEnd = base + endOfHead(graph, true);
  return graph.nodes.map((node) => {
    const statement = {
      node,
      segment,
      base,
      start: base + node.start,
      end: base + node.end,
      previousEnd,
    };
    previousEnd = statement.end;
    return statement;
  });
}

/** Behind the last part of a graph that has a place of its own: what follows is punctuation up to its first node. */
function endOfHead(graph: GraphSyntax, withValues: boolean): number {
  const parts = [graph.name, ...graph.inputs, ...graph.outputs, ...(withValues ? graph.values : [])];
  return Math.max(...parts.map(({ end }) => end));
}
