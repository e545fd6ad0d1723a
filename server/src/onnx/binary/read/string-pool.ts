/**
 * Strings seen before, found by their bytes. Names come at least twice (where a value is made and where it is used) and operators
 * thousands of times; finding one is faster than decoding it anew, and saves its memory. A newer string takes an older one's slot.
 */
export class StringPool {
  private readonly slots = new Array<string | undefined>(slotCount).fill(undefined);
  private lastSlot = 0;

  /** The string that these ASCII bytes are, if it was added and is still here. */
  find(bytes: Uint8Array, start: number, length: number): string | undefined {
    if (length === 0) return '';
    this.lastSlot = -1;
    if (length > longestPooled) return undefined;
    let hash = length;
    for (let index = start; index < start + length; index++) {
      hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
    }
    this.lastSlot = (hash ^ (hash >>> 15)) & (slotCount - 1);
    const candidate = this.slots[this.lastSlot];
    if (candidate === undefined || candidate.length !== length) return undefined;
    for (let index = 0; index < length; index++) {
      if (candidate.charCodeAt(index) !== bytes[start + index]) return undefined;
    }
    return candidate;
  }

  /** Adds the string of `length` bytes that was not found just now. */
  add(text: string, length: number): string {
    // Only ASCII compares with its bytes; what is not has fewer characters than bytes.
    if (this.lastSlot >= 0 && text.length === length) this.slots[this.lastSlot] = text;
    return text;
  }
}

const slotCount = 1 << 14;
const longestPooled = 128;
