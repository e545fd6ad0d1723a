/** Convolutions. */

import { type Dim, floorDivide, multiply, product, subtract, sum } from '../expression.ts';
import { formatDim } from '../format.ts';
import type { NodeContext } from '../node-context.ts';
import type { Rule, RuleTable } from './rule.ts';
import { type Window, windowedDim, windowOf } from './windows.ts';

function convolution(input: number, weight: number, bias: number): Rule {
  return (context) => {
    const shape = context.shape(input);
    const weights = context.shape(weight);
    if (shape === undefined || (shape.length < 2 && reportRank(context, input))) return;
    if (weights !== undefined && weights.length !== shape.length) {
      context.reportShapes(
        `${context.node.operator} needs '${context.inputName(weight)}' to have as many dimensions as '${context.inputName(input)}', ${shape.length}; it has ${weights.length}.`,
        input,
        weight,
      );
      return;
    }
    checkChannels(context, input, weight);
    if (bias >= 0 && context.has(bias) && context.requireRank(bias, 1) && weights) {
      context.sameDim([weight, 0], [bias, 0]);
    }
    const window = windowOf(context, shape.length - 2, kernelOf(context, weights, shape.length - 2));
    if (window === undefined) return;
    context.explain?.(0, 0, () => `batch, from dim 0 of ${context.inputName(input)}`);
    context.explain?.(0, 1, () => `output channels, from dim 0 of ${context.inputName(weight)}`);
    const spatial = shape.slice(2).map((dim, axis) => windowedDim(context, dim, axis, window, false));
    context.setShape(0, [shape[0], weights?.[0], ...spatial]);
  };
}

const transposed: Rule = (context) => {
  const shape = context.shape(0);
  const weights = context.shape(1);
  if (shape === undefined || (shape.length < 2 && reportRank(context, 0))) return;
  if (weights && weights.length !== shape.length) {
    context.reportShapes(
      `ConvTranspose needs '${context.inputName(1)}' to have as many dimensions as '${context.inputName(0)}'.`,
      0,
      1,
    );
    return;
  }
  if (weights) context.sameDim([0, 1], [1, 0]);
  const axes = shape.length - 2;
  const window = windowOf(context, axes, kernelOf(context, weights, axes));
  if (window === undefined) return;
  const channels = multiply(weights?.[1], context.intOr('group', 1));
  const given = context.ints('output_shape');
  const padding = context.ints('output_padding') ?? [];
  const spatial = shape.slice(2).map((dim, axis) => {
    if (given) return given.at(axis - axes);
    return transposedDim(context, dim, axis, window, padding[axis] ?? 0);
  });
  context.setShape(0, [shape[0], channels, ...spatial]);
};

function transposedDim(
  context: NodeContext,
  dim: Dim,
  axis: number,
  window: Window,
  outputPadding: number,
): Dim {
  const stride = window.strides[axis] ?? 1;
  if (window.autoPad === 'SAME_UPPER' || window.autoPad === 'SAME_LOWER') {
    context.explain?.(0, axis + 2, () => `${formatDim(dim)}·${stride}, as auto_pad is ${window.autoPad}`);
    return multiply(dim, stride);
  }
  const kernel = window.extents[axis];
  const [before, after] = [window.pads[axis] ?? 0, window.pads[axis + window.rank] ?? 0];
  context.explain?.(
    0,
    axis + 2,
    () =>
      `${stride}·(${formatDim(dim)} − 1) + ${outputPadding} + ${formatDim(kernel)} − ${before} − ${after}: stride, output padding, kernel, pads`,
  );
  return sum([multiply(subtract(dim, 1), stride), kernel, outputPadding - before - after]);
}

function kernelOf(context: NodeContext, weights: readonly Dim[] | undefined, axes: number): readonly Dim[] {
  const given = context.ints('kernel_shape');
  if (given && weights) {
    given.forEach((size, axis) => {
      const actual = weights[axis + 2];
      if (typeof actual === 'number' && actual !== size) {
        context.report(
          'onnx.shape-mismatch',
          `kernel_shape says ${size} on spatial axis ${axis}, but the weight '${context.inputName(1)}' has ${actual}.`,
          [context.attributeSide('kernel_shape'), context.inputSide(1)],
        );
      }
    });
  }
  return given ?? weights?.slice(2) ?? new Array<Dim>(axes).fill(undefined);
}

function checkChannels(context: NodeContext, input: number, weight: number): void {
  const channels = context.dim(input, 1);
  const perGroup = context.dim(weight, 1);
  const groups = context.intOr('group', 1);
  if (typeof channels !== 'number' || typeof perGroup !== 'number' || channels === perGroup * groups) return;
  context.reportShapes(
    `'${context.inputName(input)}' has ${channels} channels (dimension 1), but the weight '${context.inputName(weight)}' takes ${perGroup * groups}: ${perGroup} in each of ${groups} groups.`,
    input,
    weight,
  );
}

function reportRank(context: NodeContext, input: number): true {
  context.reportShapes(
    `${context.node.operator} needs '${context.inputName(input)}' to have a batch and a channel dimension.`,
    input,
  );
  return true;
}

/** Columns of image blocks back to an image. */
const columnsToImage: Rule = (context) => {
  const shape = context.shape(0);
  const rank =
    context.count('strides') || context.count('dilations') || Math.floor(context.count('pads') / 2);
  // Where the image's size is not known, at least its number of axes may be.
  const image = context.data(1) ?? (rank > 0 ? new Array<Dim>(rank).fill(undefined) : undefined);
  const block = context.data(2);
  if (shape && shape.length !== 3) context.requireRank(0, 3);
  if (image === undefined) return;
  const channels = block && floorDivide(shape?.[1], product(block));
  context.setShape(0, [shape?.[0], channels, ...image]);
};

const causal: Rule = (context) => {
  context.copyShape(0, 0);
  const width = context.has(3)
    ? (context.dim(3, 2) ?? subtract(context.dim(1, 2), 1))
    : subtract(context.dim(1, 2), 1);
  const channels = context.dim(0, 1) ?? context.dim(1, 0);
  context.setShape(1, [context.dim(0, 0), channels, width]);
};

export const convolutionRules: RuleTable = {
  Conv: convolution(0, 1, 2),
  ConvInteger: convolution(0, 1, -1),
  QLinearConv: convolution(0, 3, 8),
  DeformConv: convolution(0, 1, 3),
  ConvTranspose: transposed,
  Col2Im: columnsToImage,
  CausalConvWithState: causal,
};
