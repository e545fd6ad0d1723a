/** What checks need of a model. */
import { betweenPauses, finished, type Steps } from '../../../onnx/analysis/steps.ts';
import type { Model, Node, Shape } from '../../../onnx/model/model.ts';
import { isConstant, weightNames } from '../../../onnx/model/named-tensors.ts';
import { portsOf } from '../../trtexec/ports.ts';
import type { DimFact, ModelFacts, PortFacts } from './facts.ts';
import { graphsOf, inputsThatShape } from './shape-inputs.ts';

export function modelFacts(model: Model): ModelFacts {
  return finished(modelFactsInSteps(model));
}

/** The same for who cannot wait: 100,000 nodes take a tenth of a second and more. */
export function* modelFactsInSteps(model: Model): Steps<ModelFacts> {
  const { graph } = model;
  const types = new Map(
    [...(graph?.inputs ?? []), ...(graph?.outputs ?? [])].map(({ name, type }) => [name, type]),
  );
  const { inputs, outputs } = portsOf(model);
  const shaping = yield* inputsThatShape(model);
  const portOf = ({ name, type }: (typeof inputs)[number]): PortFacts => {
    const declared = types.get(name);
    const shape = declared?.kind === 'tensor' ? declared.shape : undefined;
    return { name, type, dims: shape && dimsOf(shape) };
  };
  const layers = new Set<string>();
  const values = new Set<string>();
  const weights = new Set(weightNames(model));
  const innerWeights = new Set<string>();
  const addInner = (name = '') => {
    if (name !== '' && !weights.has(name)) innerWeights.add(name);
  };
  let isQuantized = false;
  let count = 0;
  for (const node of nodesOf(model)) {
    if (++count % betweenPauses === 0) yield;
    layers.add(node.name || `node_of_${node.outputs[0] ?? ''}`);
    for (const name of [...node.inputs, ...node.outputs]) if (name !== '') values.add(name);
    if (isConstant(node)) addInner(node.outputs[0]);
    for (const { initializers } of graphsOf(node)) for (const { name } of initializers) addInner(name);
    isQuantized ||= /quantizelinear/i.test(node.operator);
  }
  for (const { name } of inputs) values.add(name);
  return {
    inputs: inputs.map((input) => ({ ...portOf(input), isShapeTensor: shaping.has(input.name) })),
    outputs: outputs.map(portOf),
    layers,
    values,
    weights,
    innerWeights,
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
