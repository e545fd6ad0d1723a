/** Character classes of ONNX text: ASCII only and the same in every locale, as the reference parser has them. */

/** What `Cursor.peek` answers at the end of the text. */
export const endOfText = -1;

export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const quote = 0x22;
export const hash = 0x23;
export const openParenthesis = 0x28;
export const closeParenthesis = 0x29;
export const comma = 0x2c;
export const minus = 0x2d;
export const dot = 0x2e;
export const zero = 0x30;
export const colon = 0x3a;
export const less = 0x3c;
export const equals = 0x3d;
export const greater = 0x3e;
export const questionMark = 0x3f;
export const at = 0x40;
export const openBracket = 0x5b;
export const backslash = 0x5c;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;

const spaceBit = 1;
const letterBit = 2;
const digitBit = 4;
const afterStringBit = 8;

const classes = new Uint8Array(128);
for (const code of [0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]) {
  classes[code] = spaceBit;
}
for (let letter = 0; letter < 26; letter++) {
  classes[0x41 + letter] = letterBit;
  classes[0x61 + letter] = letterBit;
}
classes[0x5f] = letterBit;
for (let digit = 0; digit < 10; digit++) {
  classes[zero + digit] = digitBit;
}
for (const character of ',)]}=:>({.<[') {
  classes[character.charCodeAt(0)] = afterStringBit;
}

export function isSpace(code: number): boolean {
  return code >= 0 && code < 128 && classes[code] === spaceBit;
}

/** Letters and `_`. */
export function startsIdentifier(code: number): boolean {
  return code >= 0 && code < 128 && classes[code] === letterBit;
}

/** Letters, `_` and digits. */
export function continuesIdentifier(code: number): boolean {
  return code >= 0 && code < 128 && ((classes[code] ?? 0) & (letterBit | digitBit)) !== 0;
}

export function isDigit(code: number): boolean {
  return code >= zero && code <= 0x39;
}

/** The punctuation that may follow a string; in complete text something of it follows each. */
export function followsString(code: number): boolean {
  return code === endOfText || (code < 128 && classes[code] === afterStringBit);
}
