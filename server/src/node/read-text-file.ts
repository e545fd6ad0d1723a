import { nodeFileAccess } from './file-access.ts';

/** Bytes. Texts that people write are smaller; what is bigger is something else by mistake. */
const biggestOfPeople = 2 ** 24;
/** Programs write more: a profile has every single time, and a fast engine runs 20,000 times in a second. */
export const biggestMeasurement = 2 ** 28;

/** A file's text in UTF-8, or in UTF-16 with a byte order mark, as Windows PowerShell redirects output. Throws an error whose message is a sentence for people. */
export function readTextFile(path: string, biggest = biggestOfPeople): string {
  const file = nodeFileAccess.open(path);
  try {
    if (file.size > biggest) throw new Error(`${path} is too big for a text (${file.size} bytes).`);
    const bytes = file.read(0, file.size);
    const mark = bytes.length >= 2 ? `${bytes[0]},${bytes[1]}` : '';
    const encoding = mark === '255,254' ? 'utf-16le' : mark === '254,255' ? 'utf-16be' : 'utf-8';
    return new TextDecoder(encoding).decode(bytes);
  } finally {
    file.close();
  }
}
