/**
 * Operators that compute: integers as ONNX's types wrap around, floats where IEEE 754 defines the result to the last bit. A double
 * that is rounded to float32 afterwards is the float32 result of +, -, *, / and square root.
 */
import { dataTypeOfNumber } from '../model/data-types.ts';
import {
  axesOf,
  type Call,
  type Evaluation,
  type Evaluator,
  intAttribute,
  integersOf,
  intsAttribute,
} from './call.ts';
import {
  type Constant,
  constant,
  type Element,
  isFloat,
  isIntegral,
  maximumElements,
  types,
} from './constant.ts';
import { broadcast, broadcastOffsets, countOf, stridesOf } from './indices.ts';

/** Undefined where the result is not certain. */
type Integers = (a: bigint, b: bigint, call: Call) => bigint | undefined;
type Floats = (a: number, b: number) => number | undefined;

export const arithmetic: Readonly<Record<string, Evaluator>> = {
  Add: binary({ integers: (a, b) => a + b, floats: (a, b) => a + b }, 7),
  Sub: binary({ integers: (a, b) => a - b, floats: (a, b) => a - b }, 7),
  Mul: binary({ integers: (a, b) => a * b, floats: (a, b) => a * b }, 7),
  // Truncates; dividing the least integer by -1 overflows on some machines and traps on others.
  Div: binary(
    { integers: (a, b) => (b === 0n || b === -1n ? undefined : a / b), floats: (a, b) => a / b },
    7,
  ),
  Mod: binary({ integers: modulo }, 10, ['fmod']),
  Max: binary({ integers: larger, floats: (a, b) => chosen(a, b, a > b) }, 8),
  Min: binary({ integers: smaller, floats: (a, b) => chosen(a, b, a < b) }, 8),
  BitwiseAnd: binary({ integers: (a, b) => a & b }, 18),
  BitwiseOr: binary({ integers: (a, b) => a | b }, 18),
  BitwiseXor: binary({ integers: (a, b) => a ^ b }, 18),
  And: binary({ integers: (a, b) => a & b }, 7),
  Or: binary({ integers: (a, b) => a | b }, 7),
  Xor: binary({ integers: (a, b) => a ^ b }, 7),
  Equal: comparison((a, b) => a === b, 7),
  Less: comparison((a, b) => a < b, 7),
  LessOrEqual: comparison((a, b) => a <= b, 12),
  Greater: comparison((a, b) => a > b, 7),
  GreaterOrEqual: comparison((a, b) => a >= b, 12),
  Neg: unary({ integers: (a) => -a, floats: (a) => -a }),
  Abs: unary({ integers: (a) => (a < 0n ? -a : a), floats: Math.abs }),
  Sign: unary({ integers: (a) => (a > 0n ? 1n : a < 0n ? -1n : 0n) }),
  BitwiseNot: unary({ integers: (a) => ~a }),
  Not: unary({ integers: (a) => (a === 0n ? 1n : 0n) }),
  Sqrt: unary({ floats: Math.sqrt }),
  Floor: unary({ floats: Math.floor }),
  Ceil: unary({ floats: Math.ceil }),
  Reciprocal: unary({ floats: (a) => 1 / a }),
  Cast: { attributes: ['to', 'saturate', 'round_mode'], since: 6, evaluate: cast },
  Range: { attributes: [], evaluate: range },
  ReduceSum: reduction((a, b) => a + b, 0n, 13),
  ReduceProd: reduction((a, b) => a * b, 1n, 18),
  ReduceMax: reduction(larger, undefined, 18),
  ReduceMin: reduction(smaller, undefined, 18),
};

interface Operation {
  readonly integers?: Integers;
  readonly floats?: Floats;
}

function binary(operation: Operation, since: number, attributes: readonly string[] = []): Evaluator {
  return {
    attributes,
    since,
    evaluate: (call) => {
      const [first, ...others] = call.inputs;
      // Max and Min take any number of inputs; the others two.
      let result = first;
      for (const other of others) {
        result = result && other && combined(call, operation, result, other);
      }
      return result && [result];
    },
  };
}

