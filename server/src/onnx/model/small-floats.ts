/** The numbers that bits of small floats stand for. */

export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const view = new DataView(new ArrayBuffer(4));

/** The upper half of a float. */
export function bfloat16Value(bits: number): number {
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}
