/** The nodes of a model as TensorRT's ONNX parser names and enters them. */
import type { Graph, Model, Node } from '../onnx/model/model.ts';
import { calledFunctions, parserName, subgraphsOf } from '../onnx/model/nodes.ts';

export interface GraphNode {
  /** Its name, or `node_of_OUTPUT` where it has none. */
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Index in `model.graph.nodes` of the node, or of the outermost one that leads to it. */
  readonly top: number;
  /** Names of the calls and subgraphs that lead to it, outermost first; empty in the main graph. */
  readonly path: readonly string[];
  /** Whether its inputs are all known when the engine is built, so that TensorRT has nothing to compute at run time. */
  readonly isConstant: boolean;
}

/** All nodes that do work: of the main graph, of functions where they are called, and of subgraphs. */
export function graphNodes(model: Model): GraphNode[] {
  const { graph } = model;
  if (!graph) return [];
  const nodes: GraphNode[] = [];
  const walk = (list: readonly Node[], constants: Set<string>, path: readonly string[], top?: number) => {
    for (const [index, node] of list.entries()) {
      const subgraphs = subgraphsOf(node);
      const isConstant =
        subgraphs.length === 0 &&
        !/^(Random|Multinomial|Bernoulli)/.test(node.operator) &&
        node.inputs.every((input) => input === '' || constants.has(input));
      if (isConstant) for (const output of node.outputs) constants.add(output);
      const { operator, domain, inputs, outputs } = node;
      const entry = {
        name: parserName(node),
        operator,
        domain,
        inputs,
        outputs,
        top: top ?? index,
        path,
        isConstant,
      };
      nodes.push(entry);
      if (path.length >= deepest) continue;
      const inside = [...path, entry.name];
      for (const subgraph of subgraphs) {
        walk(subgraph.nodes, new Set([...constants, ...constantsOf(subgraph)]), inside, entry.top);
      }
      const called = functionOf(node);
      if (called) walk(called.nodes, new Set(), inside, entry.top);
    }
  };
  const functionOf = calledFunctions(model);
  walk(graph.nodes, constantsOf(graph), []);
  return nodes;
}

/** Functions that call themselves are no valid models; they end here. */
const deepest = 16;

function constantsOf(graph: Graph): Set<string> {
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  return new Set(graph.initializers.map(({ name }) => name).filter((name) => !inputs.has(name)));
}
