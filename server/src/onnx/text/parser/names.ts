/**
 * The names of a document, each once and free of its text. `text.slice` would give strings that keep the whole text alive,
 * and with it every version of the document that a statement was last parsed in.
 */
export class NameTable {
  readonly #text: string;
  #slots: Int32Array;
  #names: string[] = [];
  #hashes: number[] = [];

  /** `expected`: about how many different names there will be. */
  constructor(text: string, expected: number) {
    this.#text = text;
    let capacity = 64;
    while (capacity < expected * 2) {
      capacity *= 2;
    }
    this.#slots = new Int32Array(capacity);
  }

  /** The name between two offsets of the text. */
  name(start: number, end: number): string {
    const text = this.#text;
    let hash = seed;
    for (let index = start; index < end; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let probes = 0; probes < maximumProbes; probes++) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) {
        return this.#add(slot, hash, detachedSlice(text, start, end));
      }
      const known = this.#names[entry - 1];
      if (known !== undefined && this.#hashes[entry - 1] === hash && this.#isAt(known, start, end)) {
        return known;
      }
      slot = (slot + 1) & mask;
    }
    // Only names made to collide come here; they are right, too, if not shared.
    return detachedSlice(text, start, end);
  }

  #isAt(name: string, start: number, end: number): boolean {
    if (name.length !== end - start) {
      return false;
    }
    const text = this.#text;
    for (let index = 0; index < name.length; index++) {
      if (name.charCodeAt(index) !== text.charCodeAt(start + index)) {
        return false;
      }
    }
    return true;
  }

  #add(slot: number, hash: number, name: string): string {
    this.#names.push(name);
    this.#hashes.push(hash);
    this.#slots[slot] = this.#names.length;
    if (this.#names.length * 2 > this.#slots.length) {
      this.#grow();
    }
    return name;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.#hashes.length; index++) {
      let slot = (this.#hashes[index] ?? 0) & mask;
      while (slots[slot] !== 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

/** A hostile file must not know which names share a slot. */
const seed = (Math.random() * 0x7fffffff) | 0;
const maximumProbes = 64;

/** A part of a text as a string of its own. V8 copies up to 12 characters anyway; beyond, a slice of a small joined string does. */
export function detachedSlice(text: string, start: number, end: number): string {
  return end - start <= 12 ? text.slice(start, end) : ` ${text.slice(start, end)}`.slice(1);
}
