import { GrowingBytes } from './growing-bytes.ts';

/** Text that comes in small pieces, as UTF-8: encoding a few long strings is faster than many short ones. */
export class JsonBytes {
  readonly #bytes = new GrowingBytes();
  /** What is not encoded yet. */
  #pending = '';

  /** Throws a RangeError where there is too much of it. */
  add(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= pendingLength) this.#flush(wholeLength(this.#pending));
  }

  /** All that was added; good until `release`. */
  bytes(): Buffer {
    this.#flush(this.#pending.length);
    return this.#bytes.bytes();
  }

  /** To be called once nobody reads the bytes any more. */
  release(): void {
    this.#bytes.release();
  }

  #flush(end: number): void {
    this.#bytes.appendText(this.#pending.slice(0, end));
    this.#pending = this.#pending.slice(end);
  }
}

/** UTF-16 code units. */
const pendingLength = 2 ** 14;

/** Length of a text, or one less: both halves of a surrogate pair have to be encoded together. */
function wholeLength(text: string): number {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code <= 0xdbff ? text.length - 1 : text.length;
}
