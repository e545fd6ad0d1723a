/** AttributeProto. */
import type {
  Attribute,
  AttributeType,
  Bytes,
  Graph,
  Int64,
  SparseTensor,
  Tensor,
  Type,
} from '../../model/model.ts';
import { type AttributeValue, attributeTypes, encodeAttributeValue } from '../write/encode-attribute.ts';
import { encodeFields } from '../write/field-sink.ts';
import { appendEmpty, appendOthers, type OtherFields, withOther } from './other-fields.ts';
import { finishGraph, type GraphParts, newGraphParts, readGraphFields } from './read-graph.ts';
import { floatOfBits, isOddNaN, readFloats, readInts } from './read-numbers.ts';
import {
  finishSparseTensor,
  finishTensor,
  newSparseTensorParts,
  newTensorParts,
  readSparseTensor,
  readSparseTensorFields,
  readTensor,
  readTensorFields,
  type SparseTensorParts,
  type TensorParts,
} from './read-tensor.ts';
import { finishType, newTypeParts, readType, readTypeFields, type TypeParts } from './read-type.ts';
import type { WireCursor } from './wire-cursor.ts';

/** A longer string (a serialized engine, say) stays in the file, as other fields. */
const longestString = 1024 * 1024;

export function readAttribute(cursor: WireCursor): Attribute {
  let name = '';
  let reference: string | undefined;
  let docString: string | undefined;
  /** AttributeType's number: 0 where the file says undefined, undefined where it says nothing. */
  let declared: number | undefined;
  /** Bits by the numbers of the types of which a value was met. */
  let met = 0;
  let hasLongString = false;
  let other: OtherFields;
  let floatBits = 0;
  let int: Int64 = 0;
  let string: string | Uint8Array = '';
  let tensor: TensorParts | undefined;
  let graph: GraphParts | undefined;
  let sparseTensor: SparseTensorParts | undefined;
  let type: TypeParts | undefined;
  const floats = cursor.floats.begin();
  /** Bits of those floats that are odd NaNs, by index. */
  let oddNaNs: Map<number, number> | undefined;
  const ints = cursor.ints.begin();
  let strings: (string | Uint8Array)[] | undefined;
  let tensors: Tensor[] | undefined;
  let graphs: Graph[] | undefined;
  let sparseTensors: SparseTensor[] | undefined;
  let types: Type[] | undefined;
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: name
        name = cursor.string();
        if (name === '') other = appendEmpty(other, tag);
        break;
      case 0x15: // 2: f
        floatBits = cursor.fixed32();
        met |= bits.float;
        break;
      case 0x18: // 3: i
        int = cursor.int64();
        met |= bits.int;
        break;
      case 0x22: // 4: s
        if (cursor.peekLength() > longestString) {
          cursor.skip(tag);
          other = appendOthers(other, cursor.lastField());
          hasLongString = true;
          met &= ~bits.string;
        } else {
          string = cursor.text();
          met |= bits.string;
        }
        break;
      case 0x2a: // 5: t
        tensor ??= newTensorParts();
        cursor.message('tensor', -1, readTensorFields, tensor);
        met |= bits.tensor;
        break;
      case 0x32: // 6: g
        graph ??= newGraphParts();
        cursor.message('graph', -1, readGraphFields, graph);
        met |= bits.graph;
        break;
      case 0x3d: // 7: floats
      case 0x3a:
        oddNaNs = readFloatList(cursor, tag, floats, oddNaNs);
        met |= bits.floats;
        break;
      case 0x40: // 8: ints
      case 0x42:
        readInts(cursor, tag, cursor.ints);
        met |= bits.ints;
        break;
      case 0x4a: // 9: strings
        strings ??= [];
        strings.push(cursor.text());
        met |= bits.strings;
        break;
      case 0x52: // 10: tensors
        tensors ??= [];
        tensors.push(cursor.message('tensor', tensors.length, readTensor));
        met |= bits.tensors;
        break;
      case 0x5a: // 11: graphs
        graphs ??= [];
        graphs.push(cursor.message('graph', graphs.length, readGraph));
        met |= bits.graphs;
        break;
      case 0x6a: // 13: doc_string
        docString = cursor.string();
        break;
      case 0x72: // 14: tp
        type ??= newTypeParts();
        cursor.message('type', -1, readTypeFields, type);
        met |= bits.type_proto;
        break;
      case 0x7a: // 15: type_protos
        types ??= [];
        types.push(cursor.message('type', types.length, readType));
        met |= bits.type_protos;
        break;
      case 0xa0: {
        // 20: type
        const number = cursor.int32();
        // An enumeration of proto2: a value that it does not know is an unknown field, and does not count.
        if (number === 0 || typesByNumber[number] !== undefined) declared = number;
        if (typesByNumber[number] === undefined) other = appendOthers(other, cursor.lastField());
        break;
      }
      case 0xaa: // 21: ref_attr_name
        reference = cursor.string();
        if (reference === '') other = appendOthers(other, cursor.lastField());
        break;
      case 0xb2: // 22: sparse_tensor
        sparseTensor ??= newSparseTensorParts();
        cursor.message('sparse tensor', -1, readSparseTensorFields, sparseTensor);
        met |= bits.sparse_tensor;
        break;
      case 0xba: // 23: sparse_tensors
        sparseTensors ??= [];
        sparseTensors.push(cursor.message('sparse tensor', sparseTensors.length, readSparseTensor));
        met |= bits.sparse_tensors;
        break;
      default:
        cursor.skip(tag);
        other = appendOthers(other, cursor.lastField());
    }
  }
  const floatList = cursor.floats.take(floats);
  const intList = cursor.ints.take(ints);

  if (reference === undefined && docString === undefined && other === undefined) {
    // What nearly all attributes look like: one value, of the type that they say.
    if (declared === 2 && met === bits.int) return { name, type: 'int', value: int };
    if (declared === 7 && met === bits.ints) return { name, type: 'ints', value: intList };
    if (declared === 3 && met === bits.string) return { name, type: 'string', value: string };
    if (declared === 1 && met === bits.float && !isOddNaN(floatBits)) {
      return { name, type: 'float', value: floatOfBits(floatBits) };
    }
    if (declared === 4 && met === bits.tensor && tensor !== undefined) {
      return { name, type: 'tensor', value: finishTensor(cursor, tensor) };
    }
  }

  const found: FoundValue[] = [];
  if (met & bits.float) found.push(foundFloat(floatBits));
  if (met & bits.int) found.push({ type: 'int', value: int });
  if (met & bits.string) found.push({ type: 'string', value: string });
  if (tensor !== undefined) found.push({ type: 'tensor', value: finishTensor(cursor, tensor) });
  if (graph !== undefined) found.push({ type: 'graph', value: finishGraph(graph) });
  if (sparseTensor !== undefined) {
    found.push({ type: 'sparse_tensor', value: finishSparseTensor(cursor, sparseTensor) });
  }
  if (type !== undefined) found.push({ type: 'type_proto', value: finishType(type) });
  if (met & bits.floats) found.push(foundFloats(floatList, oddNaNs));
  if (met & bits.ints) found.push({ type: 'ints', value: intList });
  if (strings !== undefined) found.push({ type: 'strings', value: strings });
  if (tensors !== undefined) found.push({ type: 'tensors', value: tensors });
  if (graphs !== undefined) found.push({ type: 'graphs', value: graphs });
  if (sparseTensors !== undefined) found.push({ type: 'sparse_tensors', value: sparseTensors });
  if (types !== undefined) found.push({ type: 'type_protos', value: types });
  const chosen = chooseValue({ declared, reference, hasLongString, found, other });
  return {
    name,
    ...(docString === undefined ? {} : { docString }),
    ...chosen.attribute,
    ...withOther(chosen.other),
  };
}

