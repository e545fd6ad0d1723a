/** A file as memory that native code can read: mapped, so that only what is looked at is read, and of any size. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import koffi from './koffi.ts';

export class MappedFile implements Disposable {
  /** What a `void *` parameter takes. */
  readonly memory: Pointer | Uint8Array;
  readonly byteLength: number;
  readonly #unmap: () => void;

  /** Throws `modelNotReadable`. */
  constructor(path: string) {
    try {
      const mapped = process.platform === 'win32' ? readWhole(path) : map(path);
      this.memory = mapped.memory;
      this.byteLength = mapped.byteLength;
      this.#unmap = mapped.unmap;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new BridgeError('modelNotReadable', `${path} cannot be read: ${reason}.`);
    }
  }

  [Symbol.dispose](): void {
    this.#unmap();
  }
}

interface Mapping {
  readonly memory: Pointer | Uint8Array;
  readonly byteLength: number;
  readonly unmap: () => void;
}

/** Windows' own mapping is not worth its code here: a plan is read whole, up to Node's 2 GiB. */
function readWhole(path: string): Mapping {
  const memory = readFileSync(path);
  return { memory, byteLength: memory.length, unmap: () => undefined };
}

function map(path: string): Mapping {
  const libc = koffi.load(null);
  const mmap = libc.func('mmap', 'intptr_t', ['void *', 'size_t', 'int', 'int', 'int', 'int64_t']);
  const munmap = libc.func('munmap', 'int', ['intptr_t', 'size_t']);
  const protRead = 0x1;
  const mapPrivate = 0x2;
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size === 0) {
      throw new Error('it is empty');
    }
    const memory = BigInt(mmap(null, size, protRead, mapPrivate, file, 0));
    if (memory === -1n) {
      throw new Error('the operating system does not map it into memory');
    }
    return { memory, byteLength: size, unmap: () => munmap(memory, size) };
  } finally {
    closeSync(file);
  }
}
