/** TensorProto's data fields that a reference's `field` may name. All are length-delimited. */
import { dataFieldNumbers } from '../../binary/write/encode-tensor.ts';
import type { ElementField } from '../../model/tensor-values.ts';

/** Field numbers of onnx.proto. */
export const dataFields: Readonly<Record<ElementField, number>> = {
  raw_data: dataFieldNumbers.raw_data,
  float_data: dataFieldNumbers.float_data,
  int32_data: dataFieldNumbers.int32_data,
  int64_data: dataFieldNumbers.int64_data,
  uint64_data: dataFieldNumbers.uint64_data,
  double_data: dataFieldNumbers.double_data,
};

export function isElementField(name: string): name is ElementField {
  return Object.hasOwn(dataFields, name);
}
