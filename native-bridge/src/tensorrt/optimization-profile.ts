import { enumNumber } from '../abi/enums.ts';
import { hasMethod, type Pointer } from '../abi/methods.ts';
import type { ProfileInput } from '../build-protocol.ts';
import { BridgeError } from '../errors.ts';
import type { NativeObject, VirtualCalls } from '../native/virtual-calls.ts';

/** In the order in which they have to be set: TensorRT checks each against those before. */
const selectors = [
  ['min', 'kMIN'],
  ['opt', 'kOPT'],
  ['max', 'kMAX'],
] as const;

/** nvinfer1::IOptimizationProfile. It belongs to the builder. */
export class OptimizationProfile {
  readonly object: NativeObject<'VOptimizationProfile'>;
  readonly #calls: VirtualCalls;

  constructor(calls: VirtualCalls, address: Pointer) {
    this.#calls = calls;
    this.object = calls.object('VOptimizationProfile', address);
  }

  /** Throws `tensorrtFailed` where TensorRT does not take the sizes. */
  setDimensions(input: string, dims: ProfileInput): void {
    for (const [key, selector] of selectors) {
      const number = enumNumber(this.#calls.abi, 'OptProfileSelector', selector);
      this.#require(this.#calls.invoke(this.object, 'setDimensions', input, number, dims[key]), input, key);
    }
  }

  /** The values of a shape tensor. Before 10.11 they have 32 bits. */
  setShapeValues(input: string, values: ProfileInput): void {
    const wide = hasMethod(this.#calls.abi, 'VOptimizationProfile', 'setShapeValuesV2');
    for (const [key, selector] of selectors) {
      const number = enumNumber(this.#calls.abi, 'OptProfileSelector', selector);
      const count = values[key].length;
      const taken = wide
        ? this.#calls.invoke(
            this.object,
            'setShapeValuesV2',
            input,
            number,
            BigInt64Array.from(values[key], BigInt),
            count,
          )
        : this.#calls.invoke(
            this.object,
            'setShapeValues',
            input,
            number,
            Int32Array.from(values[key], checkedInt32),
            count,
          );
      this.#require(taken, input, key);
    }
  }

  isValid(): boolean {
    return this.#calls.invoke(this.object, 'isValid');
  }

  #require(taken: boolean, input: string, key: string): void {
    if (!taken) {
      throw new BridgeError('tensorrtFailed', `TensorRT refuses the ${key} of ${input}.`);
    }
  }
}

function checkedInt32(value: number): number {
  if (value !== (value | 0)) {
    throw new RangeError(`${value} does not fit the 32 bits that shape values have before TensorRT 10.11.`);
  }
  return value;
}
