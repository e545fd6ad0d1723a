/** The constant tensors of a model by the names that others use for them: what TensorRT knows as named weights. */
import type { Graph, Model, Node, Tensor } from './model.ts';

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
    for (const { operator, domain, outputs, attributes } of nodes) {
      for (const attribute of attributes) {
        if (attribute.type === 'graph') walkGraph(attribute.value);
        if (attribute.type === 'graphs') attribute.value.forEach(walkGraph);
        const isConstant = operator === 'Constant' && domain === '' && attribute.name === 'value';
        if (isConstant && attribute.type === 'tensor') add(outputs[0], attribute.value);
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
