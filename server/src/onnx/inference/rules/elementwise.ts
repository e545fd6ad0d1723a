/** Operators that work element by element, with the elements of small tensors, which shapes are computed from. */

import { dataTypeOfNumber } from '../../model/data-types.ts';
import {
  add,
  boundsOf,
  ceilDivide,
  type Dim,
  divideReal,
  equalDims,
  floorDivide,
  integerPart,
  maximum,
  minimum,
  modulo,
  multiply,
  negate,
  subtract,
} from '../expression.ts';
import type { NodeContext } from '../node-context.ts';
import { broadcastInputs } from './broadcasting.ts';
import { refuse, requireRankFrom } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

/** The output has the shape of the first input. */
export const sameShape: Rule = (context) => context.copyShape(0, 0);

/** The output is what the first input is, of any type, elements included. */
const identity: Rule = (context) => {
  const value = context.inputs[0];
  if (value) context.setValue(0, value);
};

function unary(compute?: (element: Dim, isInteger: boolean) => Dim): Rule {
  return (context) => {
    const [input] = context.inputs;
    const elementType = context.elementType(0);
    // Where the type is the same too, sharing the type saves memory.
    if (input?.type?.kind === 'tensor' && isBareOutput(context, elementType)) context.copyType(0, 0);
    else context.copyShape(0, 0);
    if (compute === undefined || !context.isSmall(context.shape(0))) return;
    const isInteger = isIntegerType(elementType);
    context.setData(
      0,
      context.data(0)?.map((element) => compute(element, isInteger)),
    );
  };
}

function isBareOutput(context: NodeContext, elementType: number): boolean {
  const type = context.outputType(0);
  return type?.kind === 'tensor' && type.elementType === elementType;
}

function binary(compute?: (a: Dim, b: Dim, isInteger: boolean) => Dim, modernSince = 7): Rule {
  return (context) => {
    if (context.version < modernSince) {
      // Broadcasting was asked for by an attribute and only ever stretched the second input.
      context.copyShape(0, 0);
      return;
    }
    variadic(compute)(context);
  };
}

function variadic(compute?: (a: Dim, b: Dim, isInteger: boolean) => Dim): Rule {
  return (context) => {
    const indices = context.inputs.map((_, index) => index);
    const shape = broadcastInputs(context, indices);
    const elementType = context.elementType(0);
    if (shape && shape === context.shape(0) && isBareOutput(context, elementType)) context.copyType(0, 0);
    else context.setShape(0, shape);
    explainBroadcast(context, shape);
    if (compute === undefined || !context.isSmall(shape)) return;
    const isInteger = isIntegerType(elementType);
    let result = broadcastData(context, 0, shape);
    for (let index = 1; index < context.inputs.length; index++) {
      const next = broadcastData(context, index, shape);
      result = result?.map((element, at) => compute(element, next?.[at], isInteger));
    }
    context.setData(0, result);
  };
}

/** The elements of an input stretched to a shape; only scalars and one dim, as in arithmetic on shapes. */
function broadcastData(
  context: NodeContext,
  input: number,
  shape: readonly Dim[] | undefined,
): readonly Dim[] | undefined {
  const data = context.data(input);
  const size = shape?.reduce<number>((all, dim) => all * (typeof dim === 'number' ? dim : Number.NaN), 1);
  if (data === undefined || size === undefined || Number.isNaN(size)) return undefined;
  if (data.length === size) return data;
  return data.length === 1 ? new Array<Dim>(size).fill(data[0]) : undefined;
}

export function isIntegerType(elementType: number): boolean {
  const kind = dataTypeOfNumber(elementType)?.kind;
  return kind === 'signed' || kind === 'unsigned' || kind === 'bool';
}

