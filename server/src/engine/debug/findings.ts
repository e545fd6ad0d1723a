/** Where values go wrong first: what follows from it further down is no news. */
import type { GraphNode } from '../graph-nodes.ts';
import type { DebugTensor } from './capture.ts';

export interface Finding {
  /** `divergence`: the engine's values are not the reference's. `not-finite`: NaN or infinities, of finite inputs as far as is known. */
  readonly kind: 'divergence' | 'not-finite';
  readonly tensor: string;
  /** The node that computes it. */
  readonly node?: { readonly name: string; readonly operator: string };
  /** Whose values are not finite. */
  readonly side?: 'engine' | 'reference';
  /** Tensors in front of it that were captured and are right. */
  readonly rightBefore: readonly string[];
  /**
   * Nodes in which it may have gone wrong: the one that computes it and those between it and the right tensors before it, whose values
   * were not captured. In the model's order.
   */
  readonly suspects: readonly string[];
  /** Tensors further down that are wrong, too. */
  readonly followers: readonly string[];
}

export function findingsOf(tensors: readonly DebugTensor[], nodes: readonly GraphNode[]): Finding[] {
  const graph = new Ancestry(nodes);
  const differs = new Map<string, boolean>();
  const notFinite = { engine: new Map<string, boolean>(), reference: new Map<string, boolean>() };
  for (const { name, comparison, engine, reference } of tensors) {
    if (comparison) differs.set(name, comparison.verdict !== 'agrees');
    for (const [side, values] of [
      ['engine', engine],
      ['reference', reference],
    ] as const) {
      if (!values) continue;
      const { nan, positiveInfinity, negativeInfinity } = values.statistics;
      notFinite[side].set(name, nan + positiveInfinity + negativeInfinity > 0);
    }
  }
  return [
    ...firstOf(differs, graph, { kind: 'divergence' }),
    ...firstOf(notFinite.engine, graph, { kind: 'not-finite', side: 'engine' }),
    ...firstOf(notFinite.reference, graph, { kind: 'not-finite', side: 'reference' }),
  ];
}

/** `wrong` has all tensors that are known, and whether each is wrong. */
function firstOf(
  wrong: ReadonlyMap<string, boolean>,
  graph: Ancestry,
  what: Pick<Finding, 'kind' | 'side'>,
): Finding[] {
  const findings = new Map<string, Finding & { readonly followers: string[] }>();
  /** Per wrong tensor, the findings that it follows from. */
  const originsOf = new Map<string, ReadonlySet<string>>();
  for (const name of graph.inOrder([...wrong.keys()].filter((candidate) => wrong.get(candidate)))) {
    const { known, between } = graph.before(name, (tensor) => wrong.has(tensor));
    const wrongBefore = known.filter((tensor) => wrong.get(tensor));
    if (wrongBefore.length > 0) {
      const origins = new Set(wrongBefore.flatMap((tensor) => [...(originsOf.get(tensor) ?? [])]));
      originsOf.set(name, origins);
      for (const origin of origins) findings.get(origin)?.followers.push(name);
      continue;
    }
    const node = graph.writerOf(name);
    originsOf.set(name, new Set([name]));
    findings.set(name, {
      ...what,
      tensor: name,
      ...(node && { node: { name: node.name, operator: node.operator } }),
      rightBefore: known,
      suspects: between.map((suspect) => suspect.name),
      followers: [],
    });
  }
  return [...findings.values()];
}

/** The main graph from its values backwards. */
class Ancestry {
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

/** A finding in words: `First divergence: node conv1 (Conv), output c1. All that goes into it agrees.` */
export function findingSentence(
  { kind, side, tensor, node, rightBefore, suspects, followers }: Finding,
  names: { readonly engine: string; readonly reference: string },
): string {
  const place = node ? `node ${node.name} (${node.operator}), output ${tensor}` : `tensor ${tensor}`;
  const head =
    kind === 'divergence'
      ? `First divergence of ${names.engine} from ${names.reference}: ${place}.`
      : `First NaN or infinity of ${side === 'engine' ? names.engine : names.reference}: ${place}.`;
  const right = kind === 'divergence' ? 'agrees' : 'is finite';
  const others = suspects.filter((name) => name !== node?.name);
  const before =
    others.length > 0
      ? `Values between it and ${rightBefore.length > 0 ? listed(rightBefore) : 'the inputs'} were not captured: it may as well be ${listed(others)}.`
      : rightBefore.length > 0
        ? `All that goes into it ${right}: ${listed(rightBefore)}.`
        : 'It reads inputs and constants of the model only.';
  const after =
    followers.length === 0
      ? ''
      : ` ${followers.length === 1 ? 'One tensor follows' : `${followers.length} tensors follow`} from it: ${listed(followers)}.`;
  return `${head} ${before}${after}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}
