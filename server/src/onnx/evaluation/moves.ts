/** Operators that move elements and compute nothing: exact for every type. */
import {
  attributeOf,
  axesOf,
  axisOf,
  type Call,
  clampedIntegersOf,
  type Evaluation,
  type Evaluator,
  intAttribute,
  integersOf,
  intsAttribute,
} from './call.ts';
import { type Constant, constant, constantOf, maximumElements, types } from './constant.ts';
import { broadcast, broadcastOffsets, countOf, offsetsWith, stridesOf } from './indices.ts';

export const moves: Readonly<Record<string, Evaluator>> = {
  Identity: { attributes: [], evaluate: ({ inputs }) => [inputs[0]] },
  Reshape: { attributes: ['allowzero'], since: 5, evaluate: reshape },
  Flatten: { attributes: ['axis'], evaluate: flatten },
  Squeeze: { attributes: ['axes'], evaluate: squeeze },
  Unsqueeze: { attributes: ['axes'], evaluate: unsqueeze },
  Transpose: { attributes: ['perm'], evaluate: transpose },
  Concat: { attributes: ['axis'], since: 4, evaluate: concat },
  Gather: { attributes: ['axis'], evaluate: gather },
  Slice: { attributes: [], since: 10, evaluate: slice },
  Split: { attributes: ['axis', 'num_outputs'], since: 13, evaluate: split },
  Expand: { attributes: [], evaluate: expand },
  Tile: { attributes: [], since: 6, evaluate: tile },
  Where: { attributes: [], evaluate: where },
  ConstantOfShape: { attributes: ['value'], evaluate: constantOfShape },
};

function withDims(input: Constant, dims: readonly number[]): Evaluation {
  return countOf(dims) === input.elements.length ? [{ ...input, dims }] : undefined;
}

/** Elements of `input` at these offsets. */
function picked(input: Constant, dims: readonly number[], offsets: readonly number[]): Evaluation {
  if (offsets.length > maximumElements) return undefined;
  const elements = offsets.map((offset) => input.elements[offset]);
  return [constant(input.dataType, dims, elements)];
}

function reshape(call: Call): Evaluation {
  const [input, shape] = call.inputs;
  const asked = integersOf(shape);
  if (!input || !asked) return undefined;
  const allowsZero = intAttribute(call, 'allowzero', 0) !== 0;
  const dims = asked.map((dim, axis) => (dim === 0 && !allowsZero ? (input.dims[axis] ?? -2) : dim));
  const known = dims.filter((dim) => dim !== -1);
  if (known.some((dim) => dim < 0) || dims.length - known.length > 1) return undefined;
  const rest = countOf(known);
  if (known.length < dims.length && rest === 0) return undefined;
  return withDims(
    input,
    dims.map((dim) => (dim === -1 ? input.elements.length / rest : dim)),
  );
}

function flatten(call: Call): Evaluation {
  const [input] = call.inputs;
  if (!input) return undefined;
  const given = intAttribute(call, 'axis', 1);
  const axis = given < 0 ? given + input.dims.length : given;
  if (axis < 0 || axis > input.dims.length) return undefined;
  return withDims(input, [countOf(input.dims.slice(0, axis)), countOf(input.dims.slice(axis))]);
}

/** From the attribute up to opset 12, from the input later; null where neither is given. */
function givenAxes(call: Call): number[] | null | undefined {
  const attribute = intsAttribute(call, 'axes');
  if (call.opset < 13) return attribute ?? null;
  if (attribute) return undefined;
  return call.inputs[1] === undefined ? null : integersOf(call.inputs[1]);
}

function squeeze(call: Call): Evaluation {
  const [input] = call.inputs;
  const given = givenAxes(call);
  if (!input || given === undefined) return undefined;
  const axes =
    given === null
      ? input.dims.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
      : axesOf(given, input.dims.length);
  if (!axes?.every((axis) => input.dims[axis] === 1)) return undefined;
  return withDims(
    input,
    input.dims.filter((_, axis) => !axes.includes(axis)),
  );
}

