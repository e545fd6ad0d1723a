/** Values for inputs that nobody supplies, as trtexec makes them: floats in [-1, 1), integers in [-128, 128), booleans. */

/** Fills memory with elements of a DataType. The same seed gives the same values. */
export function randomBytes(type: string, byteLength: number, seed: number): Uint8Array {
  const next = generator(seed);
  const bytes = new Uint8Array(byteLength);
  const view = new DataView(bytes.buffer);
  const step = steps[type];
  if (!step) {
    throw new RangeError(`Random values of the data type ${type} are not to be had; give a file.`);
  }
  for (let at = 0; at + step.bytes <= byteLength; at += step.bytes) {
    step.write(view, at, next);
  }
  return bytes;
}

interface Step {
  readonly bytes: number;
  readonly write: (view: DataView, at: number, next: () => number) => void;
}

const real = (next: () => number) => next() * 2 - 1;
const integer = (next: () => number) => Math.floor(next() * 256) - 128;

const steps: Readonly<Record<string, Step>> = {
  kFLOAT: { bytes: 4, write: (view, at, next) => view.setFloat32(at, real(next), true) },
  kHALF: { bytes: 2, write: (view, at, next) => view.setUint16(at, float16Bits(real(next)), true) },
  kBF16: { bytes: 2, write: (view, at, next) => view.setUint16(at, float32Bits(real(next)) >>> 16, true) },
  kINT8: { bytes: 1, write: (view, at, next) => view.setInt8(at, integer(next)) },
  kUINT8: { bytes: 1, write: (view, at, next) => view.setUint8(at, Math.floor(next() * 256)) },
  kINT32: { bytes: 4, write: (view, at, next) => view.setInt32(at, integer(next), true) },
  kINT64: { bytes: 8, write: (view, at, next) => view.setBigInt64(at, BigInt(integer(next)), true) },
  kBOOL: { bytes: 1, write: (view, at, next) => view.setUint8(at, next() < 0.5 ? 0 : 1) },
  // Any pattern of these is a number; of FP8, all but the two NaNs.
  kINT4: { bytes: 1, write: (view, at, next) => view.setUint8(at, Math.floor(next() * 256)) },
  kFP4: { bytes: 1, write: (view, at, next) => view.setUint8(at, Math.floor(next() * 256)) },
  kFP8: {
    bytes: 1,
    write: (view, at, next) => {
      const sign = next() < 0.5 ? 0x80 : 0;
      view.setUint8(at, sign | Math.floor(next() * 0x39));
    },
  },
};

const scratch = new DataView(new ArrayBuffer(4));

function float32Bits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

/** Truncated, for values within (-2, 2). */
function float16Bits(value: number): number {
  const bits32 = float32Bits(value);
  const sign = (bits32 >>> 16) & 0x8000;
  const exponent = ((bits32 >>> 23) & 0xff) - 127 + 15;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((bits32 >>> 13) & 0x3ff);
}

/** Mulberry32: small, quick and good enough for test data. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
