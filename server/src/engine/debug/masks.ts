/**
 * -inf that a model means: masks of attention hold it in constants, initializers or inputs, and Add, Where and the like pass it on. What
 * comes up in a computation, out of finite values, is no mask, and neither is NaN or +inf.
 */
import type { GraphNode } from '../graph-nodes.ts';
import { Ancestry } from './ancestry.ts';
import type { CapturedValues, DebugTensor } from './capture.ts';
import { infinitiesOfModel, type OwnValues } from './own-infinities.ts';

export type Side = 'engine' | 'reference';

export interface Masked {
  /** With `masked` where it holds. */
  readonly tensors: readonly DebugTensor[];
  /** Values that go into the node of a tensor and hold -inf of the model's own. */
  readonly masksInto: (tensor: string, side: Side) => readonly string[];
}

/** Without the model's own values nothing is taken for a mask. Reads the values of weights that -inf may come from. */
export function withMasks(
  tensors: readonly DebugTensor[],
  nodes: readonly GraphNode[],
  own: OwnValues | undefined,
): Masked {
  const graph = new Ancestry(nodes);
  const [engine, reference] = (['engine', 'reference'] as const).map((side) => {
    const states = new Map<string, 'finite' | 'mask' | 'wrong'>();
    const infinities = own && infinitiesOfModel(own, nodes, (name) => states.get(name));
    const named = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    const isKnown = (name: string) => named.get(name)?.[side] !== undefined;
    for (const name of graph.inOrder([...named.keys()].filter(isKnown))) {
      const tensor = named.get(name);
      const values = tensor?.[side];
      if (!tensor || !values) continue;
      const isOfWrong = () =>
        graph.before(name, isKnown).known.some((before) => states.get(before) === 'wrong');
      if (isAllFinite(values)) states.set(name, 'finite');
      else if (!mayBeMask(tensor, side, values) || isOfWrong()) states.set(name, 'wrong');
      else states.set(name, infinities?.isPassedOn(name) ? 'mask' : 'wrong');
    }
    return { states, infinities };
  });
  const bySide = { engine, reference };
  const marked = (side: Side, name: string, values: CapturedValues | undefined) => {
    if (!values) return {};
    const { masked: _, ...rest } = values;
    return { [side]: bySide[side]?.states.get(name) === 'mask' ? { ...rest, masked: true } : rest };
  };
  return {
    tensors: tensors.map((tensor) => ({
      ...tensor,
      ...marked('engine', tensor.name, tensor.engine),
      ...marked('reference', tensor.name, tensor.reference),
    })),
    masksInto: (tensor, side) => bySide[side]?.infinities?.goingInto(tensor) ?? [],
  };
}

function isAllFinite({ statistics: { nan, positiveInfinity, negativeInfinity } }: CapturedValues): boolean {
  return nan + positiveInfinity + negativeInfinity === 0;
}

/** Nothing but -inf, and of an engine only where the reference has the same. */
function mayBeMask({ comparison }: DebugTensor, side: Side, { statistics }: CapturedValues): boolean {
  if (statistics.nan + statistics.positiveInfinity > 0) return false;
  return (
    side === 'reference' || !comparison || (comparison.verdict !== 'shape' && comparison.notFinite === 0)
  );
}
