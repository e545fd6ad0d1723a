/**
 * Bytes of which more and more come, in memory that goes back to the system when it is released. Big buffers that wait for the
 * garbage collector add up, and malloc would keep much of their memory for itself even then.
 */
export class GrowingBytes {
  length = 0;
  readonly #memory = new GrowingBuffer(0, { maxByteLength: maximumLength });

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    Buffer.from(this.#memory, this.length).set(bytes);
    this.length += bytes.length;
  }

  /** As UTF-8. */
  appendText(text: string): void {
    // No code unit takes more than three bytes.
    this.#reserve(3 * text.length);
    this.length += Buffer.from(this.#memory, this.length).write(text, 'utf8');
  }

  /** All that was appended; good until `release`. */
  bytes(): Buffer {
    return Buffer.from(this.#memory, 0, this.length);
  }

  /** To be called once nobody reads the bytes any more. */
  release(): void {
    this.#memory.resize(0);
  }

  /** Throws a RangeError where there are too many. */
  #reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.#memory.byteLength) this.#memory.resize(Math.ceil(needed / growth) * growth);
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
