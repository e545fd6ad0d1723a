/** Nodes of a function's body as the caller would have written them. */
import type { Attribute, Graph, Node, ValueInfo } from '../model/model.ts';
import { withDimensions } from './names.ts';

/** What the names of a body stand for where it is called. */
export interface Substitution {
  /** A value of the body; names that the body does not define stay. Empty for an input that the call leaves out. */
  readonly value: (name: string) => string;
  /** A value that a subgraph in the body defines. */
  readonly innerValue: (name: string) => string;
  readonly nodeName: (node: Node) => string;
  readonly dimension: (name: string) => string;
  /** What is given for an attribute parameter: by the call, else the function's default. */
  readonly attribute: (name: string) => Attribute | undefined;
}

/** Its own name stays. */
export function substitutedNode(node: Node, substitution: Substitution): Node {
  return {
    ...node,
    inputs: node.inputs.map(substitution.value),
    outputs: node.outputs.map(substitution.value),
    attributes: node.attributes.flatMap((attribute) => substitutedAttribute(attribute, substitution)),
  };
}

export function substitutedValueInfo(info: ValueInfo, { value, dimension }: Substitution): ValueInfo {
  return {
    ...info,
    name: value(info.name),
    ...(info.type && { type: withDimensions(info.type, dimension) }),
  };
}

/** None where a reference has nothing to refer to. */
function substitutedAttribute(attribute: Attribute, substitution: Substitution): readonly Attribute[] {
  switch (attribute.type) {
    case 'reference': {
      // Graphs that a call gives are the caller's: their names are right already.
      const given = substitution.attribute(attribute.value);
      return given ? [{ ...given, name: attribute.name }] : [];
    }
    case 'graph':
      return [{ ...attribute, value: substitutedGraph(attribute.value, substitution) }];
    case 'graphs':
      return [{ ...attribute, value: attribute.value.map((graph) => substitutedGraph(graph, substitution)) }];
    default:
      return [attribute];
  }
}

function substitutedGraph(graph: Graph, outer: Substitution): Graph {
  const own = new Map<string, string>();
  const defined = [...graph.inputs, ...graph.initializers].map(({ name }) => name);
  for (const name of defined.concat(graph.nodes.flatMap(({ outputs }) => outputs))) {
    if (name !== '' && !own.has(name)) own.set(name, outer.innerValue(name));
  }
  const inner: Substitution = { ...outer, value: (name) => own.get(name) ?? outer.value(name) };
  const renamed = (info: ValueInfo) => substitutedValueInfo(info, inner);
  return {
    ...graph,
    inputs: graph.inputs.map(renamed),
    initializers: graph.initializers.map((tensor) => ({ ...tensor, name: inner.value(tensor.name) })),
    nodes: graph.nodes.map((node) => ({ ...substitutedNode(node, inner), name: inner.nodeName(node) })),
    outputs: graph.outputs.map(renamed),
    valueInfos: graph.valueInfos.map(renamed),
  };
}
