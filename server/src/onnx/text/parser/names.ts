/**
 * Strings for parts of a text.
 *
 * V8's `slice` gives strings that keep the whole text alive. That is right when a document is parsed for the first time, but with
 * every edit, statements of one more version of it would stay. So then the parts are detached: a slice of a small joined string
 * keeps only that alive.
 */
export class NameTable {
  readonly #text: string;
  readonly #detached: boolean;
  #slots = new Int32Array(1024);
  readonly #names: string[] = [];
  readonly #hashes: number[] = [];
  /** Long names by their hash; a newer one takes the place of an older one. */
  readonly #recent: string[] = [];

  /** `detached`: whether the strings are to outlive the text. */
  constructor(text: string, detached: boolean) {
    this.#text = text;
    this.#detached = detached;
  }

  /**
   * The name between two offsets. A short one is the same string each time, as operators and attributes come in masses; a long one
   * mostly is where it was read not long ago, as what a node gives out is what the next one takes.
   */
  name(start: number, end: number): string {
    if (end - start > copiedLength) {
      return this.#longName(start, end);
    }
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
        return this.#add(slot, hash, text.slice(start, end));
      }
      const known = this.#names[entry - 1];
      if (known !== undefined && this.#hashes[entry - 1] === hash && this.#isAt(known, start, end)) {
        return known;
      }
      slot = (slot + 1) & mask;
    }
    // Only names made to collide come here; they are right, too, if not shared.
    return text.slice(start, end);
  }

  #longName(start: number, end: number): string {
    const text = this.#text;
    let hash = end - start;
    for (let index = Math.max(start, end - hashedLength); index < end; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
    const slot = (hash ^ (hash >>> 15)) & recentMask;
    const recent = this.#recent[slot];
    if (recent !== undefined && recent.length === end - start && text.startsWith(recent, start)) {
      return recent;
    }
    const name = this.part(start, end);
    this.#recent[slot] = name;
    return name;
  }

  /** The text between two offsets. */
  part(start: number, end: number): string {
    const part = this.#text.slice(start, end);
    return this.#detached ? detached(part) : part;
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

/** The same string, without the text that it may be a slice of. */
export function detached(part: string): string {
  return part.length > copiedLength ? ` ${part}`.slice(1) : part;
}

/** V8 copies parts of up to 12 characters and makes longer ones refer to the text. */
const copiedLength = 12;

/** A hostile file must not know which names share a slot. */
const seed = (Math.random() * 0x7fffffff) | 0;
const maximumProbes = 64;
/** Names of one model differ near their ends. */
const hashedLength = 24;
const recentMask = 0x3fff;
