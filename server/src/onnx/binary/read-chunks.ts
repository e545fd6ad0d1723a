import { byteCount, isFileRange } from '../model/bytes.ts';
import type { ByteSource, FileAccess } from '../model/file-access.ts';
import type { Chunk } from './writer.ts';

/** All chunks in memory, one after the other. Throws what FileAccess throws; the caller knows that they are few enough. */
export function readChunks(chunks: readonly Chunk[], files: FileAccess): Uint8Array {
  const only = chunks.length === 1 ? chunks[0] : undefined;
  if (only !== undefined && !isFileRange(only)) return only;
  const bytes = new Uint8Array(byteCount(chunks));
  const sources = new Map<string, ByteSource>();
  let offset = 0;
  try {
    for (const chunk of chunks) {
      if (isFileRange(chunk)) {
        const source = sources.get(chunk.path) ?? files.open(chunk.path);
        sources.set(chunk.path, source);
        bytes.set(source.read(chunk.offset, chunk.length), offset);
      } else bytes.set(chunk, offset);
      offset += chunk.length;
    }
  } finally {
    for (const source of sources.values()) source.close();
  }
  return bytes;
}
