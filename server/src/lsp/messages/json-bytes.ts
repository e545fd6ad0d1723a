/**
 * Text in small pieces as UTF-8, collected in buffers of equal size: no piece of memory is as big as all of it. `release` gives
 * them back for the next such text: an outline is asked for again after each edit, and the buffers of the last ones would wait for
 * the garbage collector.
 */
export class JsonBytes {
  /** Of all that is in buffers. */
  length = 0;
  readonly #full: Buffer[] = [];
  #buffer = newBuffer();
  #used = 0;
  /** What is not in a buffer yet: encoding a few long strings is faster than many short ones. */
  #pending = '';

  add(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= pendingLength) this.#flush(wholeLength(this.#pending, this.#pending.length));
  }

  /** All that was added, in order; good until `release`. */
  buffers(): Buffer[] {
    this.#flush(this.#pending.length);
    return [...this.#full, this.#buffer.subarray(0, this.#used)];
  }

  /** To be called once nobody reads the buffers any more. */
  release(): void {
    keep([...this.#full, this.#buffer]);
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
      this.#buffer = newBuffer();
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

/** Memory of buffers that were released. */
let spare: ArrayBufferLike[] = [];

/** Milliseconds that it is kept for the next text. */
const keptFor = 5000;
let forgetting: NodeJS.Timeout | undefined;

function newBuffer(): Buffer {
  const memory = spare.pop();
  return memory ? Buffer.from(memory) : Buffer.allocUnsafeSlow(bufferSize);
}

function keep(buffers: readonly Buffer[]): void {
  for (const { buffer } of buffers) spare.push(buffer);
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    spare = [];
  }, keptFor).unref();
}
