/** Short data is cut from slabs of this many bytes; a buffer of its own would take more memory than the data. */
const slabBytes = 64 * 1024;
const longestCut = slabBytes / 16;

/** Copies of parts of buffers that are to go away. */
export class Slab {
  private bytes = new Uint8Array(0);
  private used = 0;

  copy(source: Uint8Array, start: number, end: number): Uint8Array {
    const length = end - start;
    if (length > longestCut) return new Uint8Array(source.subarray(start, end));
    if (this.used + length > this.bytes.length) {
      this.bytes = new Uint8Array(slabBytes);
      this.used = 0;
    }
    const copy = new Uint8Array(this.bytes.buffer, this.used, length);
    // A call to copy a few bytes takes longer than copying them.
    for (let index = 0; index < length; index++) copy[index] = source[start + index] ?? 0;
    this.used += length;
    return copy;
  }
}
