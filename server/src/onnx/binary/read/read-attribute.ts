/** AttributeProto. */
import { concatenate } from '../../model/bytes.ts';
import type {
  Attribute,
  AttributeType,
  Graph,
  Int64,
  SparseTensor,
  Tensor,
  Type,
} from '../../model/model.ts';
import { strictUtf8 } from '../../model/utf8.ts';
import { type AttributeValue, attributeTypes, encodeAttributeValue } from '../write/encode-attribute.ts';
import { encodeFields } from '../write/field-sink.ts';
import { appendOther, appendOthers, type OtherFields, withOther } from './other-fields.ts';
import { finishGraph, type GraphParts, readGraphParts } from './read-graph.ts';
import { type FloatList, floatBytes, readFloats, readInts } from './read-numbers.ts';
import {
  finishSparseTensor,
  finishTensor,
  readSparseTensor,
  readSparseTensorParts,
  readTensor,
  readTensorParts,
  type SparseTensorParts,
  type TensorParts,
} from './read-tensor.ts';
import { readTypeField } from './read-type.ts';
import type { WireCursor } from './wire-cursor.ts';

/** A longer string (a serialized engine, say) stays in the file, as other fields. */
const longestString = 1024 * 1024;

/** All values that an AttributeProto can hold; a sane one holds one of them. */
interface Values {
  float?: FloatList;
  int?: Int64;
  string?: string | Uint8Array;
  tensor?: TensorParts;
  graph?: GraphParts;
  sparseTensor?: SparseTensorParts;
  type?: Type;
  floats?: FloatList;
  ints?: Int64[];
  strings?: (string | Uint8Array)[];
  tensors?: Tensor[];
  graphs?: Graph[];
  sparseTensors?: SparseTensor[];
  types?: Type[];
}

export function readAttribute(cursor: WireCursor): Attribute {
  let name = '';
  let reference: string | undefined;
  let docString: string | undefined;
  let typeNumber: number | undefined;
  let longString = false;
  let other: OtherFields;
  const values: Values = {};
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: name
        name = cursor.string();
        if (name === '') other = appendOther(other, cursor.lastField());
        break;
      case 0x15: // 2: f
        values.float = { values: [] };
        readFloats(cursor, tag, values.float);
        break;
      case 0x18: // 3: i
        values.int = cursor.int64();
        break;
      case 0x22: // 4: s
        if (cursor.peekLength() > longestString) {
          cursor.skip(tag);
          other = appendOther(other, cursor.lastField());
          longString = true;
          delete values.string;
        } else {
          values.string = readText(cursor);
        }
        break;
      case 0x2a: // 5: t
        values.tensor = cursor.message('tensor', -1, () => readTensorParts(cursor, values.tensor));
        break;
      case 0x32: // 6: g
        values.graph = cursor.message('graph', -1, () => readGraphParts(cursor, values.graph));
        break;
      case 0x3d: // 7: floats
      case 0x3a:
        values.floats ??= { values: [] };
        readFloats(cursor, tag, values.floats);
        break;
      case 0x40: // 8: ints
      case 0x42:
        values.ints ??= [];
        readInts(cursor, tag, values.ints);
        break;
      case 0x4a: // 9: strings
        values.strings ??= [];
        values.strings.push(readText(cursor));
        break;
      case 0x52: // 10: tensors
        values.tensors ??= [];
        values.tensors.push(cursor.message('tensor', values.tensors.length, readTensor));
        break;
      case 0x5a: // 11: graphs
        values.graphs ??= [];
        values.graphs.push(
          cursor.message('graph', values.graphs.length, () => finishGraph(readGraphParts(cursor))),
        );
        break;
      case 0x6a: // 13: doc_string
        docString = cursor.string();
        break;
      case 0x72: // 14: tp
        values.type = readTypeField(cursor, values.type);
        break;
      case 0x7a: // 15: type_protos
        values.types ??= [];
        values.types.push(readTypeField(cursor));
        break;
      case 0xa0: // 20: type
        typeNumber = cursor.int32();
        if (typesByNumber[typeNumber] === undefined) {
          other = appendOther(other, cursor.lastField());
          // An enumeration of proto2: a value that it does not know is an unknown field, and does not count.
          if (typeNumber !== 0) typeNumber = undefined;
        }
        break;
      case 0xaa: // 21: ref_attr_name
        reference = cursor.string();
        if (reference === '') other = appendOther(other, cursor.lastField());
        break;
      case 0xb2: // 22: sparse_tensor
        values.sparseTensor = cursor.message('sparse tensor', -1, () =>
          readSparseTensorParts(cursor, values.sparseTensor),
        );
        break;
      case 0xba: // 23: sparse_tensors
        values.sparseTensors ??= [];
        values.sparseTensors.push(
          cursor.message('sparse tensor', values.sparseTensors.length, readSparseTensor),
        );
        break;
      default:
        cursor.skip(tag);
        other = appendOther(other, cursor.lastField());
    }
  }
  const chosen = chooseValue(cursor, typeNumber, reference, longString, values, other);
  return {
    name,
    ...(docString === undefined ? {} : { docString }),
    ...chosen.attribute,
    ...withOther(chosen.other),
  };
}

