import { isFileRange } from '../../model/bytes.ts';
import type { Bytes } from '../../model/model.ts';

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The fields of a message that its interface does not name, as they come. */
export type OtherFields = readonly Bytes[] | undefined;

/** Pieces up to this length are joined, so that a million tiny fields do not become a million pieces. */
const longestJoined = 1024;

/** Pieces that appendOthers has made and may change; all others are shared. */
const growing = new WeakSet<readonly Bytes[]>();

/** Appends the pieces of fields: each of one short piece, or of a tag and length with a long content behind it. */
export function appendOthers(pieces: OtherFields, more: OtherFields): OtherFields {
  if (pieces === undefined || more === undefined) return pieces ?? more;
  const list: Bytes[] = growing.has(pieces) ? (pieces as Bytes[]) : [...pieces];
  growing.add(list);
  for (const [index, piece] of more.entries()) {
    const last = list.at(-1);
    const next = more[index + 1];
    const isHead = next !== undefined && isFileRange(next);
    if (last === undefined || isHead || !canJoin(last, piece)) list.push(piece);
    else list[list.length - 1] = joined(last, piece);
  }
  return list;
}

function canJoin(last: Bytes, piece: Bytes): boolean {
  return !isFileRange(last) && !isFileRange(piece) && last.length + piece.length <= longestJoined;
}

function joined(last: Bytes, piece: Bytes): Bytes {
  if (isFileRange(last) || isFileRange(piece)) throw new TypeError('Ranges of files cannot be joined.');
  const bytes = new Uint8Array(last.length + piece.length);
  bytes.set(last);
  bytes.set(piece, last.length);
  return bytes;
}

/** Appends a length-delimited field that is there and empty, by its tag of one byte. */
export function appendEmpty(pieces: OtherFields, tag: number): OtherFields {
  let empty = emptyFields[tag];
  if (empty === undefined) {
    empty = [Uint8Array.of(tag, 0)];
    emptyFields[tag] = empty;
  }
  return appendOthers(pieces, empty);
}
/** Some exporters write an empty domain for each of their 100,000 nodes; all share one list. */
const emptyFields: (readonly Bytes[] | undefined)[] = [];

/** `{ otherFields }`, or nothing, to be spread into a message. */
export function withOther(otherFields: OtherFields): { otherFields?: readonly Bytes[] } {
  return otherFields === undefined ? {} : { otherFields };
}