function combined(call: Call, operation: Operation, a: Constant, b: Constant): Constant | undefined {
  if (a.dataType !== b.dataType) return undefined;
  const compute = elementwise(operation, a.dataType, call);
  return compute && zipped(a, b, a.dataType, compute);
}

/** Broadcasts; undefined where one of the results is. Elements that are not known give elements that are not known. */
function zipped(
  a: Constant,
  b: Constant,
  dataType: number,
  compute: (a: Element, b: Element) => Element,
): Constant | undefined {
  const dims = broadcast([a.dims, b.dims]);
  if (!dims || countOf(dims) > maximumElements) return undefined;
  const [left, right] = [broadcastOffsets(a.dims, dims), broadcastOffsets(b.dims, dims)];
  const elements: Element[] = [];
  for (const [at, offset] of left.entries()) {
    const [x, y] = [a.elements[offset], b.elements[right[at] ?? 0]];
    const isKnown = x !== undefined && y !== undefined;
    const element = isKnown ? compute(x, y) : undefined;
    if (isKnown && element === undefined) return undefined;
    elements.push(element);
  }
  return constant(dataType, dims, elements);
}

function elementwise(
  { integers, floats }: Operation,
  dataType: number,
  call: Call,
): ((a: Element, b: Element) => Element) | undefined {
  if (integers && isIntegral(dataType)) {
    return (a, b) => {
      const result = integers(BigInt(a ?? 0), BigInt(b ?? 0), call);
      return result === undefined ? undefined : wrap(result, dataType);
    };
  }
  if (floats && isFloat(dataType)) {
    return (a, b) => {
      const result = floats(Number(a), Number(b));
      return result === undefined ? undefined : rounded(result, dataType);
    };
  }
  return undefined;
}

function unary(operation: {
  readonly integers?: (a: bigint) => bigint;
  readonly floats?: (a: number) => number;
}): Evaluator {
  return {
    attributes: [],
    since: 6,
    evaluate: (call) => {
      const [input] = call.inputs;
      const compute = input && elementwise(operation, input.dataType, call);
      if (!compute) return undefined;
      const elements = input.elements.map((element) =>
        element === undefined ? undefined : compute(element, element),
      );
      return [constant(input.dataType, input.dims, elements)];
    },
  };
}

function comparison(
  compare: (a: bigint | number | string, b: bigint | number | string) => boolean,
  since: number,
): Evaluator {
  return {
    attributes: [],
    since,
    evaluate: ({ inputs: [a, b] }) => {
      if (!a || !b || a.dataType !== b.dataType) return undefined;
      // The smaller floats are bit patterns, of which zero has two.
      if (!isIntegral(a.dataType) && !isFloat(a.dataType)) return undefined;
      const result = zipped(a, b, types.bool, (x, y) =>
        x !== undefined && y !== undefined && compare(x, y) ? 1n : 0n,
      );
      return result && [result];
    },
  };
}

function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function smaller(a: bigint, b: bigint): bigint {
  return larger(a, b) === a ? b : a;
}

