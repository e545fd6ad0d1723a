/** Saving an edited model so that nothing but the edit differs from the file that it was opened from. */
import { byteCount } from '../model/bytes.ts';
import type { FileAccess } from '../model/file-access.ts';
import type { Bytes } from '../model/model.ts';
import { fieldsOf } from './merge/fields.ts';
import { mergeContent } from './merge/merge-messages.ts';
import { modelShape } from './merge/message-shapes.ts';
import { Rope, rangeReader, sameBytes } from './merge/rope.ts';
import type { Chunk } from './writer.ts';

export interface MergeInput {
  /** The file that the text was printed from. Absolute. */
  readonly original: string;
  /** What the printed text means, encoded: as the file, but in the writer's own order and forms. */
  readonly before: readonly Bytes[];
  /** What the edited text means, encoded. */
  readonly after: readonly Bytes[];
  readonly files: FileAccess;
}

/**
 * The edited model as chunks to be written. A model written anew means the same as the file it was read from, yet its fields may come
 * in another order, its numbers be packed otherwise. So both states of the text are written anew and compared, message by message:
 * what is equal in both is taken from the original file, byte by byte and as ranges; what differs is what the edit did, and only
 * that is new.
 */
export function mergeModel({ original, before, after, files }: MergeInput): Chunk[] {
  const reader = rangeReader(files);
  try {
    const length = files.size(original) ?? 0;
    const whole = { path: original, offset: 0, length };
    if (byteCount(before) === byteCount(after) && sameBytes(before, after, reader)) return [whole];
    const fields = (pieces: readonly Bytes[]) => {
      const rope = new Rope(pieces, reader);
      return fieldsOf(rope, 0, rope.length);
    };
    return mergeContent(
      modelShape,
      { original: fields([whole]), before: fields(before), after: fields(after) },
      reader,
    ).pieces;
  } finally {
    reader.close();
  }
}
