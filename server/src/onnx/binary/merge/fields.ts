/** The fields of a serialized message, by their places. */
import type { Bytes } from '../../model/model.ts';
import type { Rope } from './rope.ts';

export interface Field {
  readonly rope: Rope;
  readonly number: number;
  readonly wireType: number;
  /** Of the tag. */
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

export function wholeOf({ rope, start, end }: Field): Bytes[] {
  return rope.slice(start, end);
}

export function contentOf({ rope, contentStart, end }: Field): Bytes[] {
  return rope.slice(contentStart, end);
}

/** The bytes are no protobuf message. Readers have looked at them before, so nobody should see this. */
class WireError extends Error {
  override readonly name = 'WireError';
}

/** Fields between two places of a rope. Throws a WireError. */
export function fieldsOf(rope: Rope, start: number, end: number): Field[] {
  const fields: Field[] = [];
  for (let position = start; position < end; ) {
    const field = fieldAt(rope, position);
    if (field.end > end) throw new WireError(`A field at byte ${position} is longer than its message.`);
    fields.push(field);
    position = field.end;
  }
  return fields;
}

function fieldAt(rope: Rope, start: number): Field {
  const tag = varintAt(rope, start);
  const wireType = tag.value % 8;
  const number = Math.floor(tag.value / 8);
  let contentStart = tag.end;
  let end: number;
  switch (wireType) {
    case 0:
      end = varintAt(rope, tag.end).end;
      break;
    case 1:
      end = tag.end + 8;
      break;
    case 2: {
      const length = varintAt(rope, tag.end);
      contentStart = length.end;
      end = length.end + length.value;
      break;
    }
    case 3:
      end = groupEnd(rope, tag.end);
      break;
    case 5:
      end = tag.end + 4;
      break;
    default:
      throw new WireError(`There is no field at byte ${start}.`);
  }
  return { rope, number, wireType, start, contentStart, end };
}

/** Groups may hold groups; a loop, as a hostile file could nest them deeper than the stack. */
function groupEnd(rope: Rope, start: number): number {
  let depth = 1;
  let position = start;
  while (depth > 0) {
    const tag = varintAt(rope, position);
    const wireType = tag.value % 8;
    if (wireType === 3 || wireType === 4) {
      depth += wireType === 3 ? 1 : -1;
      position = tag.end;
    } else position = fieldAt(rope, position).end;
  }
  return position;
}

/** Exact for tags and lengths. */
function varintAt(rope: Rope, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let index = 0, factor = 1; index < 10; index++, factor *= 128) {
    const byte = rope.byteAt(start + index);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  throw new WireError(`A number at byte ${start} is longer than ten bytes.`);
}
