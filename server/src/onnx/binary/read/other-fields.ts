import { isFileRange } from '../../model/bytes.ts';
import type { Bytes } from '../../model/model.ts';

/** The fields of a message that its interface does not name, as they come. */
export type OtherFields = Bytes[] | undefined;

/** Pieces up to this length are joined, so that a million tiny fields do not become a million pieces. */
const longestJoined = 1024;

/** Appends to `pieces`, which the caller must not use any more. */
export function appendOther(pieces: OtherFields, piece: Bytes): Bytes[] {
  const last = pieces?.at(-1);
  if (pieces === undefined || last === undefined) return [piece];
  if (isFileRange(last) || isFileRange(piece) || last.length + piece.length > longestJoined) {
    pieces.push(piece);
    return pieces;
  }
  const joined = new Uint8Array(last.length + piece.length);
  joined.set(last);
  joined.set(piece, last.length);
  pieces[pieces.length - 1] = joined;
  return pieces;
}

export function appendOthers(pieces: OtherFields, more: OtherFields): OtherFields {
  return more === undefined ? pieces : more.reduce<OtherFields>(appendOther, pieces);
}

/** `{ otherFields }`, or nothing, to be spread into a message. */
export function withOther(otherFields: OtherFields): { otherFields?: readonly Bytes[] } {
  return otherFields === undefined ? {} : { otherFields };
}
