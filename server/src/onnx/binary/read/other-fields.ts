import { isFileRange } from '../../model/bytes.ts';
import type { Bytes } from '../../model/model.ts';

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The fields of a message that its interface does not name, as they come. */
export type OtherFields = readonly Bytes[] | undefined;

/** Pieces up to this length are joined, so that a million tiny fields do not become a million pieces. */
const longestJoined = 1024;

/** Pieces that appendOther has made and may change; all others are shared. */
const growing = new WeakSet<readonly Bytes[]>();

export function appendOther(pieces: OtherFields, piece: Bytes): readonly Bytes[] {
  const last = pieces?.at(-1);
  if (pieces === undefined || last === undefined) return [piece];
  const list: Bytes[] = growing.has(pieces) ? (pieces as Bytes[]) : [...pieces];
  growing.add(list);
  if (isFileRange(last) || isFileRange(piece) || last.length + piece.length > longestJoined) {
    list.push(piece);
    return list;
  }
  const joined = new Uint8Array(last.length + piece.length);
  joined.set(last);
  joined.set(piece, last.length);
  list[list.length - 1] = joined;
  return list;
}

/** Appends a length-delimited field that is there and empty, by its tag of one byte. */
export function appendEmpty(pieces: OtherFields, tag: number): readonly Bytes[] {
  let empty = emptyFields[tag];
  if (empty === undefined) {
    empty = [Uint8Array.of(tag, 0)];
    emptyFields[tag] = empty;
  }
  return pieces === undefined ? empty : empty.reduce<readonly Bytes[]>(appendOther, pieces);
}
/** Some exporters write an empty domain for each of their 100,000 nodes; all share one list. */
const emptyFields: (readonly Bytes[] | undefined)[] = [];

export function appendOthers(pieces: OtherFields, more: OtherFields): OtherFields {
  return more === undefined ? pieces : more.reduce<OtherFields>(appendOther, pieces);
}

/** `{ otherFields }`, or nothing, to be spread into a message. */
export function withOther(otherFields: OtherFields): { otherFields?: readonly Bytes[] } {
  return otherFields === undefined ? {} : { otherFields };
}
