/**
 * Decodes ASCII strings, and finds those seen before by their bytes. Names come at least twice (where a value is made and where it
 * is used) and operators thousands of times; finding one is faster than decoding it anew, and saves its memory. A newer string
 * takes an older one's slot.
 */
export class StringPool {
  private readonly slots = new Array<string>(slotCount).fill('');
  /** Hashes of the strings in the slots, as looking at a string is slow. */
  private readonly hashes = new Int32Array(slotCount);
  /** Bytes of the strings that were not found. */
  decodedBytes = 0;

  /** The bytes from `start` to `end`, which `view` shows as well. Undefined where they are not ASCII, or many. */
  ascii(buffer: Buffer, view: DataView, start: number, end: number): string | undefined {
    if (end === start) return '';
    if (end - start > longestPooled) return undefined;
    let hash = end - start;
    let bits = 0;
    let index = start;
    for (; index + 4 <= end; index += 4) {
      const word = view.getInt32(index, true);
      hash = Math.imul(hash ^ word, 0x01000193);
      hash ^= hash >>> 15;
      bits |= word;
    }
    for (; index < end; index++) {
      const byte = buffer[index] ?? 0;
      hash = Math.imul(hash ^ byte, 0x01000193);
      bits |= byte;
    }
    if ((bits & 0x80808080) !== 0) return undefined;
    const slot = (hash ^ (hash >>> 15)) & (slotCount - 1);
    if (this.hashes[slot] === hash) {
      const candidate = this.slots[slot] ?? '';
      if (equals(candidate, buffer, start, end)) return candidate;
    }
    this.decodedBytes += end - start;
    const text = buffer.toString('latin1', start, end);
    this.slots[slot] = text;
    this.hashes[slot] = hash;
    return text;
  }
}

const slotCount = 1 << 15;
const longestPooled = 128;

function equals(candidate: string, buffer: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (candidate.length !== length) return false;
  // Names of neighbours differ near their ends.
  for (let index = length - 1; index >= 0; index--) {
    if (candidate.charCodeAt(index) !== buffer[start + index]) return false;
  }
  return true;
}
