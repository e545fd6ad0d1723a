/** Bits of an element, by DataType name. */
const bits: Readonly<Record<string, number>> = {
  kFLOAT: 32,
  kHALF: 16,
  kINT8: 8,
  kINT32: 32,
  kBOOL: 8,
  kUINT8: 8,
  kFP8: 8,
  kBF16: 16,
  kINT64: 64,
  kINT4: 4,
  kFP4: 4,
  kE8M0: 8,
};

/** Bytes of so many elements: four-bit elements come in pairs. Throws a RangeError for types that nobody knows. */
export function byteLengthOf(type: string, elements: number): number {
  const size = bits[type];
  if (size === undefined) {
    throw new RangeError(`The size of the data type ${type} is not known.`);
  }
  return Math.ceil((elements * size) / 8);
}

export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}
