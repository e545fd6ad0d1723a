import { isFileRange } from '../../model/bytes.ts';
import type { Bytes } from '../../model/model.ts';

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The fields of a message that its interface does not name, as they come; a list that is shared where it is all. */
export type OtherFields = FieldCollector | readonly Bytes[] | undefined;

/** Short pieces are joined to pieces of at most this many bytes, so that a million tiny fields do not become a million pieces. */
const longestJoined = 1024;

class FieldCollector {
  private readonly pieces: Bytes[] = [];
  /** Short pieces, joined as far as `used`. */
  private joined = new Uint8Array(0);
  private used = 0;

  /** A field in one short piece, or its tag and length and its long content. */
  add(field: readonly Bytes[]): void {
    for (const [index, piece] of field.entries()) {
      const next = field[index + 1];
      const isHead = next !== undefined && isFileRange(next);
      if (isFileRange(piece) || isHead || piece.length > longestJoined) {
        this.endJoined();
        this.pieces.push(piece);
      } else this.join(piece);
    }
  }

  finish(): readonly Bytes[] {
    this.endJoined();
    return this.pieces;
  }

  private join(piece: Uint8Array): void {
    if (this.used + piece.length > longestJoined) this.endJoined();
    if (this.used + piece.length > this.joined.length) {
      const larger = new Uint8Array(Math.max(this.used + piece.length, 2 * this.joined.length));
      larger.set(this.joined.subarray(0, this.used));
      this.joined = larger;
    }
    this.joined.set(piece, this.used);
    this.used += piece.length;
  }

  private endJoined(): void {
    if (this.used > 0) this.pieces.push(this.joined.slice(0, this.used));
    this.used = 0;
  }
}

/** Adds fields, each in one short piece or in its tag and length and its long content. */
export function appendOthers(other: OtherFields, fields: readonly Bytes[] | undefined): OtherFields {
  if (fields === undefined) return other;
  const collector = other instanceof FieldCollector ? other : new FieldCollector();
  if (other !== undefined && other !== collector) collector.add(finishOthers(other));
  collector.add(fields);
  return collector;
}

/** Adds a length-delimited field that is there and empty, by its tag of one byte. */
export function appendEmpty(other: OtherFields, tag: number): OtherFields {
  let empty = emptyFields[tag];
  if (empty === undefined) {
    empty = [Uint8Array.of(tag, 0)];
    emptyFields[tag] = empty;
  }
  return other === undefined ? empty : appendOthers(other, empty);
}
/** Some exporters write an empty domain for each of their 100,000 nodes; all share one list. */
const emptyFields: (readonly Bytes[] | undefined)[] = [];

export function finishOthers(other: FieldCollector | readonly Bytes[]): readonly Bytes[] {
  return other instanceof FieldCollector ? other.finish() : other;
}

/** `{ otherFields }`, or nothing, to be spread into a message. */
export function withOther(other: OtherFields): { otherFields?: readonly Bytes[] } {
  return other === undefined ? {} : { otherFields: finishOthers(other) };
}
