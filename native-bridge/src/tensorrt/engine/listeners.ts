/** What an engine calls while it runs: one object of each per bridge, as nothing says when TensorRT lets go of them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { enumName } from '../../abi/enums.ts';
import type { Abi } from '../../abi/families.ts';
import type { Pointer } from '../../abi/methods.ts';
import type { TensorFile } from '../../engine-protocol.ts';
import { createCallbackObject } from '../../native/callback-object.ts';
import type { Cuda, Handle } from '../../native/cuda.ts';
import { readBytes } from '../../native/host-bytes.ts';
import koffi from '../../native/koffi.ts';
import { readDims } from '../../native/virtual-calls.ts';
import { byteLengthOf, elementCount } from './data-types.ts';

/** nvinfer1::IProfiler. */
export class LayerProfiler {
  readonly address: Pointer;
  #layers = new Map<string, number[]>();

  constructor(abi: Abi) {
    this.address = createCallbackObject(
      abi,
      'IProfiler',
      {
        reportLayerTime: (name: number, milliseconds: number) => {
          const layer = koffi.decode.string(BigInt(name));
          const times = this.#layers.get(layer);
          if (times) {
            times.push(milliseconds);
          } else {
            this.#layers.set(layer, [milliseconds]);
          }
        },
      },
      (error) => console.error('A layer’s time was lost:', error),
    );
  }

  /** What was reported since, in the order of the first run. */
  take(): { readonly name: string; readonly milliseconds: readonly number[] }[] {
    const layers = Array.from(this.#layers, ([name, milliseconds]) => ({ name, milliseconds }));
    this.#layers = new Map();
    return layers;
  }
}

/** nvinfer1::IDebugListener: writes each tensor to a raw file as it comes by. */
export class DebugListener {
  readonly address: Pointer;
  readonly #cuda: Cuda;
  #directory: string | undefined;
  #tensors: TensorFile[] = [];
  #failures: string[] = [];

  constructor(abi: Abi, cuda: Cuda) {
    this.#cuda = cuda;
    this.address = createCallbackObject(
      abi,
      'IDebugListener',
      {
        processDebugTensor: (
          address: Pointer | null,
          location: number,
          type: number,
          dims: Pointer,
          name: number,
          stream: Handle,
        ) => {
          const typeName = enumName(abi, 'DataType', type) ?? String(type);
          const onHost = enumName(abi, 'TensorLocation', location) === 'kHOST';
          this.#save(
            koffi.decode.string(BigInt(name)),
            typeName,
            readDims(dims) ?? [],
            address,
            onHost,
            stream,
          );
          return true;
        },
      },
      (error) => this.#failures.push(error instanceof Error ? error.message : String(error)),
    );
  }

  begin(directory: string): void {
    this.#directory = directory;
    this.#tensors = [];
    this.#failures = [];
  }

  /** The tensors in the order in which they came, and what went wrong with some. */
  end(): { readonly tensors: readonly TensorFile[]; readonly failures: readonly string[] } {
    this.#directory = undefined;
    return { tensors: this.#tensors, failures: this.#failures };
  }

  #save(
    name: string,
    type: string,
    dims: readonly number[],
    address: Pointer | null,
    onHost: boolean,
    stream: Handle,
  ): void {
    if (this.#directory === undefined) {
      return;
    }
    const bytes = new Uint8Array(byteLengthOf(type, elementCount(dims)));
    if (bytes.length > 0 && address !== null) {
      if (onHost) {
        bytes.set(readBytes(address, bytes.length));
      } else {
        this.#cuda.synchronize(stream);
        this.#cuda.copyToHost(bytes, address, bytes.length);
      }
    }
    const file = path.join(this.#directory, `debug-${this.#tensors.length}.bin`);
    writeFileSync(file, bytes);
    this.#tensors.push({ name, type, dims, path: file, byteLength: bytes.length });
  }
}
