/** The constant tensors of a model by the names that others use for them: what TensorRT knows as named weights. */
import type { Graph, Model, Node, Tensor } from './model.ts';

/**
 * Names of the main graph's weights: initializers, and outputs of Constant nodes. Those inside functions and subgraphs are none: TensorRT's
 * parser gives them other names where there are several of a name.
 */
export function weightNames({ graph }: Model): readonly string[] {
  const names = new Set(graph?.initializers.map(({ name }) => name));
  for (const node of graph?.nodes ?? []) if (isConstant(node)) names.add(node.outputs[0] ?? '');
  names.delete('');
  return [...names];
}

export function isConstant({ operator, domain }: Node): boolean {
  return operator === 'Constant' && domain === '';
}

/**
 * Initializers, and the tensors of Constant nodes by their output: of the main graph, of its subgraphs, of functions. Where a name
 * is used again further inside, the outer tensor is the one.
 */
export function namedTensors(model: Model): ReadonlyMap<string, Tensor> {
  const found = new Map<string, Tensor>();
  const add = (name: string | undefined, tensor: Tensor) => {
    if (name !== undefined && name !== '' && !found.has(name)) found.set(name, tensor);
  };
  const walkNodes = (nodes: readonly Node[]) => {
    for (const node of nodes) {
      for (const attribute of node.attributes) {
        if (attribute.type === 'graph') walkGraph(attribute.value);
        if (attribute.type === 'graphs') attribute.value.forEach(walkGraph);
        const isValue = attribute.name === 'value' && attribute.type === 'tensor';
        if (isValue && isConstant(node)) add(node.outputs[0], attribute.value);
      }
    }
  };
  const walkGraph = ({ initializers, nodes }: Graph) => {
    for (const tensor of initializers) add(tensor.name, tensor);
    walkNodes(nodes);
  };
  if (model.graph) walkGraph(model.graph);
  for (const { nodes } of model.functions) walkNodes(nodes);
  return found;
}
