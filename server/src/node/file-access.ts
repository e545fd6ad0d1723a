/** Reading files by position, with node:fs. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource, FileAccess } from '../onnx/model/file-access.ts';

export const nodeFileAccess: FileAccess = { open: openFile, size: fileSize };

function openFile(path: string): ByteSource {
  let descriptor: number;
  try {
    // Non-blocking, as opening a named pipe would otherwise wait for its writer for ever.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw new Error(sentence(path, error), { cause: error });
  }
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw new Error(`${path} is a folder, not a file.`);
    if (!status.isFile()) throw new Error(`${path} is not a regular file.`);
    return byteSource(path, descriptor, status.size);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function byteSource(path: string, descriptor: number, size: number): ByteSource {
  let open = true;
  return {
    path,
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size) {
        throw new RangeError(
          `${path} has ${size} bytes; bytes ${offset} to ${offset + length} are not in it.`,
        );
      }
      const buffer = Buffer.allocUnsafeSlow(length);
      let done = 0;
      while (done < length) {
        const count = readSync(descriptor, buffer, done, Math.min(length - done, 2 ** 30), offset + done);
        if (count === 0) throw new RangeError(`${path} became shorter while it was read.`);
        done += count;
      }
      return buffer;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

function fileSize(path: string): number | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  return status?.isFile() ? status.size : undefined;
}

/** The commonest failures in plain words; others keep the system's own. */
function sentence(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return `${path} does not exist.`;
    case 'ENOTDIR':
      return `${path} does not exist: a part of its path is a file, not a folder.`;
    case 'EACCES':
    case 'EPERM':
      return `${path} cannot be read: permission denied.`;
    case 'EMFILE':
    case 'ENFILE':
      return `${path} cannot be opened: too many files are open.`;
    default:
      return `${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
  }
}
