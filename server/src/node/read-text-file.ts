import { nodeFileAccess } from './file-access.ts';

/** Bytes. Texts that people write are smaller; what is bigger is something else by mistake. */
const biggest = 2 ** 24;

/** A file's text in UTF-8. Throws an error whose message is a sentence for people. */
export function readTextFile(path: string): string {
  const file = nodeFileAccess.open(path);
  try {
    if (file.size > biggest) throw new Error(`${path} is too big for a text (${file.size} bytes).`);
    return new TextDecoder().decode(file.read(0, file.size));
  } finally {
    file.close();
  }
}
