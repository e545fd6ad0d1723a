/** ValueInfoProto, TypeProto and TensorShapeProto. */
import type { Dimension, Type, ValueInfo } from '../../model/model.ts';
import { encodeFields } from '../write/field-sink.ts';
import { appendEmpty, appendOther, appendOthers, type OtherFields, withOther } from './other-fields.ts';
import { type EntryList, entriesOf, readEntry, withSerialized } from './read-entries.ts';
import type { WireCursor } from './wire-cursor.ts';

export function readValueInfo(cursor: WireCursor): ValueInfo {
  let name = '';
  let type: Type | undefined;
  let docString: string | undefined;
  let metadata: EntryList | undefined;
  let other: OtherFields;
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: name
        name = cursor.string();
        if (name === '') other = appendEmpty(other, tag);
        break;
      case 0x12: // 2: type
        type = readTypeField(cursor, type);
        break;
      case 0x1a: // 3: doc_string
        docString = cursor.string();
        break;
      case 0x22: // 4: metadata_props
        metadata = readEntry(cursor, 4, metadata);
        break;
      default:
        cursor.skip(tag);
        other = appendOther(other, cursor.lastField());
    }
  }
  return {
    name,
    ...(type === undefined ? {} : { type }),
    ...(docString === undefined ? {} : { docString }),
    metadata: entriesOf(metadata),
    ...withOther(withSerialized(other, metadata)),
  };
}

/** Reads a TypeProto field; what an earlier field of the same number has said is kept unless this one says otherwise. */
export function readTypeField(cursor: WireCursor, earlier: Type = undefinedType): Type {
  return cursor.message('type', -1, readType, earlier);
}

const undefinedType: Type = { kind: 'undefined' };

function readType(cursor: WireCursor, earlier: Type): Type {
  let type: TypeValue = withoutCommon(earlier);
  let denotation = earlier.denotation;
  let other: OtherFields = earlier.otherFields;
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: tensor_type
      case 0x42: {
        // 8: sparse_tensor_type
        const kind = tag === 0x0a ? 'tensor' : 'sparse_tensor';
        const parts: TensorTypeParts = { elementType: 0, shape: undefined, other: undefined };
        if (type.kind === kind) {
          parts.elementType = type.elementType;
          parts.shape = type.shape?.slice();
        }
        cursor.message('tensor type', -1, readTensorType, parts);
        const { elementType, shape } = parts;
        type = shape === undefined ? { kind, elementType } : { kind, elementType, shape: shape.slice() };
        other = appendInner(other, tag >>> 3, parts.other);
        break;
      }
      case 0x22: // 4: sequence_type
      case 0x4a: {
        // 9: optional_type
        const kind = tag === 0x22 ? 'sequence' : 'optional';
        const parts: NestedTypeParts = { key: 0, nested: undefined, other: undefined };
        if (type.kind === kind) parts.nested = type.element;
        cursor.message(kind, -1, readElementType, parts);
        type = { kind, element: parts.nested ?? undefinedType };
        other = appendInner(other, tag >>> 3, parts.other);
        break;
      }
      case 0x2a: {
        // 5: map_type
        const parts: NestedTypeParts = { key: 0, nested: undefined, other: undefined };
        if (type.kind === 'map') {
          parts.key = type.key;
          parts.nested = type.value;
        }
        cursor.message('map', -1, readMapType, parts);
        type = { kind: 'map', key: parts.key, value: parts.nested ?? undefinedType };
        other = appendInner(other, 5, parts.other);
        break;
      }
      case 0x3a: {
        // 7: opaque_type
        const parts: OpaqueParts =
          type.kind === 'opaque' ? { ...type, other: undefined } : { other: undefined };
        cursor.message('opaque type', -1, readOpaqueType, parts);
        const { other: inner, ...names } = parts;
        type = { ...names, kind: 'opaque' };
        other = appendInner(other, 7, inner);
        break;
      }
      case 0x32: // 6: denotation
        denotation = cursor.string();
        break;
      default:
        cursor.skip(tag);
        other = appendOther(other, cursor.lastField());
    }
  }
  if (denotation === undefined && other === undefined) return type;
  return { ...type, ...(denotation === undefined ? {} : { denotation }), ...withOther(other) };
}

type WithoutCommon<T> = T extends unknown ? Omit<T, 'denotation' | 'otherFields'> : never;
type TypeValue = WithoutCommon<Type>;

