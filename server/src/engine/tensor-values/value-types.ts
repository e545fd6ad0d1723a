/**
 * Types of elements in files of values: how they lie there, and what numbers they mean. A file has whole bytes per element; NumPy has no
 * types for the small floats, so their files hold the bit patterns as unsigned integers, and whoever reads them must know the type.
 */
import { dataTypeOfName } from '../../onnx/model/data-types.ts';
import { onnxTypeOf } from '../tensorrt-data-types.ts';

export interface ValueType {
  /** As ONNX text spells it: `float`, `bfloat16`, `float8e4m3fn`. */
  readonly name: string;
  /** Of NumPy. */
  readonly descr: string;
  /** Of an element in a file. */
  readonly bytes: number;
  readonly isFloat: boolean;
  /** Of integers: the least and the greatest. */
  readonly range?: readonly [number, number];
  /** Whole elements to numbers; 64-bit integers beyond 2^53 are rounded. */
  readonly decode: (bytes: Uint8Array) => Float64Array;
  /** Of integers of 64 bits: one element, whose bytes begin at `offset`, to the last bit. */
  readonly exact?: (view: DataView, offset: number) => bigint;
  /**
   * One number, rounded to the nearest that the type has, of two as near the even one. Beyond the greatest it is infinite in float16 and
   * bfloat16 and the greatest in smaller floats, as ONNX's Cast has it. Integers have to be within `range`.
   */
  readonly encode: (view: DataView, offset: number, value: number) => void;
}

const types: readonly ValueType[] = [
  plain(
    'float',
    '<f4',
    4,
    true,
    (view, at) => view.getFloat32(at, true),
    (view, at, value) => view.setFloat32(at, value, true),
  ),
  plain(
    'double',
    '<f8',
    8,
    true,
    (view, at) => view.getFloat64(at, true),
    (view, at, value) => view.setFloat64(at, value, true),
  ),
  plain(
    'int8',
    '|i1',
    1,
    false,
    (view, at) => view.getInt8(at),
    (view, at, value) => view.setInt8(at, value),
  ),
  plain(
    'uint8',
    '|u1',
    1,
    false,
    (view, at) => view.getUint8(at),
    (view, at, value) => view.setUint8(at, value),
  ),
  plain(
    'bool',
    '|b1',
    1,
    false,
    (view, at) => view.getUint8(at),
    (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1),
  ),
  plain(
    'int16',
    '<i2',
    2,
    false,
    (view, at) => view.getInt16(at, true),
    (view, at, value) => view.setInt16(at, value, true),
  ),
  plain(
    'uint16',
    '<u2',
    2,
    false,
    (view, at) => view.getUint16(at, true),
    (view, at, value) => view.setUint16(at, value, true),
  ),
  plain(
    'int32',
    '<i4',
    4,
    false,
    (view, at) => view.getInt32(at, true),
    (view, at, value) => view.setInt32(at, value, true),
  ),
  plain(
    'uint32',
    '<u4',
    4,
    false,
    (view, at) => view.getUint32(at, true),
    (view, at, value) => view.setUint32(at, value, true),
  ),
  plain(
    'int64',
    '<i8',
    8,
    false,
    // As Number(view.getBigInt64(at, true)) rounds, without a bigint for each.
    (view, at) => view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true),
    (view, at, value) => view.setBigInt64(at, BigInt(Math.trunc(value)), true),
    (view, at) => view.getBigInt64(at, true),
  ),
  plain(
    'uint64',
    '<u8',
    8,
    false,
    (view, at) => view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true),
    (view, at, value) => view.setBigUint64(at, BigInt(Math.trunc(value)), true),
    (view, at) => view.getBigUint64(at, true),
  ),
  coded('float16', 2, '<f2', { exponent: 5, mantissa: 10, bias: 15, special: 'ieee' }),
  coded('bfloat16', 2, '<u2', { exponent: 8, mantissa: 7, bias: 127, special: 'ieee' }),
  coded('float8e4m3fn', 1, '|u1', { exponent: 4, mantissa: 3, bias: 7, special: 'all ones are NaN' }),
  coded('float8e4m3fnuz', 1, '|u1', { exponent: 4, mantissa: 3, bias: 8, special: '-0 is NaN' }),
  coded('float8e5m2', 1, '|u1', { exponent: 5, mantissa: 2, bias: 15, special: 'ieee' }),
  coded('float8e5m2fnuz', 1, '|u1', { exponent: 5, mantissa: 2, bias: 16, special: '-0 is NaN' }),
  coded('float4e2m1', 1, '|u1', { exponent: 2, mantissa: 1, bias: 1, special: 'none' }),
  table('float8e8m0', 1, '|u1', (code) => (code === 255 ? Number.NaN : 2 ** (code - 127))),
  plain(
    'int4',
    '|i1',
    1,
    false,
    (view, at) => view.getInt8(at),
    (view, at, value) => view.setInt8(at, value),
  ),
  plain(
    'uint4',
    '|u1',
    1,
    false,
    (view, at) => view.getUint8(at),
    (view, at, value) => view.setUint8(at, value),
  ),
];