function modulo(a: bigint, b: bigint, call: Call): bigint | undefined {
  if (b === 0n || b === -1n) return undefined;
  const rest = a % b;
  const isSignOfDivisor = intAttribute(call, 'fmod', 0) === 0;
  return isSignOfDivisor && rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

/** Of two zeros of different sign, and of a NaN, libraries choose differently. */
function chosen(a: number, b: number, isFirst: boolean): number | undefined {
  if (Number.isNaN(a) || Number.isNaN(b) || (a === b && !Object.is(a, b))) return undefined;
  return isFirst ? a : b;
}

/** Libraries add up in wider types, and do not agree on sums that are too big for the narrow one. */
function withoutOverflow(value: bigint, dataType: number): bigint | undefined {
  return wrap(value, dataType) === value ? value : undefined;
}

function wrap(value: bigint, dataType: number): bigint {
  const type = dataTypeOfNumber(dataType);
  if (type?.kind === 'bool') return value === 0n ? 0n : 1n;
  const bits = type?.bits ?? 64;
  return type?.kind === 'unsigned' ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
}

function rounded(value: number, dataType: number): number {
  return dataType === types.float ? Math.fround(value) : value;
}

function cast(call: Call): Evaluation {
  const [input] = call.inputs;
  const to = intAttribute(call, 'to', 0);
  const isNumber = (dataType: number) => isIntegral(dataType) || isFloat(dataType);
  if (!input || !isNumber(input.dataType) || !isNumber(to)) return undefined;
  const elements: Element[] = [];
  for (const element of input.elements) {
    const converted = element === undefined ? undefined : castElement(element, to);
    if (element !== undefined && converted === undefined) return undefined;
    elements.push(converted);
  }
  return [constant(to, input.dims, elements)];
}

function castElement(element: bigint | number | string, to: number): Element {
  if (typeof element === 'bigint') {
    if (isIntegral(to)) return wrap(element, to);
    // Two roundings, to double and to float32, may differ from one.
    const isExact = BigInt(Number(element)) === element;
    return isExact || to === types.double ? rounded(Number(element), to) : undefined;
  }
  const value = Number(element);
  if (isFloat(to)) return rounded(value, to);
  if (!Number.isFinite(value)) return undefined;
  if (to === types.bool) return value === 0 ? 0n : 1n;
  // Beyond the type's range, machines differ.
  const whole = BigInt(Math.trunc(value));
  return wrap(whole, to) === whole ? whole : undefined;
}

function range({ inputs }: Call): Evaluation {
  const [start, limit, delta] = inputs.map((input) => input?.elements[0]);
  const dataType = inputs[0]?.dataType ?? 0;
  if (typeof start !== 'bigint' || typeof limit !== 'bigint' || typeof delta !== 'bigint' || delta === 0n) {
    return undefined;
  }
  const span = delta > 0n ? limit - start : start - limit;
  const step = delta > 0n ? delta : -delta;
  const count = span <= 0n ? 0 : Number((span + step - 1n) / step);
  if (count > maximumElements) return undefined;
  const elements = Array.from({ length: count }, (_, index) => start + BigInt(index) * delta);
  return [constant(dataType, [count], elements)];
}

/** Of integers, whose order of adding makes no difference. `axesInputSince`: opset version from which on axes are an input. */
function reduction(
  combine: (a: bigint, b: bigint) => bigint,
  empty: bigint | undefined,
  axesInputSince: number,
): Evaluator {
  return {
    attributes: ['axes', 'keepdims', 'noop_with_empty_axes'],
    evaluate: (call) => {
      const [input, axesInput] = call.inputs;
      if (!input || !isIntegral(input.dataType) || dataTypeOfNumber(input.dataType)?.kind === 'bool')
        return undefined;
      const isInput = call.opset >= axesInputSince;
      const attribute = intsAttribute(call, 'axes');
      if (isInput && attribute) return undefined;
      const given = isInput ? (axesInput ? integersOf(axesInput) : []) : (attribute ?? []);
      if (!given) return undefined;
      if (given.length === 0 && intAttribute(call, 'noop_with_empty_axes', 0) !== 0) return [input];
      const axes = given.length === 0 ? input.dims.map((_, axis) => axis) : axesOf(given, input.dims.length);
      return axes && reduced(call, input, axes, combine, empty);
    },
  };
}

function reduced(
  call: Call,
  input: Constant,
  axes: readonly number[],
  combine: (a: bigint, b: bigint) => bigint,
  empty: bigint | undefined,
): Evaluation {
  const dims = input.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const strides = stridesOf(dims);
  const own = stridesOf(input.dims);
  const results = new Array<bigint | undefined | null>(countOf(dims)).fill(null);
  for (const [offset, element] of input.elements.entries()) {
    let to = 0;
    for (const [axis, stride] of own.entries()) {
      const index = Math.floor(offset / stride) % (input.dims[axis] ?? 1);
      if (!axes.includes(axis)) to += index * (strides[axis] ?? 0);
    }
    const before = results[to];
    if (typeof element !== 'bigint' || before === undefined) results[to] = undefined;
    else results[to] = before === null ? element : withoutOverflow(combine(before, element), input.dataType);
  }
  if (results.includes(null) && empty === undefined) return undefined;
  const keeps = intAttribute(call, 'keepdims', 1) !== 0;
  return [
    constant(
      input.dataType,
      keeps ? dims : dims.filter((_, axis) => !axes.includes(axis)),
      results.map((result) => (result === null ? empty : result)),
    ),
  ];
}
