import { type EnumName, enumNumber } from '../abi/enums.ts';
import type { Dims, Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import type { NativeObject, VirtualCalls } from '../native/virtual-calls.ts';

/** nvinfer1::INetworkDefinition. Its layers and tensors live as long as it does. */
export class Network implements Disposable {
  readonly object: NativeObject<'VNetworkDefinition'>;
  readonly #calls: VirtualCalls;

  constructor(calls: VirtualCalls, address: Pointer) {
    this.#calls = calls;
    this.object = calls.object('VNetworkDefinition', address);
  }

  get name(): string {
    return this.#calls.invoke(this.object, 'getName') ?? '';
  }

  set name(name: string) {
    this.#calls.invoke(this.object, 'setName', name);
  }

  /** The address of the builder that created it. */
  builder(): Pointer | null {
    return this.#calls.invoke(this.object, 'getBuilder');
  }

  isStronglyTyped(): boolean {
    const flag = enumNumber(this.#calls.abi, 'NetworkDefinitionCreationFlag', 'kSTRONGLY_TYPED');
    return this.#calls.invoke(this.object, 'getFlag', flag);
  }

  /** Adds an input; -1 is a dimension known at run time. */
  addInput(name: string, type: EnumName<'DataType'>, dims: Dims): NativeObject<'VTensor'> {
    const number = enumNumber(this.#calls.abi, 'DataType', type);
    const address = this.#calls.invoke(this.object, 'addInput', name, number, dims);
    if (address === null) {
      throw new BridgeError('tensorrtFailed', `TensorRT did not add the input ${name}; its log says why.`);
    }
    return this.#calls.object('VTensor', address);
  }

  layers(): NativeObject<'VLayer'>[] {
    const count = this.#calls.invoke(this.object, 'getNbLayers');
    return this.#collect(count, (index) => {
      const address = this.#calls.invoke(this.object, 'getLayer', index);
      return address === null ? undefined : this.#calls.object('VLayer', address);
    });
  }

  /** Addresses of the input tensors. */
  inputs(): Pointer[] {
    const count = this.#calls.invoke(this.object, 'getNbInputs');
    return this.#collect(count, (index) => this.#calls.invoke(this.object, 'getInput', index) ?? undefined);
  }

  /** Addresses of the output tensors. */
  outputs(): Pointer[] {
    const count = this.#calls.invoke(this.object, 'getNbOutputs');
    return this.#collect(count, (index) => this.#calls.invoke(this.object, 'getOutput', index) ?? undefined);
  }

  /** Every tensor of the network: inputs, outputs of layers. */
  tensors(): NativeObject<'VTensor'>[] {
    const addresses = new Set(this.inputs());
    for (const layer of this.layers()) {
      const count = this.#calls.invoke(layer, 'getNbOutputs');
      for (let index = 0; index < count; index++) {
        const address = this.#calls.invoke(layer, 'getOutput', index);
        if (address !== null) {
          addresses.add(address);
        }
      }
    }
    return [...addresses].map((address) => this.#calls.object('VTensor', address));
  }

  [Symbol.dispose](): void {
    this.#calls.delete(this.object);
  }

  #collect<Value>(count: number, read: (index: number) => Value | undefined): Value[] {
    const values: Value[] = [];
    for (let index = 0; index < count; index++) {
      const value = read(index);
      if (value !== undefined) {
        values.push(value);
      }
    }
    return values;
  }
}
