/** A node as the rule of its operator sees it: inputs with what is known of them, attributes, and outputs to fill in. */

import { elementCount } from '../model/data-types.ts';
import type { Attribute, AttributeType, Graph, Int64, Node, Tensor, Type } from '../model/model.ts';
import { decodeUtf8 } from '../model/utf8.ts';
import { readElements } from './constants.ts';
import { anonymousSymbol, type Dim, isAnonymous, loneSymbol } from './expression.ts';
import { formatShape, formatType } from './format.ts';
import type { LocalProblem, ProblemCode, Side } from './problem.ts';
import { type InnerScope, isOmitted, lookUp, type Scope } from './scope.ts';
import {
  elementTypeOf,
  shapeOf,
  tensorOf,
  unknownValue,
  type Value,
  type ValueType,
  valueWith,
} from './value.ts';

/** Data longer than this is not passed on: no shape is. */
const maximumData = 256;

type AttributeValue<T extends AttributeType> =
  Extract<Attribute, { type: T }> extends { value: infer V } ? V : never;

export class NodeContext {
  readonly scope: Scope;
  readonly node: Node;
  readonly order: number;
  /** Opset version of the node's domain. */
  readonly version: number;
  /** Undefined for an omitted optional input. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: Value[];
  problems: LocalProblem[] | undefined;
  inner: InnerScope[] | undefined;
  /** Set only while somebody asks for reasons; then rules say why a dim is what it is. */
  readonly explain: ((output: number, axis: number, reason: () => string) => void) | undefined;

  constructor(
    scope: Scope,
    node: Node,
    order: number,
    version: number,
    explain?: (output: number, axis: number, reason: () => string) => void,
  ) {
    this.scope = scope;
    this.node = node;
    this.order = order;
    this.version = version;
    this.explain = explain;
    this.inputs = node.inputs.map((name) =>
      isOmitted(scope, name) ? undefined : (lookUp(scope, name, order) ?? unknownValue),
    );
    this.outputs = node.outputs.map(() => unknownValue);
  }

  // Inputs

  has(input: number): boolean {
    return this.inputs[input] !== undefined;
  }

  type(input: number): ValueType | undefined {
    return this.inputs[input]?.type;
  }

  shape(input: number): readonly Dim[] | undefined {
    return shapeOf(this.inputs[input]?.type);
  }

  rank(input: number): number | undefined {
    return this.shape(input)?.length;
  }

  dim(input: number, axis: number): Dim {
    return this.shape(input)?.at(axis);
  }

  elementType(input: number): number {
    return elementTypeOf(this.inputs[input]?.type);
  }

  /** The elements of an input, those that are not known undefined; undefined where not even their number is. */
  data(input: number): readonly Dim[] | undefined {
    const value = this.inputs[input];
    return value && this.dataOf(value);
  }

  dataOf(value: Value): readonly Dim[] | undefined {
    if (value.data !== undefined) return value.data;
    const elements = value.constant && this.elementsOf(value.constant);
    if (elements !== undefined) return elements;
    // A shape's rank is known even where no element is.
    const shape = shapeOf(value.type);
    const [length, ...others] = shape ?? [undefined];
    if (typeof length !== 'number' || others.length > 0 || length > maximumData) return undefined;
    return new Array<Dim>(length).fill(undefined);
  }

  /** The elements of an input where all of them are known numbers. */
  numbers(input: number): readonly number[] | undefined {
    const data = this.data(input);
    return data?.every((element) => typeof element === 'number') ? data : undefined;
  }

  /** The one element of a scalar, or of a tensor of one element. */
  scalar(input: number): Dim {
    const data = this.data(input);
    return data?.length === 1 ? data[0] : undefined;
  }

  elementsOf(tensor: Tensor): readonly Dim[] | undefined {
    const { elements, readBytes, external } = this.scope.session;
    let known = elements.get(tensor);
    if (known === undefined) {
      try {
        known = readElements(tensor, readBytes, external) ?? null;
      } catch {
        // A file that cannot be read is told where the tensor is declared; here the elements are unknown.
        known = null;
      }
      elements.set(tensor, known);
    }
    return known ?? undefined;
  }

  /** Position of the node that makes an input among those of its body; -1 for inputs of the body and what is outside. */
  orderOf(input: number): number {
    return this.scope.values.get(this.inputName(input))?.order ?? -1;
  }

