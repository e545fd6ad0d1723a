/** Pooling. */

import { type Dim, multiply, subtract, sum } from '../expression.ts';
import type { NodeContext } from '../node-context.ts';
import { requireAtLeast, requireLength, requireRankFrom } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';
import { windowedDim, windowOf } from './windows.ts';

const pool: Rule = (context) => {
  const shape = context.shape(0);
  const kernel = context.ints('kernel_shape');
  if (shape === undefined || kernel === undefined || !requireRankFrom(context, 0, 3)) return;
  const window = windowOf(context, shape.length - 2, kernel);
  if (window === undefined) return;
  const rounding = roundingOf(context);
  const spatial = shape.slice(2).map((dim, axis) => windowedDim(context, dim, axis, window, rounding));
  const pooled = [shape[0], shape[1], ...spatial];
  context.setShape(0, pooled);
  if (context.outputs.length > 1) {
    context.setShape(1, pooled);
    context.setElementType(1, 7);
  }
};

/** Up to opset 21 a window that starts in the padding at the end counted, and only a ceil_mode of 1 meant anything. */
function roundingOf(context: NodeContext): Parameters<typeof windowedDim>[4] {
  const isCeil = context.intOr('ceil_mode', 0) !== 0;
  const isOne = context.isOne('ceil_mode', false);
  if (context.version < 22) return isOne ? 'ceil' : 'floor';
  if (isOne) return 'ceil-without-padding-only';
  return isCeil ? 'ceil' : 'floor';
}

const globalPool: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined || !hasChannels(context, shape)) return;
  for (let axis = 2; axis < shape.length; axis++)
    context.explain?.(0, axis, () => 'pooled over the whole axis');
  context.setShape(0, [shape[0], shape[1], ...shape.slice(2).map(() => 1)]);
};

const unpool: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined || !hasChannels(context, shape) || !requireRankFrom(context, 1, 2)) return;
  if (context.has(2)) {
    if (!requireLength(context, 2, shape.length, `one for each dimension of '${context.inputName(0)}'`))
      return;
    const given = context.data(2);
    if (given?.length === shape.length) context.setShape(0, given);
    return;
  }
  const kernel = context.ints('kernel_shape');
  const window = kernel && windowOf(context, shape.length - 2, kernel);
  if (window === undefined) return;
  const spatial = shape.slice(2).map((dim, axis) => {
    const padding = (window.pads[axis] ?? 0) + (window.pads[axis + window.rank] ?? 0);
    return sum([multiply(subtract(dim, 1), window.strides[axis]), window.kernel[axis], -padding]);
  });
  context.setShape(0, [shape[0], shape[1], ...spatial]);
};

/** Regions of interest: one output for each row of the second input. */
const maxRoiPool: Rule = (context) => {
  const pooled = context.ints('pooled_shape');
  if (!requireAtLeast(context, 'pooled_shape', 1)) return;
  if (pooled && context.requireRank(0, 4) && context.requireRank(1, 2)) {
    context.setShape(0, [context.dim(1, 0), context.dim(0, 1), ...pooled]);
  }
};

const roiAlign: Rule = (context) => {
  if (!context.requireRank(0, 4) || !context.requireRank(1, 2) || !context.requireRank(2, 1)) return;
  const corners = context.dim(1, 1);
  if (typeof corners === 'number' && corners !== 4) {
    context.reportShapes(
      `RoiAlign takes 4 numbers for each region in '${context.inputName(1)}'; there are ${corners}.`,
      1,
    );
    return;
  }
  const regions = context.sameDim([1, 0], [2, 0]);
  const size = [context.intOr('output_height', 1), context.intOr('output_width', 1)];
  context.setShape(0, [regions, context.dim(0, 1), ...size]);
};

function hasChannels(context: NodeContext, shape: readonly Dim[]): boolean {
  if (shape.length >= 2) return true;
  context.reportShapes(
    `${context.node.operator} needs '${context.inputName(0)}' to have a batch and a channel dimension.`,
    0,
  );
  return false;
}

export const poolingRules: RuleTable = {
  AveragePool: pool,
  LpPool: pool,
  MaxPool: pool,
  GlobalAveragePool: globalPool,
  GlobalLpPool: globalPool,
  GlobalMaxPool: globalPool,
  MaxUnpool: unpool,
  MaxRoiPool: maxRoiPool,
  RoiAlign: roiAlign,
};
