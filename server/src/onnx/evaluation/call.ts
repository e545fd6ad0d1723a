/** A node with its inputs, as evaluators see it. */
import type { Attribute, Int64, Node } from '../model/model.ts';
import type { Constant } from './constant.ts';

export interface Call {
  readonly node: Node;
  /** Of ai.onnx. */
  readonly opset: number;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (Constant | undefined)[];
}

/** The outputs; undefined where they are not certain to the last bit. */
export type Evaluation = readonly (Constant | undefined)[] | undefined;

export interface Evaluator {
  /** Attributes that it knows of; a node with others is not evaluated. */
  readonly attributes: readonly string[];
  /** Opset version from which on it holds; 1 where not given. */
  readonly since?: number;
  readonly evaluate: (call: Call) => Evaluation;
}

export function attributeOf({ node }: Call, name: string): Attribute | undefined {
  return node.attributes.find((attribute) => attribute.name === name);
}

export function intAttribute(call: Call, name: string, otherwise: Int64): number {
  const attribute = attributeOf(call, name);
  return Number(attribute?.type === 'int' ? attribute.value : otherwise);
}

export function intsAttribute(call: Call, name: string): number[] | undefined {
  const attribute = attributeOf(call, name);
  return attribute?.type === 'ints' ? attribute.value.map(Number) : undefined;
}

/** All elements of an input of integers; undefined where one is not known. */
export function integersOf(constant: Constant | undefined): number[] | undefined {
  const values = constant?.elements.map((element) =>
    typeof element === 'bigint' ? Number(element) : Number.NaN,
  );
  return values?.every(Number.isSafeInteger) ? values : undefined;
}

/** As integersOf, for integers beyond 2^53 too: Slice's ends reach to the largest int64. */
export function clampedIntegersOf(constant: Constant | undefined): number[] | undefined {
  const values = constant?.elements;
  return values?.every((element) => typeof element === 'bigint') ? values.map(Number) : undefined;
}

/** An axis from 0 on; undefined where it is none of this rank. */
export function axisOf(axis: number, rank: number): number | undefined {
  const positive = axis < 0 ? axis + rank : axis;
  return positive >= 0 && positive < rank ? positive : undefined;
}

/** Different axes from 0 on, ascending; undefined where one is none of this rank. */
export function axesOf(axes: readonly number[], rank: number): number[] | undefined {
  const positive = new Set(axes.map((axis) => axisOf(axis, rank)));
  return positive.has(undefined) || positive.size !== axes.length
    ? undefined
    : [...positive].map(Number).sort((a, b) => a - b);
}
