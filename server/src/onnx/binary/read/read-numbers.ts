/** Repeated numbers, packed or one by one: a reader must take either form, whatever the field says. */
import type { Int64 } from '../../model/model.ts';
import type { WireCursor } from './wire-cursor.ts';

/** Memory of a number in an array that grows, in bytes. */
const numberBytes = 16;

export function readInts(cursor: WireCursor, tag: number, values: Int64[]): void {
  if ((tag & 7) === 2) cursor.packed(() => readInt(cursor, values));
  else readInt(cursor, values);
}

function readInt(cursor: WireCursor, values: Int64[]): void {
  cursor.charge(numberBytes);
  values.push(cursor.int64());
}

/** Floats by their bits, as a number cannot tell one NaN from another. */
export interface FloatList {
  readonly values: number[];
  /** Bits of the NaNs other than the default one, by index. */
  oddNaNs?: Map<number, number>;
}

export function readFloats(cursor: WireCursor, tag: number, list: FloatList): void {
  if ((tag & 7) === 2) cursor.packed(() => readFloat(cursor, list));
  else readFloat(cursor, list);
}

function readFloat(cursor: WireCursor, list: FloatList): void {
  cursor.charge(numberBytes);
  const bits = cursor.fixed32();
  const value = floatOfBits(bits);
  if (Number.isNaN(value) && bits !== defaultNaN) {
    list.oddNaNs ??= new Map();
    list.oddNaNs.set(list.values.length, bits);
  }
  list.values.push(value);
}

/** The values as little-endian floats, exactly as they were read. */
export function floatBytes(list: FloatList): Uint8Array {
  const bytes = new Uint8Array(list.values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of list.values.entries()) {
    const bits = list.oddNaNs?.get(index);
    if (bits === undefined) view.setFloat32(index * 4, value, true);
    else view.setUint32(index * 4, bits, true);
  }
  return bytes;
}

const defaultNaN = 0x7fc00000;
const conversion = new DataView(new ArrayBuffer(4));

function floatOfBits(bits: number): number {
  conversion.setUint32(0, bits);
  return conversion.getFloat32(0);
}
