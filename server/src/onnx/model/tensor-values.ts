/**
 * A tensor's elements as ONNX text lists them: float and double as numbers; all smaller floats (float16, bfloat16, float8*,
 * float6*, float4e2m1) as the unsigned integers of their bit pattern; complex as real and imaginary part in turn; bool as 0 and 1;
 * integers of any width, also those packed several to a byte, as their values.
 */
import {
  byteLength,
  type DataType,
  dataTypeOfNumber,
  elementCount,
  isPackedInInt32Data,
} from './data-types.ts';
import type { Int64, Tensor, TypedDataField } from './model.ts';
import { decodeUtf8 } from './utf8.ts';
import { decodeVarints, encodeVarints, toInt64 } from './varints.ts';

export type TensorElement = Int64 | string;

/** The field whose form `bytes` has; external data has the form of raw_data. */
export type ElementField = 'raw_data' | TypedDataField;

type Shaped = Pick<Tensor, 'dataType' | 'dims'>;

export function elementField(tensor: Tensor): ElementField {
  return tensor.data.kind === 'typed' ? tensor.data.field : 'raw_data';
}

/**
 * The elements in `bytes`, the content of the tensor's data field (nothing for string tensors, whose elements are in the
 * tensor). All that the bytes hold, even if dims ask for another number. Undefined where the bytes do not have the form that
 * the type asks for: a broken last element, a field of another type, packed elements that are not as many as dims say.
 * What a number cannot hold is lost: other NaNs than the default one, varints longer than needed.
 */
export function decodeElements(tensor: Tensor, bytes: Uint8Array): readonly TensorElement[] | undefined {
  if (tensor.data.kind === 'strings') return tensor.data.values.map(decodeUtf8);
  const type = dataTypeOfNumber(tensor.dataType);
  if (type?.bits === undefined) return undefined;
  if (tensor.data.kind === 'typed') return decodeTyped(tensor, type, tensor.data.field, bytes);
  return type.bits < 8 ? unpack(tensor, type, bytes) : decodeRaw(type, bytes);
}

/**
 * The content of the data field for these elements. Throws a RangeError that names the first element that does not fit its
 * type. For strings see encodeStrings.
 */
export function encodeElements(
  tensor: Shaped,
  field: ElementField,
  elements: readonly TensorElement[],
): Uint8Array {
  const type = dataTypeOfNumber(tensor.dataType);
  if (type?.bits === undefined)
    throw new RangeError(`Data type ${tensor.dataType} has no elements in bytes.`);
  if (field === 'raw_data') return type.bits < 8 ? pack(type, elements) : encodeRaw(type, elements);
  if (field !== type.field) throw new RangeError(`Elements of type ${type.name} cannot lie in ${field}.`);
  if (field === 'float_data')
    return encodeWith(4, elements, (view, at, value) => view.setFloat32(at, value, true));
  if (field === 'double_data')
    return encodeWith(8, elements, (view, at, value) => view.setFloat64(at, value, true));
  if (isPackedInInt32Data(type)) return encodeVarints(Array.from(pack(type, elements)));
  const [minimum, maximum] = fieldRange[field];
  return encodeVarints(
    elements.map((element, index) => checkedInteger(element, index, field, minimum, maximum)),
  );
}

const fieldRange = {
  int32_data: [-(2 ** 31), 2 ** 31 - 1],
  int64_data: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64_data: [0, 2n ** 64n - 1n],
} as const;

function decodeTyped(
  tensor: Shaped,
  type: DataType,
  field: TypedDataField,
  bytes: Uint8Array,
): readonly TensorElement[] | undefined {
  if (field !== type.field) return undefined;
  if (field === 'float_data') return decodeWith(4, bytes, (view, at) => view.getFloat32(at, true));
  if (field === 'double_data') return decodeWith(8, bytes, (view, at) => view.getFloat64(at, true));
  const values = decodeVarints(bytes, field !== 'uint64_data');
  if (values === undefined) return undefined;
  // An int32 field keeps the low 32 bits of its varint.
  const entries =
    field === 'int32_data' ? values.map((value) => Number(BigInt.asIntN(32, BigInt(value)))) : values;
  if (!isPackedInInt32Data(type)) return entries;
  const isByte = entries.every((entry) => entry >= 0 && entry <= 0xff);
  return isByte ? unpack(tensor, type, Uint8Array.from(entries, Number)) : undefined;
}

function decodeRaw(type: DataType, bytes: Uint8Array): readonly TensorElement[] | undefined {
  switch (type.kind) {
    case 'complex':
      return type.bits === 64
        ? decodeWith(4, bytes, (view, at) => view.getFloat32(at, true), 2)
        : decodeWith(8, bytes, (view, at) => view.getFloat64(at, true), 2);
    case 'float':
      if (type.bits === 32) return decodeWith(4, bytes, (view, at) => view.getFloat32(at, true));
      if (type.bits === 64) return decodeWith(8, bytes, (view, at) => view.getFloat64(at, true));
      return decodeInteger(type, bytes);
    default:
      return decodeInteger(type, bytes);
  }
}

