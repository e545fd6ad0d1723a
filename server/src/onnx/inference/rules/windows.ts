/** Sliding windows of convolutions and pooling: kernel, strides, pads, dilations, auto_pad. */

import { add, ceilDivide, type Dim, floorDivide, minimum, multiply, subtract } from '../expression.ts';
import { formatDim } from '../format.ts';
import type { NodeContext } from '../node-context.ts';
import { requireAtLeast } from './requirements.ts';

export interface Window {
  /** Number of spatial axes. */
  readonly rank: number;
  readonly kernel: readonly Dim[];
  /** The kernel with the gaps of its dilation. */
  readonly extents: readonly Dim[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins, then ends. */
  readonly pads: readonly number[];
  readonly autoPad: string;
}

/** Undefined, with a problem, where an attribute does not have as many values as there are spatial axes. */
export function windowOf(context: NodeContext, rank: number, kernel: readonly Dim[]): Window | undefined {
  const ones = new Array<number>(rank).fill(1);
  const strides = context.ints('strides') ?? ones;
  const dilations = context.ints('dilations') ?? ones;
  const autoPad = context.string('auto_pad') ?? 'NOTSET';
  const pads = (autoPad === 'NOTSET' ? context.ints('pads') : undefined) ?? [...ones, ...ones].map(() => 0);
  const lengths: readonly (readonly [string, readonly unknown[], number])[] = [
    ['kernel_shape', kernel, rank],
    ['strides', strides, rank],
    ['dilations', dilations, rank],
    ['pads', pads, 2 * rank],
  ];
  for (const [name, values, length] of lengths) {
    if (values.length !== length) {
      context.report(
        'onnx.shape-mismatch',
        `${name} of ${context.node.operator} has ${values.length} values; for ${rank} spatial dimensions it takes ${length}.`,
        [context.attributeSide(name), context.inputSide(0)],
      );
      return undefined;
    }
  }
  for (const name of ['strides', 'dilations', 'kernel_shape']) {
    if (!requireAtLeast(context, name, 1)) return undefined;
  }
  if (!requireAtLeast(context, 'pads', 0)) return undefined;
  const extents = kernel.map((size, axis) => add(multiply(subtract(size, 1), dilations[axis]), 1));
  return { rank, kernel, extents, strides, dilations, pads, autoPad };
}

/** The number of positions of a window along a spatial axis (0 is the first after batch and channels). */
export function windowedDim(
  context: NodeContext,
  dim: Dim,
  axis: number,
  window: Window,
  ceil: 'floor' | 'ceil' | 'ceil-without-padding-only',
): Dim {
  const stride = window.strides[axis] ?? 1;
  const extent = window.extents[axis];
  if (window.autoPad === 'SAME_UPPER' || window.autoPad === 'SAME_LOWER') {
    context.explain?.(
      0,
      axis + 2,
      () => `${formatDim(dim)} / ${stride} rounded up, as auto_pad is ${window.autoPad}`,
    );
    return ceilDivide(dim, stride);
  }
  const [before, after] = [window.pads[axis] ?? 0, window.pads[axis + window.rank] ?? 0];
  const travel = subtract(add(dim, before + after), extent);
  if (typeof travel === 'number' && travel < 0) {
    context.report(
      'onnx.shape-mismatch',
      `The window of ${context.node.operator} is larger than the padded input on spatial axis ${axis}: ${formatDim(extent)} over ${formatDim(add(dim, before + after))}.`,
      [context.inputSide(0)],
    );
    return undefined;
  }
  context.explain?.(0, axis + 2, () => {
    const kernel = formatDim(window.kernel[axis]);
    const dilation = window.dilations[axis] ?? 1;
    const extentText = dilation === 1 ? kernel : `(${dilation}·(${kernel} − 1) + 1)`;
    const pads =
      before === 0 && after === 0 ? '' : before === after ? ` + 2·${before}` : ` + ${before} + ${after}`;
    return `(${formatDim(dim)}${pads} − ${extentText}) / ${stride} + 1${ceil === 'floor' ? '' : ', rounded up'}`;
  });
  if (ceil === 'floor') return add(floorDivide(travel, stride), 1);
  if (ceil === 'ceil') return add(ceilDivide(travel, stride), 1);
  // A window that would start in the padding at the end is left out.
  return minimum(add(ceilDivide(travel, stride), 1), ceilDivide(add(dim, before), stride));
}
