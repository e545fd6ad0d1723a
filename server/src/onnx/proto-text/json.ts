/** protobuf's JSON form, as google.protobuf.json_format writes and reads it. */
import type { Field } from '../binary/merge/fields.ts';
import type { RangeReader } from '../binary/merge/rope.ts';
import type { Bytes } from '../model/model.ts';
import { decodeUtf8 } from '../model/utf8.ts';
import { float32 } from '../text/printer/floats.ts';
import type { Losses } from './losses.ts';
import {
  contentPieces,
  innerFields,
  isMessage,
  modelFields,
  modelMessage,
  numberPieces,
  numbersOf,
  type ProtoValues,
  valuesOf,
} from './read-proto.ts';
import type { ProtoField } from './schema.ts';

/** Bytes of a value that are in memory at a time: base64 takes three into four characters. */
const stepBytes = 3 << 18;

/** The text of a serialized ModelProto, piece by piece. `losses` is told what it does not say. */
export function* jsonOf(pieces: readonly Bytes[], reader: RangeReader, losses: Losses): Generator<string> {
  yield* messageText(modelMessage, modelFields(pieces, reader), '', losses);
  yield '\n';
}

function* messageText(
  message: string,
  fields: readonly Field[],
  indent: string,
  losses: Losses,
): Generator<string> {
  const values = valuesOf(message, fields, losses.unknownField);
  if (values.length === 0) {
    yield '{}';
    return;
  }
  const inner = `${indent}  `;
  let separator = '{\n';
  for (const value of values) {
    losses.look(message, value.field, value.wire);
    yield `${separator}${inner}"${camelCase(value.field.name)}": `;
    yield* valueText(value, inner, losses);
    separator = ',\n';
  }
  yield `\n${indent}}`;
}

function* valueText({ field, wire }: ProtoValues, indent: string, losses: Losses): Generator<string> {
  const inner = `${indent}  `;
  if (field.repeated !== true) {
    yield* itemText(field, wire, indent, losses);
    return;
  }
  let separator = '[\n';
  for (const one of wire) {
    if (isMessage(field) || field.type === 'string' || field.type === 'bytes') {
      yield separator + inner;
      yield* itemText(field, [one], inner, losses);
      separator = ',\n';
    } else {
      for (const { numbers } of numberPieces(field, one)) {
        if (numbers.length === 0) continue;
        yield separator + inner + numbers.map((value) => scalar(field, value)).join(`,\n${inner}`);
        separator = ',\n';
      }
    }
  }
  // A packed field may be there without a number in it.
  yield separator === '[\n' ? '[]' : `\n${indent}]`;
}

/** A message in one or more parts, or one scalar. */
function* itemText(
  field: ProtoField,
  wire: readonly Field[],
  indent: string,
  losses: Losses,
): Generator<string> {
  const [one] = wire;
  if (one === undefined) return;
  if (isMessage(field)) yield* messageText(String(field.type), wire.flatMap(innerFields), indent, losses);
  else if (field.type === 'string') {
    yield JSON.stringify([...contentPieces(one, Number.MAX_SAFE_INTEGER)].map(decodeUtf8).join(''));
  } else if (field.type === 'bytes') {
    yield '"';
    for (const piece of contentPieces(one, stepBytes)) yield Buffer.from(piece).toString('base64');
    yield '"';
  } else yield scalar(field, numbersOf(field, one).at(-1) ?? 0);
}

function scalar({ type }: ProtoField, value: number | bigint): string {
  if (typeof type !== 'string') return `"${type[Number(value)] ?? value}"`;
  // JavaScript's numbers, and those of many another reader, do not hold 64 bits.
  if (type === 'int64' || type === 'uint64') return `"${value}"`;
  const number = Number(value);
  if (Number.isNaN(number)) return '"NaN"';
  if (!Number.isFinite(number)) return number > 0 ? '"Infinity"' : '"-Infinity"';
  if (Object.is(number, -0)) return '-0.0';
  // The shortest decimal of the largest float is larger than it, which json_format refuses.
  return type === 'float' && Math.abs(number) < largestFloat ? float32(number) : String(number);
}
const largestFloat = 3.4028234663852886e38;

function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
