/** Operators that gather, scatter, select and sort. */

import { product } from '../expression.ts';
import { formatDim } from '../format.ts';
import { sameShape } from './elementwise.ts';
import { refuse, requireLength, requireRankFrom } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const gather: Rule = (context) => {
  const shape = context.shape(0);
  const indices = context.shape(1);
  if (shape === undefined) return;
  const axis = context.axis(context.intOr('axis', 0), shape.length);
  if (axis === undefined || indices === undefined) return;
  indices.forEach((_, index) => {
    context.explain?.(0, axis + index, () => `dim ${index} of the indices '${context.inputName(1)}'`);
  });
  context.setShape(0, [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)]);
  const data = shape.length === 1 && context.isSmall(shape) ? context.data(0) : undefined;
  if (data === undefined || !context.isSmall(indices)) return;
  const places = context.data(1);
  for (const place of places ?? []) {
    if (typeof place === 'number' && (place < -data.length || place >= data.length)) {
      context.report(
        'onnx.argument-out-of-range',
        `Gather takes element ${place} of '${context.inputName(0)}', which has ${data.length}.`,
        [context.inputSide(0), context.inputSide(1)],
      );
      return;
    }
  }
  context.setData(
    0,
    places?.map((place) => (typeof place === 'number' ? data.at(place) : undefined)),
  );
};

const gatherElements: Rule = (context) => context.copyShape(1, 0);

const gatherNd: Rule = (context) => {
  if (!requireRankFrom(context, 0, 1) || !requireRankFrom(context, 1, 1)) return;
  const shape = context.shape(0);
  const indices = context.shape(1);
  const depth = indices?.at(-1);
  if (shape === undefined || indices === undefined || typeof depth !== 'number') return;
  const from = depth + context.intOr('batch_dims', 0);
  if (from > shape.length) {
    context.reportShapes(
      `Each index in '${context.inputName(1)}' has ${depth} coordinates, more than '${context.inputName(0)}' has dimensions.`,
      0,
      1,
    );
    return;
  }
  context.setShape(0, [...indices.slice(0, -1), ...shape.slice(from)]);
};

const oneHot: Rule = (context) => {
  const indices = context.shape(0);
  for (const [input, what, length] of [
    [1, 'the depth, one number', 1],
    [2, 'two values, off and on', 2],
  ] as const) {
    const size = context.dim(input, 0);
    const rank = context.rank(input);
    const isFine = rank === undefined || (input === 1 && rank === 0) || rank === 1;
    if (isFine && (typeof size !== 'number' || (input === 1 ? size <= length : size === length))) continue;
    context.reportShapes(`OneHot takes '${context.inputName(input)}' as ${what}.`, input);
    return;
  }
  if (indices === undefined) return;
  const rank = indices.length + 1;
  const axis = context.axis(context.intOr('axis', -1), rank);
  if (axis === undefined) return;
  context.explain?.(0, axis, () => `depth ${formatDim(context.scalar(1))}`);
  context.setShape(0, [...indices.slice(0, axis), context.scalar(1), ...indices.slice(axis)]);
};

const topK: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const axis = context.axis(context.intOr('axis', -1), shape.length);
  if (axis === undefined) return;
  if (context.version >= 10 && !requireLength(context, 1, 1, 'how many to take')) return;
  const k = context.version < 10 ? context.int('k') : context.scalar(1);
  const dim = shape[axis];
  if (typeof k === 'number' && typeof dim === 'number' && k > dim) {
    context.reportShapes(
      `TopK takes ${k} of the ${dim} elements on axis ${axis} of '${context.inputName(0)}'.`,
      0,
    );
    return;
  }
  const result = shape.map((whole, index) => (index === axis ? k : whole));
  for (const output of [0, 1]) {
    context.explain?.(output, axis, () => `k = ${formatDim(k)}`);
    context.setShape(output, result);
  }
};

const nonZero: Rule = (context) => {
  const rank = context.rank(0);
  // A scalar's one position has no coordinates, but numpy and ONNX give it one.
  context.explain?.(0, 0, () => `number of dimensions of ${context.inputName(0)}`);
  context.explain?.(0, 1, () => 'number of elements that are not zero, known only when run');
  context.setShape(0, [rank === 0 ? undefined : rank, undefined]);
};

const compress: Rule = (context) => {
  const given = context.int('axis');
  if (given === undefined) return context.setShape(0, [undefined]);
  const shape = context.shape(0);
  const axis = shape && context.axis(given, shape.length);
  if (axis !== undefined)
    context.setShape(
      0,
      shape?.map((dim, index) => (index === axis ? undefined : dim)),
    );
};

const unique: Rule = (context) => {
  const found = context.unknownDim(0, 'unique');
  context.setShape(1, [found]);
  context.setShape(3, [found]);
  const shape = context.shape(0);
  const given = context.int('axis');
  if (given === undefined) {
    context.setShape(0, [found]);
    context.setShape(2, [shape?.length === 1 ? shape[0] : undefined]);
    return;
  }
  const axis = shape && context.axis(given, shape.length);
  if (axis === undefined) {
    context.setShape(2, [undefined]);
    return;
  }
  context.setShape(
    0,
    shape?.map((dim, index) => (index === axis ? found : dim)),
  );
  context.setShape(2, [shape?.[axis]]);
};

const tensorScatter: Rule = (context) => {
  const [cache, update] = [context.shape(0), context.shape(1)];
  if (cache && update && cache.length !== update.length) {
    context.reportShapes('TensorScatter needs a cache and an update of the same rank.', 0, 1);
  }
  const rank = cache?.length;
  const axis = rank === undefined ? undefined : context.axis(context.intOr('axis', -2), rank);
  if (rank !== undefined && axis === undefined) return;
  if (axis === 0) {
    refuse(context, 'axis', `TensorScatter writes along any axis but the first, which is the batch.`);
    return;
  }
  if (cache && update && cache.length === update.length) {
    cache.forEach((_, at) => {
      if (at !== axis) context.sameDim([0, at], [1, at]);
    });
  }
  if (context.requireRank(2, 1)) context.sameDim([2, 0], [0, 0]);
  context.copyShape(0, 0);
};

const reverseSequence: Rule = (context) => {
  const rank = context.rank(0);
  if (rank !== undefined && rank < 2) {
    context.reportShapes(
      `ReverseSequence needs '${context.inputName(0)}' to have a time and a batch dimension; it has ${rank}.`,
      0,
    );
    return;
  }
  context.requireRank(1, 1);
  context.copyShape(0, 0);
};

const nonMaxSuppression: Rule = (context) => {
  context.requireRank(0, 3);
  context.requireRank(1, 3);
  context.sameDim([0, 0], [1, 0]);
  context.sameDim([0, 1], [1, 2]);
  context.explain?.(0, 0, () => 'number of selected boxes, known only when run');
  context.setShape(0, [undefined, 3]);
};

/** Picks columns of the last axis (ai.onnx.ml). */
export const arrayFeatureExtractor: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const chosen = context.shape(1);
  const picked = chosen && product(chosen);
  if (shape.length === 1) return context.setShape(0, [1, picked]);
  context.setShape(0, [...shape.slice(0, -1), picked]);
};

export const indexingRules: RuleTable = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Scatter: sameShape,
  ScatterElements: sameShape,
  ScatterND: sameShape,
  TensorScatter: tensorScatter,
  ReverseSequence: reverseSequence,
  OneHot: oneHot,
  TopK: topK,
  NonZero: nonZero,
  Compress: compress,
  Unique: unique,
  NonMaxSuppression: nonMaxSuppression,
};
