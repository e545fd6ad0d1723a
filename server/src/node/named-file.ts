import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The file that a note names by an absolute path, perhaps of another system; where it is not there, one of its name beside the note:
 * folders are moved and copied as a whole. Undefined where neither is there.
 */
export function namedFile(named: string, note: string): string | undefined {
  const beside = path.join(path.dirname(note), named.split(/[\\/]/).at(-1) ?? '');
  return [named, beside].find((file) => existsSync(file));
}