function explainBroadcast(context: NodeContext, shape: readonly Dim[] | undefined): void {
  shape?.forEach((dim, axis) => {
    context.explain?.(0, axis, () => {
      const fromEnd = axis - shape.length;
      const sources = context.inputs.flatMap((_, input) => {
        const own = context.shape(input);
        return own && own.length + fromEnd >= 0 && equalDims(own.at(fromEnd), dim)
          ? `dim ${own.length + fromEnd} of ${context.inputName(input)}`
          : [];
      });
      return sources.length > 0 ? `from ${sources.join(' and ')}` : 'broadcast of the inputs';
    });
  });
}

const truncatedQuotient = (a: Dim, b: Dim): Dim => {
  if (a === undefined || b === undefined || b === 0) return undefined;
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b);
  const [least] = boundsOf(a);
  const [leastDivisor] = boundsOf(b);
  // Integer division truncates; only of what is not negative is that the floor.
  return least >= 0 && leastDivisor > 0 ? floorDivide(a, b) : undefined;
};

const truth = (value: boolean | undefined): Dim => (value === undefined ? undefined : Number(value));

/** Whether a - b has this sign for sure; undefined where it depends. */
function compare(test: (least: number, most: number) => boolean | undefined): (a: Dim, b: Dim) => Dim {
  return (a, b) => {
    const difference = subtract(a, b);
    if (difference === undefined) return undefined;
    const [least, most] = boundsOf(difference);
    return truth(test(least, most));
  };
}

const greater = compare((least, most) => (least > 0 ? true : most <= 0 ? false : undefined));
const greaterOrEqual = compare((least, most) => (least >= 0 ? true : most < 0 ? false : undefined));
const equal = compare((least, most) =>
  least === 0 && most === 0 ? true : least > 0 || most < 0 ? false : undefined,
);
const both = (a: Dim, b: Dim): Dim => (a === 0 || b === 0 ? 0 : a === 1 && b === 1 ? 1 : undefined);
const either = (a: Dim, b: Dim): Dim => (a === 1 || b === 1 ? 1 : a === 0 && b === 0 ? 0 : undefined);

const where: Rule = (context) => {
  const shape = broadcastInputs(context, [0, 1, 2]);
  context.setShape(0, shape);
  explainBroadcast(context, shape);
  if (!context.isSmall(shape)) return;
  const [condition, yes, no] = [0, 1, 2].map((input) => broadcastData(context, input, shape));
  if (yes === undefined && no === undefined) return;
  const length = yes?.length ?? no?.length ?? 0;
  context.setData(
    0,
    Array.from({ length }, (_, index) => {
      const [chosen, a, b] = [condition?.[index], yes?.[index], no?.[index]];
      if (chosen === undefined) return equalDims(a, b) ? a : undefined;
      return chosen === 0 ? b : a;
    }),
  );
};

const cast: Rule = (context) => {
  const to = context.version < 6 ? castTargetOfOpset1(context) : context.int('to');
  context.copyShape(0, 0);
  if (to === undefined) return;
  context.setElementType(0, to);
  castData(context, to);
};

const castLike: Rule = (context) => {
  context.copyShape(0, 0);
  castData(context, context.elementType(1));
};

/** Elements keep their value, but that integers have no fraction and booleans only truth. */
function castData(context: NodeContext, to: number): void {
  if (!context.isSmall(context.shape(0)) || context.elementType(0) === 8 || to === 8) return;
  const fromInteger = isIntegerType(context.elementType(0));
  const kind = dataTypeOfNumber(to)?.kind;
  context.setData(
    0,
    context.data(0)?.map((element) => {
      if (kind === 'bool') return element === undefined ? undefined : isZero(element);
      if (fromInteger || !isIntegerType(to) || element === undefined) return element;
      if (typeof element === 'number') return Math.trunc(element);
      return boundsOf(element)[0] >= 0 ? integerPart(element) : undefined;
    }),
  );
}

function isZero(element: Exclude<Dim, undefined>): Dim {
  const [least, most] = boundsOf(element);
  return least > 0 || most < 0 ? 1 : least === 0 && most === 0 ? 0 : undefined;
}

