import type { ByteSource, FileAccess } from '../../../../../server/src/onnx/model/file-access.ts';
import { type CountingSource, memorySource } from './wire.ts';

/** Files that are not there but in memory; a number stands for as many zeros, which are never made. */
export function memoryFiles(files: Readonly<Record<string, Uint8Array | number>>): FileAccess & {
  /** Those that were opened, in order. */
  readonly opened: readonly ByteSource[];
} {
  const opened: ByteSource[] = [];
  return {
    opened,
    open(path) {
      const content = files[path];
      if (content === undefined) throw new Error(`${path} does not exist.`);
      const source = typeof content === 'number' ? zeros(content, path) : memorySource(content, path);
      opened.push(source);
      return source;
    },
    size(path) {
      const content = files[path];
      return typeof content === 'object' ? content.length : content;
    },
  };
}

function zeros(size: number, path: string): CountingSource {
  const source = {
    path,
    size,
    bytesRead: 0,
    read(offset: number, length: number) {
      if (offset + length > size) throw new RangeError('Read past the end.');
      source.bytesRead += length;
      return new Uint8Array(length);
    },
    close() {},
  };
  return source;
}
