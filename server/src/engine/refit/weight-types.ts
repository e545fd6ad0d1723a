/** Conversions between types of weights that lose not a bit. */
import type { DataType } from '../../onnx/model/data-types.ts';
import { dataTypeName, dataTypeOfNumber } from '../../onnx/model/data-types.ts';
import { bfloat16Value, float16Value } from '../../onnx/model/small-floats.ts';

export type Conversion =
  | { readonly kind: 'converted'; readonly bytes: Uint8Array }
  /** Half a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Raw bytes of an ONNX type (its number) as those of another: only where every value comes out as it was. */
export function convertWeights(bytes: Uint8Array, from: number, to: DataType): Conversion {
  const source = dataTypeOfNumber(from);
  if (source?.number === to.number) return { kind: 'converted', bytes };
  const [read, write] = [source && readers[source.name], writers[to.name]];
  if (!source || !read || !write) {
    return { kind: 'refused', reason: `${dataTypeName(from)} cannot become ${to.name} without a change` };
  }
  const size = (source.bits ?? 8) / 8;
  const count = bytes.length / size;
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const target = (to.bits ?? 8) / 8;
  const output = new DataView(new ArrayBuffer(count * target));
  for (let index = 0; index < count; index++) {
    const value = read(input, index * size);
    write(output, index * target, value);
    const back = readers[to.name]?.(output, index * target);
    if (back !== value && !(Number.isNaN(back) && Number.isNaN(value))) {
      return { kind: 'refused', reason: `its element ${index}, ${value}, is no ${to.name}` };
    }
    if (Object.is(value, -0) && !Object.is(back, -0)) {
      return { kind: 'refused', reason: `its element ${index}, −0, is no ${to.name}` };
    }
  }
  return { kind: 'converted', bytes: new Uint8Array(output.buffer) };
}

type Value = number | bigint;
type Read = (view: DataView, at: number) => Value;
type Write = (view: DataView, at: number, value: Value) => void;

/** Integers of 64 bits are compared as numbers where they are safe. */
const readers: Readonly<Record<string, Read>> = {
  float: (view, at) => view.getFloat32(at, true),
  double: (view, at) => view.getFloat64(at, true),
  float16: (view, at) => float16Value(view.getUint16(at, true)),
  bfloat16: (view, at) => bfloat16Value(view.getUint16(at, true)),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at) => view.getInt16(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int64: (view, at) => {
    const value = view.getBigInt64(at, true);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  },
};

const writers: Readonly<Record<string, Write>> = {
  float: (view, at, value) => view.setFloat32(at, Number(value), true),
  float16: (view, at, value) => view.setUint16(at, halfBits(Number(value)), true),
  bfloat16: (view, at, value) => view.setUint16(at, bfloatBits(Number(value)), true),
  int8: (view, at, value) => view.setInt8(at, Number(value)),
  uint8: (view, at, value) => view.setUint8(at, Number(value)),
  int32: (view, at, value) => view.setInt32(at, Number(value), true),
  int64: (view, at, value) =>
    view.setBigInt64(
      at,
      typeof value === 'bigint' ? value : Number.isInteger(value) ? BigInt(value) : 0n,
      true,
    ),
};

/** The bits of a value that a float16 holds exactly; those of a neighbour for any other. */
function halfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === 0) return sign;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const fraction = Math.round((size / 2 ** exponent) * 1024);
  return exponent === -14 && fraction < 1024
    ? sign | fraction
    : sign | (((exponent + 15) << 10) + (fraction - 1024));
}

const scratch = new DataView(new ArrayBuffer(4));

function bfloatBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0) >>> 16;
}
