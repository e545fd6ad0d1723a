/** Operators that cut along axes. */

import {
  add,
  boundsOf,
  ceilDivide,
  type Dim,
  floorDivide,
  maximum,
  minimum,
  multiply,
  subtract,
  sum,
} from '../expression.ts';
import { formatDim } from '../format.ts';
import { count, type NodeContext } from '../node-context.ts';
import { refuse, refuseInput, requireLength } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const split: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const axis = context.axis(context.intOr('axis', 0), shape.length);
  if (axis === undefined) return;
  const outputs = context.outputs.length;
  const dim = shape[axis];
  const asInput = context.version >= 13;
  const asked = context.int('num_outputs');
  if (asked !== undefined && (asked < 1 || asked !== outputs)) {
    refuse(
      context,
      'num_outputs',
      `\`num_outputs\` of Split is ${asked}, and the node has ${count(outputs, 'output')}.`,
    );
    return;
  }
  const given: readonly Dim[] | undefined = asInput ? context.data(1) : context.ints('split');
  let sizes: readonly Dim[];
  if (given) {
    sizes = given;
    if (given.length !== outputs) {
      context.report(
        given.length > outputs ? 'onnx.missing-output' : 'onnx.surplus-output',
        `Split cuts '${context.inputName(0)}' into ${count(given.length, 'part')} and has ${count(outputs, 'output')}.`,
        asInput ? [context.inputSide(1)] : [context.attributeSide('split')],
      );
      return;
    }
    const total = sum(given);
    if (typeof total === 'number' && typeof dim === 'number' && total !== dim) {
      context.reportShapes(
        `Split cuts dimension ${axis} of '${context.inputName(0)}', ${dim}, into parts of ${total} in all.`,
        0,
      );
    }
  } else if (asInput && context.has(1)) {
    sizes = new Array<Dim>(outputs).fill(undefined);
  } else {
    sizes = equalParts(context, dim, context.intOr('num_outputs', outputs));
  }
  const data = shape.length === 1 && context.isSmall(shape) ? context.data(0) : undefined;
  let start: Dim = 0;
  for (let output = 0; output < outputs; output++) {
    const size = sizes[output];
    const at = start;
    context.explain?.(output, axis, () => `part ${output + 1} of ${outputs} of ${formatDim(dim)}`);
    context.setShape(
      output,
      shape.map((whole, index) => (index === axis ? size : whole)),
    );
    if (data && typeof at === 'number' && typeof size === 'number')
      context.setData(output, data.slice(at, at + size));
    start = add(start, size);
  }
};

function equalParts(context: NodeContext, dim: Dim, parts: number): Dim[] {
  if (parts <= 0 || parts > 1_000_000) return [];
  if (context.version < 18) {
    if (typeof dim === 'number' && dim % parts !== 0) {
      context.reportShapes(`Split cannot cut ${dim} into ${parts} equal parts.`, 0);
      return [];
    }
    return new Array<Dim>(parts).fill(floorDivide(dim, parts));
  }
  // The last part may be smaller.
  const size = ceilDivide(dim, parts);
  return Array.from({ length: parts }, (_, index) =>
    index < parts - 1 ? size : subtract(dim, multiply(size, parts - 1)),
  );
}

const slice: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const old = context.version < 10;
  const starts: readonly Dim[] | undefined = old ? context.ints('starts') : context.data(1);
  const ends: readonly Dim[] | undefined = old ? context.ints('ends') : context.data(2);
  const givenAxes = old ? context.ints('axes') : context.numbers(3);
  const steps: readonly Dim[] | undefined = old ? undefined : context.data(4);
  if (!old && context.has(3) && givenAxes === undefined) {
    context.setShape(
      0,
      shape.map(() => undefined),
    );
    return;
  }
  const length = starts?.length ?? ends?.length ?? givenAxes?.length;
  const axes = givenAxes ?? (length === undefined ? undefined : Array.from({ length }, (_, axis) => axis));
  if (axes === undefined) {
    context.setShape(
      0,
      shape.map(() => undefined),
    );
    return;
  }
  const found = context.axes(axes, shape.length);
  if (found === undefined || !isConsistentSlice(context, { starts, ends, steps, axes: found })) return;
  const result: Dim[] = [...shape];
  found.forEach((axis, index) => {
    const step = !old && context.has(4) ? steps?.[index] : 1;
    const dim = shape[axis];
    const size = slicedDim(dim, starts?.[index], ends?.[index], step);
    context.explain?.(0, axis, () => {
      const [from, to] = [formatDim(starts?.[index]), formatDim(ends?.[index])];
      return `slice ${from} to ${to}${step === 1 ? '' : ` by ${formatDim(step)}`} of ${formatDim(dim)}`;
    });
    result[axis] = size;
  });
  context.setShape(0, result);
  const data = shape.length === 1 && context.isSmall(shape) ? context.data(0) : undefined;
  const [start, end] = [starts?.[0], ends?.[0]];
  const step = context.has(4) ? steps?.[0] : 1;
  if (
    data &&
    found.length === 1 &&
    typeof start === 'number' &&
    typeof end === 'number' &&
    typeof step === 'number'
  ) {
    context.setData(0, slicedElements(data, start, end, step));
  }
};

