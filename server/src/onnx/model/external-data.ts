/** Where a model's external data is. */
import type { Attribute, Graph, Model, Node, Tensor } from './model.ts';

/** Locations that the model's tensors name, each once: paths relative to the model's folder. */
export function externalLocations(model: Model): readonly string[] {
  const locations = new Set<string>();
  for (const tensor of tensorsOf(model)) {
    if (tensor.data.kind !== 'external') continue;
    const location = tensor.data.entries.find(({ key }) => key === 'location')?.value;
    if (location !== undefined) locations.add(location);
  }
  return [...locations];
}

/** All tensors of a model: initializers and attributes, those in subgraphs and functions included. */
export function* tensorsOf(model: Model): Generator<Tensor> {
  if (model.graph) yield* tensorsOfGraph(model.graph);
  for (const definition of model.functions) {
    yield* tensorsOfNodes(definition.nodes);
    for (const attribute of definition.attributeDefaults) yield* tensorsOfAttribute(attribute);
  }
}

function* tensorsOfGraph(graph: Graph): Generator<Tensor> {
  yield* graph.initializers;
  yield* tensorsOfNodes(graph.nodes);
}

function* tensorsOfNodes(nodes: readonly Node[]): Generator<Tensor> {
  for (const node of nodes) for (const attribute of node.attributes) yield* tensorsOfAttribute(attribute);
}

function* tensorsOfAttribute(attribute: Attribute): Generator<Tensor> {
  switch (attribute.type) {
    case 'tensor':
      yield attribute.value;
      break;
    case 'tensors':
      yield* attribute.value;
      break;
    case 'sparse_tensor':
      yield attribute.value.values;
      yield attribute.value.indices;
      break;
    case 'sparse_tensors':
      for (const { values, indices } of attribute.value) yield* [values, indices];
      break;
    case 'graph':
      yield* tensorsOfGraph(attribute.value);
      break;
    case 'graphs':
      for (const graph of attribute.value) yield* tensorsOfGraph(graph);
      break;
    default:
  }
}
