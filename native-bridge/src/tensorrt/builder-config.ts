import { type EnumName, enumNumber } from '../abi/enums.ts';
import type { Pointer } from '../abi/methods.ts';
import type { NativeObject, VirtualCalls } from '../native/virtual-calls.ts';

/** nvinfer1::IBuilderConfig. */
export class BuilderConfig implements Disposable {
  readonly object: NativeObject<'VBuilderConfig'>;
  readonly #calls: VirtualCalls;

  constructor(calls: VirtualCalls, address: Pointer) {
    this.#calls = calls;
    this.object = calls.object('VBuilderConfig', address);
  }

  setFlag(flag: EnumName<'BuilderFlag'>, value: boolean): void {
    const number = enumNumber(this.#calls.abi, 'BuilderFlag', flag);
    this.#calls.invoke(this.object, value ? 'setFlag' : 'clearFlag', number);
  }

  flag(flag: EnumName<'BuilderFlag'>): boolean {
    return this.#calls.invoke(this.object, 'getFlag', enumNumber(this.#calls.abi, 'BuilderFlag', flag));
  }

  /** All flags as TensorRT's mask. */
  flagMask(): number {
    return this.#calls.invoke(this.object, 'getFlags');
  }

  /** Where layers run that are not placed one by one. */
  setDefaultDeviceType(type: EnumName<'DeviceType'>): void {
    this.#calls.invoke(this.object, 'setDefaultDeviceType', enumNumber(this.#calls.abi, 'DeviceType', type));
  }

  [Symbol.dispose](): void {
    this.#calls.delete(this.object);
  }
}