  inputName(input: number): string {
    return this.node.inputs[input] ?? '';
  }

  // Attributes; those of another type than asked for are as good as absent.

  attribute<T extends AttributeType>(name: string, type: T): AttributeValue<T> | undefined {
    const found = this.resolve(name);
    // The compiler does not follow that the type names the variant.
    return found?.type === type ? (found as unknown as { value: AttributeValue<T> }).value : undefined;
  }

  hasAttribute(name: string): boolean {
    return this.resolve(name) !== undefined;
  }

  /** An attribute, or what the attribute of the enclosing function has that it refers to. */
  resolve(name: string): Attribute | undefined {
    const found = this.node.attributes.find((attribute) => attribute.name === name);
    if (found?.type === 'reference') return this.scope.attributes?.get(found.value);
    return found;
  }

  int(name: string): number | undefined {
    const value: Int64 | undefined = this.attribute(name, 'int');
    return value === undefined ? undefined : Number(value);
  }

  intOr(name: string, otherwise: number): number {
    return this.int(name) ?? otherwise;
  }

  /** A flag that ONNX reads as set only where it is 1; most others count every number but 0. */
  isOne(name: string, otherwise: boolean): boolean {
    const value = this.int(name);
    return value === undefined ? otherwise : value === 1;
  }

  ints(name: string): readonly number[] | undefined {
    return this.attribute(name, 'ints')?.map(Number);
  }

  float(name: string): number | undefined {
    return this.attribute(name, 'float');
  }

  string(name: string): string | undefined {
    const value = this.attribute(name, 'string');
    return value instanceof Uint8Array ? decodeUtf8(value) : value;
  }

  /** Number of elements of a list attribute; 0 where it is absent. */
  count(name: string): number {
    const found = this.resolve(name);
    return found && 'value' in found && Array.isArray(found.value) ? found.value.length : 0;
  }

  graph(name: string): Graph | undefined {
    return this.attribute(name, 'graph');
  }

  typeAttribute(name: string): Type | undefined {
    return this.attribute(name, 'type_proto');
  }

  // Outputs

  outputType(output: number): ValueType | undefined {
    return this.outputs[output]?.type;
  }

  setValue(output: number, value: Value): void {
    if (output < this.outputs.length) this.outputs[output] = value;
  }

  setType(output: number, type: ValueType | undefined): void {
    this.setValue(output, valueWith(type));
  }

  /** Sets the shape of a tensor output; its element type stays. What is no size, as of a negative pad, is unknown. */
  setShape(output: number, shape: readonly Dim[] | undefined): void {
    if (output >= this.outputs.length || shape === undefined) return;
    const sizes = shape.some(isNoSize) ? shape.map((dim) => (isNoSize(dim) ? undefined : dim)) : shape;
    this.setValue(output, valueWith(tensorOf(elementTypeOf(this.outputType(output)), sizes)));
  }

  /** Sets the element type of a tensor output; its shape stays. */
  setElementType(output: number, elementType: number): void {
    if (output >= this.outputs.length || elementType === 0) return;
    this.setValue(output, valueWith(tensorOf(elementType, shapeOf(this.outputType(output)))));
  }

  /** Gives an output the shape of an input. */
  copyShape(input: number, output: number): void {
    this.setShape(output, this.shape(input));
  }

  /** Gives an output the type of an input. */
  copyType(input: number, output: number): void {
    const value = this.inputs[input];
    // Sharing the value saves memory in long chains of elementwise operators.
    if (value && value.data === undefined && value.constant === undefined) this.setValue(output, value);
    else this.setType(output, value?.type);
  }

  setData(output: number, data: readonly Dim[] | undefined): void {
    const value = this.outputs[output];
    if (value === undefined || data === undefined || data.length > maximumData) return;
    if (data.some((element) => element !== undefined)) this.setValue(output, { ...value, data });
  }

  /** A dim that only running the model tells, the same one at each inference. */
  unknownDim(output: number, axis: number | string): Dim {
    return anonymousSymbol(`${this.scope.key}${this.node.outputs[output] ?? ''}#${axis}`);
  }

  // Problems

