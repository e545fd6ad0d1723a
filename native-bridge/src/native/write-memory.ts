/** Writes memory that TensorRT owns to a file: straight from where it lies, for plans are gigabytes long. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import type { Pointer } from '../abi/methods.ts';
import { BridgeError } from '../errors.ts';
import koffi from './koffi.ts';

/** Bytes of one write: below what any system takes at once. */
const chunkSize = 256 * 1024 * 1024;

type WriteChunk = (address: Pointer, count: number) => Promise<number>;

/** Creates or empties the file. Throws `tensorrtFailed` with the system's words where it cannot be written. */
export async function writeMemory(path: string, address: Pointer, byteLength: number): Promise<void> {
  await (process.platform === 'win32'
    ? writeOnWindows(path, address, byteLength)
    : writeOnPosix(path, address, byteLength));
}

async function writeOnPosix(path: string, address: Pointer, byteLength: number): Promise<void> {
  const write = koffi.load(null).func('write', 'intptr_t', ['int', 'void *', 'size_t']);
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    throw notWritten(path, error instanceof Error ? error.message : String(error));
  }
  try {
    await writeAll(path, address, byteLength, (at, count) => callAsync<number>(write, file, at, count));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

async function writeOnWindows(path: string, address: Pointer, byteLength: number): Promise<void> {
  const kernel = koffi.load('kernel32.dll');
  const create = kernel.func('CreateFileW', 'void *', [
    'str16',
    'uint32_t',
    'uint32_t',
    'void *',
    'uint32_t',
    'uint32_t',
    'void *',
  ]);
  const write = kernel.func('WriteFile', 'bool', ['void *', 'void *', 'uint32_t', 'uint32_t *', 'void *']);
  const close = kernel.func('CloseHandle', 'bool', ['void *']);
  const genericWrite = 0x40000000;
  const createAlways = 2;
  const handle: Pointer | null = create(path, genericWrite, 0, null, createAlways, 0, null);
  const invalidHandle = (1n << 64n) - 1n;
  if (handle === null || BigInt(koffi.address(handle)) === invalidHandle) {
    throw notWritten(path, 'Windows does not open it for writing');
  }
  try {
    await writeAll(path, address, byteLength, async (at, count) => {
      const written = new Uint32Array(1);
      return (await callAsync<boolean>(write, handle, at, count, written, null)) ? (written[0] ?? 0) : -1;
    });
  } finally {
    close(handle);
  }
}

async function writeAll(
  path: string,
  address: Pointer,
  byteLength: number,
  write: WriteChunk,
): Promise<void> {
  for (let written = 0; written < byteLength; ) {
    const count = await write(address + BigInt(written), Math.min(byteLength - written, chunkSize));
    if (count <= 0) {
      throw notWritten(path, `only ${written} of ${byteLength} bytes fit`);
    }
    written += count;
  }
}

function notWritten(path: string, reason: string): BridgeError {
  return new BridgeError(
    'fileNotWritten',
    `${path} cannot be written: ${reason}. Choose another folder, or make room.`,
  );
}

interface AsyncFunction {
  readonly async: (...values: unknown[]) => void;
}

function callAsync<Result>(native: AsyncFunction, ...values: unknown[]): Promise<Result> {
  return new Promise((resolve, reject) => {
    native.async(...values, (error: unknown, result: Result) => (error ? reject(error) : resolve(result)));
  });
}
