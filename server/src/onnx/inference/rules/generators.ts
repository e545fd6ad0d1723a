/** Operators that make tensors: of constants, of shapes, of ranges. */

import type { Attribute, SparseTensor, Tensor } from '../../model/model.ts';
import {
  add,
  ceilDivide,
  type Dim,
  equalDims,
  floorDivide,
  maximum,
  multiply,
  subtract,
} from '../expression.ts';
import { formatDim } from '../format.ts';
import type { NodeContext } from '../node-context.ts';
import { tensorOf, typeOfTensor } from '../value.ts';
import { isIntegerType } from './elementwise.ts';
import { requireElementsFrom, requireScalar } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const constant: Rule = (context) => {
  for (const { name } of context.node.attributes) {
    const found = context.resolve(name);
    if (found && setConstant(context, found)) return;
  }
};

function setConstant(context: NodeContext, attribute: Attribute): boolean {
  switch (attribute.type) {
    case 'tensor':
      setTensor(context, attribute.value);
      return true;
    case 'sparse_tensor':
      setSparse(context, attribute.value);
      return true;
    case 'int':
    case 'float':
      context.setType(0, tensorOf(attribute.type === 'int' ? 7 : 1, []));
      context.setData(0, [Number(attribute.value)]);
      return true;
    case 'ints':
    case 'floats':
      context.setType(0, tensorOf(attribute.type === 'ints' ? 7 : 1, [attribute.value.length]));
      context.setData(0, attribute.value.map(Number));
      return true;
    case 'string':
      context.setType(0, tensorOf(8, []));
      return true;
    case 'strings':
      context.setType(0, tensorOf(8, [attribute.value.length]));
      return true;
    default:
      return false;
  }
}

function setTensor(context: NodeContext, tensor: Tensor): void {
  context.setValue(0, { type: typeOfTensor(tensor), data: undefined, constant: tensor });
}

/** A sparse constant is a dense tensor to the nodes that use it. */
function setSparse(context: NodeContext, { values, dims }: SparseTensor): void {
  context.setType(0, tensorOf(values.dataType, typeOfTensor({ ...values, dims }).shape));
}

const constantOfShape: Rule = (context) => {
  const value = context.attribute('value', 'tensor');
  context.setElementType(0, value?.dataType ?? 1);
  if (!context.requireRank(0, 1)) return;
  const shape = context.data(0);
  if (shape === undefined) return;
  if (shape.some((dim) => typeof dim === 'number' && dim < 0)) {
    context.report('onnx.argument-out-of-range', `ConstantOfShape is given a negative dimension.`, [
      context.inputSide(0),
    ]);
    return;
  }
  shape.forEach((_, axis) => {
    context.explain?.(0, axis, () => `element ${axis} of '${context.inputName(0)}'`);
  });
  context.setShape(0, shape);
  if (!context.isSmall(shape)) return;
  const [element] = value ? (context.elementsOf(value) ?? []) : [0];
  const length = shape.reduce<number>((all, dim) => all * Number(dim), 1);
  context.setData(0, new Array<Dim>(length).fill(element));
};

const eyeLike: Rule = (context) => {
  context.requireRank(0, 2);
  setLike(context);
};

/** Of the shape of the first input, and of its type unless an attribute says another. */
function setLike(context: NodeContext): void {
  context.setElementType(0, context.int('dtype') ?? context.elementType(0));
  context.copyShape(0, 0);
}

const random: Rule = (context) => {
  context.setElementType(0, context.intOr('dtype', 1));
  context.setShape(0, context.ints('shape'));
};

const multinomial: Rule = (context) => {
  context.setElementType(0, context.intOr('dtype', 6));
  if (context.requireRank(0, 2)) context.setShape(0, [context.dim(0, 0), context.intOr('sample_size', 1)]);
};

const window: Rule = (context) => {
  context.setElementType(0, context.intOr('output_datatype', 1));
  if (!requireScalar(context, 0) || !requireElementsFrom(context, 0, 1)) return;
  context.setShape(0, [context.scalar(0)]);
};

const melWeights: Rule = (context) => {
  context.setElementType(0, context.intOr('output_datatype', 1));
  if (![0, 1].every((input) => requireScalar(context, input))) return;
  context.setShape(0, [add(floorDivide(context.scalar(1), 2), 1), context.scalar(0)]);
};

const shapeRule: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return context.setShape(0, [undefined]);
  const place = (position: number) =>
    Math.min(Math.max(position < 0 ? position + shape.length : position, 0), shape.length);
  const taken = shape.slice(place(context.intOr('start', 0)), place(context.intOr('end', shape.length)));
  context.explain?.(0, 0, () => `number of dimensions of ${context.inputName(0)}`);
  context.setShape(0, [taken.length]);
  context.setData(0, taken);
};

const size: Rule = (context) => {
  const shape = context.shape(0);
  context.setShape(0, []);
  if (shape) context.setData(0, [shape.reduce<Dim>(multiply, 1)]);
};

const range: Rule = (context) => {
  // What a node computes may have one dimension of 1; onnx.checker asks it of constants only, and its own functions make use of that.
  if (context.inputs.every((input) => input?.constant !== undefined)) {
    for (const input of [0, 1, 2]) if (!requireScalar(context, input)) return;
  }
  const [start, limit, delta] = [0, 1, 2].map((input) => context.scalar(input));
  const length =
    delta === undefined || delta === 0 ? undefined : maximum(0, rangeLength(start, limit, delta));
  context.explain?.(0, 0, () => `from ${formatDim(start)} to ${formatDim(limit)} by ${formatDim(delta)}`);
  context.setShape(0, [length]);
  if (typeof length === 'number' && length <= 256 && isIntegerType(context.elementType(0))) {
    context.setData(
      0,
      Array.from({ length }, (_, index) => add(start, multiply(delta, index))),
    );
  }
};

function rangeLength(start: Dim, limit: Dim, delta: Exclude<Dim, undefined>): Dim {
  const distance = subtract(limit, start);
  if (typeof delta === 'number' && typeof distance === 'number') return Math.ceil(distance / delta);
  if (equalDims(delta, 1)) return distance;
  return ceilDivide(distance, delta);
}

export const generatorRules: RuleTable = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  EyeLike: eyeLike,
  RandomNormal: random,
  RandomUniform: random,
  RandomNormalLike: setLike,
  RandomUniformLike: setLike,
  Bernoulli: setLike,
  Multinomial: multinomial,
  BlackmanWindow: window,
  HammingWindow: window,
  HannWindow: window,
  MelWeightMatrix: melWeights,
  Shape: shapeRule,
  Size: size,
  Range: range,
};
