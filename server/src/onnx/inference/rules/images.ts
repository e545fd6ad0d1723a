/** Operators on images: resizing, sampling, decoding. */

import { type Dim, integerPart, multiply } from '../expression.ts';
import { formatDim } from '../format.ts';
import type { NodeContext } from '../node-context.ts';
import { refuse, refuseInput } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const resize: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const atOpset10 = context.version < 11;
  const scales = context.data(atOpset10 ? 1 : 2);
  const sizes = atOpset10 ? undefined : context.data(3);
  const axes = context.axes(context.ints('axes') ?? shape.map((_, axis) => axis), shape.length);
  if (axes === undefined) return;
  // An empty tensor is as good as none: exporters pass one for the input they do not use.
  const hasSizes = !atOpset10 && context.has(3) && sizes?.length !== 0;
  const hasScales = !hasSizes && context.has(atOpset10 ? 1 : 2) && scales?.length !== 0;
  const factors = hasScales ? scales : undefined;
  const given = hasSizes ? sizes : factors;
  if (given && given.length !== axes.length) {
    context.report(
      'onnx.shape-mismatch',
      `Resize takes ${axes.length} ${hasSizes ? 'sizes' : 'scales'} for '${context.inputName(0)}'; there are ${given.length}.`,
      [context.inputSide(0), context.inputSide(hasSizes ? 3 : atOpset10 ? 1 : 2)],
    );
    return;
  }
  const policy = context.string('keep_aspect_ratio_policy') ?? 'stretch';
  if (hasScales && policy !== 'stretch') {
    refuse(
      context,
      'keep_aspect_ratio_policy',
      `keep_aspect_ratio_policy "${policy}" is for sizes; scales are given here.`,
    );
    return;
  }
  if (hasSizes && policy !== 'stretch') {
    context.setShape(0, keepingRatio(shape, axes, sizes, policy === 'not_larger'));
    return;
  }
  context.setShape(
    0,
    shape.map((dim, axis) => {
      const place = axes.indexOf(axis);
      if (place < 0) return dim;
      if (hasSizes) {
        context.explain?.(0, axis, () => `element ${place} of the sizes '${context.inputName(3)}'`);
        return sizes?.[place];
      }
      return scaled(context, dim, axis, factors?.[place]);
    }),
  );
};

function scaled(context: NodeContext, dim: Dim, axis: number, factor: Dim): Dim {
  context.explain?.(0, axis, () => `${formatDim(dim)} · ${formatDim(factor)} rounded down`);
  return integerPart(multiply(dim, factor));
}

/** The largest scale that makes no axis larger, or the smallest that makes none smaller, than asked for. */
function keepingRatio(
  shape: readonly Dim[],
  axes: readonly number[],
  sizes: readonly Dim[] | undefined,
  notLarger: boolean,
): readonly Dim[] {
  const ratios = axes.map((axis, place) => {
    const [dim, size] = [shape[axis], sizes?.[place]];
    return typeof dim === 'number' && typeof size === 'number' && dim > 0 ? size / dim : Number.NaN;
  });
  const ratio = notLarger ? Math.min(...ratios) : Math.max(...ratios);
  return shape.map((dim, axis) => {
    if (!axes.includes(axis)) return dim;
    if (Number.isNaN(ratio) || typeof dim !== 'number') return undefined;
    return Math.floor(ratio * dim + 0.5);
  });
}

const upsample: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  if (context.version < 7) {
    const [height, width] = [context.float('height_scale'), context.float('width_scale')];
    const factors = [1, 1, height, width];
    context.setShape(
      0,
      shape.map((dim, axis) => scaled(context, dim, axis, factors[axis])),
    );
    return;
  }
  const scales: readonly Dim[] | undefined =
    context.version < 9 ? context.attribute('scales', 'floats') : context.data(1);
  if (scales && scales.length !== shape.length) {
    context.reportShapes(`Upsample takes a scale for each dimension of '${context.inputName(0)}'.`, 0);
    return;
  }
  context.setShape(
    0,
    shape.map((dim, axis) => scaled(context, dim, axis, scales?.[axis])),
  );
};

const gridSample: Rule = (context) => {
  const [shape, grid] = [context.shape(0), context.shape(1)];
  if (shape && grid && shape.length !== grid.length) {
    context.reportShapes('GridSample needs an input and a grid of the same rank.', 0, 1);
    return;
  }
  const rank = shape?.length ?? grid?.length;
  if (rank === undefined) return;
  if (rank < 3) {
    const input = shape ? 0 : 1;
    context.reportShapes(
      `GridSample needs '${context.inputName(input)}' to have at least 3 dimensions; it has ${rank}.`,
      input,
    );
    return;
  }
  const coordinates = grid?.at(-1);
  if (typeof coordinates === 'number' && coordinates !== rank - 2) {
    context.reportShapes(
      `The last dimension of the grid '${context.inputName(1)}' holds the coordinates of a point, of which there are ${rank - 2}; it is ${coordinates}.`,
      1,
      0,
    );
    return;
  }
  context.sameDim([0, 0], [1, 0]);
  const spatial = grid?.slice(1, -1) ?? new Array<Dim>(rank - 2).fill(undefined);
  context.setShape(0, [shape?.[0] ?? grid?.[0], shape?.[1], ...spatial]);
};

const affineGrid: Rule = (context) => {
  const size = context.requireRank(1, 1) ? context.data(1) : undefined;
  if (size === undefined) return;
  if (size.length !== 4 && size.length !== 5) {
    refuseInput(
      context,
      1,
      `AffineGrid takes a size of 4 numbers, or of 5 for volumes; '${context.inputName(1)}' has ${size.length}.`,
    );
    return;
  }
  context.setShape(0, [size[0], ...size.slice(2), size.length - 2]);
};

const imageDecoder: Rule = (context) => {
  if (!context.requireRank(0, 1)) return;
  const channels = context.string('pixel_format') === 'Grayscale' ? 1 : 3;
  context.setShape(0, [undefined, undefined, channels]);
};

export const imageRules: RuleTable = {
  Resize: resize,
  Upsample: upsample,
  GridSample: gridSample,
  AffineGrid: affineGrid,
  ImageDecoder: imageDecoder,
};
