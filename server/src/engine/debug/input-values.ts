/** Values for inputs that nobody gave: the same numbers for the engine and for the reference, and the same every time. */
import type { Model } from '../../onnx/model/model.ts';
import type { ValueType } from '../tensor-values/value-types.ts';

/** Whole numbers from 0 to below. */
export type IntegerRange = number;

/**
 * What integers an input may be: indices into a table have to be below its length, as ONNX Runtime refuses others, and TensorRT computes
 * something of its own. Where nothing is known, 0 and 1: ids that any table has, and masks.
 */
export function integerRange({ graph }: Model, input: string): IntegerRange {
  const sizes = (graph?.nodes ?? []).flatMap(({ operator, domain, inputs, attributes }) => {
    if (operator !== 'Gather' || domain !== '' || inputs[1] !== input) return [];
    const table = graph?.initializers.find(({ name }) => name === inputs[0]);
    const axis = attributes.find(({ name }) => name === 'axis');
    const at = axis?.type === 'int' ? Number(axis.value) : 0;
    const size = table?.dims.at(at);
    return size === undefined ? [] : [Number(size)];
  });
  return Math.max(1, Math.min(...(sizes.length > 0 ? sizes : [2])));
}

const chunkElements = 2 ** 16;

/** Floats in [-1, 1), integers in the range, booleans; as bytes of a file of values, some at a time. */
export function* randomValues(
  type: ValueType,
  count: number,
  range: IntegerRange,
  seed: number,
): Generator<Uint8Array> {
  const random = generator(seed);
  for (let start = 0; start < count; start += chunkElements) {
    const length = Math.min(chunkElements, count - start);
    const bytes = new Uint8Array(length * type.bytes);
    const view = new DataView(bytes.buffer);
    for (let index = 0; index < length; index++) {
      const value = type.isFloat
        ? random() * 2 - 1
        : Math.floor(random() * (type.name === 'bool' ? 2 : range));
      type.encode(view, index * type.bytes, value);
    }
    yield bytes;
  }
}

/** mulberry32: 32 bits of state, even enough for test values. Numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
