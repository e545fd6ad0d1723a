import { isFileRange } from '../../../onnx/model/bytes.ts';
import type { ByteSource, FileAccess } from '../../../onnx/model/file-access.ts';
import type { Bytes } from '../../../onnx/model/model.ts';

/** Reads bytes of files that stay open until `close`: many small tensors lie in one file. */
export function constantReader(files: FileAccess): {
  readonly read: (bytes: Bytes) => Uint8Array;
  readonly close: () => void;
} {
  const sources = new Map<string, ByteSource>();
  return {
    read: (bytes) => {
      if (!isFileRange(bytes)) {
        return bytes;
      }
      const source = sources.get(bytes.path) ?? files.open(bytes.path);
      sources.set(bytes.path, source);
      return source.read(bytes.offset, bytes.length);
    },
    close: () => {
      for (const source of sources.values()) {
        source.close();
      }
    },
  };
}
