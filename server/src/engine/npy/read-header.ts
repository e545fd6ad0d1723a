/**
 * The head of NumPy's `.npy` files: type, shape, and where the values begin. Versions 1.0 to 3.0 of the format
 * (numpy.lib.format); the values behind it are not read here.
 */
export interface NpyHeader {
  /** NumPy's type string without its byte order: `f4`, `i8`, `b1`, `V2`. */
  readonly type: string;
  readonly byteOrder: 'little' | 'big';
  readonly fortranOrder: boolean;
  readonly dims: readonly number[];
  /** Bytes from the beginning of the file to the first value. */
  readonly offset: number;
}

/** Bytes that hold the head of any array of numbers, structured types aside. */
export const longestNpyHeader = 4096;

/** `start`: the file's first bytes, `longestNpyHeader` of them or all there are. Throws an error for people: "It …". */
export function readNpyHeader(start: Uint8Array): NpyHeader {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (start.length < 10 || !npyMagic.every((byte, index) => start[index] === byte)) {
    throw new Error('It is no .npy file: it does not begin as numpy.save writes them.');
  }
  const version = start[6] ?? 0;
  if (version < 1 || version > 3) {
    throw new Error(`It is in version ${version} of the .npy format; versions 1 to 3 are read.`);
  }
  if (version > 1 && start.length < 12) throw new Error(cut);
  const [from, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (from + length > longestNpyHeader) {
    throw new Error('It is no plain array: its header is as long as those of structured types are.');
  }
  if (from + length > start.length) throw new Error(cut);
  const text = new TextDecoder().decode(start.subarray(from, from + length));
  return { ...readDictionary(text), offset: from + length };
}

export const npyMagic: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const cut = 'It is cut off: its header does not end.';

/** A Python literal: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`. */
function readDictionary(text: string): Omit<NpyHeader, 'offset'> {
  const descr = /['"]descr['"]\s*:\s*(['"])(.*?)\1/.exec(text)?.[2];
  const fortran = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (descr === undefined) {
    throw new Error('It is no plain array: its values have a structured type, or none that it tells.');
  }
  const type = /^([<>=|]?)([a-zA-Z]\d+)$/.exec(descr);
  if (type?.[2] === undefined) throw new Error(`It holds values of the type ${descr}, which are no numbers.`);
  if (fortran === undefined || shape === undefined) {
    throw new Error('It is damaged: its header does not tell shape and order.');
  }
  const dims = shape
    .split(',')
    .map((size) => size.trim().replace(/L$/, ''))
    .filter((size) => size !== '')
    .map(Number);
  return {
    type: type[2],
    byteOrder: type[1] === '>' ? 'big' : 'little',
    fortranOrder: fortran === 'True',
    dims,
  };
}