function unsqueeze(call: Call): Evaluation {
  const [input] = call.inputs;
  const given = givenAxes(call);
  if (!input || !given) return undefined;
  const rank = input.dims.length + given.length;
  const axes = axesOf(given, rank);
  if (!axes) return undefined;
  const rest = [...input.dims];
  return withDims(
    input,
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1))),
  );
}

function transpose(call: Call): Evaluation {
  const [input] = call.inputs;
  if (!input) return undefined;
  const rank = input.dims.length;
  const order = intsAttribute(call, 'perm') ?? input.dims.map((_, axis) => rank - 1 - axis);
  if (order.length !== rank || axesOf(order, rank) === undefined || order.some((axis) => axis < 0)) {
    return undefined;
  }
  const strides = stridesOf(input.dims);
  const dims = order.map((axis) => input.dims[axis] ?? 0);
  return picked(
    input,
    dims,
    offsetsWith(
      dims,
      order.map((axis) => strides[axis] ?? 0),
    ),
  );
}

function concat(call: Call): Evaluation {
  const parts = call.inputs.filter((input) => input !== undefined);
  const [first] = parts;
  if (!first || parts.length !== call.inputs.length) return undefined;
  const axis = axisOf(intAttribute(call, 'axis', Number.NaN), first.dims.length);
  if (axis === undefined) return undefined;
  const fits = parts.every(
    ({ dataType, dims }) =>
      dataType === first.dataType &&
      dims.length === first.dims.length &&
      dims.every((dim, at) => at === axis || dim === first.dims[at]),
  );
  if (!fits) return undefined;
  const inner = parts.map(({ dims }) => countOf(dims.slice(axis)));
  const outer = countOf(first.dims.slice(0, axis));
  const elements = Array.from({ length: outer }, (_, block) =>
    parts.flatMap((part, at) => {
      const size = inner[at] ?? 0;
      return part.elements.slice(block * size, (block + 1) * size);
    }),
  ).flat();
  const dims = first.dims.map((dim, at) =>
    at === axis ? parts.reduce((sum, part) => sum + (part.dims[axis] ?? 0), 0) : dim,
  );
  return [constant(first.dataType, dims, elements)];
}

function gather(call: Call): Evaluation {
  const [input, places] = call.inputs;
  const indices = integersOf(places);
  if (!input || !places || !indices) return undefined;
  const axis = axisOf(intAttribute(call, 'axis', 0), input.dims.length);
  const size = input.dims[axis ?? -1];
  if (axis === undefined || size === undefined) return undefined;
  const positive = indices.map((index) => axisOf(index, size));
  if (positive.includes(undefined)) return undefined;
  const before = input.dims.slice(0, axis);
  const behind = input.dims.slice(axis + 1);
  const inner = countOf(behind);
  if (countOf(before) * positive.length * inner > maximumElements) return undefined;
  const offsets = Array.from({ length: countOf(before) }, (_, block) =>
    positive.flatMap((index) =>
      Array.from({ length: inner }, (__, at) => (block * size + Number(index)) * inner + at),
    ),
  ).flat();
  return picked(input, [...before, ...places.dims, ...behind], offsets);
}

function slice(call: Call): Evaluation {
  const [input, starts, ends, axesInput, stepsInput] = call.inputs;
  const from = clampedIntegersOf(starts);
  const to = clampedIntegersOf(ends);
  if (!input || !from || !to || from.length !== to.length) return undefined;
  const given = axesInput ? integersOf(axesInput) : from.map((_, axis) => axis);
  const steps = stepsInput ? integersOf(stepsInput) : from.map(() => 1);
  if (given?.length !== from.length || steps?.length !== from.length) return undefined;
  const strides = stridesOf(input.dims);
  const dims = [...input.dims];
  let start = 0;
  const seen = new Set<number>();
  for (const [at, asked] of given.entries()) {
    const axis = axisOf(asked, input.dims.length);
    const step = steps[at] ?? 0;
    if (axis === undefined || step === 0 || seen.has(axis)) return undefined;
    seen.add(axis);
    const size = input.dims[axis] ?? 0;
    const [first, end] = step > 0 ? [0, size] : [0, size - 1];
    const begin = clamp(wrapped(from[at] ?? 0, size), first, end);
    const stop = clamp(wrapped(to[at] ?? 0, size), step > 0 ? 0 : -1, step > 0 ? size : size - 1);
    dims[axis] = Math.max(0, Math.ceil((stop - begin) / step));
    start += begin * (strides[axis] ?? 0);
    strides[axis] = (strides[axis] ?? 0) * step;
  }
  return picked(input, dims, countOf(dims) === 0 ? [] : offsetsWith(dims, strides, start));
}

