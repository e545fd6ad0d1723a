import { type EnumName, enumNumber } from '../abi/enums.ts';
import { type Arguments, hasMethod, type MethodName, type Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import type { NativeObject, VirtualCalls } from '../native/virtual-calls.ts';
import { HostMemory } from './host-memory.ts';
import type { OptimizationProfile } from './optimization-profile.ts';

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

  /** Calls a setter. Setters that answer false throw `tensorrtFailed`. */
  set<M extends Extract<MethodName<'VBuilderConfig'>, `set${string}` | 'clearFlag'>>(
    method: M,
    ...values: Arguments<'VBuilderConfig', M>
  ): void {
    if ((this.#calls.invoke(this.object, method, ...values) as unknown) === false) {
      throw new BridgeError('tensorrtFailed', `TensorRT refuses ${method}(${values.join(', ')}).`);
    }
  }

  /** Sets and clears bits of the mask of tactic sources. */
  setTacticSources(sources: Readonly<Record<string, boolean>>): void {
    let mask = this.#calls.invoke(this.object, 'getTacticSources');
    for (const [name, enabled] of Object.entries(sources)) {
      const bit = 1 << enumNumber(this.#calls.abi, 'TacticSource', name);
      mask = (enabled ? mask | bit : mask & ~bit) >>> 0;
    }
    this.set('setTacticSources', mask);
  }

  /** Adds a profile, which TensorRT then owns. Throws `tensorrtFailed` for one that is incomplete. */
  addProfile(profile: OptimizationProfile): void {
    if (this.#calls.invoke(this.object, 'addOptimizationProfile', profile.object.address) < 0) {
      throw new BridgeError('tensorrtFailed', 'TensorRT refuses the profile.');
    }
  }

  setCalibrationProfile(profile: OptimizationProfile): void {
    this.set('setCalibrationProfile', profile.object.address);
  }

  /** False where TensorRT does not take the cache, because it is of another version or device. Empty bytes begin a new one. */
  setTimingCache(bytes: Uint8Array): boolean {
    const cache = this.#calls.invoke(this.object, 'createTimingCache', bytes, bytes.length);
    return cache !== null && this.#calls.invoke(this.object, 'setTimingCache', cache, false);
  }

  /** Takes over what another cache knows beyond this configuration's; nothing where they don't fit together. */
  mergeTimingCache(bytes: Uint8Array): void {
    const other = this.#calls.invoke(this.object, 'createTimingCache', bytes, bytes.length);
    const cache = this.#calls.invoke(this.object, 'getTimingCache');
    if (other !== null && cache !== null) {
      const added = this.#calls.object('VTimingCache', other);
      this.#calls.invoke(this.#calls.object('VTimingCache', cache), 'combine', other, false);
      this.#calls.delete(added);
    }
  }

  /** Undefined where the configuration has no timing cache. */
  serializedTimingCache(): Uint8Array | undefined {
    const cache = this.#calls.invoke(this.object, 'getTimingCache');
    const address =
      cache === null ? null : this.#calls.invoke(this.#calls.object('VTimingCache', cache), 'serialize');
    if (address === null) {
      return undefined;
    }
    using memory = new HostMemory(this.#calls, address);
    return memory.bytes();
  }

  /** Whether the running version has a setter. */
  has(method: MethodName<'VBuilderConfig'>): boolean {
    return hasMethod(this.#calls.abi, 'VBuilderConfig', method);
  }

  [Symbol.dispose](): void {
    this.#calls.delete(this.object);
  }
}
