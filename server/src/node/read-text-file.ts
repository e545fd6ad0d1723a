import { nodeFileAccess } from './file-access.ts';

/** Bytes. Texts that people write are smaller; what is bigger is something else by mistake. */
const biggestOfPeople = 2 ** 24;
/** Programs write more: a profile has every single time, and a fast engine runs 20,000 times in a second. */
export const biggestMeasurement = 2 ** 28;

/** A file's text in UTF-8. Throws an error whose message is a sentence for people. */
export function readTextFile(path: string, biggest = biggestOfPeople): string {
  const file = nodeFileAccess.open(path);
  try {
    if (file.size > biggest) throw new Error(`${path} is too big for a text (${file.size} bytes).`);
    return new TextDecoder().decode(file.read(0, file.size));
  } finally {
    file.close();
  }
}
