/** ValueInfoProto, TypeProto and TensorShapeProto. */
import type { Dimension, Type, ValueInfo } from '../../model/model.ts';
import { typeFieldNumbers } from '../write/encode-type.ts';
import { encodeFields } from '../write/field-sink.ts';
import { appendEmpty, appendOthers, finishOthers, type OtherFields, withOther } from './other-fields.ts';
import { type EntryList, entriesOf, readEntry, withSerialized } from './read-entries.ts';
import type { WireCursor } from './wire-cursor.ts';

export function readValueInfo(cursor: WireCursor): ValueInfo {
  let name = '';
  let type: TypeParts | undefined;
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
        type ??= newTypeParts();
        cursor.message('type', -1, readTypeFields, type);
        break;
      case 0x1a: // 3: doc_string
        docString = cursor.string();
        break;
      case 0x22: // 4: metadata_props
        metadata = readEntry(cursor, 4, metadata);
        break;
      default:
        cursor.skip(tag);
        other = appendOthers(other, cursor.lastField());
    }
  }
  return {
    name,
    ...(type === undefined ? {} : { type: finishType(type) }),
    ...(docString === undefined ? {} : { docString }),
    metadata: entriesOf(metadata),
    ...withOther(withSerialized(other, metadata)),
  };
}

/** What has been read of a type; a second field of the same number adds to it. */
export interface TypeParts {
  kind: Type['kind'];
  /** Of a tensor or sparse tensor. */
  elementType: number;
  shape: Dimension[] | undefined;
  /** Of a map. */
  key: number;
  /** Element of a sequence or optional, value of a map. */
  nested: TypeParts | undefined;
  /** Of an opaque type. */
  domain: string | undefined;
  name: string | undefined;
  denotation: string | undefined;
  /** Other fields of the message that says the kind: TypeProto.Tensor … */
  inner: OtherFields;
  other: OtherFields;
}

export function newTypeParts(): TypeParts {
  return {
    kind: 'undefined',
    elementType: 0,
    shape: undefined,
    key: 0,
    nested: undefined,
    domain: undefined,
    name: undefined,
    denotation: undefined,
    inner: undefined,
    other: undefined,
  };
}

export function readType(cursor: WireCursor): Type {
  const parts = newTypeParts();
  readTypeFields(cursor, parts);
  return finishType(parts);
}

export function readTypeFields(cursor: WireCursor, parts: TypeParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x0a: // 1: tensor_type
        setKind(parts, 'tensor');
        cursor.message('tensor type', -1, readTensorType, parts);
        break;
      case 0x22: // 4: sequence_type
        setKind(parts, 'sequence');
        cursor.message('sequence type', -1, readElementType, parts);
        break;
      case 0x2a: // 5: map_type
        setKind(parts, 'map');
        cursor.message('map type', -1, readMapType, parts);
        break;
      case 0x32: // 6: denotation
        parts.denotation = cursor.string();
        break;
      case 0x3a: // 7: opaque_type
        setKind(parts, 'opaque');
        cursor.message('opaque type', -1, readOpaqueType, parts);
        break;
      case 0x42: // 8: sparse_tensor_type
        setKind(parts, 'sparse_tensor');
        cursor.message('sparse tensor type', -1, readTensorType, parts);
        break;
      case 0x4a: // 9: optional_type
        setKind(parts, 'optional');
        cursor.message('optional type', -1, readElementType, parts);
        break;
      default:
        cursor.skip(tag);
        parts.other = appendOthers(parts.other, cursor.lastField());
    }
  }
}

/** A type is one of a kind: what another kind has said before is gone. */
function setKind(parts: TypeParts, kind: Type['kind']): void {
  if (parts.kind !== kind && parts.kind !== 'undefined') {
    const { denotation, other } = parts;
    Object.assign(parts, newTypeParts(), { denotation, other });
  }
  parts.kind = kind;
}

