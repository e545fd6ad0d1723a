/** Bytes to and from memory of the host, however many: koffi encodes and decodes at most 64 MiB at a time, and at least one byte. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Pointer } from '../abi/methods.ts';
import koffi from './koffi.ts';

const mostBytes = 32 * 1024 * 1024;

export function writeBytes(address: Pointer, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += mostBytes) {
    const part = bytes.subarray(at, at + mostBytes);
    koffi.encode(address + BigInt(at), koffi.array('uint8_t', part.length, 'Typed'), part);
  }
}

/** A copy. */
export function readBytes(address: Pointer, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  for (let at = 0; at < byteLength; at += mostBytes) {
    const count = Math.min(mostBytes, byteLength - at);
    const part: Uint8Array = koffi.decode(address + BigInt(at), koffi.array('uint8_t', count, 'Typed'));
    bytes.set(part, at);
  }
  return bytes;
}

/** A range of a file to memory; answers how many bytes there were. Throws what the file system says. */
export function readFileTo(
  address: Pointer,
  {
    path,
    offset,
    byteLength,
  }: { readonly path: string; readonly offset: number; readonly byteLength: number },
): number {
  const file = openSync(path, 'r');
  try {
    const part = new Uint8Array(Math.min(mostBytes, byteLength));
    for (let done = 0; done < byteLength; ) {
      const count = readSync(file, part, 0, Math.min(part.length, byteLength - done), offset + done);
      if (count === 0) return done;
      writeBytes(address + BigInt(done), part.subarray(0, count));
      done += count;
    }
    return byteLength;
  } finally {
    closeSync(file);
  }
}

/** Memory of the host, to be freed with `koffi.free(memory)`. */
export function allocateBytes(byteLength: number): { readonly memory: unknown; readonly address: Pointer } {
  // koffi allocates at most 2^31 − 1 of a type, so not by bytes.
  const memory: unknown = koffi.alloc('uint64_t', Math.max(1, Math.ceil(byteLength / 8)));
  return { memory, address: BigInt(koffi.address(memory)) };
}
