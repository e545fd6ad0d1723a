/** Convolutions. */

import { type Dim, floorDivide, multiply, product, subtract, sum } from '../expression.ts';
import { formatDim } from '../format.ts';
import type { NodeContext } from '../node-context.ts';
import {
  refuse,
  refuseInput,
  requireAtLeast,
  requireElementsFrom,
  requireRankFrom,
  unify,
} from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';
import { type Window, windowedDim, windowOf } from './windows.ts';

function convolution(input: number, weight: number, bias: number): Rule {
  return (context) => {
    const shape = context.shape(input);
    const weights = context.shape(weight);
    if (shape === undefined || !requireRankFrom(context, input, 3)) return;
    if (!requireAtLeast(context, 'group', 1)) return;
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
    const spatial = shape.slice(2).map((dim, axis) => windowedDim(context, dim, axis, window, 'floor'));
    context.setShape(0, [shape[0], weights?.[0], ...spatial]);
  };
}

const transposed: Rule = (context) => {
  const shape = context.shape(0);
  const weights = context.shape(1);
  if (!requireAtLeast(context, 'group', 1)) return;
  if (shape === undefined || !requireRankFrom(context, 0, 3)) return;
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
  if (!hasTransposedAttributes(context, axes)) return;
  const padding = context.ints('output_padding') ?? [];
  const spatial = shape.slice(2).map((dim, axis) => {
    if (given) return given.at(axis - axes);
    return transposedDim(context, dim, axis, window, padding[axis] ?? 0);
  });
  context.setShape(0, [shape[0], channels, ...spatial]);
};

function hasTransposedAttributes(context: NodeContext, axes: number): boolean {
  for (const name of ['output_shape', 'output_padding']) {
    const values = context.ints(name);
    if (!values) continue;
    // Before the attribute had a fixed length, batch and channels could stand in front.
    if (values.length !== axes) {
      return refuse(
        context,
        name,
        `\`${name}\` of ConvTranspose has ${values.length} values; it takes ${axes}.`,
      );
    }
    if (!requireAtLeast(context, name, 0)) return false;
  }
  const automatic = context.string('auto_pad') ?? 'NOTSET';
  if (automatic !== 'NOTSET' && context.hasAttribute('pads')) {
    return refuse(context, 'pads', `\`pads\` of ConvTranspose means nothing beside auto_pad "${automatic}".`);
  }
  const groups = context.intOr('group', 1);
  const channels = context.dim(0, 1);
  if (typeof channels !== 'number' || channels % groups === 0) return true;
  return refuse(
    context,
    'group',
    `The ${channels} channels of '${context.inputName(0)}' cannot be split into ${groups} groups.`,
  );
}

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

/** Columns of image blocks back to an image. */
const columnsToImage: Rule = (context) => {
  const shape = context.shape(0);
  const rank =
    context.count('strides') || context.count('dilations') || Math.floor(context.count('pads') / 2);
  // Where the image's size is not known, at least its number of axes may be.
  const image = context.data(1) ?? (rank > 0 ? new Array<Dim>(rank).fill(undefined) : undefined);
  const block = context.data(2);
  if (!context.requireRank(0, 3)) return;
  if (context.count('pads') % 2 !== 0) {
    refuse(
      context,
      'pads',
      '`pads` of Col2Im has a begin and an end for each axis, so their number is even.',
    );
    return;
  }
  if (image && block && image.length !== block.length) {
    refuseInput(
      context,
      2,
      `'${context.inputName(2)}' has ${block.length} axes, and '${context.inputName(1)}' ${image.length}.`,
    );
    return;
  }
  if (image === undefined || !requireElementsFrom(context, 2, 1)) return;
  const channels = block && floorDivide(shape?.[1], product(block));
  context.setShape(0, [shape?.[0], channels, ...image]);
};

const causal: Rule = (context) => {
  context.copyShape(0, 0);
  if (!unify(context, { 0: 'BCL', 1: 'C1K', 2: 'C', 3: 'BCP' })) return;
  const [kernel, past] = [context.dim(1, 2), context.dim(3, 2)];
  if (typeof kernel === 'number' && typeof past === 'number' && past !== kernel - 1) {
    context.reportShapes(
      `CausalConvWithState needs '${context.inputName(3)}' to hold one step less than the kernel, ${kernel - 1}; it holds ${past}.`,
      3,
      1,
    );
    return;
  }
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
