/**
 * The text of a document, as far as analysis asks for it. A string is one. After edits it is a `PieceText`: an edit of a text of
 * 20 MB copies a few kilobytes then, where a string would be copied as a whole, with every keystroke.
 */
export interface DocumentText {
  /** UTF-16 code units. */
  readonly length: number;
  /** As of a string; offsets before the text and behind it stand for its ends. */
  slice(start?: number, end?: number): string;
  charCodeAt(offset: number): number;
  /** Offset of the next of a character at or behind `from`; -1 where there is none. */
  indexOf(character: string, from?: number): number;
  /** Offset of the last of a character at or before `from`; -1 where there is none. */
  lastIndexOf(character: string, from?: number): number;
  /** All of it as one string; takes a copy where the text is in pieces. */
  toString(): string;
}

/** The text with `inserted` in place of the code units from `start` to `end`. */
export function withReplaced(text: DocumentText, start: number, end: number, inserted: string): DocumentText {
  const pieces = text instanceof PieceText ? text : new PieceText([text.toString()]);
  return pieces.replaced(start, end, inserted);
}

/** Pieces that are shorter are joined with an edit next to them, so that typing at one place makes no more of them. */
const shortPiece = 1024;
/** With more of them the text is made one string again: looking one up would take longer, and they keep old text alive. */
const maximumPieces = 2048;

/** Strings one behind the other; those that no edit touched are parts of the string that the document was opened with. */
class PieceText implements DocumentText {
  readonly length: number;
  readonly #pieces: readonly string[];
  /** Offset of each piece. */
  readonly #starts: Int32Array;
  /** The piece that was asked for last: the next question is mostly about the same. */
  #last = 0;

  constructor(pieces: readonly string[]) {
    this.#pieces = pieces;
    this.#starts = new Int32Array(pieces.length);
    let length = 0;
    for (let index = 0; index < pieces.length; index++) {
      this.#starts[index] = length;
      length += pieces[index]?.length ?? 0;
    }
    this.length = length;
  }

  replaced(start: number, end: number, inserted: string): PieceText {
    let first = this.#pieceAt(start);
    let last = this.#pieceAt(end);
    let before = this.#piece(first).slice(0, start - this.#start(first));
    let behind = this.#piece(last).slice(end - this.#start(last));
    let middle = inserted;
    if (before.length <= shortPiece) {
      middle = before + middle;
      before = first > 0 ? this.#piece(--first) : '';
      if (before.length <= shortPiece) {
        middle = before + middle;
        before = '';
      }
    }
    if (behind.length <= shortPiece) {
      middle += behind;
      behind = last < this.#pieces.length - 1 ? this.#piece(++last) : '';
      if (behind.length <= shortPiece) {
        middle += behind;
        behind = '';
      }
    }
    const changed = [before, middle, behind].filter((piece) => piece !== '');
    const pieces = [...this.#pieces.slice(0, first), ...changed, ...this.#pieces.slice(last + 1)];
    return new PieceText(pieces.length > maximumPieces ? [pieces.join('')] : pieces);
  }

  slice(from = 0, to = this.length): string {
    const start = Math.max(0, from);
    const end = Math.min(to, this.length);
    if (end <= start) {
      return '';
    }
    let index = this.#pieceAt(start);
    let part = this.#piece(index).slice(start - this.#start(index), end - this.#start(index));
    for (let at = start + part.length; at < end; ) {
      index++;
      const next = this.#piece(index).slice(0, end - at);
      part += next;
      at += next.length;
    }
    return part;
  }

  charCodeAt(offset: number): number {
    const index = this.#pieceAt(offset);
    return this.#piece(index).charCodeAt(offset - this.#start(index));
  }

  indexOf(character: string, from = 0): number {
    for (let index = this.#pieceAt(from); index < this.#pieces.length; index++) {
      const start = this.#start(index);
      const found = this.#piece(index).indexOf(character, from - start);
      if (found >= 0) {
        return start + found;
      }
    }
    return -1;
  }

  lastIndexOf(character: string, from = this.length): number {
    for (let index = this.#pieceAt(from); from >= 0 && index >= 0; index--) {
      const start = this.#start(index);
      const found = this.#piece(index).lastIndexOf(character, from - start);
      if (found >= 0) {
        return start + found;
      }
    }
    return -1;
  }

  toString(): string {
    return this.#pieces.length === 1 ? this.#piece(0) : this.#pieces.join('');
  }

  #piece(index: number): string {
    return this.#pieces[index] ?? '';
  }

  #start(index: number): number {
    return this.#starts[index] ?? this.length;
  }

  /** Index of the piece that an offset is in; the last one for the end of the text. */
  #pieceAt(offset: number): number {
    const last = this.#last;
    if (offset >= this.#start(last) && offset < this.#start(last + 1)) {
      return last;
    }
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#start(middle) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    this.#last = Math.max(low, 0);
    return this.#last;
  }
}