function readGraph(cursor: WireCursor): Graph {
  const parts = newGraphParts();
  readGraphFields(cursor, parts);
  return finishGraph(parts);
}

/** Reads more floats of the list that begins at `start`, and its odd NaNs. */
function readFloatList(
  cursor: WireCursor,
  tag: number,
  start: number,
  earlier: Map<number, number> | undefined,
): Map<number, number> | undefined {
  let oddNaNs = earlier;
  readFloats(cursor, tag, (value) => {
    if (isOddNaN(value)) {
      oddNaNs ??= new Map();
      oddNaNs.set(cursor.floats.count(start), value);
    }
    cursor.floats.push(floatOfBits(value));
  });
  return oddNaNs;
}

/** Names of AttributeType by number. */
const typesByNumber: (AttributeType | undefined)[] = [];
/** A bit for each type. */
const bits = {} as Record<AttributeType, number>;
for (const [key, { number }] of Object.entries(attributeTypes)) {
  const name = key as AttributeType;
  typesByNumber[number] = name;
  bits[name] = 1 << number;
}

/** A value field that is there. */
type FoundValue = AttributeValue & {
  /** The field itself, where writing the value would not give the same bytes again. */
  readonly exact?: readonly Bytes[];
};

function foundFloat(floatBits: number): FoundValue {
  const value = { type: 'float', value: floatOfBits(floatBits) } as const;
  if (!isOddNaN(floatBits)) return value;
  const field = new DataView(new ArrayBuffer(5));
  field.setUint8(0, 0x15);
  field.setUint32(1, floatBits, true);
  return { ...value, exact: [new Uint8Array(field.buffer)] };
}

