/** Memory for an engine's inputs and outputs: on the device (or the host, for shape tensors), and page-locked for copies. */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Pointer } from '../../abi/methods.ts';
import type { InputSource, RunInput, TensorFile } from '../../engine-protocol.ts';
import { BridgeError } from '../../errors.ts';
import type { Cuda, Handle } from '../../native/cuda.ts';
import { readBytes, writeBytes } from '../../native/host-bytes.ts';
import { byteLengthOf, elementCount } from './data-types.ts';
import type { Engine } from './engine.ts';
import type { ExecutionContext } from './execution-context.ts';
import type { OutputAllocators } from './output-allocator.ts';
import { randomBytes } from './random-values.ts';

interface Buffer {
  readonly name: string;
  readonly type: string;
  readonly isInput: boolean;
  readonly isOnHost: boolean;
  readonly byteLength: number;
  /** Where the engine reads or writes; the host's own where `isOnHost`. */
  readonly address: Pointer;
  readonly host: Pointer;
}

export interface BufferOptions {
  readonly engine: Engine;
  readonly context: ExecutionContext;
  readonly cuda: Cuda;
  readonly profile: number;
  readonly inputs: Readonly<Record<string, RunInput>>;
  readonly allocators: OutputAllocators;
}

/** Of one context. Shapes are set and inputs filled when it is made. */
export class TensorBuffers {
  readonly #options: BufferOptions;
  readonly #buffers: Buffer[] = [];
  /** Outputs whose size shows only in a run: their memory comes from an allocator. */
  readonly #late: { readonly name: string; readonly type: string }[] = [];

  constructor(options: BufferOptions) {
    this.#options = options;
    try {
      this.#create();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  #create(): void {
    const { engine, context, inputs } = this.#options;
    const names = engine.tensorNames();
    for (const name of Object.keys(inputs)) {
      if (!names.includes(name)) {
        throw new BridgeError(
          'tensorrtFailed',
          `The engine has no input ${name}; its inputs are ${names.filter((other) => engine.isInput(other)).join(', ')}.`,
        );
      }
    }
    for (const name of names.filter((other) => engine.isInput(other))) {
      this.#createInput(name, inputs[name] ?? {});
    }
    const missing = context.missingInputs();
    if (missing !== 0) {
      throw new BridgeError(
        'tensorrtFailed',
        'The shapes of the outputs do not follow from those of the inputs: give the dims of every dynamic input.',
      );
    }
    for (const name of names.filter((other) => !engine.isInput(other))) {
      this.#createOutput(name);
    }
  }

  #createInput(name: string, input: RunInput): void {
    const { engine, context } = this.#options;
    const fixed = engine.shape(name);
    const dims = input.dims ?? fixed;
    if (dims.some((size) => size < 0)) {
      throw new BridgeError(
        'tensorrtFailed',
        `The input ${name} is dynamic (${fixed.join('×')}); give its dims.`,
      );
    }
    context.setInputShape(name, dims);
    const buffer = this.#allocate(name, dims);
    this.#write(buffer, bytesOf(input.source ?? { kind: 'random', seed: 0 }, buffer));
    context.setAddress(name, buffer.address);
  }

  #createOutput(name: string): void {
    const { engine, context, allocators } = this.#options;
    const dims = context.shape(name);
    if (dims?.every((size) => size >= 0)) {
      context.setAddress(name, this.#allocate(name, dims).address);
      return;
    }
    allocators.expect(name);
    context.setOutputAllocator(name, allocators.address);
    this.#late.push({ name, type: engine.type(name) });
  }

