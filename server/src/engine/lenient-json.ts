/**
 * JSON as TensorRT and trtexec write it: names of layers stand in it as they are, so strings may hold control characters, quotes and
 * backslashes that nothing escapes (NVIDIA/TensorRT#2779), and numbers may be `inf` and `nan`.
 */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Not JSON even so; the message says where. */
export class LenientJsonError extends Error {
  override readonly name = 'LenientJsonError';
}

/** Strict JSON means what it means everywhere; all else is read as its writer must have meant it. Throws a LenientJsonError. */
export function parseLenientJson(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return new Reader(text).document();
  }
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const space = /\s*/y;
const word = /[^\s,:\]}"[{]+/y;
const numbers: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
  '-nan': Number.NaN,
  NaN: Number.NaN,
};
const deepest = 200;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error('more after its end');
    return value;
  }

  #value(depth: number): JsonValue {
    this.#skipSpace();
    if (depth > deepest) throw this.#error('lists inside lists without end');
    const next = this.#text[this.#at];
    if (next === '{') return this.#object(depth);
    if (next === '[') return this.#list(depth);
    if (next === '"') return this.#string(false);
    return this.#word();
  }

  #object(depth: number): JsonObject {
    const entries: [string, JsonValue][] = [];
    this.#at++;
    while (!this.#closes('}')) {
      if (this.#text[this.#at] !== '"') throw this.#error('something that is no key');
      const key = this.#string(true);
      this.#skipSpace();
      if (this.#text[this.#at] !== ':') throw this.#error('a key without a value');
      this.#at++;
      entries.push([key, this.#value(depth + 1)]);
      this.#separator('}');
    }
    return Object.fromEntries(entries);
  }

  #list(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.#at++;
    while (!this.#closes(']')) {
      items.push(this.#value(depth + 1));
      this.#separator(']');
    }
    return items;
  }

  #closes(bracket: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] === undefined) throw this.#error('its end too early');
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #separator(bracket: string): void {
    this.#skipSpace();
    const next = this.#text[this.#at];
    if (next === ',') this.#at++;
    else if (next !== bracket && next !== undefined) throw this.#error(`no comma and no ${bracket}`);
  }

  /** A quote ends a string where what follows can follow one; any other is part of the name. */
  #string(isKey: boolean): string {
    const start = ++this.#at;
    let value = '';
    let from = start;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) throw this.#error('a string without an end');
      if (character === '\\') {
        const escaped = escapeAt(this.#text, this.#at);
        value += this.#text.slice(from, this.#at) + escaped.value;
        this.#at += escaped.length;
        from = this.#at;
      } else if (character === '"' && this.#endsString(this.#at + 1, isKey)) {
        value += this.#text.slice(from, this.#at++);
        return value;
      } else {
        this.#at++;
      }
    }
  }

  #endsString(at: number, isKey: boolean): boolean {
    const next = this.#after(at);
    const character = this.#text[next];
    if (isKey) return character === ':';
    if (character === undefined || character === '}' || character === ']') return true;
    // Behind a comma there is a next value, and behind `",` in a name there is a part of it.
    return character === ',' && /[\s"{[\]}\-\dtfni]/.test(this.#text[next + 1] ?? ' ');
  }

  #word(): JsonValue {
    word.lastIndex = this.#at;
    const found = word.exec(this.#text)?.[0];
    if (found === undefined) throw this.#error('something that is no value');
    if (found === 'null') return this.#taken(found, null);
    if (found === 'true' || found === 'false') return this.#taken(found, found === 'true');
    const number = numbers[found] ?? Number(found);
    if (Number.isNaN(number) && !(found in numbers)) throw this.#error(`\`${found.slice(0, 40)}\``);
    return this.#taken(found, number);
  }

  #taken<Value>(words: string, value: Value): Value {
    this.#at += words.length;
    return value;
  }

  #skipSpace(): void {
    this.#at = this.#after(this.#at);
  }

  #after(at: number): number {
    space.lastIndex = at;
    return at + (space.exec(this.#text)?.[0].length ?? 0);
  }

  #error(what: string): LenientJsonError {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return new LenientJsonError(`It is not JSON: line ${line} has ${what}.`);
  }
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** A backslash that escapes nothing stands for itself. */
function escapeAt(text: string, at: number): { value: string; length: number } {
  const hex = /^[\da-fA-F]{4}$/.exec(text.slice(at + 2, at + 6))?.[0];
  if (text[at + 1] === 'u' && hex !== undefined) {
    return { value: String.fromCharCode(Number.parseInt(hex, 16)), length: 6 };
  }
  const value = escapes[text[at + 1] ?? ''];
  return value === undefined ? { value: '\\', length: 1 } : { value, length: 2 };
}
