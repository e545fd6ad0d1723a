/** TensorProto and SparseTensorProto. */
import type { SparseTensor, Tensor, TensorData } from '../../model/model.ts';
import { encodeEntries, encodeOtherFields } from './encode-model.ts';
import type { FieldSink } from './field-sink.ts';

/** Numbers of the fields that hold a tensor's elements. */
export const dataFieldNumbers = {
  float_data: 4,
  int32_data: 5,
  string_data: 6,
  int64_data: 7,
  raw_data: 9,
  double_data: 10,
  uint64_data: 11,
  external_data: 13,
} as const;

export function encodeTensor(sink: FieldSink, tensor: Tensor): void {
  encodeOtherFields(sink, tensor);
  for (const dim of tensor.dims) sink.varint(1, dim);
  if (tensor.dataType !== 0) sink.varint(2, tensor.dataType);
  // Fields go by number: name is 8, doc_string 12.
  const field = dataFieldNumber(tensor.data);
  if (field < 8) encodeTensorData(sink, tensor.data);
  if (tensor.name !== '') sink.string(8, tensor.name);
  if (field > 8 && field < 12) encodeTensorData(sink, tensor.data);
  if (tensor.docString !== undefined) sink.string(12, tensor.docString);
  if (field > 12) encodeTensorData(sink, tensor.data);
  encodeEntries(sink, 16, tensor.metadata);
}

export function encodeTensorData(sink: FieldSink, data: TensorData): void {
  const field = dataFieldNumber(data);
  switch (data.kind) {
    case 'raw':
    case 'typed':
      sink.bytes(field, data.bytes);
      return;
    case 'strings':
      for (const value of data.values) sink.bytes(field, value);
      return;
    case 'external':
      encodeEntries(sink, field, data.entries);
      // data_location: EXTERNAL.
      sink.varint(14, 1);
      return;
    case 'none':
  }
}

function dataFieldNumber(data: TensorData): number {
  switch (data.kind) {
    case 'raw':
      return dataFieldNumbers.raw_data;
    case 'typed':
      return dataFieldNumbers[data.field];
    case 'strings':
      return dataFieldNumbers.string_data;
    case 'external':
      return dataFieldNumbers.external_data;
    case 'none':
      return 0;
  }
}

export function encodeSparseTensor(sink: FieldSink, sparse: SparseTensor): void {
  encodeOtherFields(sink, sparse);
  if (!isBlank(sparse.values)) sink.message(1, sparse.values, encodeTensor);
  if (!isBlank(sparse.indices)) sink.message(2, sparse.indices, encodeTensor);
  for (const dim of sparse.dims) sink.varint(3, dim);
}

/** Whether a tensor has nothing to write. */
export function isBlank(tensor: Tensor): boolean {
  return (
    tensor.otherFields === undefined &&
    tensor.name === '' &&
    tensor.dataType === 0 &&
    tensor.dims.length === 0 &&
    tensor.data.kind === 'none' &&
    tensor.docString === undefined &&
    tensor.metadata.length === 0
  );
}
