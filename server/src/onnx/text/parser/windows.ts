import type { DocumentText } from '../document-text.ts';
import { Cursor } from './cursor.ts';
import { readSegment } from './document.ts';
import type { Mode } from './modes.ts';
import { type SegmentReader, toFirstSegment } from './segments.ts';

/**
 * Reads segments of a long text from short parts of it, as an edit needs few of them. What is read is what reading the whole text
 * gives: where the parser came to the end of such a part it reads the segment again from a longer one.
 */
export class WindowedReader {
  /** Offset behind what was read last: of the next segment. */
  pos = 0;
  readonly #text: DocumentText;
  #cursor: Cursor | undefined;
  /** Offset of the text of the cursor. */
  #start = 0;
  /** Length of the next window. */
  #size = smallestWindow;

  constructor(text: DocumentText) {
    this.#text = text;
  }

  /** Offset of the first segment. */
  firstSegment(): number {
    this.#atValidWindow(0, toFirstSegment);
    return this.pos;
  }

  /** Reads the segment at an offset into a reader; the mode of the next one. */
  read(pos: number, current: Mode, reader: SegmentReader): Mode {
    const { cursor, result } = this.#atValidWindow(pos, (window) => readSegment(window, current));
    return reader.add(result, cursor, current, this.#start);
  }

  #atValidWindow<Result>(
    pos: number,
    read: (cursor: Cursor) => Result,
  ): { readonly cursor: Cursor; readonly result: Result } {
    let cursor = this.#cursor ?? this.#open(pos);
    if (pos < this.#start + 1 || pos >= this.#start + cursor.text.length) {
      cursor = this.#open(pos);
    }
    for (;;) {
      cursor.pos = pos - this.#start;
      const result = read(cursor);
      const isWhole = this.#start + cursor.text.length >= this.#text.length;
      if (isWhole || cursor.reach <= cursor.text.length) {
        this.pos = this.#start + cursor.pos;
        return { cursor, result };
      }
      this.#size *= 4;
      cursor = this.#open(pos);
    }
  }

  /**
   * A window begins at the line end before the line of an offset: the parser may look at the blanks that its line begins with. So
   * it does not begin with a segment either, which the parser would take for the first of a text.
   */
  #open(pos: number): Cursor {
    this.#start = Math.max(0, this.#text.lastIndexOf('\n', pos - 1));
    const end = Math.min(this.#text.length, pos + this.#size);
    this.#cursor = new Cursor(this.#text.slice(this.#start, end), true);
    return this.#cursor;
  }
}

/** UTF-16 code units. */
const smallestWindow = 8192;
