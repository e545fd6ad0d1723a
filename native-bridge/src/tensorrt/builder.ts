import { enumMask } from '../abi/enums.ts';
import type { Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import type { NativeObject, VirtualCalls } from '../native/virtual-calls.ts';
import { BuilderConfig } from './builder-config.ts';
import { Network } from './network.ts';

/**
 * nvinfer1::IBuilder. There is one per process: creating it takes seconds on a GPU, and everything it creates must be
 * disposed before it.
 */
export class Builder implements Disposable {
  readonly object: NativeObject<'VBuilder'>;
  readonly #calls: VirtualCalls;

  constructor(calls: VirtualCalls, address: Pointer) {
    this.#calls = calls;
    this.object = calls.object('VBuilder', address);
  }

  /** A network to parse into. Weakly typed ones exist in 10.x only (`notAvailable` elsewhere). */
  createNetwork(options: { readonly stronglyTyped: boolean }): Network {
    const { abi } = this.#calls;
    if (!options.stronglyTyped && abi.family !== 'tensorrt-10') {
      throw new BridgeError(
        'notAvailable',
        'Weakly typed networks exist in TensorRT 10 only; check this model strongly typed.',
      );
    }
    const flags = enumMask(
      abi,
      'NetworkDefinitionCreationFlag',
      options.stronglyTyped ? ['kSTRONGLY_TYPED'] : [],
    );
    const address = this.#calls.invoke(this.object, 'createNetworkV2', flags);
    return new Network(this.#calls, required(address, 'a network'));
  }

  createConfig(): BuilderConfig {
    const address = this.#calls.invoke(this.object, 'createBuilderConfig');
    return new BuilderConfig(this.#calls, required(address, 'a builder configuration'));
  }

  /** The address of the logger that it was created with. */
  logger(): Pointer | null {
    return this.#calls.invoke(this.object, 'getLogger');
  }

  [Symbol.dispose](): void {
    this.#calls.delete(this.object);
  }
}

function required(address: Pointer | null, what: string): Pointer {
  if (address === null) {
    throw new BridgeError('tensorrtFailed', `TensorRT did not create ${what}; its log says why.`);
  }
  return address;
}
