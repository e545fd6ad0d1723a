/** A serialized model as protobuf's text forms need it: fields by their names, each single one once. */
import { contentOf, type Field, fieldsOf } from '../binary/merge/fields.ts';
import { type RangeReader, Rope } from '../binary/merge/rope.ts';
import { concatenate, isFileRange } from '../model/bytes.ts';
import type { Bytes } from '../model/model.ts';
import { decodeVarints } from '../model/varints.ts';
import { type ProtoField, protoMessages } from './schema.ts';

export interface ProtoValues {
  readonly field: ProtoField;
  /** Wire fields in order: all of a repeated field, the last of a single one, all parts of a single message. */
  readonly wire: readonly Field[];
}

export const modelMessage = 'onnx.ModelProto';

/** Fields of the whole model. */
export function modelFields(pieces: readonly Bytes[], reader: RangeReader): Field[] {
  const rope = new Rope(pieces, reader);
  return fieldsOf(rope, 0, rope.length);
}

export function innerFields({ rope, contentStart, end }: Field): Field[] {
  return fieldsOf(rope, contentStart, end);
}

/** In the order of their numbers. `unknown` is told the number of each field that onnx.proto does not name. */
export function valuesOf(
  message: string,
  fields: readonly Field[],
  unknown: (message: string, number: number) => void,
): ProtoValues[] {
  const known = protoMessages[message] ?? {};
  const groups = new Map<number, Field[]>();
  const chosen = new Map<string, number>();
  for (const wire of fields) {
    const field = known[wire.number];
    if (field === undefined || !fits(field, wire)) {
      unknown(message, wire.number);
      continue;
    }
    if (field.oneof !== undefined) {
      const earlier = chosen.get(field.oneof);
      if (earlier !== undefined && earlier !== wire.number) groups.delete(earlier);
      chosen.set(field.oneof, wire.number);
    }
    const group = groups.get(wire.number);
    const isScalar = field.repeated !== true && !isMessage(field);
    if (group === undefined || isScalar) groups.set(wire.number, [wire]);
    else group.push(wire);
  }
  return [...groups]
    .sort(([one], [two]) => one - two)
    .flatMap(([number, wire]) => {
      const field = known[number];
      return field === undefined ? [] : [{ field, wire }];
    });
}

export function isMessage({ type }: ProtoField): boolean {
  return typeof type === 'string' && type in protoMessages;
}

const wireTypes: Readonly<Record<string, number>> = { float: 5, double: 1, string: 2, bytes: 2 };

/** A field of another wire type is an unknown field, and so is a value that an enumeration does not have. */
function fits(field: ProtoField, wire: Field): boolean {
  if (isMessage(field)) return wire.wireType === 2;
  if (typeof field.type !== 'string') {
    return wire.wireType === 0 && String(numbersOf(field, wire)[0]) in field.type;
  }
  const wireType = wireTypes[field.type] ?? 0;
  return wire.wireType === wireType || (field.repeated === true && wire.wireType === 2);
}

/** The numbers in one wire field, packed or not. For fields that may be long see numberPieces. */
export function numbersOf(field: ProtoField, wire: Field): readonly (number | bigint)[] {
  return numbersIn(field, inMemory(contentOf(wire), wire));
}

/** Bytes of a packed field that are numbers in memory at a time, each of which takes a multiple of its bytes there. */
const packedStep = 1 << 16;

/** The same some at a time, with the bytes that they are: a packed field may be gigabytes long. */
export function* numberPieces(
  field: ProtoField,
  wire: Field,
): Generator<{ readonly numbers: readonly (number | bigint)[]; readonly bytes: Uint8Array }> {
  if (wire.wireType !== 2) {
    const bytes = inMemory(contentOf(wire), wire);
    yield { numbers: numbersIn(field, bytes), bytes };
    return;
  }
  const isFixed = field.type === 'float' || field.type === 'double';
  let begun: Uint8Array = new Uint8Array();
  for (const piece of contentPieces(wire, packedStep)) {
    const bytes = begun.length === 0 ? piece : concatenate([begun, piece]);
    // The step is a multiple of the fixed sizes; a varint goes on while the highest bit is set.
    const whole = isFixed ? bytes.length : bytes.findLastIndex((byte) => byte < 0x80) + 1;
    begun = bytes.subarray(whole);
    if (whole > 0) yield { numbers: numbersIn(field, bytes.subarray(0, whole)), bytes };
  }
}

function numbersIn({ type }: ProtoField, bytes: Uint8Array): readonly (number | bigint)[] {
  if (type === 'float' || type === 'double') {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const size = type === 'float' ? 4 : 8;
    return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
      type === 'float' ? view.getFloat32(index * 4, true) : view.getFloat64(index * 8, true),
    );
  }
  const values = decodeVarints(bytes, type !== 'uint64') ?? [];
  return type === 'int32' || typeof type !== 'string'
    ? values.map((value) => Number(BigInt.asIntN(32, BigInt(value))))
    : values;
}

/** The content of a string or bytes field, `step` bytes at a time. */
export function* contentPieces(wire: Field, step: number): Generator<Uint8Array> {
  for (let start = wire.contentStart; start < wire.end; start += step) {
    yield inMemory(wire.rope.slice(start, Math.min(start + step, wire.end)), wire);
  }
}

function inMemory(pieces: readonly Bytes[], { rope }: Field): Uint8Array {
  return concatenate(
    pieces.map((piece) =>
      isFileRange(piece) ? rope.reader.read(piece.path, piece.offset, piece.length) : piece,
    ),
  );
}
