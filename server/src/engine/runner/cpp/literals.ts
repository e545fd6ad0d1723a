/** Names of the user's in C++. */

/** A string literal. Octal escapes end after three digits, hexadecimal ones do not. */
export function text(value: string): string {
  const bytes = [...new TextEncoder().encode(value)].map((byte) => {
    const character = String.fromCharCode(byte);
    // A question mark, too: two of them and a third character may be a trigraph.
    if (/["\\?]/.test(character)) return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}

/** Of a comment. A backslash at a line's end would join the next line to the comment. */
export function comment(value: string): string {
  return value.replace(/[\p{C}\\]/gu, ' ');
}