export function finishType(parts: TypeParts): Type {
  let { inner } = parts;
  const nested = parts.nested === undefined ? undefinedType : finishType(parts.nested);
  if (parts.nested !== undefined && isBlank(nested)) {
    // A type that is there without saying anything looks like none at all, so it is kept as an empty field.
    inner = appendEmpty(inner, parts.kind === 'map' ? 0x12 : 0x0a);
  }
  const type = typeOfKind(parts, nested);
  const other =
    parts.kind === 'undefined' ? parts.other : appendInner(parts.other, typeFieldNumbers[parts.kind], inner);
  if (parts.denotation === undefined && other === undefined) return type;
  return {
    ...type,
    ...(parts.denotation === undefined ? {} : { denotation: parts.denotation }),
    ...withOther(other),
  };
}

const undefinedType: Type = { kind: 'undefined' };

function isBlank(type: Type): boolean {
  return type.kind === 'undefined' && type.denotation === undefined && type.otherFields === undefined;
}

function typeOfKind(parts: TypeParts, nested: Type): Type {
  const { kind, elementType } = parts;
  switch (kind) {
    case 'tensor':
    case 'sparse_tensor':
      return parts.shape === undefined
        ? { kind, elementType }
        : { kind, elementType, shape: parts.shape.slice() };
    case 'sequence':
    case 'optional':
      return { kind, element: nested };
    case 'map':
      return { kind, key: parts.key, value: nested };
    case 'opaque':
      return {
        kind,
        ...(parts.domain === undefined ? {} : { domain: parts.domain }),
        ...(parts.name === undefined ? {} : { name: parts.name }),
      };
    case 'undefined':
      return undefinedType;
  }
}

function readTensorType(cursor: WireCursor, parts: TypeParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x08: // 1: elem_type
        parts.elementType = cursor.int32();
        if (parts.elementType === 0) keepInner(cursor, parts);
        break;
      case 0x12: // 2: shape
        parts.shape ??= [];
        cursor.message('shape', -1, readShape, parts);
        break;
      default:
        cursor.skip(tag);
        keepInner(cursor, parts);
    }
  }
}

function readShape(cursor: WireCursor, parts: TypeParts): void {
  const shape = parts.shape ?? [];
  while (cursor.more()) {
    const tag = cursor.tag();
    if (tag === 0x0a) {
      // 1: dim
      shape.push(cursor.message('dimension', shape.length, readDimension));
    } else {
      cursor.skip(tag);
      parts.inner = appendInner(parts.inner, 2, appendOthers(undefined, cursor.lastField()));
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
        other = appendOthers(other, cursor.lastField());
    }
  }
  if (denotation === undefined && other === undefined) return dimension;
  return { ...dimension, ...(denotation === undefined ? {} : { denotation }), ...withOther(other) };
}

/** TypeProto.Sequence or TypeProto.Optional. */
function readElementType(cursor: WireCursor, parts: TypeParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    if (tag === 0x0a) {
      // 1: elem_type
      parts.nested ??= newTypeParts();
      cursor.message('element type', -1, readTypeFields, parts.nested);
    } else {
      cursor.skip(tag);
      keepInner(cursor, parts);
    }
  }
}

function readMapType(cursor: WireCursor, parts: TypeParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    switch (tag) {
      case 0x08: // 1: key_type
        parts.key = cursor.int32();
        if (parts.key === 0) keepInner(cursor, parts);
        break;
      case 0x12: // 2: value_type
        parts.nested ??= newTypeParts();
        cursor.message('value type', -1, readTypeFields, parts.nested);
        break;
      default:
        cursor.skip(tag);
        keepInner(cursor, parts);
    }
  }
}

function readOpaqueType(cursor: WireCursor, parts: TypeParts): void {
  while (cursor.more()) {
    const tag = cursor.tag();
    // 1: domain, 2: name
    if (tag === 0x0a) parts.domain = cursor.string();
    else if (tag === 0x12) parts.name = cursor.string();
    else {
      cursor.skip(tag);
      keepInner(cursor, parts);
    }
  }
}

function keepInner(cursor: WireCursor, parts: TypeParts): void {
  parts.inner = appendOthers(parts.inner, cursor.lastField());
}

/** Fields inside a nested message that the interface does not name: written in a message of their own, which merges. */
function appendInner(other: OtherFields, field: number, inner: OtherFields): OtherFields {
  if (inner === undefined) return other;
  const fields = finishOthers(inner);
  return appendOthers(
    other,
    encodeFields((sink) => sink.message(field, fields, (nested, pieces) => nested.serialized(pieces))),
  );
}