function castTargetOfOpset1(context: NodeContext): number | undefined {
  const names = [
    'UNDEFINED FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64 COMPLEX64 COMPLEX128',
  ].flatMap((list) => list.split(' '));
  const number = names.indexOf(context.string('to') ?? '');
  return number > 0 ? number : undefined;
}

const bitCast: Rule = (context) => {
  const to = context.int('to');
  const [from, into] = [context.elementType(0), to ?? 0].map((type) => dataTypeOfNumber(type));
  if (from?.bits !== undefined && into?.bits !== undefined && from.bits !== into.bits) {
    refuse(
      context,
      'to',
      `BitCast keeps the number of bits: ${from.name} has ${from.bits}, and ${into.name} has ${into.bits}.`,
    );
    return;
  }
  context.copyShape(0, 0);
  if (to !== undefined) context.setElementType(0, to);
};

/** Up to opset 7 these took one shape only. */
function variadicSince8(compute?: (a: Dim, b: Dim) => Dim): Rule {
  return (context) => (context.version < 8 ? context.copyShape(0, 0) : variadic(compute)(context));
}

/** Before opset 11 nobody said what axes there are. */
const alongAxis: Rule = (context) => {
  plain(context);
  const rank = context.rank(0);
  if (rank === undefined || context.version < 11) return;
  context.axis(context.intOr('axis', context.version < 13 ? 1 : -1), rank);
};

const plain = unary();
const unaryNames =
  'Acos Acosh Asin Asinh Atan Atanh BitwiseNot Celu Clip Cos Cosh CumProd CumSum Elu Erf Exp Gelu HardSigmoid HardSwish IsInf IsNaN LRN LeakyRelu Log LpNormalization MeanVarianceNormalization Mish Reciprocal Relu Round Selu Shrink Sigmoid Sin Sinh Softplus Softsign Swish Tan Tanh ThresholdedRelu RegexFullMatch Bernoulli';

export const elementwiseRules: RuleTable = {
  ...Object.fromEntries(unaryNames.split(' ').map((name) => [name, plain])),
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  Hardmax: alongAxis,
  Trilu: (context) => {
    if (requireRankFrom(context, 0, 2)) plain(context);
  },
  Abs: unary((element) =>
    typeof element === 'number'
      ? Math.abs(element)
      : element && boundsOf(element)[0] >= 0
        ? element
        : undefined,
  ),
  Ceil: unary((element) => ceilDivide(element, 1)),
  Floor: unary((element) => integerPart(element)),
  Neg: unary(negate),
  Sign: unary((element) => (typeof element === 'number' ? Math.sign(element) : undefined)),
  Sqrt: unary((element) => (typeof element === 'number' ? Math.sqrt(element) : undefined)),
  Not: unary((element) => (typeof element === 'number' ? Number(element === 0) : undefined)),
  Identity: identity,
  Add: binary(add),
  Sub: binary(subtract),
  Mul: binary(multiply),
  Div: binary((a, b, isInteger) => (isInteger ? truncatedQuotient(a, b) : divideReal(a, b))),
  Mod: binary((a, b, isInteger) => (isInteger ? modulo(a, b) : undefined)),
  Pow: binary((a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a ** b;
    return b === 2 ? multiply(a, a) : b === 1 ? a : undefined;
  }),
  And: binary(both),
  Or: binary(either),
  Xor: binary(),
  Equal: binary(equal),
  Greater: binary(greater),
  GreaterOrEqual: binary(greaterOrEqual),
  Less: binary((a, b) => greater(b, a)),
  LessOrEqual: binary((a, b) => greaterOrEqual(b, a)),
  BitShift: binary(),
  BitwiseAnd: binary(),
  BitwiseOr: binary(),
  BitwiseXor: binary(),
  StringConcat: binary(),
  SwiGLU: binary(),
  // The slope is stretched to the input, never the other way round.
  PRelu: sameShape,
  Max: variadicSince8(maximum),
  Min: variadicSince8(minimum),
  Mean: variadicSince8(),
  Sum: variadicSince8(add),
  Where: where,
  Cast: cast,
  CastLike: castLike,
  BitCast: bitCast,
};
