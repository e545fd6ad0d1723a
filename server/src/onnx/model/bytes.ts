/** Bytes that are in memory or still in their file. */
import type { FileAccess } from './file-access.ts';
import type { Bytes, FileRange } from './model.ts';

export function isFileRange(bytes: Bytes): bytes is FileRange {
  return !(bytes instanceof Uint8Array);
}

export function byteCount(pieces: readonly Bytes[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** All of them in memory. Throws what FileAccess throws; the caller knows that they are few enough. */
export function readBytes(bytes: Bytes, files: FileAccess): Uint8Array {
  if (!isFileRange(bytes)) return bytes;
  const source = files.open(bytes.path);
  try {
    return source.read(bytes.offset, bytes.length);
  } finally {
    source.close();
  }
}

export function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const only = pieces.length === 1 ? pieces[0] : undefined;
  if (only !== undefined) return only;
  const all = new Uint8Array(byteCount(pieces));
  let offset = 0;
  for (const piece of pieces) {
    all.set(piece, offset);
    offset += piece.length;
  }
  return all;
}
