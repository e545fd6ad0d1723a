/** Protobuf's variable-length integers as 64-bit values that are numbers where they are safe, bigints beyond. */
import type { Int64 } from './model.ts';

export function toInt64(value: bigint): Int64 {
  return value >= minimumSafe && value <= maximumSafe ? Number(value) : value;
}
const minimumSafe = BigInt(Number.MIN_SAFE_INTEGER);
const maximumSafe = BigInt(Number.MAX_SAFE_INTEGER);

const twoTo28 = 2 ** 28;

/**
 * A varint in its parts: the low 28 bits, the next 28 bits, and the highest 8. Taken as int64.
 * Most values are small or slightly negative, and get along without a bigint.
 */
export function signedFromParts(low: number, middle: number, high: number): Int64 {
  if (high === 0 && middle < 2 ** 25) return middle * twoTo28 + low;
  if (high === 0xff && middle >= twoTo28 - 2 ** 25 + 1) return (middle - twoTo28) * twoTo28 + low;
  return toInt64(BigInt.asIntN(64, bigFromParts(low, middle, high)));
}

/** As signedFromParts, taken as uint64. */
function unsignedFromParts(low: number, middle: number, high: number): Int64 {
  if (high === 0 && middle < 2 ** 25) return middle * twoTo28 + low;
  return toInt64(bigFromParts(low, middle, high));
}

function bigFromParts(low: number, middle: number, high: number): bigint {
  return (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low);
}

/** Bytes of the varint of an int64 or uint64; negative ones take ten. */
export function varintLength(value: Int64): number {
  if (value < 0) return 10;
  let length = 1;
  if (typeof value === 'number') for (let rest = value; rest >= 0x80; rest /= 0x80) length++;
  else for (let rest = value; rest >= 0x80n; rest >>= 7n) length++;
  return length;
}

/** Writes the varint at `offset` and returns the offset behind it. */
export function writeVarint(target: Uint8Array, offset: number, value: Int64): number {
  let end = offset;
  if (typeof value === 'number' && value >= 0) {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[end++] = (rest % 0x80) | 0x80;
    target[end++] = rest;
    return end;
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) target[end++] = Number(rest & 0x7fn) | 0x80;
  target[end++] = Number(rest);
  return end;
}

/** The values of a packed field, as int64 or uint64. Undefined where the bytes are no whole varints. */
export function decodeVarints(bytes: Uint8Array, signed: boolean): Int64[] | undefined {
  const values: Int64[] = [];
  const fromParts = signed ? signedFromParts : unsignedFromParts;
  for (let index = 0; index < bytes.length; ) {
    let low = 0;
    let middle = 0;
    let high = 0;
    let count = 0;
    for (; ; count++) {
      const byte = bytes[index++];
      if (byte === undefined || count === 10) return undefined;
      if (count < 4) low |= (byte & 0x7f) << (7 * count);
      else if (count < 8) middle |= (byte & 0x7f) << (7 * (count - 4));
      else high |= (byte & 0x7f) << (7 * (count - 8));
      if (byte < 0x80) break;
    }
    values.push(fromParts(low, middle, high & 0xff));
  }
  return values;
}

export function encodeVarints(values: readonly Int64[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce<number>((sum, value) => sum + varintLength(value), 0));
  let offset = 0;
  for (const value of values) offset = writeVarint(bytes, offset, value);
  return bytes;
}
