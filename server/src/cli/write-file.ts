import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { nodeFileAccess } from '../node/file-access.ts';
import { isFileRange } from '../onnx/model/bytes.ts';
import type { Bytes } from '../onnx/model/model.ts';

/** Bytes that pass through memory at a time. */
const pieceLength = 4 << 20;

/**
 * Writes a file from pieces in memory and in other files, which may be the old file of the same name: it is replaced only when the
 * new one is whole. Throws an error for people; then the old file is as it was.
 */
export function writeFileAtomically(file: string, pieces: readonly Bytes[]): void {
  const temporary = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomBytes(4).toString('hex')}`,
  );
  try {
    const descriptor = openSync(temporary, 'wx');
    try {
      for (const piece of pieces) writePiece(descriptor, piece);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function writePiece(descriptor: number, piece: Bytes): void {
  if (!isFileRange(piece)) {
    writeAll(descriptor, piece);
    return;
  }
  const source = nodeFileAccess.open(piece.path);
  try {
    for (let done = 0; done < piece.length; done += pieceLength) {
      const length = Math.min(pieceLength, piece.length - done);
      writeAll(descriptor, source.read(piece.offset + done, length));
    }
  } finally {
    source.close();
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
