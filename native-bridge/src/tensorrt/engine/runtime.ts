import type { Pointer } from '../../abi/methods.ts';
import { BridgeError } from '../../errors.ts';
import { MappedFile } from '../../native/mapped-file.ts';
import type { NativeObject, VirtualCalls } from '../../native/virtual-calls.ts';
import type { Logger } from '../logger.ts';
import { Engine } from './engine.ts';

export interface LoadEngineOptions {
  readonly hostCodeAllowed: boolean;
  readonly dlaCore?: number;
}

/** nvinfer1::IRuntime. It outlives its engines. */
export class Runtime {
  readonly #calls: VirtualCalls;
  readonly #object: NativeObject<'VRuntime'>;
  readonly #logger: Logger;

  constructor(calls: VirtualCalls, address: Pointer, logger: Logger) {
    this.#calls = calls;
    this.#object = calls.object('VRuntime', address);
    this.#logger = logger;
  }

  /** A version-compatible plan's own runtime, from a library of lean runtime. It belongs to this one. */
  loadRuntime(path: string): Runtime {
    this.#logger.takeErrors();
    const address = this.#calls.invoke(this.#object, 'loadRuntime', path);
    if (address === null) {
      throw new BridgeError(
        'tensorrtFailed',
        `The lean runtime ${path} does not load: ${this.#logger.takeErrors()}.`,
      );
    }
    return new Runtime(this.#calls, address, this.#logger);
  }

  /** Throws `tensorrtFailed` with TensorRT's words where it cannot use the plan. */
  loadEngine(path: string, { hostCodeAllowed, dlaCore }: LoadEngineOptions): Engine {
    this.#calls.invoke(this.#object, 'setEngineHostCodeAllowed', hostCodeAllowed);
    if (dlaCore !== undefined) {
      this.#calls.invoke(this.#object, 'setDLACore', dlaCore);
    }
    using file = new MappedFile(path);
    this.#logger.takeErrors();
    const address = this.#calls.invoke(this.#object, 'deserializeCudaEngine', file.memory, file.byteLength);
    if (address === null) {
      throw new BridgeError('tensorrtFailed', `TensorRT does not load ${path}: ${this.#logger.takeErrors()}`);
    }
    return new Engine(this.#calls, address, this.#logger);
  }
}
