/** TensorProto's data fields: what a reference's `field` may name. All are length-delimited. */
import type { ElementField } from '../../model/tensor-values.ts';

/** Field numbers of onnx.proto. */
export const dataFields: Readonly<Record<ElementField, number>> = {
  float_data: 4,
  int32_data: 5,
  int64_data: 7,
  raw_data: 9,
  double_data: 10,
  uint64_data: 11,
};

export function isElementField(name: string): name is ElementField {
  return Object.hasOwn(dataFields, name);
}
