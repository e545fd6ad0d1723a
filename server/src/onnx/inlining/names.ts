/** Names of a main graph that functions are written into: ONNX wants them unique there, and not hidden inside of subgraphs. */
import type { Dimension, Graph, Node, Shape, Type } from '../model/model.ts';
import { parserName, subgraphsOf } from '../model/nodes.ts';

export class Names {
  /** Of values of the main graph, which its subgraphs see, too. */
  readonly #values = new Set<string>();
  /** Of values of its subgraphs. Two subgraphs that are not inside one another may have the same. */
  readonly #inner = new Set<string>();
  readonly #nodes = new Set<string>();
  readonly #dimensions = new Set<string>();
  /** The number that was given last, so that many equal wishes are no search each. */
  readonly #numbers = new Map<string, number>();

  constructor(graph: Graph) {
    this.#take(graph, this.#values);
  }

  /** For a value or a node that gets a new name: `wish`, or `wish_2` and so on where that is taken. */
  unused(wish: string): string {
    const isTaken = (name: string) =>
      this.#values.has(name) || this.#inner.has(name) || this.#nodes.has(name);
    return this.#add(this.#values, isTaken, wish);
  }

  /** For a value of a subgraph: `name` itself where the main graph has no such value, else one that nothing has. */
  inSubgraph(name: string, wish: string): string {
    if (this.#values.has(name)) return this.unused(wish);
    this.#inner.add(name);
    return name;
  }

  /** For a symbolic dimension. */
  dimension(wish: string): string {
    return this.#add(this.#dimensions, (name) => this.#dimensions.has(name), wish);
  }

  #add(names: Set<string>, isTaken: (name: string) => boolean, wish: string): string {
    let name = wish;
    if (isTaken(wish)) {
      let number = this.#numbers.get(wish) ?? 1;
      while (isTaken(name)) name = `${wish}_${++number}`;
      this.#numbers.set(wish, number);
    }
    names.add(name);
    return name;
  }

  #take(graph: Graph, values: Set<string>): void {
    for (const { name, type } of [...graph.inputs, ...graph.outputs, ...graph.valueInfos]) {
      values.add(name);
      if (type) withDimensions(type, (dimension) => dimension, this.#dimensions);
    }
    for (const { name } of graph.initializers) values.add(name);
    for (const node of graph.nodes) this.#takeNode(node, values);
  }

  #takeNode(node: Node, values: Set<string>): void {
    // Inputs as well: what nothing of the model writes must not come to be written.
    for (const name of node.inputs) values.add(name);
    for (const name of node.outputs) values.add(name);
    this.#nodes.add(parserName(node));
    for (const graph of subgraphsOf(node)) this.#take(graph, this.#inner);
  }
}

/** The type with other symbolic dimensions; those that it had are added to `seen`. */
export function withDimensions(type: Type, rename: (name: string) => string, seen?: Set<string>): Type {
  const renamedDimension = (dimension: Dimension): Dimension => {
    if (dimension.kind !== 'parameter') return dimension;
    seen?.add(dimension.name);
    return { ...dimension, name: rename(dimension.name) };
  };
  const renamedShape = (shape: Shape): Shape => shape.map(renamedDimension);
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor':
      return type.shape ? { ...type, shape: renamedShape(type.shape) } : type;
    case 'sequence':
    case 'optional':
      return { ...type, element: withDimensions(type.element, rename, seen) };
    case 'map':
      return { ...type, value: withDimensions(type.value, rename, seen) };
    default:
      return type;
  }
}
