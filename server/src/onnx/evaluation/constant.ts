/** Tensors whose elements are in memory, for evaluating nodes. */
import { dataTypeName, dataTypeOfNumber, elementCount } from '../model/data-types.ts';
import type { Attribute, Bytes, Tensor } from '../model/model.ts';
import { decodeElements } from '../model/tensor-values.ts';
import { float32, float64 } from '../text/printer/floats.ts';
import { quoted } from '../text/printer/literals.ts';
import { tensorType } from '../text/printer/types.ts';

/**
 * A bigint for integers and booleans (0 and 1), a number for float and double, the bit pattern as a number for the smaller floats,
 * a string for strings. Undefined where it is not known: a dim of a value whose shape is not fixed.
 */
export type Element = bigint | number | string | undefined;

export interface Constant {
  /** TensorProto.DataType number. */
  readonly dataType: number;
  readonly dims: readonly number[];
  /** Row-major. */
  readonly elements: readonly Element[];
}

/** Longer tensors are not looked at. */
export const maximumElements = 65_536;

export const types = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, double: 11 } as const;

export function constant(
  dataType: number,
  dims: readonly number[],
  elements: readonly Element[],
): Constant | undefined {
  return elements.length <= maximumElements ? { dataType, dims, elements } : undefined;
}

/** 1-D. */
export function int64s(values: readonly (bigint | undefined)[]): Constant {
  return { dataType: types.int64, dims: [values.length], elements: values };
}

export function isComplete({ elements }: Constant): boolean {
  return !elements.includes(undefined);
}

/**
 * Whether the type's elements are integers or booleans, in the range that `wrapped` gives them. Types of less than a byte are not
 * computed with.
 */
export function isIntegral(dataType: number): boolean {
  const type = dataTypeOfNumber(dataType);
  return type?.bits !== undefined && type.bits >= 8 && ['signed', 'unsigned', 'bool'].includes(type.kind);
}

/** Whether the elements are IEEE floats that JavaScript's own arithmetic rounds correctly. */
export function isFloat(dataType: number): boolean {
  return dataType === types.float || dataType === types.double;
}

/** Undefined where the tensor is too big, lies outside the model, or is malformed. May throw what `readBytes` throws. */
export function constantOf(tensor: Tensor, readBytes: (bytes: Bytes) => Uint8Array): Constant | undefined {
  const count = elementCount(tensor.dims);
  const { data } = tensor;
  if (count === undefined || count > maximumElements || data.kind === 'external') return undefined;
  const dims = tensor.dims.map(Number);
  if (count === 0) return { dataType: tensor.dataType, dims, elements: [] };
  if (data.kind === 'none') return undefined;
  const bytes = data.kind === 'strings' ? new Uint8Array() : readBytes(data.bytes);
  const elements = decodeElements(tensor, bytes);
  if (elements?.length !== count) return undefined;
  const integral = isIntegral(tensor.dataType);
  return {
    dataType: tensor.dataType,
    dims,
    elements: integral ? elements.map((element) => BigInt(element)) : elements.map(unpacked),
  };
}

function unpacked(element: number | bigint | string): Element {
  return typeof element === 'bigint' ? Number(element) : element;
}

/** The value of a Constant node. */
export function constantOfNode(
  attributes: readonly Attribute[],
  readBytes: (bytes: Bytes) => Uint8Array,
): Constant | undefined {
  const [attribute, ...others] = attributes;
  if (attribute === undefined || others.length > 0) return undefined;
  switch (`${attribute.name} ${attribute.type}`) {
    case 'value tensor':
      return attribute.type === 'tensor' ? constantOf(attribute.value, readBytes) : undefined;
    case 'value_int int':
      return attribute.type === 'int' ? listed(types.int64, [], [BigInt(attribute.value)]) : undefined;
    case 'value_ints ints':
      return attribute.type === 'ints' ? int64s(attribute.value.map(BigInt)) : undefined;
    case 'value_float float':
      return attribute.type === 'float' ? listed(types.float, [], [attribute.value]) : undefined;
    case 'value_floats floats':
      return attribute.type === 'floats'
        ? listed(types.float, [attribute.value.length], attribute.value)
        : undefined;
    default:
      return undefined;
  }
}

function listed(dataType: number, dims: readonly number[], elements: readonly Element[]): Constant {
  return { dataType, dims, elements };
}

/** Whether the text form shows the elements exactly: NaNs have bits that it does not show. */
export function isSayable({ dataType, elements }: Constant): boolean {
  return dataTypeOfNumber(dataType) !== undefined && !elements.some((element) => Number.isNaN(element));
}

/** As a tensor attribute shows it: `int64[2] {1, 2}`. */
export function literalOf({ dataType, dims, elements }: Constant): string {
  const texts = elements.map((element) => elementText(dataType, element));
  return `${tensorType(dataType, dims)} {${texts.join(', ')}}`;
}

function elementText(dataType: number, element: Element): string {
  if (element === undefined) throw new Error(`An element of ${dataTypeName(dataType)} is not known.`);
  if (typeof element === 'string') return quoted(element);
  if (dataType === types.float) return float32(Number(element));
  if (dataType === types.double) return float64(Number(element));
  return String(element);
}
