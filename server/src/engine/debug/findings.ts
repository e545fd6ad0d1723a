/** Where values go wrong first: what follows from it further down is no news. */
import type { GraphNode } from '../graph-nodes.ts';
import { listedNames } from '../listed-names.ts';
import { Ancestry } from './ancestry.ts';
import type { DebugTensor } from './capture.ts';
import type { Side } from './masks.ts';

export interface Finding {
  /** `divergence`: the engine's values are not the reference's. `not-finite`: NaN or infinities, of finite inputs as far as is known. */
  readonly kind: 'divergence' | 'not-finite';
  readonly tensor: string;
  /** The node that computes it. */
  readonly node?: { readonly name: string; readonly operator: string };
  /** Whose values are not finite. */
  readonly side?: Side;
  /** Values that go into its node and hold -inf of the model's own, as masks do. Absent where there are none. */
  readonly masks?: readonly string[];
  /** Tensors in front of it that were captured and are right. Masks are. */
  readonly rightBefore: readonly string[];
  /**
   * Nodes in which it may have gone wrong: the one that computes it and those between it and the right tensors before it, whose values
   * were not captured. In the model's order.
   */
  readonly suspects: readonly string[];
  /** Tensors further down that are wrong, too. */
  readonly followers: readonly string[];
}

/** Infinities of masks are no findings: see masks.ts, whose marks on the tensors and whose `masksInto` this goes by. */
export function findingsOf(
  tensors: readonly DebugTensor[],
  nodes: readonly GraphNode[],
  masksInto: (tensor: string, side: Side) => readonly string[] = () => [],
): Finding[] {
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
      notFinite[side].set(name, !values.masked && nan + positiveInfinity + negativeInfinity > 0);
    }
  }
  return [
    ...firstOf(differs, graph, { kind: 'divergence' }),
    ...(['engine', 'reference'] as const).flatMap((side) =>
      firstOf(notFinite[side], graph, { kind: 'not-finite', side }).map((finding) => {
        const masks = masksInto(finding.tensor, side);
        return masks.length > 0 ? { ...finding, masks } : finding;
      }),
    ),
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

/** A finding in words: `First divergence: node conv1 (Conv), output c1. All that goes into it agrees.` */
export function findingSentence(
  { kind, side, tensor, node, masks = [], rightBefore, suspects, followers }: Finding,
  names: { readonly engine: string; readonly reference: string },
): string {
  const place = node ? `node ${node.name} (${node.operator}), output ${tensor}` : `tensor ${tensor}`;
  const head =
    kind === 'divergence'
      ? `First divergence of ${names.engine} from ${names.reference}: ${place}.`
      : `First NaN or infinity of ${side === 'engine' ? names.engine : names.reference}: ${place}.`;
  const others = suspects.filter((name) => name !== node?.name);
  const before =
    others.length > 0
      ? `Values between it and ${rightBefore.length > 0 ? listed(rightBefore) : 'the inputs'} were not captured: it may as well be ${listed(others)}.`
      : sentenceOfRight(kind, rightBefore, masks);
  const mask =
    masks.length > 0 ? ` The model’s own -inf goes into it, as masks have it: ${listed(masks)}.` : '';
  const after =
    followers.length === 0
      ? ''
      : ` ${followers.length === 1 ? 'One tensor follows' : `${followers.length} tensors follow`} from it: ${listed(followers)}.`;
  return `${head}${mask}${before === '' ? '' : ` ${before}`}${after}`;
}

function sentenceOfRight(
  kind: Finding['kind'],
  rightBefore: readonly string[],
  masks: readonly string[],
): string {
  const right = rightBefore.filter((name) => !masks.includes(name));
  const all = masks.length > 0 ? 'All else that goes' : 'All that goes';
  if (right.length > 0)
    return `${all} into it ${kind === 'divergence' ? 'agrees' : 'is finite'}: ${listed(right)}.`;
  return rightBefore.length > 0 ? '' : 'It reads inputs and constants of the model only.';
}

function listed(names: readonly string[]): string {
  return listedNames(names, 4);
}
