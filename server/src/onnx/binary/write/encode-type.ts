/** ValueInfoProto, TypeProto and TensorShapeProto. */
import type { Dimension, Shape, Type, ValueInfo } from '../../model/model.ts';
import { encodeEntries, encodeOtherFields } from './encode-model.ts';
import type { FieldSink } from './field-sink.ts';

export function encodeValueInfo(sink: FieldSink, value: ValueInfo): void {
  encodeOtherFields(sink, value);
  if (value.name !== '') sink.string(1, value.name);
  if (value.type !== undefined) sink.message(2, value.type, encodeType);
  if (value.docString !== undefined) sink.string(3, value.docString);
  encodeEntries(sink, 4, value.metadata);
}

/** Numbers of TypeProto's `value` fields. */
export const typeFieldNumbers = {
  tensor: 1,
  sequence: 4,
  map: 5,
  opaque: 7,
  sparse_tensor: 8,
  optional: 9,
} as const;

export function encodeType(sink: FieldSink, type: Type): void {
  // First and not in order: TypeProto's value is a oneof, and what comes last is the value.
  if (type.otherFields !== undefined) sink.serialized(type.otherFields);
  // Of TypeProto's fields only denotation, 6, is not its value.
  const field = type.kind === 'undefined' ? 0 : typeFieldNumbers[type.kind];
  if (field !== 0 && field < 6) sink.message(field, type, encodeTypeValue);
  if (type.denotation !== undefined) sink.string(6, type.denotation);
  if (field > 6) sink.message(field, type, encodeTypeValue);
}

function encodeTypeValue(sink: FieldSink, type: Type): void {
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor':
      if (type.elementType !== 0) sink.varint(1, type.elementType);
      if (type.shape !== undefined) sink.message(2, type.shape, encodeShape);
      return;
    case 'sequence':
    case 'optional':
      encodeElementType(sink, 1, type.element);
      return;
    case 'map':
      if (type.key !== 0) sink.varint(1, type.key);
      encodeElementType(sink, 2, type.value);
      return;
    case 'opaque':
      if (type.domain !== undefined) sink.string(1, type.domain);
      if (type.name !== undefined) sink.string(2, type.name);
      return;
    case 'undefined':
  }
}

function encodeElementType(sink: FieldSink, field: number, element: Type): void {
  const isBlank =
    element.kind === 'undefined' && element.denotation === undefined && element.otherFields === undefined;
  if (!isBlank) sink.message(field, element, encodeType);
}

function encodeShape(sink: FieldSink, shape: Shape): void {
  for (const dimension of shape) sink.message(1, dimension, encodeDimension);
}

function encodeDimension(sink: FieldSink, dimension: Dimension): void {
  encodeOtherFields(sink, dimension);
  if (dimension.kind === 'value') sink.varint(1, dimension.value);
  else if (dimension.kind === 'parameter') sink.string(2, dimension.name);
  if (dimension.denotation !== undefined) sink.string(3, dimension.denotation);
}
