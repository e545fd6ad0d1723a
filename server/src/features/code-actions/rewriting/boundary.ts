/** What goes into a set of nodes and what comes out of it. */
import { segmentsOf } from '../../../onnx/analysis/names.ts';
import {
  type NameVisitor,
  visitGraphNames,
  visitSegmentNames,
} from '../../../onnx/analysis/segment-names.ts';
import type { Identifier } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { type Body, type Statement, statementsOf } from './body.ts';

export interface Boundary {
  /** Values from outside, captured ones of subgraphs included, in the order of their first use. */
  readonly inputs: readonly string[];
  /** Values made by the nodes that are used elsewhere; where none is, those that nothing uses at all. */
  readonly outputs: readonly string[];
  /** All other values made by the nodes. */
  readonly inner: readonly string[];
}

/** `results`: the outputs, where they are not to follow from the uses elsewhere. */
export function boundaryOf(
  document: OnnxDocument,
  body: Body,
  statements: readonly Statement[],
  results?: readonly string[],
): Boundary {
  const made = new Set<string>();
  const used = new Set<string>();
  for (const { node } of statements) {
    const uses: Identifier[] = [];
    visitSegmentNames(node, (identifier, role) => {
      if (role === 'node-output') {
        made.add(identifier.name);
      } else if (role !== 'value-info') {
        uses.push(identifier);
      }
    });
    // Attributes may stand before or behind the inputs.
    for (const { name } of uses.sort((a, b) => a.start - b.start)) {
      used.add(name);
    }
  }
  const inputs = [...used].filter((name) => !made.has(name));
  const isUsedElsewhere = usesElsewhere(document, body, statements);
  let outputs = results ?? [...made].filter(isUsedElsewhere);
  if (outputs.length === 0) {
    outputs = [...made].filter((name) => !used.has(name));
  }
  return { inputs, outputs, inner: [...made].filter((name) => !outputs.includes(name)) };
}

/** A node behind all of the statements that makes a value which they use: the body is not in order. */
export function laterMaker(
  document: OnnxDocument,
  body: Body,
  statements: readonly Statement[],
): { readonly statement: Statement; readonly value: string } | undefined {
  const last = statements.at(-1);
  const { inputs } = boundaryOf(document, body, statements, ['']);
  const wanted = new Set(inputs);
  for (const statement of statementsOf(document, body)) {
    if (last && statement.start > last.start) {
      const value = statement.node.outputs.find(({ name }) => wanted.has(name))?.name;
      if (value !== undefined) {
        return { statement, value };
      }
    }
  }
  return undefined;
}

function usesElsewhere(
  document: OnnxDocument,
  { scope }: Body,
  statements: readonly Statement[],
): (name: string) => boolean {
  const { tree } = document;
  const elsewhere = new Set<string>();
  const own = new Set(statements.map(({ node }) => node));
  const visitor: NameVisitor = ({ name }, role) => {
    if (role === 'node-input' || role === 'output') {
      elsewhere.add(name);
    }
  };
  const graph = scope.graphs.at(-1);
  if (graph) {
    visitGraphNames({ ...graph, nodes: graph.nodes.filter((node) => !own.has(node)) }, visitor);
    return (name) => elsewhere.has(name);
  }
  const { from, to } = segmentsOf(tree, scope.declaration);
  for (let index = from; index < to; index++) {
    const other = tree.segments[index];
    if (other && !(other.kind === 'node-statement' && own.has(other))) {
      visitSegmentNames(other, visitor);
    }
  }
  return (name) => elsewhere.has(name);
}
