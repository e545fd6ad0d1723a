/**
 * Names with at most one `*`, as trtexec matches layers: the exact name wins, then the first pattern that fits. Keeps account of
 * what fitted nothing.
 */
export class NamePatterns<Value> {
  readonly #exact = new Map<string, Value>();
  readonly #patterns: {
    readonly start: string;
    readonly end: string;
    readonly text: string;
    readonly value: Value;
  }[] = [];
  readonly #used = new Set<string>();

  constructor(entries: Iterable<readonly [pattern: string, value: Value]>) {
    for (const [text, value] of entries) {
      const star = text.indexOf('*');
      if (star < 0) {
        this.#exact.set(text, value);
      } else {
        this.#patterns.push({ start: text.slice(0, star), end: text.slice(star + 1), text, value });
      }
    }
  }

  find(name: string): Value | undefined {
    if (this.#exact.has(name)) {
      this.#used.add(name);
      return this.#exact.get(name);
    }
    const found = this.#patterns.find(
      ({ start, end }) =>
        name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end),
    );
    if (found) {
      this.#used.add(found.text);
    }
    return found?.value;
  }

  /** The names and patterns that no `find` has used. */
  unused(): string[] {
    return [...this.#exact.keys(), ...this.#patterns.map(({ text }) => text)].filter(
      (text) => !this.#used.has(text),
    );
  }
}
