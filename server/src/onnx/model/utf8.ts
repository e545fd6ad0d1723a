/**
 * Strings of protobuf messages, which should be UTF-8 and sometimes are not. Bytes that are no valid UTF-8 become the lone
 * surrogates U+DC80 to U+DCFF (byte + 0xDC00), which valid UTF-8 never yields, so that encoding gives the same bytes again
 * (Python's "surrogateescape", PEP 383).
 */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Whether the string has no lone surrogates, that is, came from valid UTF-8. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}
const loneSurrogate = /\p{Surrogate}/u;

export function decodeUtf8(bytes: Uint8Array): string {
  return strictUtf8(bytes) ?? decodeEscaping(bytes);
}

/** Undefined where the bytes are no valid UTF-8. */
export function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export function encodeUtf8(text: string): Uint8Array {
  if (isWellFormed(text)) return encoder.encode(text);
  const bytes = new Uint8Array(utf8Length(text));
  let length = 0;
  let start = 0;
  for (let index = 0; index <= text.length; index++) {
    const unit = index < text.length ? text.charCodeAt(index) : escapeStart;
    if (unit < escapeStart || unit > escapeEnd) continue;
    // The second half of a pair is no escape.
    if (index > start && index < text.length && isHighSurrogate(text.charCodeAt(index - 1))) continue;
    length += encoder.encodeInto(text.slice(start, index), bytes.subarray(length)).written;
    if (index < text.length) bytes[length++] = unit - 0xdc00;
    start = index + 1;
  }
  return bytes;
}
const escapeStart = 0xdc80;
const escapeEnd = 0xdcff;

/** Bytes that encodeUtf8 would yield. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (!isSurrogate(unit)) length += 2;
    else if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(index + 1))) {
      // A pair is four bytes for two units.
      length += 2;
      index++;
    } else length += unit >= escapeStart && unit <= escapeEnd ? 0 : 2;
  }
  return length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Runs of valid sequences are decoded, every other byte is escaped. */
function decodeEscaping(bytes: Uint8Array): string {
  let text = '';
  let runStart = 0;
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(bytes, index);
    if (length === 0) {
      text += decoder.decode(bytes.subarray(runStart, index));
      text += String.fromCharCode(0xdc00 + (bytes[index] ?? 0));
      runStart = index + 1;
    }
    index += Math.max(length, 1);
  }
  return text + decoder.decode(bytes.subarray(runStart));
}

/** Length of the valid UTF-8 sequence at `start` (RFC 3629, section 4), or 0. */
function sequenceLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || start + length > bytes.length) return 0;
  const second = bytes[start + 1] ?? 0;
  // The ranges that keep out overlong forms, surrogates and what lies beyond U+10FFFF.
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  for (let index = start + 1; index < start + length; index++) {
    if (((bytes[index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
