/** Writing files of values. */
import { open, rm } from 'node:fs/promises';
import { npyHeader } from '../engine/npy/write-header.ts';
import { packedLength, unpacked, type ValueType } from '../engine/tensor-values/value-types.ts';

/** Bytes that are in memory at a time; a multiple of every element's size, and even where two elements share a byte. */
const pieceBytes = 2 ** 22;

/** A `.npy` file of these bytes, one piece behind the other. */
export async function writeValueFile(
  file: string,
  type: ValueType,
  dims: readonly number[],
  pieces: Iterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const output = await open(file, 'w');
  try {
    await output.write(npyHeader(type.descr, dims));
    for (const piece of pieces) {
      signal?.throwIfAborted();
      for (let done = 0; done < piece.length; ) {
        done += (await output.write(piece, done, piece.length - done)).bytesWritten;
      }
    }
  } finally {
    await output.close();
  }
}

/** The raw values in a file as a `.npy` file. Throws an error for people where they are not as many as the shape asks for. */
export async function npyOfRaw(
  raw: string,
  file: string,
  type: ValueType,
  dims: readonly number[],
): Promise<void> {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const needed = packedLength(type, count);
  const input = await open(raw, 'r');
  try {
    const { size } = await input.stat();
    if (size !== needed) {
      throw new Error(
        `${raw} has ${size} bytes; a tensor of type ${type.name} and shape ${dims.join('x') || 'scalar'} has ${needed}.`,
      );
    }
    const output = await open(file, 'w');
    try {
      await output.write(npyHeader(type.descr, dims));
      const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(needed, 1)));
      for (let done = 0, written = 0; done < needed; ) {
        const { bytesRead } = await input.read(buffer, 0, Math.min(buffer.length, needed - done), done);
        if (bytesRead === 0) throw new Error(`${raw} became shorter while it was read.`);
        done += bytesRead;
        // Two elements to a byte, but for the last one of an odd number.
        const elements = needed === count * type.bytes ? bytesRead : Math.min(2 * bytesRead, count - written);
        await output.write(unpacked(type, buffer.subarray(0, bytesRead), elements));
        written += elements;
      }
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

/** As `npyOfRaw`; the raw file is gone afterwards. */
export async function turnIntoNpy(
  raw: string,
  file: string,
  type: ValueType,
  dims: readonly number[],
): Promise<void> {
  await npyOfRaw(raw, file, type, dims);
  await rm(raw);
}

/** Names of files for names of tensors, which may hold anything: each its own. */
export class ValueFileNames {
  readonly #taken = new Set<string>();

  of(tensor: string): string {
    const plain = plainFileName(tensor);
    let name = plain;
    for (let number = 2; this.#taken.has(name.toLowerCase()); number++) name = `${plain}-${number}`;
    this.#taken.add(name.toLowerCase());
    return `${name}.npy`;
  }
}

/** Windows has devices of these names, whatever the ending: `aux.npy` is none of its files. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** `encoder/layer.0/MatMul:0` → `encoder_layer.0_MatMul_0`. */
export function plainFileName(tensor: string): string {
  const name = tensor.replace(/[^\w.-]+/g, '_').replace(/^\.+/, '_');
  return name.slice(-100).replace(device, '_$&') || '_';
}