const byName = new Map(types.map((type) => [type.name, type]));

export function valueType(name: string): ValueType | undefined {
  return byName.get(name);
}

/** Kind and bytes of an element, `descr` without its byte order: `f4`, `u1`. */
export function bitsOf({ descr }: ValueType): string {
  return descr.slice(1);
}

export function valueTypeOfBits(bits: string): ValueType | undefined {
  return types.find((type) => bitsOf(type) === bits);
}

/** `kHALF` → `float16`; undefined for what has no values. */
export function valueTypeOfTensorRT(dataType: string): ValueType | undefined {
  return byName.get(onnxTypeOf(dataType)?.name ?? '');
}

/**
 * Elements as TensorRT and ONNX store them to elements as files of values hold them: two to a byte become two bytes, the first from the
 * low bits.
 */
export function unpacked(type: ValueType, bytes: Uint8Array, count: number): Uint8Array {
  const bits = dataTypeOfName(type.name)?.bits ?? 8;
  if (bits >= 8) return bytes;
  const result = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const code = ((bytes[index >> 1] ?? 0) >> ((index & 1) * 4)) & 0xf;
    result[index] = type.name === 'int4' ? (code ^ 8) - 8 : code;
  }
  return result;
}

/** Bytes that so many elements take where they are packed. */
export function packedLength(type: ValueType, count: number): number {
  return (dataTypeOfName(type.name)?.bits ?? 8) < 8 ? Math.ceil(count / 2) : count * type.bytes;
}

function plain(
  name: string,
  descr: string,
  bytes: number,
  isFloat: boolean,
  read: (view: DataView, at: number) => number,
  encode: ValueType['encode'],
  exact?: ValueType['exact'],
): ValueType {
  return {
    name,
    descr,
    bytes,
    isFloat,
    ...(!isFloat && name !== 'bool' && { range: rangeOf(name) }),
    ...(exact && { exact }),
    encode,
    decode: (from) => {
      const view = new DataView(from.buffer, from.byteOffset, from.length);
      const values = new Float64Array(Math.floor(from.length / bytes));
      for (let index = 0; index < values.length; index++) values[index] = read(view, index * bytes);
      return values;
    },
  };
}

