/** Files that a command writes its results to. */
import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Terminal } from './terminal.ts';

/** For before work that takes long, whose result would be lost. Throws an error for people; nothing is written. */
export async function requireWritable(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  if (file === '') throw new Error('The name of a file to write is empty. Name a file.');
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw new Error(`${file} cannot be written: it is a folder. Name a file.`);
  const folder = path.dirname(path.resolve(file));
  if (!found && !(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new Error(
      `${file} cannot be written: there is no folder ${folder}. Make it first, or name another.`,
    );
  }
  await access(found ? file : folder, constants.W_OK).catch((error: Error) => {
    throw notWritten(file, error);
  });
}

/** Throws an error for people. */
export async function writeResult(file: string, text: string, terminal: Terminal): Promise<void> {
  await requireWritable(file);
  await writeFile(file, text).catch((error: Error) => {
    throw notWritten(file, error);
  });
  terminal.note(`${file} is written.`);
}

function notWritten(file: string, { message }: Error): Error {
  return new Error(`${file} cannot be written: ${message}. Choose another place.`);
}
