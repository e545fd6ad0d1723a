/** Values of a tensor in a `.npy` file, some at a time. */
import type { ByteSource, FileAccess } from '../../onnx/model/file-access.ts';
import { longestNpyHeader, type NpyHeader, readNpyHeader } from '../npy/read-header.ts';
import { bitsOf, type ValueType, valueType, valueTypeOfBits } from './value-types.ts';

export interface ValueFile {
  readonly type: ValueType;
  readonly dims: readonly number[];
  readonly count: number;
  /** Where the elements begin, and all their bytes. */
  readonly dataOffset: number;
  readonly byteLength: number;
  /** The elements in order, `chunkElements` at a time; the last may be fewer. The file is open meanwhile. */
  readonly chunks: () => Generator<Float64Array>;
  /** Of integers of 64 bits: the same chunks to the last bit. */
  readonly exactChunks?: () => Generator<ExactChunk>;
}

/** The element at an index of the chunk. */
export type ExactChunk = (index: number) => bigint;

export const chunkElements = 2 ** 16;

/**
 * `typeName` says what the bit patterns of a small float mean; without it the file's own type counts. Throws an error for people where
 * the file cannot be read, is no .npy file, or holds less than it says.
 */
export function openValueFile(path: string, files: FileAccess, typeName?: string): ValueFile {
  const source = files.open(path);
  try {
    const { type: bits, dims, offset: dataOffset } = headerOf(source);
    const own = valueTypeOfBits(bits);
    const named = typeName === undefined ? undefined : valueType(typeName);
    // The same bits under two names: `u2` of a bfloat16, `u1` of an 8-bit float, `V2` as ml_dtypes saves it.
    const isAlias = named !== undefined && /^[uV](\d)$/.exec(bits)?.[1] === String(named.bytes);
    const type = named !== undefined && (bitsOf(named) === bits || isAlias) ? named : own;
    if (!type) throw new Error(`${path} holds elements of type ${bits}, which no tensor of a model has.`);
    const count = dims.reduce((product, dim) => product * dim, 1);
    const byteLength = count * type.bytes;
    const { exact } = type;
    if (dataOffset + byteLength > source.size) {
      throw new Error(`${path} ends before its last value: ${byteLength} bytes are to follow its header.`);
    }
    return {
      type,
      dims,
      count,
      dataOffset,
      byteLength,
      chunks: () => readChunks(path, files, { type, dataOffset, count }, type.decode),
      ...(exact && {
        exactChunks: () =>
          readChunks(path, files, { type, dataOffset, count }, (bytes): ExactChunk => {
            const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
            return (index) => exact(view, index * type.bytes);
          }),
      }),
    };
  } finally {
    source.close();
  }
}

/** Of a file whose elements are read one behind the other. */
function headerOf(source: ByteSource): NpyHeader {
  try {
    const header = readNpyHeader(source.read(0, Math.min(longestNpyHeader, source.size)));
    const { type, byteOrder, fortranOrder, dims } = header;
    // Of one dimension, both orders are the same.
    if (fortranOrder && dims.length > 1) {
      throw new Error(
        'It is stored column by column: save it with numpy.save(FILE, numpy.ascontiguousarray(ARRAY)).',
      );
    }
    if (byteOrder === 'big') {
      throw new Error(`It is big-endian: save it with numpy.save(FILE, ARRAY.astype('<${type}')).`);
    }
    return header;
  } catch (error) {
    throw new Error(`${source.path} cannot be read. ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function* readChunks<Chunk>(
  path: string,
  files: FileAccess,
  { type, dataOffset, count }: Pick<ValueFile, 'type' | 'dataOffset' | 'count'>,
  decode: (bytes: Uint8Array) => Chunk,
): Generator<Chunk> {
  const source = files.open(path);
  try {
    for (let start = 0; start < count; start += chunkElements) {
      const length = Math.min(chunkElements, count - start);
      yield decode(source.read(dataOffset + start * type.bytes, length * type.bytes));
    }
  } finally {
    source.close();
  }
}
