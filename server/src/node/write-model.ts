import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  access,
  constants,
  type FileHandle,
  open,
  readdir,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Chunk } from '../onnx/binary/writer.ts';
import { isFileRange } from '../onnx/model/bytes.ts';
import type { FileRange } from '../onnx/model/model.ts';

/** How many bytes are in memory at a time. */
const bufferBytes = 4 * 1024 * 1024;

/**
 * Writes the chunks to a file, all or nothing: they go to a temporary file beside it, reach the disk, and then take its place. A
 * failure leaves the old file as it was. Ranges are copied piece by piece; they may lie in the file that is being replaced.
 * A symbolic link stays one, and the new file has the old one's permissions. Answers the number of bytes written.
 * Throws an error whose message is a sentence for people, or the signal's reason.
 */
export async function writeModel(
  file: string,
  chunks: Iterable<Chunk>,
  signal?: AbortSignal,
): Promise<number> {
  const target = await realpath(file).catch(() => file);
  const temporary = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`,
  );
  await removeLeftovers(target);
  try {
    const old = await stat(target).catch(() => undefined);
    const mode = old?.mode;
    // A file that its owner has locked stays as it is, though its folder would allow to replace it.
    if (mode !== undefined) await access(target, constants.W_OK);
    const output = await open(temporary, 'wx', mode === undefined ? 0o666 : mode & 0o777);
    let written: number;
    try {
      // The process's umask takes bits away from what `open` is given.
      if (mode !== undefined) await output.chmod(mode & 0o777);
      if (old !== undefined) await keepOwner(output, old);
      written = await writeChunks(output, chunks, signal);
      await output.sync();
    } finally {
      await output.close();
    }
    signal?.throwIfAborted();
    await replace(temporary, target);
    await syncFolder(path.dirname(target));
    return written;
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    signal?.throwIfAborted();
    throw new Error(`${file} was not saved, and is as it was: ${reason(error, path.dirname(target))}`, {
      cause: error,
    });
  }
}

/** Only the superuser may give a file to somebody else, and a user to the groups that he is in. */
async function keepOwner(output: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await output.stat();
  if (own.uid === uid && own.gid === gid) return;
  try {
    await output.chown(uid, gid);
    // Changing the owner may take bits away.
    await output.chmod(mode & 0o777);
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
  }
}

/** A save of another machine in the same folder writes on all the time; this much is enough to tell. Milliseconds. */
const abandonedAfter = 600_000;

/** Removes temporary files, `.NAME.PROCESS-RANDOM.tmp`, of writers that were killed before they could do so themselves. */
export async function removeLeftovers(target: string): Promise<void> {
  const start = `.${path.basename(target)}.`;
  const names = await readdir(path.dirname(target)).catch(() => []);
  for (const name of names) {
    const owner = name.startsWith(start) && /^(\d+)-[0-9a-f]{12}\.tmp$/.exec(name.slice(start.length))?.[1];
    if (!owner || isRunning(Number(owner))) continue;
    const leftover = path.join(path.dirname(target), name);
    const written = (await stat(leftover).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - written > abandonedAfter) await unlink(leftover).catch(() => undefined);
  }
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

async function writeChunks(
  output: FileHandle,
  chunks: Iterable<Chunk>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const sources = new Map<string, FileHandle>();
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let used = 0;
  let written = 0;
  const flush = async () => {
    signal?.throwIfAborted();
    for (let start = 0; start < used; ) {
      const { bytesWritten } = await output.write(buffer, start, used - start, written);
      start += bytesWritten;
      written += bytesWritten;
    }
    used = 0;
  };
  try {
    for (const chunk of chunks) {
      if (isFileRange(chunk) && !sources.has(chunk.path))
        sources.set(chunk.path, await open(chunk.path, 'r'));
      for (let done = 0; done < chunk.length; ) {
        if (used === bufferBytes) await flush();
        const length = Math.min(chunk.length - done, bufferBytes - used);
        if (isFileRange(chunk)) await readRange(sources.get(chunk.path), chunk, done, buffer, used, length);
        else buffer.set(chunk.subarray(done, done + length), used);
        done += length;
        used += length;
      }
    }
    await flush();
    return written;
  } finally {
    for (const source of sources.values()) await source.close();
  }
}

async function readRange(
  source: FileHandle | undefined,
  range: FileRange,
  done: number,
  buffer: Buffer,
  start: number,
  length: number,
): Promise<void> {
  for (let read = 0; read < length; ) {
    const position = range.offset + done + read;
    const result = await source?.read(buffer, start + read, length - read, position);
    if (!result?.bytesRead) {
      throw new Error(
        `${range.path} ends before byte ${range.offset + range.length}, where weights should be.`,
      );
    }
    read += result.bytesRead;
  }
}

/** On Windows a file cannot be replaced while another program has it open, which virus scanners do for a moment. */
async function replace(temporary: string, target: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(temporary, target);
      return;
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error) ?? '');
      if (process.platform !== 'win32' || !busy || attempt === 10) throw error;
      await setTimeout(50 * (attempt + 1));
    }
  }
}

/** Makes the new name last through a power failure. Windows knows no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function reason(error: unknown, folder: string): string {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'there is no space left on the disk. The new file is written beside the old one before it takes its place; free some space, or save it under another name on another disk.';
    case 'EFBIG':
      return 'the file would be larger than this system or disk allows. Save it under another name on another disk.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `it is read-only, or its folder, ${folder}, cannot be written to. Change the permissions, or save the model under another name in another folder.`;
    case 'ENOENT':
      return `a file or folder is missing (${error instanceof Error ? error.message : error}).`;
    case 'EBUSY':
      return 'another program has it open.';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