function wrapped(index: number, size: number): number {
  return index < 0 ? index + size : index;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

function split(call: Call): Evaluation {
  const [input, sizesInput] = call.inputs;
  if (!input) return undefined;
  const axis = axisOf(intAttribute(call, 'axis', 0), input.dims.length);
  const total = input.dims[axis ?? -1];
  if (axis === undefined || total === undefined) return undefined;
  const parts = call.node.outputs.length;
  const size = Math.ceil(total / intAttribute(call, 'num_outputs', parts));
  const sizes = sizesInput
    ? integersOf(sizesInput)
    : Array.from({ length: parts }, (_, at) => Math.min(size, total - at * size));
  if (sizes?.length !== parts || sizes.some((part) => part < 0)) return undefined;
  if (sizes.reduce((sum, part) => sum + part, 0) !== total) return undefined;
  const strides = stridesOf(input.dims);
  let start = 0;
  return sizes.map((part) => {
    const dims = input.dims.map((dim, at) => (at === axis ? part : dim));
    const [output] = picked(input, dims, offsetsWith(dims, strides, start * (strides[axis] ?? 0))) ?? [];
    start += part;
    return output;
  });
}

function expand(call: Call): Evaluation {
  const [input, shape] = call.inputs;
  const asked = integersOf(shape);
  if (!input || !asked || asked.some((dim) => dim < 0)) return undefined;
  const dims = broadcast([input.dims, asked]);
  return dims && countOf(dims) <= maximumElements
    ? picked(input, dims, broadcastOffsets(input.dims, dims))
    : undefined;
}

function tile(call: Call): Evaluation {
  const [input, repeatsInput] = call.inputs;
  const repeats = integersOf(repeatsInput);
  if (!input || repeats?.length !== input.dims.length || repeats.some((count) => count < 0)) return undefined;
  const dims = input.dims.map((dim, axis) => dim * (repeats[axis] ?? 1));
  if (countOf(dims) > maximumElements) return undefined;
  // Each axis counts as two: which repetition, and where in it.
  const strides = stridesOf(input.dims);
  const offsets = offsetsWith(
    input.dims.flatMap((dim, axis) => [repeats[axis] ?? 1, dim]),
    strides.flatMap((stride) => [0, stride]),
  );
  return picked(input, dims, offsets);
}

function where(call: Call): Evaluation {
  const [condition, yes, no] = call.inputs;
  if (!condition || !yes || !no || yes.dataType !== no.dataType) return undefined;
  const dims = broadcast([condition.dims, yes.dims, no.dims]);
  if (!dims || countOf(dims) > maximumElements) return undefined;
  const [conditions, ifYes, ifNo] = [condition, yes, no].map((input) => broadcastOffsets(input.dims, dims));
  const elements = Array.from({ length: countOf(dims) }, (_, at) => {
    const chosen = condition.elements[conditions?.[at] ?? 0];
    if (chosen === undefined) return undefined;
    return chosen !== 0n ? yes.elements[ifYes?.[at] ?? 0] : no.elements[ifNo?.[at] ?? 0];
  });
  return [constant(yes.dataType, dims, elements)];
}

function constantOfShape(call: Call): Evaluation {
  const dims = integersOf(call.inputs[0]);
  if (!dims || dims.some((dim) => dim < 0) || countOf(dims) > maximumElements) return undefined;
  const attribute = attributeOf(call, 'value');
  const value =
    attribute?.type === 'tensor'
      ? constantOf(attribute.value, (bytes) => (bytes instanceof Uint8Array ? bytes : new Uint8Array()))
      : ({ dataType: types.float, dims: [1], elements: [0] } satisfies Constant);
  if (value?.elements.length !== 1) return undefined;
  const elements = new Array<Constant['elements'][number]>(countOf(dims)).fill(value.elements[0]);
  return [constant(value.dataType, dims, elements)];
}
