/** NumPy's file format (numpy.lib.format, versions 1.0 to 3.0): a header, then the elements one behind the other. */
import type { ByteSource } from '../../onnx/model/file-access.ts';

export interface NpyHeader {
  /** `<f4`, `|u1`: byte order, kind and bytes of an element. */
  readonly descr: string;
  readonly dims: readonly number[];
  /** Where the elements begin, in bytes. */
  readonly dataOffset: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
/** NumPy aligns the elements so, for memory maps. */
const alignment = 64;
const longestHeader = 2 ** 20;

/** What stands in front of the elements, in C order. */
export function npyHeader(descr: string, dims: readonly number[]): Uint8Array {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const isLong = text.length + alignment > 0xffff;
  const prefix = magic.length + 2 + (isLong ? 4 : 2);
  const length = Math.ceil((prefix + text.length + 1) / alignment) * alignment;
  const bytes = new Uint8Array(length).fill(0x20);
  const view = new DataView(bytes.buffer);
  bytes.set([...magic, isLong ? 2 : 1, 0]);
  if (isLong) view.setUint32(8, length - prefix, true);
  else view.setUint16(8, length - prefix, true);
  bytes.set(new TextEncoder().encode(text), prefix);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/** Throws an error for people where the file is none, or holds what cannot be read one element behind the other. */
export function readNpyHeader(source: ByteSource): NpyHeader {
  const start = source.read(0, Math.min(source.size, 12));
  if (!magic.every((byte, index) => start[index] === byte)) {
    throw new Error(`${source.path} is no .npy file: it does not begin as NumPy's files do.`);
  }
  const [major = 0] = start.subarray(6);
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  if (start.length < 12 || major < 1 || major > 3) {
    throw new Error(`${source.path} is a .npy file of version ${major}, which is not known here.`);
  }
  const prefix = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader || prefix + length > source.size) {
    throw new Error(`${source.path} ends inside its header.`);
  }
  const text = new TextDecoder('latin1').decode(source.read(prefix, length));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descr === undefined || shape === undefined) {
    throw new Error(`${source.path} holds no plain array of numbers: ${text.trim().slice(0, 80)}`);
  }
  const dims = shape
    .split(',')
    .map((part) => part.trim().replace(/L$/, ''))
    .filter((part) => part !== '')
    .map(Number);
  if (/'fortran_order'\s*:\s*True/.test(text) && dims.length > 1) {
    throw new Error(
      `${source.path} is stored column by column. Save it with numpy.save(FILE, numpy.ascontiguousarray(ARRAY)).`,
    );
  }
  if (descr.startsWith('>')) {
    throw new Error(
      `${source.path} is big-endian (${descr}). Save it with numpy.save(FILE, ARRAY.astype('<${descr.slice(1)}')).`,
    );
  }
  return { descr, dims, dataOffset: prefix + length };
}
