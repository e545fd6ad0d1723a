/**
 * Collects lists whose length is not known beforehand. `take` gives arrays of exactly their length: an array that `push` grew
 * holds room for 17 elements, several times what most lists of a statement need.
 */
export class Stack<Item> {
  /** How many items there are; the position that `take` goes back to. */
  top = 0;
  readonly #items: Item[] = [];

  push(item: Item): void {
    this.#items[this.top++] = item;
  }

  at(index: number): Item | undefined {
    return this.#items[index];
  }

  /** The items since `mark`, which leave the stack. */
  take(mark: number): readonly Item[] {
    if (this.top === mark) {
      return none;
    }
    const taken = this.#items.slice(mark, this.top);
    this.top = mark;
    return taken;
  }
}

/** The one empty list of a tree. */
export const none: readonly never[] = Object.freeze([]);
