import { enumMask } from '../abi/enums.ts';
import type { Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import type { NativeObject, VirtualCalls } from '../native/virtual-calls.ts';
import { BuilderConfig } from './builder-config.ts';
import { HostMemory } from './host-memory.ts';
import { Network } from './network.ts';
import { OptimizationProfile } from './optimization-profile.ts';

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

  /** How many DLA cores the device has: none on GPUs of servers and desktops. */
  get dlaCores(): number {
    return this.#calls.invoke(this.object, 'getNbDLACores');
  }

  createConfig(): BuilderConfig {
    const address = this.#calls.invoke(this.object, 'createBuilderConfig');
    return new BuilderConfig(this.#calls, required(address, 'a builder configuration'));
  }

  createProfile(): OptimizationProfile {
    const address = this.#calls.invoke(this.object, 'createOptimizationProfile');
    return new OptimizationProfile(this.#calls, required(address, 'an optimization profile'));
  }

  /**
   * Builds on a thread of its own; progress and log come meanwhile. Undefined where TensorRT gives no plan: its log says why, or the
   * progress monitor told it to stop.
   */
  async build(network: Network, config: BuilderConfig): Promise<HostMemory | undefined> {
    const plan = await this.#calls.invokeAsync(
      this.object,
      'buildSerializedNetwork',
      network.object.address,
      config.object.address,
    );
    return plan === null ? undefined : new HostMemory(this.#calls, plan);
  }

  /** As `build`, with the text of the kernels of a safe engine. */
  async buildWithKernelText(
    network: Network,
    config: BuilderConfig,
  ): Promise<{ readonly plan: HostMemory; readonly kernelText?: HostMemory } | undefined> {
    const place = new BigUint64Array(1);
    const plan = await this.#calls.invokeAsync(
      this.object,
      'buildSerializedNetworkWithKernelText',
      network.object.address,
      config.object.address,
      place,
    );
    if (plan === null) {
      return undefined;
    }
    const text = place[0] ?? 0n;
    return {
      plan: new HostMemory(this.#calls, plan),
      ...(text !== 0n && { kernelText: new HostMemory(this.#calls, text) }),
    };
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
