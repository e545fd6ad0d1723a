/** Names and shapes in Python. */

export function tuple(dims: readonly number[]): string {
  return dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
}

/** JSON's strings are Python's, but for lone surrogates, which no tensor's name has. */
export function text(value: string): string {
  return JSON.stringify(value);
}

export function comment(value: string): string {
  return value.replace(/\p{C}/gu, ' ');
}