function decodeInteger(type: DataType, bytes: Uint8Array): readonly TensorElement[] | undefined {
  const signed = type.kind === 'signed';
  switch (type.bits) {
    case 8:
      return decodeWith(1, bytes, (view, at) => (signed ? view.getInt8(at) : view.getUint8(at)));
    case 16:
      return decodeWith(2, bytes, (view, at) =>
        signed ? view.getInt16(at, true) : view.getUint16(at, true),
      );
    case 32:
      return decodeWith(4, bytes, (view, at) =>
        signed ? view.getInt32(at, true) : view.getUint32(at, true),
      );
    default:
      return decodeWith(8, bytes, (view, at) =>
        toInt64(signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true)),
      );
  }
}

/** Undefined where the bytes end inside an element of `group` values. */
function decodeWith(
  size: number,
  bytes: Uint8Array,
  read: (view: DataView, at: number) => Int64,
  group = 1,
): Int64[] | undefined {
  if (bytes.length % (size * group) !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / size }, (_, index) => read(view, index * size));
}

function encodeRaw(type: DataType, elements: readonly TensorElement[]): Uint8Array {
  const bits = type.bits ?? 0;
  if (type.kind === 'complex' && elements.length % 2 !== 0) {
    throw new RangeError(`The last ${type.name} element has no imaginary part.`);
  }
  const floatBits = type.kind === 'complex' ? bits / 2 : bits;
  if ((type.kind === 'float' || type.kind === 'complex') && floatBits >= 32) {
    if (floatBits === 32)
      return encodeWith(4, elements, (view, at, value) => view.setFloat32(at, value, true));
    return encodeWith(8, elements, (view, at, value) => view.setFloat64(at, value, true));
  }
  const [minimum, maximum] = elementRange(type);
  const bytes = new Uint8Array((elements.length * bits) / 8);
  const view = new DataView(bytes.buffer);
  for (const [index, element] of elements.entries()) {
    const value = checkedInteger(element, index, type.name, minimum, maximum);
    // Two's complement: the setters take a negative number for the pattern that it has.
    if (bits === 8) view.setUint8(index, Number(value));
    else if (bits === 16) view.setUint16(index * 2, Number(value), true);
    else if (bits === 32) view.setUint32(index * 4, Number(value), true);
    else view.setBigUint64(index * 8, BigInt.asUintN(64, BigInt(value)), true);
  }
  return bytes;
}

function encodeWith(
  size: number,
  elements: readonly TensorElement[],
  write: (view: DataView, at: number, value: number) => void,
): Uint8Array {
  const bytes = new Uint8Array(elements.length * size);
  const view = new DataView(bytes.buffer);
  for (const [index, element] of elements.entries()) {
    if (typeof element === 'string') throw new RangeError(`Element ${index} is no number.`);
    write(view, index * size, Number(element));
  }
  return bytes;
}

/** The values that an element may have where it is an integer or a bit pattern. */
function elementRange(type: DataType): readonly [Int64, Int64] {
  const bits = BigInt(type.bits ?? 0);
  if (type.kind === 'signed') return [toInt64(-(2n ** (bits - 1n))), toInt64(2n ** (bits - 1n) - 1n)];
  return [0, toInt64(2n ** bits - 1n)];
}

function checkedInteger(
  element: TensorElement,
  index: number,
  what: string,
  minimum: Int64,
  maximum: Int64,
): Int64 {
  const isInteger = typeof element === 'bigint' || (typeof element === 'number' && Number.isInteger(element));
  if (isInteger && element >= minimum && element <= maximum) return element;
  throw new RangeError(
    `Element ${index}, ${element}, is no value of ${what} (integers from ${minimum} to ${maximum}).`,
  );
}

/** Elements of 2, 4 or 6 bits, the first in the lowest bits. Undefined where there are not as many bytes as dims ask for. */
function unpack(tensor: Shaped, type: DataType, bytes: Uint8Array): TensorElement[] | undefined {
  const bits = type.bits ?? 0;
  const count = elementCount(tensor.dims);
  if (count === undefined || bytes.length !== byteLength(type.number, tensor.dims)) return undefined;
  // Padding that is not zero could not be written back.
  const paddingBits = bytes.length * 8 - count * bits;
  if ((bytes.at(-1) ?? 0) >> (8 - paddingBits) !== 0) return undefined;
  const mask = (1 << bits) - 1;
  const sign = type.kind === 'signed' ? 1 << (bits - 1) : 0;
  return Array.from({ length: count }, (_, index) => {
    const [at, shift] = placeOfBits(index * bits);
    const twoBytes = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    return (((twoBytes >> shift) & mask) ^ sign) - sign;
  });
}

function pack(type: DataType, elements: readonly TensorElement[]): Uint8Array {
  const bits = type.bits ?? 0;
  const [minimum, maximum] = elementRange(type);
  const bytes = new Uint8Array(Math.ceil((elements.length * bits) / 8));
  for (const [index, element] of elements.entries()) {
    const value = Number(checkedInteger(element, index, type.name, minimum, maximum));
    const [at, shift] = placeOfBits(index * bits);
    const twoBytes = (value & ((1 << bits) - 1)) << shift;
    bytes[at] = (bytes[at] ?? 0) | (twoBytes & 0xff);
    // Only elements of 6 bits reach into the next byte.
    if (twoBytes > 0xff) bytes[at + 1] = twoBytes >> 8;
  }
  return bytes;
}

/** The byte that a bit is in, and where in it. */
function placeOfBits(bit: number): readonly [number, number] {
  return [Math.floor(bit / 8), bit % 8];
}
