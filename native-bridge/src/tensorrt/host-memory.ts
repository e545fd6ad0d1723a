import type { Pointer } from '../abi/methods.ts';
import koffi from '../native/koffi.ts';
import type { NativeObject, VirtualCalls } from '../native/virtual-calls.ts';
import { writeMemory } from '../native/write-memory.ts';

/** nvinfer1::IHostMemory: a plan, a timing cache, a text. */
export class HostMemory implements Disposable {
  readonly #calls: VirtualCalls;
  readonly #object: NativeObject<'VHostMemory'>;

  constructor(calls: VirtualCalls, address: Pointer) {
    this.#calls = calls;
    this.#object = calls.object('VHostMemory', address);
  }

  get byteLength(): number {
    return Number(this.#calls.invoke(this.#object, 'size'));
  }

  async writeTo(path: string): Promise<void> {
    const address = this.#address();
    if (address !== null) {
      await writeMemory(path, address, this.byteLength);
    }
  }

  /** A copy; for what is small (koffi decodes at most 64 MiB). */
  bytes(): Uint8Array {
    const address = this.#address();
    const { byteLength } = this;
    return address === null || byteLength === 0
      ? new Uint8Array()
      : koffi.decode(address, koffi.array('uint8_t', byteLength, 'Typed'));
  }

  #address(): Pointer | null {
    return this.#calls.invoke(this.#object, 'data');
  }

  [Symbol.dispose](): void {
    this.#calls.delete(this.#object);
  }
}
