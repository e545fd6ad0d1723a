/**
 * How elements of a tensor may lie in memory: row by row, as its dims say, or in a format of TensorRT's for kernels (nvinfer1::TensorFormat).
 * A debug listener gets the address, the type and the dims of a tensor, and not its format: TensorRT 10.6 hands values of convolutions in
 * FP16 over as they lie, so the format has to be found out.
 */

/** The first dims are batches, the third from last the channels, in vectors of so many; the last two dims lie around the vectors. */
export interface Layout {
  /** TensorFormat names. */
  readonly name: string;
  /** Channels that lie side by side; a last vector that they do not fill is padded. All of them in formats with the channels last. */
  readonly vector: number;
}

/** Formats that the tensor's dims leave different from row-major. Formats that are alike for these channels are one. */
export function layoutsOf(dims: readonly number[]): Layout[] {
  const { channels, inner } = parts(dims);
  if (channels < 2 || inner < 2) return [];
  const padded = (step: number) => Math.ceil(channels / step) * step;
  const formats: readonly (readonly [string, number])[] =
    dims.length === 5
      ? [
          ['kDHWC', channels],
          ['kDHWC8', padded(8)],
          ['kCDHW32', 32],
        ]
      : [
          ['kHWC', channels],
          ['kHWC8', padded(8)],
          ['kHWC16', padded(16)],
          ['kCHW2', 2],
          ['kCHW4', 4],
          ['kCHW16', 16],
          ['kCHW32', 32],
        ];
  const names = new Map<number, string[]>();
  for (const [name, vector] of formats) names.set(vector, [...(names.get(vector) ?? []), name]);
  return Array.from(names, ([vector, alike]) => ({ name: alike.join(' or '), vector }));
}

/**
 * For each element in row-major order, where it lies in memory of the layout: a number that is beyond the count of elements where padding is
 * before it.
 */
export function placesIn(dims: readonly number[], { vector }: Layout): Float64Array {
  const { batches, channels, inner } = parts(dims);
  const vectors = Math.ceil(channels / vector);
  const places = new Float64Array(batches * channels * inner);
  let at = 0;
  for (let batch = 0; batch < batches; batch++) {
    for (let channel = 0; channel < channels; channel++) {
      const start = (batch * vectors + Math.floor(channel / vector)) * inner * vector + (channel % vector);
      for (let place = 0; place < inner; place++) places[at++] = start + place * vector;
    }
  }
  return places;
}

/**
 * How values go with those of the reference, of the elements that the layout has among the first `values.length`: 1 where they rise and fall
 * together, about 0 where they lie in another order (a cosine would be high there where all values are alike). 0 where all are equal. With
 * `step`, every so manyth element is looked at.
 */
export function correlationIn(
  values: Float64Array,
  reference: Float64Array,
  places: Float64Array,
  step = 1,
): number {
  let [count, own, other] = [0, 0, 0];
  const both = (at: number): readonly [number, number] => [
    values[places[at] ?? -1] ?? Number.NaN,
    reference[at] ?? Number.NaN,
  ];
  for (let at = 0; at < places.length; at += step) {
    const [value, expected] = both(at);
    if (!Number.isFinite(value) || !Number.isFinite(expected)) continue;
    count++;
    own += value;
    other += expected;
  }
  let [together, ofOwn, ofOther] = [0, 0, 0];
  for (let at = 0; at < places.length; at += step) {
    const [value, expected] = both(at);
    if (!Number.isFinite(value) || !Number.isFinite(expected)) continue;
    const [one, two] = [value - own / count, expected - other / count];
    together += one * two;
    ofOwn += one * one;
    ofOther += two * two;
  }
  return ofOwn > 0 && ofOther > 0 ? together / Math.sqrt(ofOwn * ofOther) : 0;
}

/** Elements of so many bytes in row-major order; undefined where padding has pushed some beyond the end. */
export function rowMajor(
  bytes: Uint8Array,
  elementBytes: number,
  places: Float64Array,
): Uint8Array | undefined {
  const result = new Uint8Array(bytes.length);
  for (const [at, place] of places.entries()) {
    const start = place * elementBytes;
    if (start + elementBytes > bytes.length) return undefined;
    for (let byte = 0; byte < elementBytes; byte++) {
      result[at * elementBytes + byte] = bytes[start + byte] ?? 0;
    }
  }
  return result;
}

function parts(dims: readonly number[]): { batches: number; channels: number; inner: number } {
  const count = (some: readonly number[]) => some.reduce((product, dim) => product * dim, 1);
  // In five dims, the last three lie around the channels (kDHWC8, kCDHW32).
  const around = dims.length === 5 ? 3 : 2;
  if (dims.length <= around) return { batches: 1, channels: 1, inner: count(dims) };
  const axis = dims.length - around - 1;
  return {
    batches: count(dims.slice(0, axis)),
    channels: dims[axis] ?? 1,
    inner: count(dims.slice(axis + 1)),
  };
}
