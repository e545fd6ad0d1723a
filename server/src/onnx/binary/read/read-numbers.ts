/** Repeated numbers, packed or one by one: a reader must take either form, whatever the field says. */
import type { Int64 } from '../../model/model.ts';
import type { WireCursor } from './wire-cursor.ts';

/** Memory of a number in an array that grows, in bytes. */
const numberBytes = 16;

/** An array, or a list on a ListStack. */
interface NumberList<T> {
  push(value: T): unknown;
}

export function readInts(cursor: WireCursor, tag: number, values: NumberList<Int64>): void {
  if ((tag & 7) === 2) cursor.packed(() => readInt(cursor, values));
  else readInt(cursor, values);
}

function readInt(cursor: WireCursor, values: NumberList<Int64>): void {
  cursor.charge(numberBytes);
  values.push(cursor.int64());
}

/** Calls `add` with the bits of each float, as a number cannot tell one NaN from another. */
export function readFloats(cursor: WireCursor, tag: number, add: (bits: number) => void): void {
  const readOne = () => {
    cursor.charge(numberBytes);
    add(cursor.fixed32());
  };
  if ((tag & 7) === 2) cursor.packed(readOne);
  else readOne();
}

export function floatOfBits(bits: number): number {
  conversion.setUint32(0, bits);
  return conversion.getFloat32(0);
}

/** Whether these are the bits of a NaN other than the one that JavaScript writes. */
export function isOddNaN(bits: number): boolean {
  return (bits & 0x7fffffff) > 0x7f800000 && bits !== 0x7fc00000;
}

const conversion = new DataView(new ArrayBuffer(4));