  report(code: ProblemCode, message: string, sides: readonly Side[]): void {
    this.problems ??= [];
    // A hostile model may have thousands of inputs that fit nowhere.
    if (this.problems.length < 16) this.problems.push({ code, message, sides });
  }

  /** Dims of two inputs that cannot go together. */
  reportShapes(message: string, ...inputs: readonly number[]): void {
    this.report(
      'onnx.shape-mismatch',
      message,
      inputs.map((input) => this.inputSide(input)),
    );
  }

  inputSide(input: number): Side {
    const text = formatType(this.type(input));
    return { role: 'input', index: input, name: this.inputName(input), text };
  }

  outputSide(output: number): Side {
    const text = formatType(this.outputType(output));
    return { role: 'output', index: output, name: this.node.outputs[output] ?? '', text };
  }

  attributeSide(name: string): Side {
    const found = this.resolve(name);
    const value = found && 'value' in found ? found.value : undefined;
    const isList = Array.isArray(value) && value.every((element) => typeof element !== 'object');
    const isPlain = value !== undefined && typeof value !== 'object';
    const text = isList ? `[${value.join(', ')}]` : isPlain ? String(value) : (found?.type ?? 'missing');
    return { role: 'attribute', name, text };
  }

  /** `axis` counted from the front, or undefined, and a problem, where it is beyond the rank. */
  axis(axis: number, rank: number, input = 0): number | undefined {
    const found = axis < 0 ? axis + rank : axis;
    if (found >= 0 && found < rank && Number.isInteger(found)) return found;
    this.report(
      'onnx.argument-out-of-range',
      `Axis ${axis} is out of range: '${this.inputName(input)}' has ${count(rank, 'dimension')}.`,
      [
        ...axisAttributes.filter((name) => this.hasAttribute(name)).map((name) => this.attributeSide(name)),
        this.inputSide(input),
      ],
    );
    return undefined;
  }

  /** Axes counted from the front; undefined where one is beyond the rank. */
  axes(axes: readonly number[], rank: number, input = 0): readonly number[] | undefined {
    const found: number[] = [];
    for (const given of axes) {
      const axis = this.axis(given, rank, input);
      if (axis === undefined) return undefined;
      found.push(axis);
    }
    return found;
  }

  /** Reports an input whose rank is known and not among these. */
  requireRank(input: number, ...ranks: readonly number[]): boolean {
    const rank = this.rank(input);
    if (rank === undefined || ranks.includes(rank)) return true;
    this.reportShapes(
      `${this.node.operator} needs '${this.inputName(input)}' to have ${ranks.join(' or ')} dimensions; it has ${rank}: ${formatShape(this.shape(input) ?? [])}.`,
      input,
    );
    return false;
  }

  /** Reports two dims of inputs that are known to differ, and gives the one that says more. */
  sameDim(a: readonly [input: number, axis: number], b: readonly [input: number, axis: number]): Dim {
    const first = this.dim(...a);
    const second = this.dim(...b);
    if (typeof first === 'number' && typeof second === 'number' && first !== second) {
      this.reportShapes(
        `Dimension ${a[1]} of '${this.inputName(a[0])}' is ${first}, but dimension ${b[1]} of '${this.inputName(b[0])}' is ${second}.`,
        a[0],
        b[0],
      );
    }
    return moreTelling(first, second);
  }

  /** Whether a tensor of this many elements is worth knowing element by element. */
  isSmall(shape: readonly Dim[] | undefined): boolean {
    const dims = shape?.every((dim) => typeof dim === 'number') ? shape : undefined;
    const elements = dims && elementCount(dims);
    return elements !== undefined && elements <= maximumData;
  }
}

/** Attributes that axes come from; no operator has several of them. */
const axisAttributes = ['axis', 'axes', 'perm'] as const;

/** Of two dims that must be equal: a number before a name, a name before an expression, anything before what nobody knows. */
export function moreTelling(a: Dim, b: Dim): Dim {
  return telling(b) > telling(a) ? b : a;
}

function telling(dim: Dim): number {
  if (typeof dim !== 'object') return dim === undefined ? 0 : 4;
  if (isAnonymous(dim)) return 1;
  return loneSymbol(dim) ? 3 : 2;
}

function isNoSize(dim: Dim): boolean {
  return typeof dim === 'number' && !(dim >= 0 && Number.isSafeInteger(dim));
}

export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
