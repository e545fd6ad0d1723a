/**
 * Text in small pieces as UTF-8 in one growing buffer, whose memory goes back to the system when it is released. Of big buffers
 * that wait for the garbage collector, one for each of the last outlines, malloc would keep much for itself even then.
 */
export class JsonBytes {
  readonly #memory = new GrowingBuffer(0, { maxByteLength: maximumLength });
  #used = 0;
  /** What is not in the buffer yet: encoding a few long strings is faster than many short ones. */
  #pending = '';

  /** Throws a RangeError where there is too much of it. */
  add(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= pendingLength) this.#flush(wholeLength(this.#pending));
  }

  /** All that was added; good until `release`. */
  bytes(): Buffer {
    this.#flush(this.#pending.length);
    return Buffer.from(this.#memory, 0, this.#used);
  }

  /** To be called once nobody reads the bytes any more. */
  release(): void {
    this.#memory.resize(0);
  }

  #flush(end: number): void {
    const text = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end);
    // No code unit takes more than three bytes.
    const most = this.#used + 3 * text.length;
    if (most > this.#memory.byteLength) this.#memory.resize(Math.ceil(most / growth) * growth);
    this.#used += Buffer.from(this.#memory, this.#used).write(text, 'utf8');
  }
}

/** ECMAScript 2024, which Node.js 20 has of it. It grows in place: only the addresses are taken beforehand. */
const GrowingBuffer = ArrayBuffer as unknown as new (
  length: number,
  options: { readonly maxByteLength: number },
) => ArrayBuffer & { resize(length: number): void };

/** Bytes. */
const growth = 2 ** 20;
/** As much as a string may have. */
const maximumLength = 2 ** 29;

/** UTF-16 code units. */
const pendingLength = 2 ** 14;

/** Length of a text, or one less: both halves of a surrogate pair have to be encoded together. */
function wholeLength(text: string): number {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code <= 0xdbff ? text.length - 1 : text.length;
}
