/** Protobuf messages by hand, so that tests can write what no library would. */
import type { ByteSource } from '../../../../../server/src/onnx/model/file-access.ts';
import { encodeVarints } from '../../../../../server/src/onnx/model/varints.ts';

export type Part = Uint8Array | string | readonly Part[];

export function join(...parts: readonly Part[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part);
      return part instanceof Uint8Array ? part : Buffer.concat(part.map((inner) => join(inner)));
    }),
  );
}

/** A field of wire type 0. */
export function number(field: number, value: number | bigint): Uint8Array {
  return encodeVarints([field * 8, value]);
}

/** A field of wire type 2: a string, bytes, a message, or packed numbers. */
export function delimited(field: number, ...content: readonly Part[]): Uint8Array {
  const bytes = join(...content);
  return join(encodeVarints([field * 8 + 2, bytes.length]), bytes);
}

/** A field of wire type 2 whose length is a lie. */
export function lying(field: number, length: number | bigint, ...content: readonly Part[]): Uint8Array {
  return join(encodeVarints([field * 8 + 2, length]), ...content);
}

/** A field of wire type 5. */
export function float(field: number, bits: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(bits);
  return join(encodeVarints([field * 8 + 5]), bytes);
}

/** A ModelProto with this content in its graph. */
export function modelWithGraph(...graph: readonly Part[]): Uint8Array {
  return join(number(1, 10), delimited(7, ...graph), delimited(8, delimited(1, ''), number(2, 21)));
}

/** A file that is not there but in memory. */
export function memorySource(bytes: Uint8Array, path = '/models/model.onnx'): CountingSource {
  const source = {
    path,
    size: bytes.length,
    bytesRead: 0,
    read(offset: number, length: number) {
      if (offset < 0 || offset + length > bytes.length) throw new RangeError('Read past the end.');
      source.bytesRead += length;
      return bytes.slice(offset, offset + length);
    },
    close() {},
  };
  return source;
}

export interface CountingSource extends ByteSource {
  readonly bytesRead: number;
}
