import type { Abi } from '../../abi/families.ts';
import type { Dims, Pointer } from '../../abi/methods.ts';
import { createCallbackObject } from '../../native/callback-object.ts';
import type { Cuda } from '../../native/cuda.ts';
import koffi from '../../native/koffi.ts';
import { readDims } from '../../native/virtual-calls.ts';

interface Output {
  address: Pointer;
  byteLength: number;
  dims: Dims;
}

/** nvinfer1::IOutputAllocator for outputs whose shape depends on values: gives memory when a run knows how much. */
export class OutputAllocators {
  readonly address: Pointer;
  readonly #cuda: Cuda;
  readonly #outputs = new Map<string, Output>();

  /** The native object lives as long as the process: there is one of these per bridge. */
  constructor(abi: Abi, cuda: Cuda) {
    this.#cuda = cuda;
    const reallocate = (name: number, _memory: unknown, size: number | bigint) =>
      this.#reallocate(koffi.decode.string(BigInt(name)), Number(size));
    this.address = createCallbackObject(
      abi,
      'IOutputAllocator',
      {
        reallocateOutput: reallocate,
        reallocateOutputAsync: reallocate,
        notifyShape: (name: number, dims: Pointer) => {
          const output = this.#outputs.get(koffi.decode.string(BigInt(name)));
          if (output) {
            output.dims = readDims(dims) ?? [];
          }
        },
      },
      (error) => console.error('Memory for an output could not be had:', error),
    );
  }

  expect(name: string): void {
    this.#outputs.set(name, { address: 0n, byteLength: 0, dims: [] });
  }

  result(name: string): { readonly address: Pointer; readonly dims: Dims } {
    return this.#outputs.get(name) ?? { address: 0n, dims: [] };
  }

  /** Frees the memory of all outputs. */
  clear(): void {
    for (const { address } of this.#outputs.values()) {
      if (address !== 0n) {
        this.#cuda.free(address);
      }
    }
    this.#outputs.clear();
  }

  #reallocate(name: string, byteLength: number): Pointer {
    const output = this.#outputs.get(name) ?? { address: 0n, byteLength: 0, dims: [] };
    this.#outputs.set(name, output);
    if (output.address === 0n || byteLength > output.byteLength) {
      if (output.address !== 0n) {
        this.#cuda.free(output.address);
      }
      output.address = this.#cuda.allocate(byteLength);
      output.byteLength = byteLength;
    }
    return output.address;
  }
}
