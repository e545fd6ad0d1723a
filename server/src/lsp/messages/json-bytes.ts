/** Text in small pieces as UTF-8, collected in buffers of equal size: no piece of memory is as big as all of it. */
export class JsonBytes {
  /** Of all that was added. */
  length = 0;
  readonly #full: Buffer[] = [];
  #buffer = Buffer.allocUnsafeSlow(bufferSize);
  #used = 0;
  /** What is not in a buffer yet: encoding a few long strings is faster than many short ones. */
  #pending = '';

  add(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= pendingLength) this.#flush(wholeLength(this.#pending, this.#pending.length));
  }

  /** In order. */
  buffers(): Buffer[] {
    this.#flush(this.#pending.length);
    return [...this.#full, this.#buffer.subarray(0, this.#used)];
  }

  #flush(end: number): void {
    const text = this.#pending;
    this.#pending = text.slice(end);
    for (let from = 0; from < end; ) {
      const to = from + pendingLength < end ? wholeLength(text, from + pendingLength) : end;
      this.#write(text.slice(from, to));
      from = to;
    }
  }

  #write(text: string): void {
    // No code unit takes more than three bytes.
    if (this.#used + 3 * text.length > bufferSize) {
      this.#full.push(this.#buffer.subarray(0, this.#used));
      this.#buffer = Buffer.allocUnsafeSlow(bufferSize);
      this.#used = 0;
    }
    const written = this.#buffer.write(text, this.#used, 'utf8');
    this.#used += written;
    this.length += written;
  }
}

/** Bytes. */
const bufferSize = 2 ** 18;

/** UTF-16 code units; of each, a whole buffer has to have room for three bytes. */
const pendingLength = 2 ** 14;

/** `length`, or one less: both halves of a surrogate pair have to be encoded together. */
function wholeLength(text: string, length: number): number {
  const code = text.charCodeAt(length - 1);
  return code >= 0xd800 && code <= 0xdbff ? length - 1 : length;
}
