import { enumName, enumNumber } from '../../abi/enums.ts';
import { type Dims, hasMethod, type MethodName, type Pointer } from '../../abi/methods.ts';
import type { SerializationFlags } from '../../engine-protocol.ts';
import { BridgeError } from '../../errors.ts';
import type { NativeObject, VirtualCalls } from '../../native/virtual-calls.ts';
import { HostMemory } from '../host-memory.ts';
import type { Logger } from '../logger.ts';
import { ExecutionContext } from './execution-context.ts';

/** nvinfer1::ICudaEngine. Contexts and refitters must be disposed before it. */
export class Engine implements Disposable {
  readonly object: NativeObject<'VCudaEngine'>;
  readonly calls: VirtualCalls;
  readonly #logger: Logger;

  constructor(calls: VirtualCalls, address: Pointer, logger: Logger) {
    this.calls = calls;
    this.object = calls.object('VCudaEngine', address);
    this.#logger = logger;
  }

  has(method: MethodName<'VCudaEngine'>): boolean {
    return hasMethod(this.calls.abi, 'VCudaEngine', method);
  }

  /** Names of inputs and outputs. */
  tensorNames(): string[] {
    const count = this.calls.invoke(this.object, 'getNbIOTensors');
    return Array.from(
      { length: count },
      (_, index) => this.calls.invoke(this.object, 'getIOTensorName', index) ?? '',
    );
  }

  isInput(tensor: string): boolean {
    const mode = this.calls.invoke(this.object, 'getTensorIOMode', tensor);
    return enumName(this.calls.abi, 'TensorIOMode', mode) === 'kINPUT';
  }

  /** -1 for dimensions known at run time. */
  shape(tensor: string): Dims {
    return this.calls.invoke(this.object, 'getTensorShape', tensor) ?? [];
  }

  /** DataType name. */
  type(tensor: string): string {
    const type = this.calls.invoke(this.object, 'getTensorDataType', tensor);
    return enumName(this.calls.abi, 'DataType', type) ?? String(type);
  }

  isOnHost(tensor: string): boolean {
    const location = this.calls.invoke(this.object, 'getTensorLocation', tensor);
    return enumName(this.calls.abi, 'TensorLocation', location) === 'kHOST';
  }

  /** Dimension along which elements are packed into vectors, and how many; undefined for linear formats. */
  vectorized(
    tensor: string,
    profile: number,
  ): { readonly dim: number; readonly components: number } | undefined {
    const dim = this.calls.invoke(this.object, 'getTensorVectorizedDimV2', tensor, profile);
    return dim < 0
      ? undefined
      : {
          dim,
          components: this.calls.invoke(this.object, 'getTensorComponentsPerElementV2', tensor, profile),
        };
  }

  get profileCount(): number {
    return this.calls.invoke(this.object, 'getNbOptimizationProfiles');
  }

  /** IEngineInspector's JSON of all layers. */
  layerInformation(): string {
    const address = this.calls.invoke(this.object, 'createEngineInspector');
    if (address === null) {
      throw new BridgeError('tensorrtFailed', `TensorRT gives no inspector: ${this.#logger.takeErrors()}.`);
    }
    const inspector = this.calls.object('VEngineInspector', address);
    try {
      const format = enumNumber(this.calls.abi, 'LayerInformationFormat', 'kJSON');
      return this.calls.invoke(inspector, 'getEngineInformation', format) ?? '';
    } finally {
      this.calls.delete(inspector);
    }
  }

  /** Bytes of weights that may stay on the device; must be set before a context exists. */
  setWeightStreamingBudget(bytes: number): void {
    this.#logger.takeErrors();
    if (!this.calls.invoke(this.object, 'setWeightStreamingBudgetV2', bytes)) {
      throw new BridgeError(
        'tensorrtFailed',
        `TensorRT does not take a weight streaming budget of ${bytes} bytes: ${this.#logger.takeErrors()}`,
      );
    }
  }

  /** Throws `tensorrtFailed` where TensorRT creates none, for want of memory mostly. */
  createContext(strategy: string): ExecutionContext {
    const number = enumNumber(this.calls.abi, 'ExecutionContextAllocationStrategy', strategy);
    this.#logger.takeErrors();
    const address = this.calls.invoke(this.object, 'createExecutionContext', number);
    if (address === null) {
      throw new BridgeError(
        'tensorrtFailed',
        `TensorRT creates no execution context (${strategy}): ${this.#logger.takeErrors()}`,
      );
    }
    return new ExecutionContext(this.calls, address, this.#logger);
  }

  /** The plan with what the flags say (SerializationFlag names). */
  serialize(flags?: SerializationFlags): HostMemory {
    if (!flags) {
      return this.#planOf(this.calls.invoke(this.object, 'serialize'));
    }
    const config = this.calls.object('VSerializationConfig', this.#required('createSerializationConfig'));
    try {
      for (const flag of flags.set) {
        this.calls.invoke(config, 'setFlag', enumNumber(this.calls.abi, 'SerializationFlag', flag));
      }
      for (const flag of flags.cleared) {
        this.calls.invoke(config, 'clearFlag', enumNumber(this.calls.abi, 'SerializationFlag', flag));
      }
      this.#logger.takeErrors();
      return this.#planOf(this.calls.invoke(this.object, 'serializeWithConfig', config.address));
    } finally {
      this.calls.delete(config);
    }
  }

  #planOf(plan: Pointer | null): HostMemory {
    if (plan === null) {
      throw new BridgeError(
        'tensorrtFailed',
        `TensorRT does not serialize the engine: ${this.#logger.takeErrors()}`,
      );
    }
    return new HostMemory(this.calls, plan);
  }

  #required(method: 'createSerializationConfig'): Pointer {
    const address = this.calls.invoke(this.object, method);
    if (address === null) {
      throw new BridgeError('tensorrtFailed', `TensorRT’s ${method} answers nothing.`);
    }
    return address;
  }

  [Symbol.dispose](): void {
    this.calls.delete(this.object);
  }
}
