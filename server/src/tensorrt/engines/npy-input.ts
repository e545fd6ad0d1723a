/** `.npy` files as inputs of an engine: checked against its tensor, and turned to what the bridge reads. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineTensor, RunInput } from '../../../../native-bridge/src/engine-protocol.ts';
import { shapeText } from '../../engine/describe-engine.ts';
import { longestNpyHeader, type NpyHeader, readNpyHeader } from '../../engine/npy/read-header.ts';
import { nodeFileAccess } from '../../node/file-access.ts';

export function isNpy(file: string): boolean {
  return /\.npy$/i.test(file);
}

/** NumPy's types of the same bits, the usual one first. `V`: what NumPy writes for types of ml_dtypes. */
const types: Readonly<Record<string, readonly string[]>> = {
  kFLOAT: ['f4'],
  kHALF: ['f2'],
  kBF16: ['V2'],
  kFP8: ['V1'],
  kE8M0: ['V1'],
  kINT8: ['i1'],
  kUINT8: ['u1'],
  kINT32: ['i4'],
  kINT64: ['i8'],
  kBOOL: ['b1'],
};

const words: Readonly<Record<string, string>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
};

/**
 * The values and shape of one input. A file of the other byte order is turned round in a temporary one, which goes with the process.
 * Throws an error for people where the file is not of the tensor's type and shape.
 */
export function npyInput(tensor: EngineTensor, file: string): RunInput {
  const { name, type, dims, isShapeTensor } = tensor;
  const source = nodeFileAccess.open(file);
  try {
    const header = headerOf(file, source.read(0, Math.min(longestNpyHeader, source.size)));
    checkType(name, type, file, header);
    checkShape(name, dims, file, header.dims);
    const width = Number(header.type.slice(1));
    const count = header.dims.reduce((product, size) => product * size, 1);
    const byteLength = count * width;
    if (source.size - header.offset < byteLength) {
      throw new Error(
        `${file} is cut off: its header promises ${byteLength} bytes of values, and ${source.size - header.offset} are there.`,
      );
    }
    const values = () => inLittleEndian(source.read(header.offset, byteLength), header, width);
    if (isShapeTensor) {
      return { dims: header.dims, source: { kind: 'values', values: integers(values(), width) } };
    }
    const isDynamic = dims.includes(-1);
    const at =
      header.byteOrder === 'little' || width === 1
        ? { path: file, offset: header.offset }
        : { path: temporary(values()), offset: 0 };
    return { source: { kind: 'file', ...at, byteLength }, ...(isDynamic && { dims: header.dims }) };
  } finally {
    source.close();
  }
}

function headerOf(file: string, start: Uint8Array): NpyHeader {
  try {
    const header = readNpyHeader(start);
    // Of one dimension, both orders are the same.
    if (header.fortranOrder && header.dims.length > 1) {
      throw new Error(
        'It is in Fortran order, and TensorRT reads rows first: save it with numpy.ascontiguousarray(…).',
      );
    }
    return header;
  } catch (error) {
    throw new Error(`${file} cannot be an input. ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function checkType(name: string, type: string, file: string, header: NpyHeader): void {
  const fitting = types[type];
  if (!fitting) {
    throw new Error(`${name} is of type ${type}, which .npy files cannot hold: give raw values instead.`);
  }
  if (fitting.includes(header.type)) return;
  const [usual = ''] = fitting;
  const wanted = words[usual];
  const advice = wanted === undefined ? '' : ` Convert it with .astype('${wanted}').`;
  throw new Error(
    `${file} holds ${words[header.type] ?? header.type}, but the input ${name} is ${type}.${advice}`,
  );
}

function checkShape(name: string, dims: readonly number[], file: string, given: readonly number[]): void {
  const fits =
    given.length === dims.length && dims.every((size, index) => size === -1 || size === given[index]);
  if (fits) return;
  throw new Error(
    `${file} has the shape ${shapeText(given)}, but the input ${name} takes ${shapeText(dims)}${dims.includes(-1) ? ' (? is any size that the profile allows)' : ''}.`,
  );
}

function inLittleEndian(bytes: Uint8Array, { byteOrder }: NpyHeader, width: number): Uint8Array {
  if (byteOrder === 'little' || width === 1) return bytes;
  const turned = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += width) {
    for (let index = 0; index < width; index++) turned[at + index] = bytes[at + width - 1 - index] ?? 0;
  }
  return turned;
}

/** Shape tensors are of int32 or int64. */
function integers(bytes: Uint8Array, width: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / width }, (_, index) =>
    width === 8 ? Number(view.getBigInt64(index * 8, true)) : view.getInt32(index * 4, true),
  );
}

let folder: string | undefined;
let files = 0;

function temporary(bytes: Uint8Array): string {
  if (folder === undefined) {
    const made = mkdtempSync(path.join(tmpdir(), 'onnx-trt-inputs-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const file = path.join(folder, `${++files}.raw`);
  writeFileSync(file, bytes);
  return file;
}
