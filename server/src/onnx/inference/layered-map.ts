/**
 * A map with string keys whose copies are cheap: a copy shares the entries and keeps its own changes beside them. Entries are
 * only written before the map is copied.
 */
export class LayeredMap<Value> {
  #base: Map<string, Value>;
  /** Null stands for a deleted entry. */
  #changes: Map<string, Value | null> | undefined;

  constructor(base = new Map<string, Value>(), changes?: Map<string, Value | null>) {
    this.#base = base;
    this.#changes = changes;
  }

  get(key: string): Value | undefined {
    const changed = this.#changes?.get(key);
    return changed === undefined ? this.#base.get(key) : (changed ?? undefined);
  }

  set(key: string, value: Value): void {
    if (this.#changes) this.#changes.set(key, value);
    else this.#base.set(key, value);
  }

  delete(key: string): void {
    if (this.#changes) this.#changes.set(key, null);
    else this.#base.delete(key);
  }

  copy(): LayeredMap<Value> {
    const changes = this.#changes ?? new Map<string, Value | null>();
    if (changes.size <= 1024 + this.#base.size / 16) return new LayeredMap(this.#base, new Map(changes));
    const base = new Map(this.#base);
    for (const [key, value] of changes) {
      if (value === null) base.delete(key);
      else base.set(key, value);
    }
    return new LayeredMap(base, new Map());
  }
}