/** Names of AttributeType by number. */
const typesByNumber: (AttributeType | undefined)[] = [];
for (const [type, { number }] of Object.entries(attributeTypes))
  typesByNumber[number] = type as AttributeType;

/** UTF-8 where valid, else the bytes. */
function readText(cursor: WireCursor): string | Uint8Array {
  const bytes = cursor.bytesInMemory();
  return strictUtf8(bytes) ?? bytes;
}

type WithoutName<T> = T extends unknown ? Omit<T, 'name' | 'docString' | 'otherFields'> : never;

interface Chosen {
  readonly attribute: WithoutName<Attribute>;
  readonly other: OtherFields;
}

/** The value that the attribute's type names. Values beside it are kept as other fields. */
function chooseValue(
  cursor: WireCursor,
  typeNumber: number | undefined,
  reference: string | undefined,
  longString: boolean,
  values: Values,
  other: OtherFields,
): Chosen {
  const found = listValues(cursor, values);
  if (reference !== undefined && reference !== '') {
    const attributeType = typeNumber === undefined ? undefined : typesByNumber[typeNumber];
    return {
      attribute: {
        type: 'reference',
        ...(attributeType === undefined ? {} : { attributeType }),
        value: reference,
      },
      other: keepValues(other, found),
    };
  }
  const only = found.length === 1 && typeNumber === undefined && !longString ? found[0] : undefined;
  const type = typeNumber === undefined ? only?.value.type : typesByNumber[typeNumber];
  const rest = found.filter(({ value }) => value.type !== type);
  const own = found.find(({ value }) => value.type === type);
  const kept = keepValues(other, rest);
  if (type === undefined) return { attribute: { type: 'undefined' }, other: kept };
  if (own?.exact !== undefined) {
    // Nothing else would write the type then, so it is kept as well where the file leaves it out.
    if (typeNumber === undefined) return { attribute: { type: 'undefined' }, other: keepValues(kept, [own]) };
    return { attribute: { ...own.value, omitted: 'value' }, other: appendOthers(kept, own.exact) };
  }
  if (own !== undefined) {
    return {
      attribute: typeNumber === undefined ? { ...own.value, omitted: 'type' } : own.value,
      other: kept,
    };
  }
  const absent = absentValue(type);
  if (absent !== undefined) return { attribute: absent, other: kept };
  // A tensor, graph or type attribute without one has no value at all.
  const typeField = encodeFields((sink) => sink.varint(20, attributeTypes[type].number));
  return { attribute: { type: 'undefined' }, other: appendOthers(kept, typeField) };
}

interface FoundValue {
  readonly value: AttributeValue;
  /** The value's field, where writing the value would not give the same bytes again. */
  readonly exact?: OtherFields;
}

function listValues(cursor: WireCursor, values: Values): FoundValue[] {
  const found: FoundValue[] = [];
  const add = (value: AttributeValue) => found.push({ value });
  if (values.float !== undefined) {
    const { float } = values;
    const value = { type: 'float', value: float.values[0] ?? 0 } as const;
    if (float.oddNaNs === undefined) add(value);
    else found.push({ value, exact: [concatenate([Uint8Array.of(0x15), floatBytes(float)])] });
  }
  if (values.int !== undefined) add({ type: 'int', value: values.int });
  if (values.string !== undefined) add({ type: 'string', value: values.string });
  if (values.tensor !== undefined) add({ type: 'tensor', value: finishTensor(cursor, values.tensor) });
  if (values.graph !== undefined) add({ type: 'graph', value: finishGraph(values.graph) });
  if (values.sparseTensor !== undefined) {
    add({ type: 'sparse_tensor', value: finishSparseTensor(cursor, values.sparseTensor) });
  }
  if (values.type !== undefined) add({ type: 'type_proto', value: values.type });
  if (values.floats !== undefined) {
    const { floats } = values;
    const value = { type: 'floats', value: floats.values } as const;
    if (floats.oddNaNs === undefined) add(value);
    else found.push({ value, exact: encodeFields((sink) => sink.bytes(7, floatBytes(floats))) });
  }
  if (values.ints !== undefined) add({ type: 'ints', value: values.ints });
  if (values.strings !== undefined) add({ type: 'strings', value: values.strings });
  if (values.tensors !== undefined) add({ type: 'tensors', value: values.tensors });
  if (values.graphs !== undefined) add({ type: 'graphs', value: values.graphs });
  if (values.sparseTensors !== undefined) add({ type: 'sparse_tensors', value: values.sparseTensors });
  if (values.types !== undefined) add({ type: 'type_protos', value: values.types });
  return found;
}

function keepValues(other: OtherFields, values: readonly FoundValue[]): OtherFields {
  let kept = other;
  for (const { value, exact } of values) {
    kept = appendOthers(kept, exact ?? encodeFields((sink) => encodeAttributeValue(sink, value)));
  }
  return kept;
}

/** What an attribute of this type is without a value. */
function absentValue(type: AttributeType): WithoutName<Attribute> | undefined {
  switch (type) {
    case 'float':
    case 'int':
      return { type, value: 0, omitted: 'value' };
    case 'string':
      return { type, value: '', omitted: 'value' };
    case 'floats':
    case 'ints':
    case 'strings':
    case 'tensors':
    case 'graphs':
    case 'sparse_tensors':
    case 'type_protos':
      return { type, value: [] };
    default:
      return undefined;
  }
}
