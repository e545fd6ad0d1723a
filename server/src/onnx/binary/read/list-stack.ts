/**
 * Lists under construction, of exactly the memory they need in the end: an array that grows by `push` keeps room for 17
 * elements, and a model has hundreds of thousands of arrays with one or two. Lists begun later must be taken earlier.
 */
export class ListStack<T> {
  private readonly items: T[] = [];
  private top = 0;

  /** Where a list begins; `take` it from there. */
  begin(): number {
    return this.top;
  }

  push(item: T): void {
    this.items[this.top++] = item;
  }

  /** Elements of the list that begins at `start`. */
  count(start: number): number {
    return this.top - start;
  }

  take(start: number): readonly T[] {
    const { items, top } = this;
    this.top = start;
    // Literals for the usual lengths: allocating them is faster than any call.
    switch (top - start) {
      case 0:
        return none;
      case 1:
        return [items[start] as T];
      case 2:
        return [items[start] as T, items[start + 1] as T];
      default:
        return items.slice(start, top);
    }
  }
}

const none: readonly never[] = Object.freeze([]);
