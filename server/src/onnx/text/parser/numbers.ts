import { continuesIdentifier, dot, isDigit, minus, startsIdentifier, zero } from './characters.ts';
import type { Cursor } from './cursor.ts';

/** What `scanNumber` found. Nothing is consumed for `none`; the problem is reported for `invalid`. */
export type NumberShape = 'none' | 'integer' | 'float' | 'invalid';

const plus = 0x2b;
const bigE = 0x45;
const smallE = 0x65;

/** Moves behind the number at `pos`: digits, a decimal point, an exponent, `inf`, `infinity`, `nan`; a `-` before any. */
export function scanNumber(cursor: Cursor): NumberShape {
  const text = cursor.text;
  const start = cursor.pos;
  let pos = start;
  if (text.charCodeAt(pos) === minus) {
    pos++;
  }
  const first = text.charCodeAt(pos);
  if (startsIdentifier(first)) {
    cursor.pos = pos;
    cursor.skipIdentifier();
    if (isFloatWord(text, pos, cursor.pos)) {
      return 'float';
    }
    cursor.pos = start;
    return pos === start ? 'none' : invalid(cursor);
  }
  if (!isDigit(first)) {
    return pos === start ? 'none' : invalid(cursor);
  }
  let shape: NumberShape = 'integer';
  pos = skipDigits(text, pos);
  if (text.charCodeAt(pos) === dot) {
    shape = 'float';
    pos = skipDigits(text, pos + 1);
  }
  const exponent = text.charCodeAt(pos);
  if (exponent === bigE || exponent === smallE) {
    shape = 'float';
    const sign = text.charCodeAt(pos + 1);
    const digits = sign === plus || sign === minus ? pos + 2 : pos + 1;
    pos = skipDigits(text, digits);
    if (pos === digits) {
      return invalid(cursor);
    }
  }
  const next = text.charCodeAt(pos);
  if (continuesIdentifier(next) || next === dot) {
    return invalid(cursor);
  }
  cursor.pos = pos;
  return shape;
}

/** `inf`, `infinity` and `nan`, in any case. */
export function isFloatWord(text: string, start: number, end: number): boolean {
  if (end - start !== 3 && end - start !== 8) {
    return false;
  }
  const word = text.slice(start, end).toLowerCase();
  return word === 'inf' || word === 'nan' || word === 'infinity';
}

/** The value of an integer that `scanNumber` has moved over: a number where it is safe. */
export function integerValue(text: string, start: number, end: number): number | bigint {
  const negative = text.charCodeAt(start) === minus;
  let at = negative ? start + 1 : start;
  while (at < end && text.charCodeAt(at) === zero) {
    at++;
  }
  if (end - at > 15) {
    // No integer type needs more than 20 digits; where there are thousands, their exact value matters to nobody.
    const magnitude = end - at > 40 ? 10n ** 40n : BigInt(text.slice(at, end));
    const value = negative ? -magnitude : magnitude;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  let value = 0;
  for (; at < end; at++) {
    value = value * 10 + text.charCodeAt(at) - zero;
  }
  return negative && value !== 0 ? -value : value;
}

export function fitsInt32(value: number | bigint): boolean {
  return value >= -0x8000_0000 && value <= 0x7fff_ffff;
}

export function fitsInt64(value: number | bigint): boolean {
  return typeof value === 'number' || BigInt.asIntN(64, value) === value;
}

/**
 * As the reference parser (C++'s `stoull`) reads an unsigned integer: a negative one counts down from 2^64. Undefined where the
 * magnitude does not fit.
 */
export function unsignedValue(value: number | bigint): number | bigint | undefined {
  if (typeof value === 'number') {
    return value >= 0 ? value : BigInt.asUintN(64, BigInt(value));
  }
  const magnitude = value < 0n ? -value : value;
  if (BigInt.asUintN(64, magnitude) !== magnitude) {
    return undefined;
  }
  const wrapped = BigInt.asUintN(64, value);
  const number = Number(wrapped);
  return Number.isSafeInteger(number) ? number : wrapped;
}

/** Powers of ten that a double holds exactly. */
const exactPowers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** The double nearest to a number (also an integer) that `scanNumber` has moved over; infinite where it is too large. */
export function doubleValue(text: string, start: number, end: number): number {
  const negative = text.charCodeAt(start) === minus;
  let at = negative ? start + 1 : start;
  if (startsIdentifier(text.charCodeAt(at))) {
    const value = text.charCodeAt(at) === 0x6e || text.charCodeAt(at) === 0x4e ? Number.NaN : Infinity;
    return negative ? -value : value;
  }
  // Up to 15 digits and a small power of ten: both are exact doubles, and so one operation rounds correctly.
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  let pointSeen = false;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      pointSeen = true;
    } else if (isDigit(code)) {
      mantissa = mantissa * 10 + code - zero;
      digits += mantissa === 0 ? 0 : 1;
      scale -= pointSeen ? 1 : 0;
    } else {
      break;
    }
  }
  if (at < end) {
    scale += Number(text.slice(at + 1, end));
  }
  const power = exactPowers[Math.abs(scale)];
  if (digits > 15 || power === undefined) {
    return Number(text.slice(start, end));
  }
  const value = scale < 0 ? mantissa / power : mantissa * power;
  return negative ? -value : value;
}

