/** Which values of a model follow from which. */
import type { GraphNode } from '../graph-nodes.ts';

/** The main graph from its values backwards. */
export class Ancestry {
  readonly #writers = new Map<string, GraphNode>();
  readonly #positions = new Map<GraphNode, number>();
  /** Values that subgraphs of a node read from outside. */
  readonly #captured = new Map<number, Set<string>>();

  constructor(nodes: readonly GraphNode[]) {
    const tops = new Map<number, GraphNode>();
    for (const [position, node] of nodes.entries()) {
      this.#positions.set(node, position);
      if (node.path.length > 0) continue;
      tops.set(node.top, node);
      for (const output of node.outputs) if (output !== '') this.#writers.set(output, node);
    }
    for (const node of nodes) {
      if (node.path.length === 0) continue;
      const captured = this.#captured.get(node.top) ?? new Set<string>();
      this.#captured.set(node.top, captured);
      for (const input of node.inputs) {
        // A name that the main graph has only behind this node is one of the subgraph's own.
        const writer = this.#writers.get(input);
        if (writer && writer.top < node.top) captured.add(input);
      }
    }
  }

  writerOf(tensor: string): GraphNode | undefined {
    return this.#writers.get(tensor);
  }

  /** As the model computes them; those that it does not have are last. */
  inOrder(tensors: readonly string[]): string[] {
    const position = (tensor: string) => {
      const writer = this.#writers.get(tensor);
      return (writer && this.#positions.get(writer)) ?? Number.POSITIVE_INFINITY;
    };
    return tensors.toSorted((one, two) => {
      const [first, second] = [position(one), position(two)];
      return first === second ? 0 : first - second;
    });
  }

  /** The nearest known tensors on each way back from a tensor, and the nodes between them and it, its own among them. */
  before(
    tensor: string,
    isKnown: (tensor: string) => boolean,
  ): { readonly known: readonly string[]; readonly between: readonly GraphNode[] } {
    const known = new Set<string>();
    const between = new Set<GraphNode>();
    const waiting = [this.#writers.get(tensor)];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (between.has(node)) continue;
      between.add(node);
      for (const input of new Set([...node.inputs, ...(this.#captured.get(node.top) ?? [])])) {
        if (input !== tensor && isKnown(input)) known.add(input);
        else {
          const writer = this.#writers.get(input);
          if (writer && !writer.isConstant) waiting.push(writer);
        }
      }
    }
    const position = (node: GraphNode) => this.#positions.get(node) ?? 0;
    return {
      known: this.inOrder([...known]),
      between: [...between].sort((one, two) => position(one) - position(two)),
    };
  }
}
