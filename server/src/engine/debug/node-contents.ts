/** What a node of the main graph brings along besides its inputs: constants in it and in its body. */
import type { Attribute, Model, Node, Tensor } from '../../onnx/model/model.ts';
import { calledFunctions, subgraphsOf } from '../../onnx/model/nodes.ts';

export interface NodeContents {
  /** Whether it is a call of a local function, or has subgraphs. */
  readonly isBody: boolean;
  /** Tensors in attributes and initializers, those of its body among them. */
  readonly tensors: readonly Tensor[];
  /** Attributes that are values, like `value_float`. */
  readonly numbers: readonly number[];
  /** Values that its subgraphs read from outside, and some of their own. */
  readonly reads: readonly string[];
}

/** The answer for a node is kept. */
export function nodeContents(model: Model): (node: Node) => NodeContents {
  const functionOf = calledFunctions(model);
  const kept = new Map<Node, NodeContents>();
  const bodiesOf = (node: Node): readonly (readonly Node[])[] => {
    const called = functionOf(node);
    return [...subgraphsOf(node).map(({ nodes }) => nodes), ...(called ? [called.nodes] : [])];
  };
  const contentsOf = (top: Node): NodeContents => {
    const all = new Set([top]);
    // A set grows while it is walked, and has each node once: functions that call themselves end.
    for (const node of all) for (const body of bodiesOf(node)) for (const inner of body) all.add(inner);
    const graphs = [...all].flatMap(subgraphsOf);
    const attributes = [...all].flatMap((node) => node.attributes);
    const made = new Set(graphs.flatMap(({ nodes }) => nodes.flatMap(({ outputs }) => outputs)));
    return {
      isBody: all.size > 1,
      tensors: [
        ...graphs.flatMap(({ initializers }) => initializers),
        ...attributes.flatMap((attribute) => (attribute.type === 'tensor' ? [attribute.value] : [])),
      ],
      numbers: attributes.flatMap(numbersOf),
      reads: [...new Set(graphs.flatMap(({ nodes }) => nodes.flatMap(({ inputs }) => inputs)))].filter(
        (name) => name !== '' && !made.has(name),
      ),
    };
  };
  return (node) => {
    const contents = kept.get(node) ?? contentsOf(node);
    kept.set(node, contents);
    return contents;
  };
}

function numbersOf(attribute: Attribute): readonly number[] {
  if (!/^value(_floats?)?$/.test(attribute.name)) return [];
  if (attribute.type === 'float') return [attribute.value];
  return attribute.type === 'floats' ? attribute.value : [];
}