function foundFloats(
  values: readonly number[],
  oddNaNs: ReadonlyMap<number, number> | undefined,
): FoundValue {
  if (oddNaNs === undefined) return { type: 'floats', value: values };
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    const odd = oddNaNs.get(index);
    if (odd === undefined) view.setFloat32(index * 4, value, true);
    else view.setUint32(index * 4, odd, true);
  }
  return { type: 'floats', value: values, exact: encodeFields((sink) => sink.bytes(7, bytes)) };
}

type WithoutName<T> = T extends unknown ? Omit<T, 'name' | 'docString' | 'otherFields'> : never;

interface Chosen {
  readonly attribute: WithoutName<Attribute>;
  readonly other: OtherFields;
}

/** The value that the attribute's type names. Values beside it are kept as other fields. */
function chooseValue(read: {
  readonly declared: number | undefined;
  readonly reference: string | undefined;
  readonly hasLongString: boolean;
  readonly found: readonly FoundValue[];
  readonly other: OtherFields;
}): Chosen {
  const { declared, reference, found, other } = read;
  const declaredType = declared === undefined ? undefined : typesByNumber[declared];
  if (reference !== undefined && reference !== '') {
    const attributeType = declaredType === undefined ? {} : { attributeType: declaredType };
    return {
      attribute: { type: 'reference', ...attributeType, value: reference },
      other: keepValues(other, found),
    };
  }
  const inferred = found.length === 1 && !read.hasLongString ? found[0]?.type : undefined;
  const type = declared === undefined ? inferred : declaredType;
  const own = found.find((value) => value.type === type);
  const kept = keepValues(
    other,
    found.filter((value) => value !== own),
  );
  if (type === undefined) return { attribute: { type: 'undefined' }, other: kept };
  if (own === undefined) {
    const absent = absentValue(type);
    if (absent !== undefined) return { attribute: absent, other: kept };
    // A tensor, graph or type attribute without one has no value at all.
    const typeField = encodeFields((sink) => sink.varint(20, attributeTypes[type].number));
    return { attribute: { type: 'undefined' }, other: appendOthers(kept, typeField) };
  }
  const { exact, ...value } = own;
  if (exact === undefined) {
    return { attribute: declared === undefined ? { ...value, omitted: 'type' } : value, other: kept };
  }
  // An attribute can leave out its type or its value, not both.
  if (declared === undefined) return { attribute: { type: 'undefined' }, other: keepValues(kept, [own]) };
  return { attribute: { ...value, omitted: 'value' }, other: appendOthers(kept, exact) };
}

function keepValues(other: OtherFields, values: readonly FoundValue[]): OtherFields {
  let kept = other;
  for (const value of values) {
    kept = appendOthers(kept, value.exact ?? encodeFields((sink) => encodeAttributeValue(sink, value)));
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
