/** Names that nothing has yet. */
import { functionsOf } from '../../../onnx/analysis/functions.ts';
import { segmentsOf } from '../../../onnx/analysis/names.ts';
import { subgraphsOf } from '../../../onnx/analysis/segment-names.ts';
import { normalizedDomain } from '../../../onnx/operators/table.ts';
import type { GraphSyntax, NodeStatement } from '../../../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from '../../document.ts';
import { nodesIn } from '../../function-references.ts';

/** Names in use; those that are given out count from then on. */
export interface TakenNames {
  readonly values: Set<string>;
  readonly labels: Set<string>;
}

/** `wanted`, or `wanted_2` and so on where it is taken. */
export function freshName(taken: Set<string>, wanted: string): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) {
    name = `${wanted}_${count}`;
  }
  taken.add(name);
  return name;
}

/** Of a graph or function, with the graphs inside it: a name must not be defined in both. */
export function takenNames({ tree }: OnnxDocument, declaration: number): TakenNames {
  const values = new Set<string>();
  const labels = new Set<string>();
  const takeNode = (node: NodeStatement): void => {
    for (const { name } of node.outputs) values.add(name);
    for (const { name } of node.inputs) values.add(name);
    if (node.label) labels.add(node.label.name);
    for (const { graph } of subgraphsOf(node)) takeGraph(graph);
  };
  const takeGraph = (graph: GraphSyntax): void => {
    for (const list of [graph.inputs, graph.outputs, graph.values]) {
      for (const { name } of list) values.add(name.name);
    }
    for (const node of graph.nodes) takeNode(node);
  };
  const { from, to } = segmentsOf(tree, declaration);
  for (let index = from; index < to; index++) {
    const segment = tree.segments[index];
    if (segment?.kind === 'node-statement') {
      takeNode(segment);
    } else if (segment?.kind === 'value-declaration') {
      values.add(segment.name.name);
    } else if (segment?.kind === 'graph-signature' || segment?.kind === 'function-signature') {
      for (const { name } of [...segment.inputs, ...segment.outputs]) values.add(name.name);
    }
  }
  return { values, labels };
}

/** A domain for local functions in which nothing else is, and a name that is free in it. */
export function freshFunction(
  { tree }: OnnxDocument,
  wanted: string,
): { readonly domain: string; readonly name: string } {
  const functions = [...functionsOf(tree).values()];
  const keys = new Set(functions.map(({ domain, name }) => `${normalizedDomain(domain)} ${name}`));
  const namesByDomain = new Map<string, Set<string>>();
  const foreign = new Set<string>();
  const take = (domain: string, name: string): void => {
    const names = namesByDomain.get(domain) ?? new Set();
    names.add(name);
    namesByDomain.set(domain, names);
  };
  for (const { domain, name } of functions) {
    take(normalizedDomain(domain), name);
  }
  for (const segment of tree.segments) {
    for (const { domain, operator } of segment.kind === 'node-statement' ? nodesIn(segment) : []) {
      if (domain) {
        const key = normalizedDomain(domain.name);
        take(key, operator.name);
        if (!keys.has(`${key} ${operator.name}`)) {
          foreign.add(key);
        }
      }
    }
  }
  const domain = freshName(foreign, 'local');
  return { domain, name: freshName(namesByDomain.get(domain) ?? new Set(), wanted) };
}
