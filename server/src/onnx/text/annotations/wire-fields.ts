/** Serialized protobuf fields, one by one: what `otherFields` holds and `fields` annotations carry. */

export interface WireField {
  readonly number: number;
  readonly wireType: number;
  /** With its tag. */
  readonly bytes: Uint8Array;
  /** Without its tag and, of a length-delimited field, without its length. */
  readonly content: Uint8Array;
}

/**
 * How many bytes these lack to be whole fields: 0 where they are, and what is missing of the last field's content where the rest of
 * it is somewhere else. Undefined where they are no fields.
 */
export function missingBytes(bytes: Uint8Array): number | undefined {
  const fields = splitFields(bytes);
  if (fields !== undefined) return 0;
  for (let position = 0; position < bytes.length; ) {
    const tag = varintAt(bytes, position);
    const wireType = tag && tag.value & 7;
    const content = tag && contentAt(bytes, tag.end, wireType ?? 0);
    if (content === undefined) return undefined;
    if (content.end > bytes.length) return wireType === 2 ? content.end - bytes.length : undefined;
    position = content.end;
  }
  return undefined;
}

/** Undefined where the bytes are no whole fields. */
export function splitFields(bytes: Uint8Array): readonly WireField[] | undefined {
  const fields: WireField[] = [];
  let position = 0;
  while (position < bytes.length) {
    const start = position;
    const tag = varintAt(bytes, position);
    if (tag === undefined || tag.value < 8) return undefined;
    const wireType = tag.value & 7;
    const content = contentAt(bytes, tag.end, wireType);
    if (content === undefined || content.end > bytes.length) return undefined;
    position = content.end;
    fields.push({
      number: Math.floor(tag.value / 8),
      wireType,
      bytes: bytes.subarray(start, position),
      content: bytes.subarray(content.start, position),
    });
  }
  return fields;
}

/** `value` must be a non-negative safe integer. */
export function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

function contentAt(bytes: Uint8Array, start: number, wireType: number): Extent | undefined {
  switch (wireType) {
    case 0: {
      const varint = varintAt(bytes, start);
      return varint && { start, end: varint.end };
    }
    case 1:
      return { start, end: start + 8 };
    case 2: {
      const length = varintAt(bytes, start);
      return length && { start: length.end, end: length.end + length.value };
    }
    case 3:
      return groupAt(bytes, start);
    case 5:
      return { start, end: start + 4 };
    default:
      return undefined;
  }
}

/** A group (no part of ONNX, but maybe an unknown field) goes on to its end tag. */
function groupAt(bytes: Uint8Array, start: number): Extent | undefined {
  let depth = 1;
  let position = start;
  while (depth > 0) {
    const tag = varintAt(bytes, position);
    if (tag === undefined) return undefined;
    const wireType = tag.value & 7;
    if (wireType === 3 || wireType === 4) {
      depth += wireType === 3 ? 1 : -1;
      position = tag.end;
      continue;
    }
    const content = contentAt(bytes, tag.end, wireType);
    if (content === undefined) return undefined;
    position = content.end;
  }
  return { start, end: position };
}

export function varintAt(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return undefined;
}
