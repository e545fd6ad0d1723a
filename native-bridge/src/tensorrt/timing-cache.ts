import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { BridgeError } from '../errors.ts';
import type { BuilderConfig } from './builder-config.ts';
import { isAtLeastAsBad, type Logger } from './logger.ts';

/**
 * Gives a configuration the timings of a file. A cache of another TensorRT or GPU is an error: it would be of no use, and replacing
 * it would lose it. Answers how many bytes were read.
 */
export function readTimingCache(config: BuilderConfig, path: string, logger: Logger): number {
  const bytes = bytesOf(path);
  // TensorRT takes anything: of what it cannot read it warns, and goes on with an empty cache.
  const complaints: string[] = [];
  const stopListening = logger.listen(({ severity, message }) => {
    if (isAtLeastAsBad(severity, 'warning') && /timing cache/i.test(message)) {
      complaints.push(message);
    }
  });
  const taken = config.setTimingCache(bytes);
  stopListening();
  if (!taken || complaints.length > 0) {
    throw new BridgeError(
      'timingCacheRefused',
      `TensorRT does not take the timing cache ${path}: ${complaints.join(' ') || 'it gives no reason.'} It is of another version or GPU, or damaged; name another file, or delete it.`,
    );
  }
  return bytes.length;
}

/**
 * Replaces the file with what the configuration has measured, and what others have written there since it was read. Answers how
 * many bytes were written.
 */
export function writeTimingCache(config: BuilderConfig, path: string): number | undefined {
  const newer = bytesOf(path);
  if (newer.length > 0) {
    config.mergeTimingCache(newer);
  }
  const bytes = config.serializedTimingCache();
  if (!bytes) {
    return undefined;
  }
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new BridgeError(
      'fileNotWritten',
      `The timing cache ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  return bytes.length;
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return new Uint8Array();
    }
    throw new BridgeError(
      'timingCacheRefused',
      `The timing cache ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