/** `int4`: -8 to 7. The greatest of 64 bits is rounded up, as doubles have no nearer one. */
function rangeOf(name: string): readonly [number, number] {
  const bits = dataTypeOfName(name)?.bits ?? 8;
  return name.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

interface FloatFormat {
  readonly exponent: number;
  readonly mantissa: number;
  readonly bias: number;
  /** What the codes mean that IEEE 754 keeps for infinities and NaN. */
  readonly special: 'ieee' | 'all ones are NaN' | '-0 is NaN' | 'none';
}

function coded(name: string, bytes: number, descr: string, format: FloatFormat): ValueType {
  const codes = 2 ** (1 + format.exponent + format.mantissa);
  return table(name, bytes, descr, (code) => meaningOf(code, format), codes);
}

function meaningOf(code: number, { exponent, mantissa, bias, special }: FloatFormat): number {
  const sign = (code >> (exponent + mantissa)) & 1;
  const power = (code >> mantissa) & ((1 << exponent) - 1);
  const fraction = code & ((1 << mantissa) - 1);
  const isLast = power === (1 << exponent) - 1;
  if (special === 'ieee' && isLast) return fraction !== 0 ? Number.NaN : sign === 1 ? -Infinity : Infinity;
  if (special === 'all ones are NaN' && isLast && fraction === (1 << mantissa) - 1) return Number.NaN;
  if (special === '-0 is NaN' && sign === 1 && power === 0 && fraction === 0) return Number.NaN;
  const magnitude =
    power === 0
      ? fraction * 2 ** (1 - bias - mantissa)
      : (1 + fraction * 2 ** -mantissa) * 2 ** (power - bias);
  return sign === 1 ? -magnitude : magnitude;
}

/** A type with few enough codes to look their meanings up. */
function table(
  name: string,
  bytes: number,
  descr: string,
  meaning: (code: number) => number,
  codes = 256 ** bytes,
): ValueType {
  let meanings: Float64Array | undefined;
  const all = () => (meanings ??= Float64Array.from({ length: codes }, (_, code) => meaning(code)));
  return {
    name,
    descr,
    bytes,
    isFloat: true,
    decode: (from) => {
      const known = all();
      const values = new Float64Array(Math.floor(from.length / bytes));
      for (let index = 0; index < values.length; index++) {
        const low = from[index * bytes] ?? 0;
        const code = bytes === 1 ? low : low | ((from[index * bytes + 1] ?? 0) << 8);
        values[index] = known[code] ?? Number.NaN;
      }
      return values;
    },
    encode: (view, offset, value) => {
      const code = nearestCode(all(), value);
      if (bytes === 1) view.setUint8(offset, code);
      else view.setUint16(offset, code, true);
    },
  };
}

interface Codes {
  /** Added to a code it makes the number negative; 0 where there are no negative ones. */
  readonly sign: number;
  /** Of the greatest finite number: codes up to it rise. */
  readonly greatest: number;
  readonly nan: number | undefined;
  /** Where what is too great becomes infinite. */
  readonly infinity: number | undefined;
}

const known = new WeakMap<Float64Array, Codes>();

function codesOf(meanings: Float64Array): Codes {
  const before = known.get(meanings);
  if (before) return before;
  const sign = meanings.some((value) => value < 0) ? meanings.length / 2 : 0;
  const positive = meanings.subarray(0, sign || meanings.length);
  // A quiet one without a sign, where there are several.
  const nan = [positive, meanings].map((some) => some.findLastIndex(Number.isNaN)).find((code) => code >= 0);
  const infinity = positive.indexOf(Infinity);
  const codes: Codes = {
    sign,
    greatest: positive.findLastIndex(Number.isFinite),
    nan,
    infinity: infinity >= 0 && meanings.length > 256 ? infinity : undefined,
  };
  known.set(meanings, codes);
  return codes;
}

function nearestCode(meanings: Float64Array, value: number): number {
  const { sign, greatest, nan, infinity } = codesOf(meanings);
  if (Number.isNaN(value) && nan !== undefined) return nan;
  const isNegative = value < 0 || Object.is(value, -0);
  const size = sign === 0 ? value : Math.abs(value);
  const code = nearestRising(meanings, size, greatest, infinity);
  const negative = code + sign;
  // Some have no negative zero.
  return isNegative && sign > 0 && !Number.isNaN(meanings[negative]) ? negative : code;
}

function nearestRising(
  meanings: Float64Array,
  size: number,
  greatest: number,
  infinity: number | undefined,
): number {
  const at = (code: number) => meanings[code] ?? 0;
  const halfAStep = (at(greatest) - at(greatest - 1)) / 2;
  if (size >= at(greatest)) return size >= at(greatest) + halfAStep ? (infinity ?? greatest) : greatest;
  let [low, high] = [0, greatest];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(middle) <= size) low = middle;
    else high = middle;
  }
  const [below, above] = [size - at(low), at(high) - size];
  return below < above || (below === above && low % 2 === 0) ? low : high;
}