function withoutCommon(type: Type): TypeValue {
  if (type.denotation === undefined && type.otherFields === undefined) return type;
  const { denotation: _, otherFields: __, ...value } = type;
  return value;
}

/** TypeProto.Tensor or TypeProto.SparseTensor. */
interface TensorTypeParts {
  elementType: number;
  shape: Dimension[] | undefined;
  other: OtherFields;
}

function readTensorType(cursor: WireCursor, parts: TensorTypeParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    if (tag === 0x08) {
      // 1: elem_type
      parts.elementType = cursor.int32();
      if (parts.elementType === 0) parts.other = appendOther(parts.other, cursor.lastField());
    } else if (tag === 0x12) {
      // 2: shape
      parts.shape ??= [];
      cursor.message('shape', -1, readShape, parts);
    } else {
      cursor.skip(tag);
      parts.other = appendOther(parts.other, cursor.lastField());
    }
  }
}

function readShape(cursor: WireCursor, parts: TensorTypeParts): void {
  const shape = parts.shape ?? [];
  while (cursor.more()) {
    const tag = cursor.tag();
    if (tag === 0x0a) {
      // 1: dim
      shape.push(cursor.message('dimension', shape.length, readDimension));
    } else {
      cursor.skip(tag);
      parts.other = appendInner(parts.other, 2, [cursor.lastField()]);
    }
  }
}

function readDimension(cursor: WireCursor): Dimension {
  let dimension: Dimension = { kind: 'unknown' };
  let denotation: string | undefined;
  let other: OtherFields;
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x08: // 1: dim_value
        dimension = { kind: 'value', value: cursor.int64() };
        break;
      case 0x12: // 2: dim_param
        dimension = { kind: 'parameter', name: cursor.string() };
        break;
      case 0x1a: // 3: denotation
        denotation = cursor.string();
        break;
      default:
        cursor.skip(tag);
        other = appendOther(other, cursor.lastField());
    }
  }
  if (denotation === undefined && other === undefined) return dimension;
  return { ...dimension, ...(denotation === undefined ? {} : { denotation }), ...withOther(other) };
}

/** TypeProto.Sequence, TypeProto.Optional or TypeProto.Map. */
interface NestedTypeParts {
  key: number;
  nested: Type | undefined;
  other: OtherFields;
}

function readElementType(cursor: WireCursor, parts: NestedTypeParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    // 1: elem_type
    if (tag === 0x0a) readNestedType(cursor, parts);
    else {
      cursor.skip(tag);
      parts.other = appendOther(parts.other, cursor.lastField());
    }
  }
}

function readMapType(cursor: WireCursor, parts: NestedTypeParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    if (tag === 0x08) {
      // 1: key_type
      parts.key = cursor.int32();
      if (parts.key === 0) parts.other = appendOther(parts.other, cursor.lastField());
    } else if (tag === 0x12) {
      // 2: value_type
      readNestedType(cursor, parts);
    } else {
      cursor.skip(tag);
      parts.other = appendOther(parts.other, cursor.lastField());
    }
  }
}

/** A type inside a type. One that is there without saying anything is kept as bytes, as none at all looks the same. */
function readNestedType(cursor: WireCursor, parts: NestedTypeParts): void {
  const type = readTypeField(cursor, parts.nested);
  parts.nested = type;
  if (type.kind === 'undefined' && type.denotation === undefined && type.otherFields === undefined) {
    parts.other = appendOther(parts.other, cursor.lastField());
  }
}

interface OpaqueParts {
  domain?: string;
  name?: string;
  other: OtherFields;
}

function readOpaqueType(cursor: WireCursor, parts: OpaqueParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    // 1: domain, 2: name
    if (tag === 0x0a) parts.domain = cursor.string();
    else if (tag === 0x12) parts.name = cursor.string();
    else {
      cursor.skip(tag);
      parts.other = appendOther(parts.other, cursor.lastField());
    }
  }
}

/** Fields inside a nested message that the interface does not name: written in a message of their own, which merges. */
function appendInner(other: OtherFields, field: number, inner: OtherFields): OtherFields {
  if (inner === undefined) return other;
  return appendOthers(
    other,
    encodeFields((sink) => sink.message(field, inner, (nested, pieces) => nested.serialized(pieces))),
  );
}
