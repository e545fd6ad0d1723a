import type { Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import koffi from './koffi.ts';

/**
 * One region of zeros, shared by everything whose values nobody reads. It takes address space but no memory: its pages
 * appear when they are read, and on Linux are then one and the same page of zeros.
 */
export class ZeroMemory {
  #address: Pointer | undefined;
  #byteLength = 0;

  /**
   * The address of at least this many zero bytes, read-only. It is valid until a longer region is asked for, which must not
   * happen while TensorRT still holds the shorter one.
   */
  address(byteLength: number): Pointer {
    if (!Number.isSafeInteger(byteLength) || byteLength < 0) {
      throw new RangeError(`An initializer cannot have ${byteLength} bytes.`);
    }
    if (this.#address === undefined || byteLength > this.#byteLength) {
      const memory = process.platform === 'win32' ? windowsMemory() : posixMemory();
      if (this.#address !== undefined) {
        memory.unmap(this.#address, this.#byteLength);
        this.#address = undefined;
      }
      const length = Math.max(byteLength, leastByteLength);
      const address = memory.map(length);
      if (address === undefined) {
        throw new BridgeError(
          'tensorrtFailed',
          `The operating system refused ${length} bytes of address space for weights that are not read.`,
        );
      }
      this.#address = address;
      this.#byteLength = length;
    }
    return this.#address;
  }
}

/** Large enough that most models need only one mapping. */
const leastByteLength = 2 ** 30;

interface Memory {
  map(byteLength: number): Pointer | undefined;
  unmap(address: Pointer, byteLength: number): void;
}

function posixMemory(): Memory {
  const libc = koffi.load(null);
  const mmap = libc.func('mmap', 'intptr_t', ['void *', 'size_t', 'int', 'int', 'int', 'int64_t']);
  const munmap = libc.func('munmap', 'int', ['intptr_t', 'size_t']);
  const protRead = 0x1;
  const mapPrivate = 0x2;
  const mapAnonymous = 0x20;
  const mapNoReserve = 0x4000;
  return {
    map(byteLength) {
      const address = BigInt(
        mmap(null, byteLength, protRead, mapPrivate | mapAnonymous | mapNoReserve, -1, 0),
      );
      return address === -1n ? undefined : address;
    },
    unmap(address, byteLength) {
      munmap(address, byteLength);
    },
  };
}

function windowsMemory(): Memory {
  const kernel = koffi.load('kernel32.dll');
  const virtualAlloc = kernel.func('VirtualAlloc', 'void *', ['void *', 'size_t', 'uint32_t', 'uint32_t']);
  const virtualFree = kernel.func('VirtualFree', 'bool', ['void *', 'size_t', 'uint32_t']);
  const memCommitAndReserve = 0x3000;
  const memRelease = 0x8000;
  const pageReadOnly = 0x02;
  return {
    map(byteLength) {
      return virtualAlloc(null, byteLength, memCommitAndReserve, pageReadOnly) ?? undefined;
    },
    unmap(address) {
      virtualFree(address, 0, memRelease);
    },
  };
}