  #allocate(name: string, dims: readonly number[]): Buffer {
    const { engine, cuda, profile } = this.#options;
    const type = engine.type(name);
    const vectorized = engine.vectorized(name, profile);
    const padded = dims.map((size, index) =>
      index === vectorized?.dim ? Math.ceil(size / vectorized.components) * vectorized.components : size,
    );
    const byteLength = byteLengthOf(type, elementCount(padded));
    const isOnHost = engine.isOnHost(name);
    const host = cuda.allocateHost(byteLength);
    const address = isOnHost ? host : cuda.allocate(byteLength);
    if (!isOnHost) {
      cuda.zero(address, byteLength);
    }
    const buffer = { name, type, isInput: engine.isInput(name), isOnHost, byteLength, address, host };
    this.#buffers.push(buffer);
    return buffer;
  }

  #write({ host, address, isOnHost, byteLength }: Buffer, bytes: Uint8Array): void {
    writeBytes(host, bytes);
    if (!isOnHost) {
      this.#options.cuda.copyToDevice(address, host, byteLength);
    }
  }

  enqueueInputs(stream: Handle): void {
    for (const { isInput, isOnHost, address, host, byteLength } of this.#buffers) {
      if (isInput && !isOnHost) {
        this.#options.cuda.enqueueCopyToDevice(address, host, byteLength, stream);
      }
    }
  }

  enqueueOutputs(stream: Handle): void {
    for (const { isInput, isOnHost, address, host, byteLength } of this.#buffers) {
      if (!isInput && !isOnHost) {
        this.#options.cuda.enqueueCopyToHost(host, address, byteLength, stream);
      }
    }
  }

  /** Whether all memory is known before a run: then runs can be captured as graphs. */
  get isFixed(): boolean {
    return this.#late.length === 0;
  }

  /** Writes the outputs of the last run, which is over, as raw files. */
  saveOutputs(directory: string): TensorFile[] {
    const { context, cuda, allocators } = this.#options;
    const fixed = this.#buffers
      .filter(({ isInput }) => !isInput)
      .map(({ name, type, isOnHost, address, host, byteLength }) => {
        if (!isOnHost) {
          cuda.copyToHost(host, address, byteLength);
        }
        const dims = context.shape(name) ?? [];
        return { name, type, dims, bytes: readBytes(host, byteLength) };
      });
    const late = this.#late.map(({ name, type }) => {
      const { address, dims } = allocators.result(name);
      const bytes = new Uint8Array(byteLengthOf(type, elementCount(dims)));
      cuda.copyToHost(bytes, address, bytes.length);
      return { name, type, dims, bytes };
    });
    return [...fixed, ...late].map(({ bytes, ...tensor }, index) => {
      const file = path.join(directory, `output-${index}.bin`);
      writeFileSync(file, bytes);
      return { ...tensor, path: file, byteLength: bytes.length };
    });
  }

  dispose(): void {
    const { cuda } = this.#options;
    for (const { address, host, isOnHost } of this.#buffers.splice(0)) {
      if (!isOnHost) {
        cuda.free(address);
      }
      cuda.freeHost(host);
    }
  }
}

function bytesOf(source: InputSource, { name, type, byteLength }: Buffer): Uint8Array {
  switch (source.kind) {
    case 'random':
      return randomBytes(type, byteLength, source.seed);
    case 'zeros':
      return new Uint8Array(byteLength);
    case 'values': {
      return sized(valueBytes(type, source.values), byteLength, name, 'values');
    }
    case 'file':
      return sized(readRange(source), byteLength, name, source.path);
  }
}

/** Of a shape tensor, which is of kINT32 or kINT64. */
export function valueBytes(type: string, values: readonly number[]): Uint8Array {
  const array = type === 'kINT64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values);
  return new Uint8Array(array.buffer);
}

function sized(bytes: Uint8Array, byteLength: number, name: string, where: string): Uint8Array {
  if (bytes.length !== byteLength) {
    throw new BridgeError(
      'modelNotReadable',
      `The input ${name} takes ${byteLength} bytes in its shape, but ${where} has ${bytes.length}. Give a file of the same shape and type.`,
    );
  }
  return bytes;
}

function readRange({ path: file, offset, byteLength }: Extract<InputSource, { kind: 'file' }>): Uint8Array {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const bytes = new Uint8Array(byteLength);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, byteLength, offset));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new BridgeError(
      'modelNotReadable',
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
