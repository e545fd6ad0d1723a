/** AttributeProto. */
import type { Attribute, AttributeType } from '../../model/model.ts';
import { encodeUtf8 } from '../../model/utf8.ts';
import { encodeGraph, encodeOtherFields } from './encode-model.ts';
import { encodeSparseTensor, encodeTensor } from './encode-tensor.ts';
import { encodeType } from './encode-type.ts';
import type { FieldSink } from './field-sink.ts';

/** AttributeProto.AttributeType and the number of the field that holds a value of the type. */
export const attributeTypes: Readonly<Record<AttributeType, { number: number; field: number }>> = {
  float: { number: 1, field: 2 },
  int: { number: 2, field: 3 },
  string: { number: 3, field: 4 },
  tensor: { number: 4, field: 5 },
  graph: { number: 5, field: 6 },
  floats: { number: 6, field: 7 },
  ints: { number: 7, field: 8 },
  strings: { number: 8, field: 9 },
  tensors: { number: 9, field: 10 },
  graphs: { number: 10, field: 11 },
  sparse_tensor: { number: 11, field: 22 },
  sparse_tensors: { number: 12, field: 23 },
  type_proto: { number: 13, field: 14 },
  type_protos: { number: 14, field: 15 },
};

type TypeAndValue<T> = T extends { type: infer Name; value: infer Value }
  ? { readonly type: Name; readonly value: Value }
  : never;

/** An attribute's type and value, without its name. */
export type AttributeValue = TypeAndValue<Exclude<Attribute, { type: 'reference' | 'undefined' }>>;

export function encodeAttribute(sink: FieldSink, attribute: Attribute): void {
  encodeOtherFields(sink, attribute);
  if (attribute.name !== '') sink.string(1, attribute.name);
  // Fields go by number: doc_string is 13, type 20, ref_attr_name 21.
  const value = attribute.omitted === 'value' ? undefined : ownValue(attribute);
  const field = value === undefined ? 0 : attributeTypes[value.type].field;
  if (value !== undefined && field < 13) encodeAttributeValue(sink, value);
  if (attribute.docString !== undefined) sink.string(13, attribute.docString);
  if (value !== undefined && field > 13 && field < 20) encodeAttributeValue(sink, value);
  const type = attribute.type === 'reference' ? attribute.attributeType : attribute.type;
  if (type !== undefined && type !== 'undefined' && attribute.omitted !== 'type') {
    sink.varint(20, attributeTypes[type].number);
  }
  if (attribute.type === 'reference') sink.string(21, attribute.value);
  if (value !== undefined && field > 21) encodeAttributeValue(sink, value);
}

function ownValue(attribute: Attribute): AttributeValue | undefined {
  return attribute.type === 'reference' || attribute.type === 'undefined' ? undefined : attribute;
}

export function encodeAttributeValue(sink: FieldSink, attribute: AttributeValue): void {
  const { field } = attributeTypes[attribute.type];
  switch (attribute.type) {
    case 'float':
      sink.float(field, attribute.value);
      return;
    case 'int':
      sink.varint(field, attribute.value);
      return;
    case 'string':
      sink.bytes(field, stringBytes(attribute.value));
      return;
    case 'tensor':
      sink.message(field, attribute.value, encodeTensor);
      return;
    case 'graph':
      sink.message(field, attribute.value, encodeGraph);
      return;
    case 'sparse_tensor':
      sink.message(field, attribute.value, encodeSparseTensor);
      return;
    case 'type_proto':
      sink.message(field, attribute.value, encodeType);
      return;
    case 'floats':
      for (const value of attribute.value) sink.float(field, value);
      return;
    case 'ints':
      for (const value of attribute.value) sink.varint(field, value);
      return;
    case 'strings':
      for (const value of attribute.value) sink.bytes(field, stringBytes(value));
      return;
    case 'tensors':
      for (const value of attribute.value) sink.message(field, value, encodeTensor);
      return;
    case 'graphs':
      for (const value of attribute.value) sink.message(field, value, encodeGraph);
      return;
    case 'sparse_tensors':
      for (const value of attribute.value) sink.message(field, value, encodeSparseTensor);
      return;
    case 'type_protos':
      for (const value of attribute.value) sink.message(field, value, encodeType);
      return;
  }
}

function stringBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? encodeUtf8(value) : value;
}
