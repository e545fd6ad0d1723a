/** protobuf's text format, as protoc and google.protobuf.text_format write and read it. */

import type { Field } from '../binary/merge/fields.ts';
import type { RangeReader } from '../binary/merge/rope.ts';
import type { Bytes } from '../model/model.ts';
import { float32, float64 } from '../text/printer/floats.ts';
import type { Losses } from './losses.ts';
import {
  contentPieces,
  innerFields,
  isMessage,
  modelFields,
  modelMessage,
  numberPieces,
  type ProtoValues,
  valuesOf,
} from './read-proto.ts';
import type { ProtoField } from './schema.ts';

/** Bytes of a value that are in memory at a time. */
const stepBytes = 1 << 20;

/** The text of a serialized ModelProto, piece by piece. `losses` is told what it does not say. */
export function* textprotoOf(
  pieces: readonly Bytes[],
  reader: RangeReader,
  losses: Losses,
): Generator<string> {
  yield '# proto-file: onnx.proto\n# proto-message: onnx.ModelProto\n';
  yield* messageText(modelMessage, modelFields(pieces, reader), '', losses);
}

function* messageText(
  message: string,
  fields: readonly Field[],
  indent: string,
  losses: Losses,
): Generator<string> {
  for (const values of valuesOf(message, fields, losses.unknownField)) {
    losses.look(message, values.field, values.wire);
    yield* fieldText(values, indent, losses);
  }
}

function* fieldText({ field, wire }: ProtoValues, indent: string, losses: Losses): Generator<string> {
  const { name, type } = field;
  if (isMessage(field)) {
    const messages = field.repeated === true ? wire.map((one) => [one]) : [wire];
    for (const parts of messages) {
      yield `${indent}${name} {\n`;
      yield* messageText(String(type), parts.flatMap(innerFields), `${indent}  `, losses);
      yield `${indent}}\n`;
    }
  } else if (type === 'string' || type === 'bytes') {
    for (const one of wire) {
      yield `${indent}${name}: "`;
      for (const piece of contentPieces(one, stepBytes)) yield escaped(piece);
      yield '"\n';
    }
  } else {
    for (const one of wire) {
      for (const { numbers } of numberPieces(field, one))
        yield numbers.map((value) => `${indent}${name}: ${scalar(field, value)}\n`).join('');
    }
  }
}

function scalar({ type }: ProtoField, value: number | bigint): string {
  if (typeof type !== 'string') return type[Number(value)] ?? String(value);
  if (type === 'float') return float32(Number(value));
  return type === 'double' ? float64(Number(value)) : String(value);
}

/** C's escapes: all that is not printable ASCII in octal. */
function escaped(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += escapes[byte];
  return text;
}

const escapes: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', "'": "\\'", '\\': '\\\\' }[character];
  if (short !== undefined) return short;
  return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
});
