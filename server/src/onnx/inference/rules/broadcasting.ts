/** Numpy's broadcasting, as ONNX defines it (docs/Broadcasting.md). */

import { broadcast, type Dim } from '../expression.ts';
import type { NodeContext } from '../node-context.ts';

/** The shape that these inputs have together; undefined where one is unknown or, with a problem, where they do not fit. */
export function broadcastInputs(context: NodeContext, inputs: readonly number[]): readonly Dim[] | undefined {
  const given = inputs.filter((input) => context.has(input));
  const [first = 0, ...others] = given;
  let shape = context.shape(first);
  let widest = first;
  for (const input of others) {
    const next = context.shape(input);
    if (shape === undefined || next === undefined) return undefined;
    const joined = broadcastShapes(shape, next, (axis, a, b) => {
      context.reportShapes(
        `The shapes of '${context.inputName(widest)}' and '${context.inputName(input)}' cannot be broadcast: dimension ${axis} is ${a} and ${b}.`,
        widest,
        input,
      );
      // The value made first is the likelier one to be right: a mistake on one side of a residual connection ends there.
      return context.orderOf(widest) <= context.orderOf(input) ? a : b;
    });
    if (joined === undefined) return undefined;
    if (next.length >= shape.length) widest = input;
    shape = joined;
  }
  return shape;
}

/**
 * `conflict` gets the axis of the result and two dims that do not fit; it may give the one to go on with, else the shape is unknown.
 */
export function broadcastShapes(
  a: readonly Dim[],
  b: readonly Dim[],
  conflict?: (axis: number, a: number, b: number) => Dim,
): readonly Dim[] | undefined {
  // Most inputs have one shape, or are scalars.
  if (a === b || b.length === 0) return a;
  const rank = Math.max(a.length, b.length);
  const shape: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const x = axis < rank - a.length ? 1 : a[axis - rank + a.length];
    const y = axis < rank - b.length ? 1 : b[axis - rank + b.length];
    if (typeof x === 'number' && typeof y === 'number' && x !== y && x !== 1 && y !== 1) {
      const chosen = conflict?.(axis, x, y);
      if (chosen === undefined) return undefined;
      shape.push(chosen);
    } else {
      shape.push(broadcast(x, y));
    }
  }
  return shape;
}