/** As many starts as ends, axes and steps; no axis twice, no step of 0. */
function isConsistentSlice(
  context: NodeContext,
  {
    starts,
    ends,
    steps,
    axes,
  }: {
    readonly starts: readonly Dim[] | undefined;
    readonly ends: readonly Dim[] | undefined;
    readonly steps: readonly Dim[] | undefined;
    readonly axes: readonly number[];
  },
): boolean {
  const tell = (what: 'starts' | 'ends' | 'axes' | 'steps', message: string) =>
    context.version < 10
      ? refuse(context, what, message)
      : refuseInput(context, ['', 'starts', 'ends', 'axes', 'steps'].indexOf(what), message);
  const length = starts?.length;
  for (const [what, list] of [
    ['ends', ends],
    ['axes', axes],
    ['steps', steps],
  ] as const) {
    if (length === undefined || list === undefined || list.length === length) continue;
    return tell(what, `Slice is given ${count(length, 'start')} and ${list.length} ${what}.`);
  }
  if (steps?.includes(0)) return tell('steps', 'Slice cannot go by steps of 0.');
  const twice = axes.find((axis, index) => axes.indexOf(axis) < index);
  return twice === undefined || tell('axes', `Slice is given axis ${twice} twice.`);
}

/** A start or end beyond this is "to the end", whatever the dim. */
const far = 2 ** 31 - 1;

/** The number of elements that `start:end:step` takes of a dim. */
function slicedDim(dim: Dim, start: Dim, end: Dim, step: Dim): Dim {
  if (typeof step !== 'number' || step === 0) return undefined;
  if (typeof dim === 'number' && typeof start === 'number' && typeof end === 'number') {
    const [from, to] = clampedBounds(dim, start, end, step);
    return Math.max(0, Math.ceil((to - from) / step));
  }
  if (step < 0) {
    // Only the whole axis backwards is worth the cases.
    const isWhole =
      typeof start === 'number' && typeof end === 'number' && (start === -1 || start >= far) && end <= -far;
    return isWhole ? ceilDivide(dim, -step) : undefined;
  }
  const from = clamped(dim, start);
  const to = clamped(dim, end);
  const length = subtract(to, from);
  return maximum(0, ceilDivide(length, step));
}

/** A position counted from the front and within the axis. */
function clamped(dim: Dim, position: Dim): Dim {
  if (position === undefined) return undefined;
  if (typeof position === 'number') {
    if (position >= far) return dim;
    if (position <= -far) return 0;
    if (position < 0) return maximum(0, add(dim, position));
    return position === 0 ? 0 : minimum(dim, position);
  }
  const [least, most] = boundsOf(position);
  if (least >= 0) return minimum(dim, position);
  return most < 0 ? maximum(0, add(dim, position)) : undefined;
}

function clampedBounds(dim: number, start: number, end: number, step: number): readonly [number, number] {
  const place = (position: number, least: number, most: number) =>
    Math.min(Math.max(position < 0 ? position + dim : position, least), most);
  return step > 0
    ? [place(start, 0, dim), place(end, 0, dim)]
    : [place(start, 0, dim - 1), place(end, -1, dim - 1)];
}

function slicedElements(data: readonly Dim[], start: number, end: number, step: number): Dim[] {
  const [from, to] = clampedBounds(data.length, start, end, step);
  const taken: Dim[] = [];
  if (step === 0) return taken;
  for (let index = from; step > 0 ? index < to : index > to; index += step) taken.push(data[index]);
  return taken;
}

const centerCropPad: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const asked = context.count('axes') || shape.length;
  if (!requireLength(context, 1, asked, 'one for each axis')) return;
  const target = context.data(1);
  const axes = context.axes(context.ints('axes') ?? shape.map((_, axis) => axis), shape.length);
  if (axes === undefined) return;
  context.setShape(
    0,
    shape.map((dim, axis) => (axes.includes(axis) ? target?.[axes.indexOf(axis)] : dim)),
  );
};

export const slicingRules: RuleTable = {
  Split: split,
  Slice: slice,
  CenterCropPad: centerCropPad,
};
