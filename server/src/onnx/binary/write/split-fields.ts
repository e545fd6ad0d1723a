/** Serialized fields of a message, told apart so that they can be written where their numbers belong. */
import { isFileRange } from '../../model/bytes.ts';
import type { Bytes } from '../../model/model.ts';

export interface SerializedField {
  /** Infinity for what its bytes do not tell in memory: it goes to the end. */
  readonly number: number;
  readonly pieces: readonly Bytes[];
}

/** The fields in these pieces, by number; fields of the same number in their order. */
export function splitFields(pieces: readonly Bytes[]): SerializedField[] {
  const fields: SerializedField[] = [];
  /** Those to come, the next one last. */
  const rest = pieces.toReversed();
  for (let piece = rest.pop(); piece !== undefined; piece = rest.pop()) {
    if (isFileRange(piece)) {
      fields.push({ number: Number.POSITIVE_INFINITY, pieces: [piece] });
      continue;
    }
    for (let start = 0; start < piece.length; ) {
      const head = fieldHead(piece, start);
      const field: Bytes[] = [piece.subarray(start, head?.end)];
      // A long field goes on in the pieces that follow.
      const missing = Math.max(0, (head?.end ?? 0) - piece.length);
      // What cannot be understood stays as it is, before everything that can.
      if (head === undefined || !takeBytes(rest, missing, field)) return [{ number: 0, pieces }];
      fields.push({ number: head.number, pieces: field });
      start = head.end;
    }
  }
  return fields.sort((one, two) => (one.number === two.number ? 0 : one.number - two.number));
}

/** Moves as many bytes from the end of `rest` to `field`. False where there are not as many. */
function takeBytes(rest: Bytes[], length: number, field: Bytes[]): boolean {
  for (let missing = length; missing > 0; ) {
    const next = rest.pop();
    if (next === undefined) return false;
    if (next.length > missing) {
      // The end of the field shares its piece with what follows.
      if (isFileRange(next)) return false;
      field.push(next.subarray(0, missing));
      rest.push(next.subarray(missing));
      return true;
    }
    field.push(next);
    missing -= next.length;
  }
  return true;
}

/** Number of the field at `start`, and where it ends. Undefined for groups and for what is no field. */
function fieldHead(bytes: Uint8Array, start: number): { number: number; end: number } | undefined {
  const tag = varint(bytes, start);
  if (tag === undefined) return undefined;
  const number = Math.floor(tag.value / 8);
  switch (tag.value % 8) {
    case 0: {
      const value = varint(bytes, tag.end);
      return value && { number, end: value.end };
    }
    case 1:
      return { number, end: tag.end + 8 };
    case 2: {
      const length = varint(bytes, tag.end);
      return length && { number, end: length.end + length.value };
    }
    case 5:
      return { number, end: tag.end + 4 };
    default:
      return undefined;
  }
}

/** A varint as a number; exact for tags and lengths. */
function varint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let end = start; end < start + 10; end++) {
    const byte = bytes[end];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** (end - start);
    if (byte < 0x80) return { value, end: end + 1 };
  }
  return undefined;
}
