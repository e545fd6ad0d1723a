/** What protobuf's text forms cannot say of a model. */

import type { Field } from '../binary/merge/fields.ts';
import { decodeUtf8 } from '../model/utf8.ts';
import { contentPieces, numberPieces } from './read-proto.ts';
import type { ProtoField } from './schema.ts';

export interface Losses {
  /** Is told of a field that onnx.proto does not name, and that is left out. */
  readonly unknownField: (message: string, number: number) => void;
  /** Is told of what is written, and finds what it is not the same as. */
  readonly look: (message: string, field: ProtoField, wire: readonly Field[]) => void;
  /** All of it in a sentence or two; undefined where nothing is lost. */
  readonly sentence: () => string | undefined;
}

export function gatherLosses(): Losses {
  const unknown = new Set<string>();
  const nans = new Set<string>();
  const strings = new Set<string>();
  const name = (message: string, field: string | number) => `${field} of ${message.replace('onnx.', '')}`;
  const sentences = () => [
    ...told(
      unknown,
      'Fields that onnx.proto does not name were left out, as this form has no place for them',
    ),
    ...told(
      nans,
      'NaNs of other bits than the usual ones became plain NaNs, which are all that this form has',
    ),
    ...told(strings, 'Strings that are not UTF-8, and that most readers of this form refuse, are in'),
  ];
  return {
    unknownField: (message, number) => unknown.add(name(message, number)),
    look: (message, field, wire) => {
      if ((field.type === 'float' || field.type === 'double') && wire.some((one) => hasOddNaN(field, one)))
        nans.add(name(message, field.name));
      if (field.type === 'string' && wire.some(isNotUtf8)) strings.add(name(message, field.name));
    },
    sentence: () => sentences().join(' ') || undefined,
  };
}

function told(found: ReadonlySet<string>, what: string): string[] {
  return found.size === 0 ? [] : [`${what}: ${[...found].join(', ')}.`];
}

/** Whether a NaN has other bits than a program's own: a sign, or a payload. */
function hasOddNaN(field: ProtoField, wire: Field): boolean {
  const size = field.type === 'float' ? 4 : 8;
  const usual = size === 4 ? 0x7fc00000n : 0x7ff8000000000000n;
  for (const { numbers, bytes } of numberPieces(field, wire)) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const isOdd = (number: number | bigint, index: number) =>
      Number.isNaN(number) &&
      usual !== (size === 4 ? BigInt(view.getUint32(index * 4, true)) : view.getBigUint64(index * 8, true));
    if (numbers.some(isOdd)) return true;
  }
  return false;
}

function isNotUtf8(wire: Field): boolean {
  const text = [...contentPieces(wire, Number.MAX_SAFE_INTEGER)].map(decodeUtf8).join('');
  return /\p{Surrogate}/u.test(text);
}
