import type { ByteSource } from '../model/file-access.ts';

/**
 * The same source for many small reads at rising offsets: neighbours are read together. The window grows while reads fall into it,
 * so that reads far apart cost little more than what they ask for. The returned bytes must not be changed.
 */
export function windowedSource(source: ByteSource): ByteSource {
  let window: Uint8Array = new Uint8Array();
  let start = 0;
  let size = smallest;
  return {
    path: source.path,
    size: source.size,
    read(offset, length) {
      if (length > largest) return source.read(offset, length);
      if (offset < start || offset + length > start + window.length) {
        const isNear = offset >= start && offset < start + 2 * window.length;
        size = isNear ? Math.min(size * 2, largest) : smallest;
        window = source.read(offset, Math.max(length, Math.min(size, source.size - offset)));
        start = offset;
      }
      return window.subarray(offset - start, offset - start + length);
    },
    close() {
      source.close();
    },
  };
}

/** Bytes. */
const smallest = 512;
const largest = 65536;