const doubles = new Float64Array(1);
const doubleBits = new BigInt64Array(doubles.buffer);
const doubleWords = new Uint32Array(doubles.buffer);
const floats = new Float32Array(1);
const floatBits = new Int32Array(floats.buffer);

/**
 * As `doubleValue`, for a number that will be rounded to a float: where the nearest double is half-way between two floats but
 * the decimal is not, it is the next double on the decimal's side. So rounding it gives the float nearest to the decimal.
 */
export function floatValue(text: string, start: number, end: number): number {
  const value = doubleValue(text, start, end);
  doubles[0] = value;
  const low = doubleWords[0] ?? 0;
  if (((low & 0x1fff_ffff) !== 0x1000_0000 && Math.abs(value) >= 2 ** -126) || !Number.isFinite(value)) {
    return value;
  }
  const float = Math.fround(value);
  if (float === value || !Number.isFinite(float)) {
    return value;
  }
  floats[0] = float;
  const away = Math.abs(value) > Math.abs(float);
  floatBits[0] = float === 0 ? (value < 0 ? -0x7fff_ffff : 1) : (floatBits[0] ?? 0) + (away ? 1 : -1);
  const other = floats[0] ?? 0;
  if (value - float !== other - value) {
    return value;
  }
  const side = compareDecimal(text.slice(start, end), value);
  if (side === 0) {
    return value;
  }
  doubles[0] = value;
  // Towards the decimal: larger magnitudes have larger bits.
  doubleBits[0] = (doubleBits[0] ?? 0n) + (side > 0 === value > 0 ? 1n : -1n);
  return doubles[0] ?? value;
}

/** Exact comparison of a decimal with a double: positive where the decimal is larger. */
function compareDecimal(decimal: string, value: number): number {
  const [digits = '', exponentText = '0'] = decimal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  let left = BigInt(whole.replace('-', '') + fraction);
  const tens = Number(exponentText) - fraction.length;
  // value = mantissa × 2^twos
  let twos = 0;
  let mantissa = Math.abs(value);
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    twos--;
  }
  let right = BigInt(mantissa);
  if (tens >= 0) {
    left *= 10n ** BigInt(tens);
  } else {
    right *= 10n ** BigInt(-tens);
  }
  left *= 2n ** BigInt(-twos);
  const magnitudes = left === right ? 0 : left > right ? 1 : -1;
  return value < 0 ? -magnitudes : magnitudes;
}

function skipDigits(text: string, start: number): number {
  let pos = start;
  while (isDigit(text.charCodeAt(pos))) {
    pos++;
  }
  return pos;
}

function invalid(cursor: Cursor): NumberShape {
  const start = cursor.pos;
  const text = cursor.text;
  let pos = start + 1;
  for (;;) {
    const code = text.charCodeAt(pos);
    const before = text.charCodeAt(pos - 1);
    const sign = (code === plus || code === minus) && (before === smallE || before === bigE);
    if (!continuesIdentifier(code) && code !== dot && !sign) {
      break;
    }
    pos++;
  }
  cursor.pos = pos;
  cursor.problem(
    'onnx.syntax.invalid-number',
    start,
    pos,
    `\`${cursor.names.part(start, Math.min(pos, start + 40))}\` is no number. Write an integer (\`-2\`), a float (\`0.5\`, \`1e-3\`), \`inf\` or \`nan\`.`,
  );
  return 'invalid';
}
