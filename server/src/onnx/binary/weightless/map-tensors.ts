import type { Attribute, FunctionDefinition, Graph, Model, Node, Tensor } from '../../model/model.ts';

/**
 * Replaces tensors: initializers of all graphs and tensors in attributes, in functions too; not those of sparse tensors. What
 * has no replaced tensor is shared with the given model. `isTopLevel` tells the initializers of the main graph.
 */
export function mapTensors(model: Model, map: (tensor: Tensor, isTopLevel: boolean) => Tensor): Model {
  const inner = (tensor: Tensor) => map(tensor, false);
  const graph = model.graph && mapGraph(model.graph, (tensor) => map(tensor, true), inner);
  const functions = mapList(model.functions, (definition) => mapFunction(definition, inner));
  if (graph === model.graph && functions === model.functions) return model;
  return { ...model, ...(graph === undefined ? {} : { graph }), functions };
}

type MapTensor = (tensor: Tensor) => Tensor;

function mapGraph(graph: Graph, mapInitializer: MapTensor, mapInner: MapTensor): Graph {
  const initializers = mapList(graph.initializers, mapInitializer);
  const nodes = mapList(graph.nodes, (node) => mapNode(node, mapInner));
  if (initializers === graph.initializers && nodes === graph.nodes) return graph;
  return { ...graph, initializers, nodes };
}

function mapFunction(definition: FunctionDefinition, map: MapTensor): FunctionDefinition {
  const nodes = mapList(definition.nodes, (node) => mapNode(node, map));
  const attributeDefaults = mapList(definition.attributeDefaults, (attribute) =>
    mapAttribute(attribute, map),
  );
  if (nodes === definition.nodes && attributeDefaults === definition.attributeDefaults) return definition;
  return { ...definition, nodes, attributeDefaults };
}

function mapNode(node: Node, map: MapTensor): Node {
  const attributes = mapList(node.attributes, (attribute) => mapAttribute(attribute, map));
  return attributes === node.attributes ? node : { ...node, attributes };
}

function mapAttribute(attribute: Attribute, map: MapTensor): Attribute {
  switch (attribute.type) {
    case 'tensor': {
      const value = map(attribute.value);
      return value === attribute.value ? attribute : { ...attribute, value };
    }
    case 'tensors': {
      const value = mapList(attribute.value, map);
      return value === attribute.value ? attribute : { ...attribute, value };
    }
    case 'graph': {
      const value = mapGraph(attribute.value, map, map);
      return value === attribute.value ? attribute : { ...attribute, value };
    }
    case 'graphs': {
      const value = mapList(attribute.value, (graph) => mapGraph(graph, map, map));
      return value === attribute.value ? attribute : { ...attribute, value };
    }
    default:
      return attribute;
  }
}

/** The given list where nothing in it changes. */
function mapList<T>(list: readonly T[], map: (item: T) => T): readonly T[] {
  let changed: T[] | undefined;
  for (const [index, item] of list.entries()) {
    const mapped = map(item);
    if (mapped !== item) changed ??= list.slice(0, index);
    changed?.push(mapped);
  }
  return changed ?? list;
}
