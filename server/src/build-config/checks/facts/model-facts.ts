/** What checks need of a model. */
import type { Model, Node, Shape } from '../../../onnx/model/model.ts';
import { portsOf } from '../../trtexec/ports.ts';
import type { DimFact, ModelFacts, PortFacts } from './facts.ts';
import { graphsOf, inputsThatShape } from './shape-inputs.ts';

export function modelFacts(model: Model): ModelFacts {
  const { graph } = model;
  const types = new Map(
    [...(graph?.inputs ?? []), ...(graph?.outputs ?? [])].map(({ name, type }) => [name, type]),
  );
  const { inputs, outputs } = portsOf(model);
  const shaping = inputsThatShape(model);
  const portOf = ({ name, type }: (typeof inputs)[number]): PortFacts => {
    const declared = types.get(name);
    const shape = declared?.kind === 'tensor' ? declared.shape : undefined;
    return { name, type, dims: shape && dimsOf(shape) };
  };
  const layers = new Set<string>();
  const values = new Set<string>();
  let isQuantized = false;
  for (const node of nodesOf(model)) {
    layers.add(node.name || `node_of_${node.outputs[0] ?? ''}`);
    for (const name of [...node.inputs, ...node.outputs]) if (name !== '') values.add(name);
    isQuantized ||= /quantizelinear/i.test(node.operator);
  }
  return {
    inputs: inputs.map((input) => ({ ...portOf(input), isShapeTensor: shaping.has(input.name) })),
    outputs: outputs.map(portOf),
    layers,
    values: new Set([...values, ...inputs.map(({ name }) => name)]),
    isQuantized,
    hasWeights: graph?.initializers.some(({ dims }) => dims.every((dim) => dim !== 0)) === true,
  };
}

function dimsOf(shape: Shape): DimFact[] {
  return shape.map((dimension) => {
    if (dimension.kind === 'value') {
      // What is no size is a dynamic dimension for TensorRT's parser, too.
      return typeof dimension.value === 'number' && dimension.value >= 0 ? dimension.value : undefined;
    }
    return dimension.kind === 'parameter' && dimension.name !== '' ? dimension.name : undefined;
  });
}

/** Those of functions and of graphs inside nodes as well. */
function* nodesOf({ graph, functions }: Model): Generator<Node> {
  if (graph) yield* nodesIn(graph.nodes);
  for (const { nodes } of functions) yield* nodesIn(nodes);
}

/** Not recursive: a hostile model nests deeply. */
function* nodesIn(nodes: readonly Node[]): Generator<Node> {
  const left: (readonly Node[])[] = [nodes];
  for (let list = left.pop(); list; list = left.pop()) {
    for (const node of list) {
      yield node;
      for (const graph of graphsOf(node)) left.push(graph.nodes);
    }
  }
}
