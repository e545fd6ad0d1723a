import { statSync } from 'node:fs';
import path from 'node:path';
import { type Arguments, UsageError } from '../command.ts';

/** Where an option says that a file is to be written: said before anything is measured, which would be lost. Throws a UsageError. */
export function requirePlaceToWrite(given: Arguments, option: string): void {
  const file = given.value(option);
  if (file === undefined) return;
  const folder = path.dirname(path.resolve(file));
  const isFolder = (name: string) => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  if (file === '' || isFolder(path.resolve(file))) {
    throw new UsageError(`--${option} takes the name of a file to write, and ${file || 'nothing'} is none.`);
  }
  if (!isFolder(folder)) throw new UsageError(`--${option} ${file}: there is no folder ${folder}.`);
}
