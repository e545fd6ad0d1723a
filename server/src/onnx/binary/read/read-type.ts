/** ValueInfoProto, TypeProto and TensorShapeProto. */
import type { Bytes, Dimension, Type, ValueInfo } from '../../model/model.ts';
import { encodeFields } from '../write/field-sink.ts';
import { appendOther, appendOthers, type OtherFields, withOther } from './other-fields.ts';
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
        if (name === '') other = appendOther(other, cursor.lastField());
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
export function readTypeField(cursor: WireCursor, earlier?: Type): Type {
  return cursor.message('type', -1, () => readType(cursor, earlier));
}

function readType(cursor: WireCursor, earlier: Type = { kind: 'undefined' }): Type {
  let type: Type = earlier;
  let denotation = earlier.denotation;
  let other: OtherFields = earlier.otherFields?.slice();
  /** Fields inside the value's message that the interface does not name: written back in a message of their own, which merges. */
  let inner: OtherFields;
  let innerField = 0;
  const keepInner = (piece: Bytes) => {
    inner = appendOther(inner, piece);
  };
  const flushInner = () => {
    if (inner !== undefined) other = appendOthers(other, wrap(innerField, inner));
    inner = undefined;
  };
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: tensor_type
      case 0x42: // 8: sparse_tensor_type
        innerField = tag >>> 3;
        type = readTensorType(cursor, tag === 0x0a ? 'tensor' : 'sparse_tensor', type, keepInner);
        flushInner();
        break;
      case 0x22: // 4: sequence_type
      case 0x4a: // 9: optional_type
        innerField = tag >>> 3;
        type = readElementType(cursor, tag === 0x22 ? 'sequence' : 'optional', type, keepInner);
        flushInner();
        break;
      case 0x2a: // 5: map_type
        innerField = 5;
        type = readMapType(cursor, type, keepInner);
        flushInner();
        break;
      case 0x3a: // 7: opaque_type
        innerField = 7;
        type = readOpaqueType(cursor, type, keepInner);
        flushInner();
        break;
      case 0x32: // 6: denotation
        denotation = cursor.string();
        break;
      default:
        cursor.skip(tag);
        other = appendOther(other, cursor.lastField());
    }
  }
  const { denotation: _, otherFields: __, ...value } = type;
  return {
    ...value,
    ...(denotation === undefined ? {} : { denotation }),
    ...withOther(other),
  };
}

type Keep = (piece: Bytes) => void;

function readTensorType(
  cursor: WireCursor,
  kind: 'tensor' | 'sparse_tensor',
  earlier: Type,
  keep: Keep,
): Type {
  let elementType = earlier.kind === kind ? earlier.elementType : 0;
  let shape = earlier.kind === kind ? earlier.shape?.slice() : undefined;
  cursor.message(kind === 'tensor' ? 'tensor type' : 'sparse tensor type', -1, () => {
    while (cursor.more()) {
      const tag = cursor.tag();
      if (tag === 0x08) {
        // 1: elem_type
        elementType = cursor.int32();
        if (elementType === 0) keep(cursor.lastField());
      } else if (tag === 0x12) {
        // 2: shape
        shape ??= [];
        readShape(cursor, shape, (piece) => {
          for (const wrapped of wrap(2, [piece])) keep(wrapped);
        });
      } else {
        cursor.skip(tag);
        keep(cursor.lastField());
      }
    }
  });
  return { kind, elementType, ...(shape === undefined ? {} : { shape }) };
}

function readShape(cursor: WireCursor, shape: Dimension[], keep: Keep): void {
  cursor.message('shape', -1, () => {
    while (cursor.more()) {
      const tag = cursor.tag();
      if (tag === 0x0a) {
        // 1: dim
        shape.push(cursor.message('dimension', shape.length, readDimension));
      } else {
        cursor.skip(tag);
        keep(cursor.lastField());
      }
    }
  });
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

function readElementType(cursor: WireCursor, kind: 'sequence' | 'optional', earlier: Type, keep: Keep): Type {
  let element: Type | undefined = earlier.kind === kind ? earlier.element : undefined;
  cursor.message(kind, -1, () => {
    while (cursor.more()) {
      const tag = cursor.tag();
      if (tag === 0x0a) {
        // 1: elem_type
        element = readNestedType(cursor, element, keep);
      } else {
        cursor.skip(tag);
        keep(cursor.lastField());
      }
    }
  });
  return { kind, element: element ?? { kind: 'undefined' } };
}

function readMapType(cursor: WireCursor, earlier: Type, keep: Keep): Type {
  let key = earlier.kind === 'map' ? earlier.key : 0;
  let value: Type | undefined = earlier.kind === 'map' ? earlier.value : undefined;
  cursor.message('map', -1, () => {
    while (cursor.more()) {
      const tag = cursor.tag();
      if (tag === 0x08) {
        // 1: key_type
        key = cursor.int32();
        if (key === 0) keep(cursor.lastField());
      } else if (tag === 0x12) {
        // 2: value_type
        value = readNestedType(cursor, value, keep);
      } else {
        cursor.skip(tag);
        keep(cursor.lastField());
      }
    }
  });
  return { kind: 'map', key, value: value ?? { kind: 'undefined' } };
}

/** A type inside a type. One that is there without saying anything is kept as bytes, as none at all looks the same. */
function readNestedType(cursor: WireCursor, earlier: Type | undefined, keep: Keep): Type {
  const type = readTypeField(cursor, earlier);
  if (type.kind === 'undefined' && type.denotation === undefined && type.otherFields === undefined) {
    keep(cursor.lastField());
  }
  return type;
}

function readOpaqueType(cursor: WireCursor, earlier: Type, keep: Keep): Type {
  let domain = earlier.kind === 'opaque' ? earlier.domain : undefined;
  let name = earlier.kind === 'opaque' ? earlier.name : undefined;
  cursor.message('opaque type', -1, () => {
    while (cursor.more()) {
      const tag = cursor.tag();
      if (tag === 0x0a) domain = cursor.string();
      else if (tag === 0x12) name = cursor.string();
      else {
        cursor.skip(tag);
        keep(cursor.lastField());
      }
    }
  });
  return {
    kind: 'opaque',
    ...(domain === undefined ? {} : { domain }),
    ...(name === undefined ? {} : { name }),
  };
}

/** A message field that holds the given serialized fields. */
function wrap(field: number, fields: readonly Bytes[]): Bytes[] {
  return encodeFields((sink) => sink.message(field, fields, (inner, pieces) => inner.serialized(pieces)));
}
