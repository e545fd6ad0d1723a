/** TensorProto.DataType of ONNX IR version 14: numbers, names, sizes and the fields that hold their elements. */
import type { Int64, TypedDataField } from './model.ts';

export interface DataType {
  /** TensorProto.DataType. */
  readonly number: number;
  /** As ONNX text spells it: `float`, `float8e4m3fn`. TensorProto's own name is the same in capitals. */
  readonly name: string;
  /** Bits per element in raw_data and external data. Undefined for strings, whose elements have no fixed size. */
  readonly bits?: number;
  readonly kind: 'float' | 'signed' | 'unsigned' | 'bool' | 'complex' | 'string';
  /** The typed field of TensorProto that may hold elements of this type. */
  readonly field: TypedDataField | 'string_data';
}

const table: readonly DataType[] = [
  { number: 1, name: 'float', bits: 32, kind: 'float', field: 'float_data' },
  { number: 2, name: 'uint8', bits: 8, kind: 'unsigned', field: 'int32_data' },
  { number: 3, name: 'int8', bits: 8, kind: 'signed', field: 'int32_data' },
  { number: 4, name: 'uint16', bits: 16, kind: 'unsigned', field: 'int32_data' },
  { number: 5, name: 'int16', bits: 16, kind: 'signed', field: 'int32_data' },
  { number: 6, name: 'int32', bits: 32, kind: 'signed', field: 'int32_data' },
  { number: 7, name: 'int64', bits: 64, kind: 'signed', field: 'int64_data' },
  { number: 8, name: 'string', kind: 'string', field: 'string_data' },
  { number: 9, name: 'bool', bits: 8, kind: 'bool', field: 'int32_data' },
  { number: 10, name: 'float16', bits: 16, kind: 'float', field: 'int32_data' },
  { number: 11, name: 'double', bits: 64, kind: 'float', field: 'double_data' },
  { number: 12, name: 'uint32', bits: 32, kind: 'unsigned', field: 'uint64_data' },
  { number: 13, name: 'uint64', bits: 64, kind: 'unsigned', field: 'uint64_data' },
  { number: 14, name: 'complex64', bits: 64, kind: 'complex', field: 'float_data' },
  { number: 15, name: 'complex128', bits: 128, kind: 'complex', field: 'double_data' },
  { number: 16, name: 'bfloat16', bits: 16, kind: 'float', field: 'int32_data' },
  { number: 17, name: 'float8e4m3fn', bits: 8, kind: 'float', field: 'int32_data' },
  { number: 18, name: 'float8e4m3fnuz', bits: 8, kind: 'float', field: 'int32_data' },
  { number: 19, name: 'float8e5m2', bits: 8, kind: 'float', field: 'int32_data' },
  { number: 20, name: 'float8e5m2fnuz', bits: 8, kind: 'float', field: 'int32_data' },
  { number: 21, name: 'uint4', bits: 4, kind: 'unsigned', field: 'int32_data' },
  { number: 22, name: 'int4', bits: 4, kind: 'signed', field: 'int32_data' },
  { number: 23, name: 'float4e2m1', bits: 4, kind: 'float', field: 'int32_data' },
  { number: 24, name: 'float8e8m0', bits: 8, kind: 'float', field: 'int32_data' },
  { number: 25, name: 'uint2', bits: 2, kind: 'unsigned', field: 'int32_data' },
  { number: 26, name: 'int2', bits: 2, kind: 'signed', field: 'int32_data' },
  { number: 27, name: 'float6e2m3', bits: 6, kind: 'float', field: 'int32_data' },
  { number: 28, name: 'float6e3m2', bits: 6, kind: 'float', field: 'int32_data' },
];

/** All types that have elements; 0 (undefined) is none of them. */
export const dataTypes: readonly DataType[] = table;

const byNumber = new Map(table.map((type) => [type.number, type]));
const byName = new Map(table.map((type) => [type.name, type]));

export function dataTypeOfNumber(number: number): DataType | undefined {
  return byNumber.get(number);
}

/** Takes the text form's name (`float8e5m2`). */
export function dataTypeOfName(name: string): DataType | undefined {
  return byName.get(name);
}

/** The text form's name; a number that ONNX has not given out yet shows as `data_type_99`. */
export function dataTypeName(number: number): string {
  return byNumber.get(number)?.name ?? (number === 0 ? 'undefined' : `data_type_${number}`);
}

/** Product of the dims, 1 for a scalar. Undefined where a dim is negative or the product is no safe integer. */
export function elementCount(dims: readonly Int64[]): number | undefined {
  let count = 1;
  let overflow = false;
  for (const dim of dims) {
    if (dim < 0) return undefined;
    if (dim === 0 || dim === 0n) return dims.every((other) => other >= 0) ? 0 : undefined;
    count *= Number(dim);
    overflow ||= !Number.isSafeInteger(count);
  }
  return overflow ? undefined : count;
}

/**
 * Whether an int32_data entry is a byte with several elements: those of 2 and 4 bits are packed there as in raw_data. Those of 6
 * bits have an entry each (onnx.proto, TensorProto.int32_data).
 */
export function isPackedInInt32Data({ bits = 8 }: DataType): boolean {
  return bits < 6;
}

/**
 * Bytes of a tensor's elements in raw_data or external data; types of less than a byte are packed without gaps, the last byte
 * padded. Undefined for strings, unknown types, negative dims and sizes beyond 2^53.
 */
export function byteLength(dataType: number, dims: readonly Int64[]): number | undefined {
  const bits = byNumber.get(dataType)?.bits;
  const count = elementCount(dims);
  if (bits === undefined || count === undefined) return undefined;
  const length = Math.ceil(count * (bits / 8));
  return Number.isSafeInteger(length) ? length : undefined;
}
