/**
 * A map with string keys whose copies are cheap: a copy shares the entries and keeps its own changes beside them. Entries are
 * only written before the map is copied.
 */
export class LayeredMap<Value> {
  #base: Map<string, Value>;
  /** Undefined stands for a deleted entry. */
  #changes: Map<string, Value | undefined> | undefined;

  constructor(base = new Map<string, Value>(), changes?: Map<string, Value | undefined>) {
    this.#base = base;
    this.#changes = changes;
  }

  get(key: string): Value | undefined {
    if (this.#changes?.has(key)) return this.#changes.get(key);
    return this.#base.get(key);
  }

  set(key: string, value: Value): void {
    if (this.#changes) this.#changes.set(key, value);
    else this.#base.set(key, value);
  }

  delete(key: string): void {
    if (this.#changes) this.#changes.set(key, undefined);
    else this.#base.delete(key);
  }

  copy(): LayeredMap<Value> {
    const changes = this.#changes ?? new Map<string, Value | undefined>();
    if (changes.size <= 1024 + this.#base.size / 16) return new LayeredMap(this.#base, new Map(changes));
    const base = new Map(this.#base);
    for (const [key, value] of changes) {
      if (value === undefined) base.delete(key);
      else base.set(key, value);
    }
    return new LayeredMap(base, new Map());
  }

  *keys(): Generator<string> {
    for (const key of this.#base.keys()) if (!this.#changes?.has(key)) yield key;
    for (const [key, value] of this.#changes ?? []) if (value !== undefined) yield key;
  }
}
