/** Operators that join, pad and repeat along axes. */

import { type Dim, multiply, sum } from '../expression.ts';
import { formatDim } from '../format.ts';
import { count, moreTelling } from '../node-context.ts';
import { broadcastShapes } from './broadcasting.ts';
import { requireElementsFrom, requireLength } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const concat: Rule = (context) => {
  const shapes = context.inputs.map((_, input) => context.shape(input));
  const [first] = shapes.filter((shape) => shape !== undefined);
  const given = context.version < 4 ? context.intOr('axis', 1) : context.int('axis');
  if (first === undefined || given === undefined) return;
  const axis = context.axis(given, first.length, shapes.indexOf(first));
  if (axis === undefined) return;
  const result: Dim[] = [...first];
  const parts: Dim[] = [];
  for (const [input, shape] of shapes.entries()) {
    if (shape && shape.length !== first.length) {
      context.reportShapes(
        `Concat joins '${context.inputName(0)}' of ${count(first.length, 'dimension')} and '${context.inputName(input)}' of ${shape.length}.`,
        0,
        input,
      );
      return;
    }
    parts.push(shape?.[axis]);
    shape?.forEach((dim, index) => {
      const known = result[index];
      if (index === axis) return;
      if (typeof dim === 'number' && typeof known === 'number' && dim !== known) {
        context.reportShapes(
          `Concat joins along axis ${axis}, but dimension ${index} of '${context.inputName(input)}' is ${dim} where it is ${known} before.`,
          0,
          input,
        );
      }
      result[index] = moreTelling(known, dim);
    });
  }
  result[axis] = sum(parts);
  context.explain?.(0, axis, () => parts.map(formatDim).join(' + '));
  context.setShape(0, result);
  if (first.length === 1 && context.isSmall(result)) {
    const data = context.inputs.map((_, input) => context.data(input));
    if (data.every((part) => part !== undefined)) context.setData(0, data.flat());
  }
};

const pad: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  if (context.version >= 11 && !context.requireRank(1, 1)) return;
  const name = context.version < 2 ? 'paddings' : 'pads';
  const pads: readonly Dim[] | undefined = context.version < 11 ? context.ints(name) : context.data(1);
  const given = context.has(3) ? context.numbers(3) : shape.map((_, axis) => axis);
  const axes = given && pads ? context.axes(given, shape.length) : undefined;
  if (axes === undefined || pads === undefined) {
    context.setShape(
      0,
      shape.map(() => undefined),
    );
    return;
  }
  if (pads.length !== 2 * axes.length) {
    context.report(
      'onnx.shape-mismatch',
      `Pad takes a begin and an end for each of ${axes.length} axes of '${context.inputName(0)}'; there are ${count(pads.length, 'value')}.`,
      [
        context.inputSide(0),
        ...(context.version < 11 ? [context.attributeSide(name)] : [context.inputSide(1)]),
      ],
    );
    return;
  }
  const result: Dim[] = [...shape];
  axes.forEach((axis, index) => {
    const [before, after] = [pads[index], pads[index + axes.length]];
    result[axis] = sum([shape[axis], before, after]);
    context.explain?.(
      0,
      axis,
      () => `${formatDim(shape[axis])} + ${formatDim(before)} + ${formatDim(after)}: padded`,
    );
  });
  context.setShape(0, result);
};

const tile: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  if (context.version < 6) {
    const [tiles, axis] = [context.scalar(1), context.scalar(2)];
    const known = typeof axis === 'number' ? context.axis(axis, shape.length) : undefined;
    context.setShape(
      0,
      shape.map((dim, index) =>
        index === known ? multiply(dim, tiles) : known === undefined ? undefined : dim,
      ),
    );
    return;
  }
  if (!requireLength(context, 1, shape.length, `one for each dimension of '${context.inputName(0)}'`)) return;
  if (!requireElementsFrom(context, 1, 0)) return;
  const repeats = context.data(1);
  context.setShape(
    0,
    shape.map((dim, axis) => {
      const times = repeats?.[axis];
      context.explain?.(0, axis, () => `${formatDim(dim)} · ${formatDim(times)}: repeated`);
      return multiply(dim, times);
    }),
  );
  const times = repeats?.[0];
  const data = shape.length === 1 && context.isSmall(shape) ? context.data(0) : undefined;
  if (data && typeof times === 'number' && times >= 0 && times * data.length <= 256) {
    context.setData(0, new Array<readonly Dim[]>(times).fill(data).flat());
  }
};

const expand: Rule = (context) => {
  if (!context.requireRank(1, 1)) return;
  const shape = context.shape(0);
  const target = context.data(1);
  if (shape === undefined || target === undefined) return;
  const result = broadcastShapes(shape, target, (axis, a, b) => {
    context.reportShapes(`Expand cannot make ${b} of dimension ${axis}, which is ${a}.`, 0, 1);
  });
  context.setShape(0, result);
  const data = context.isSmall(shape) && context.isSmall(result) ? context.data(0) : undefined;
  const size = result?.reduce<number>((all, dim) => all * Number(dim), 1) ?? 0;
  if (data?.length === 1) context.setData(0, new Array<Dim>(size).fill(data[0]));
};

export const joiningRules: RuleTable = {
  Concat: concat,
  Pad: pad,
  Tile: tile,
  Expand: expand,
};
