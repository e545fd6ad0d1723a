import { type Dims, hasMethod, type Pointer } from '../../abi/methods.ts';
import { BridgeError } from '../../errors.ts';
import type { Handle } from '../../native/cuda.ts';
import type { NativeObject, VirtualCalls } from '../../native/virtual-calls.ts';
import type { Logger } from '../logger.ts';

/** nvinfer1::IExecutionContext. */
export class ExecutionContext implements Disposable {
  readonly object: NativeObject<'VExecutionContext'>;
  readonly #calls: VirtualCalls;
  readonly #logger: Logger;

  constructor(calls: VirtualCalls, address: Pointer, logger: Logger) {
    this.#calls = calls;
    this.object = calls.object('VExecutionContext', address);
    this.#logger = logger;
  }

  /** In the stream's order; a no-op for the profile in force. */
  setProfile(profile: number, stream: Handle): void {
    if (this.#calls.invoke(this.object, 'getOptimizationProfile') !== profile) {
      this.#require(
        this.#calls.invoke(this.object, 'setOptimizationProfileAsync', profile, stream as Pointer),
        `profile ${profile}`,
      );
    }
  }

  setInputShape(tensor: string, dims: Dims): void {
    this.#require(
      this.#calls.invoke(this.object, 'setInputShape', tensor, dims),
      `the shape ${dims.join('×')} of ${tensor}`,
    );
  }

  setAddress(tensor: string, address: Pointer): void {
    this.#require(
      this.#calls.invoke(this.object, 'setTensorAddress', tensor, address),
      `an address for ${tensor}`,
    );
  }

  setOutputAllocator(tensor: string, allocator: Pointer): void {
    this.#require(
      this.#calls.invoke(this.object, 'setOutputAllocator', tensor, allocator),
      `an allocator for ${tensor}`,
    );
  }

  /** Names of inputs that lack a shape or value; throws where shapes contradict each other. */
  missingInputs(): number {
    return this.#calls.invoke(this.object, 'inferShapes', 0, null);
  }

  /** Undefined where it depends on values; -1 in a dimension that is not known yet. */
  shape(tensor: string): Dims | undefined {
    return this.#calls.invoke(this.object, 'getTensorShape', tensor);
  }

  /** Upper bound in bytes for an output whose shape depends on values. */
  maxOutputSize(tensor: string): number {
    return Number(this.#calls.invoke(this.object, 'getMaxOutputSize', tensor));
  }

  /** Bytes that the present shapes need of the device (kUSER_MANAGED). */
  neededMemory(): number {
    return Number(this.#calls.invoke(this.object, 'updateDeviceMemorySizeForShapes'));
  }

  setMemory(address: Pointer, byteLength: number): void {
    if (hasMethod(this.#calls.abi, 'VExecutionContext', 'setDeviceMemoryV2')) {
      this.#calls.invoke(this.object, 'setDeviceMemoryV2', address, byteLength);
    } else {
      this.#calls.invoke(this.object, 'setDeviceMemory', address);
    }
  }

  /** Recorded when the inputs may be overwritten. */
  setInputConsumedEvent(event: Handle): void {
    this.#require(
      this.#calls.invoke(this.object, 'setInputConsumedEvent', event as Pointer),
      'an input consumed event',
    );
  }

  setProfiler(profiler: Pointer): void {
    this.#calls.invoke(this.object, 'setProfiler', profiler);
  }

  setDebugListener(listener: Pointer, tensors: readonly string[] | 'all', unfused: boolean): void {
    this.#require(this.#calls.invoke(this.object, 'setDebugListener', listener), 'a debug listener');
    if (tensors === 'all') {
      this.#calls.invoke(this.object, 'setAllTensorsDebugState', true);
    } else {
      for (const tensor of tensors) {
        this.#require(
          this.#calls.invoke(this.object, 'setTensorDebugState', tensor, true),
          `the debug tensor ${tensor}, which the engine was not built with`,
        );
      }
    }
    if (unfused) {
      this.#require(
        this.#calls.invoke(this.object, 'setUnfusedTensorsDebugState', true),
        'unfused debug tensors',
      );
    }
  }

  /** Enqueues one run on this thread: nothing may be listening that is called from other threads. */
  enqueue(stream: Handle): void {
    this.#require(this.#calls.invoke(this.object, 'enqueueV3', stream as Pointer), 'to run');
  }

  /** Enqueues one run on a thread of its own: profilers and debug listeners are heard meanwhile. */
  async enqueueListening(stream: Handle): Promise<void> {
    this.#require(await this.#calls.invokeAsync(this.object, 'enqueueV3', stream as Pointer), 'to run');
  }

  [Symbol.dispose](): void {
    this.#calls.delete(this.object);
  }

  #require(taken: boolean, what: string): void {
    if (!taken) {
      throw new BridgeError('tensorrtFailed', `TensorRT refuses ${what}: ${this.#logger.takeErrors()}`);
    }
  }
}
