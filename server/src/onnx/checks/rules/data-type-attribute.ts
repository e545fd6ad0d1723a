/** Attributes that hold a TensorProto.DataType. */

import { dataTypeName, dataTypeOfNumber } from '../../model/data-types.ts';
import { isDataTypeAttribute } from '../../operators/data-type-attributes.ts';
import type { NodeRule } from './node-rule.ts';

export const checkDataTypeAttribute: NodeRule = ({ node, operator }, report) => {
  if (operator.kind !== 'operator' || node.attributes.length === 0) return;
  for (const { name, value } of node.attributes) {
    const attribute = operator.schema.attributes.get(name.name);
    if (value.kind !== 'integer' || !attribute || !isDataTypeAttribute(attribute)) continue;
    const type = Number(value.value);
    const known = dataTypeOfNumber(type);
    const parameter = operator.schema.outputs[0]?.type ?? '';
    const allowed = operator.schema.typeConstraints.get(parameter);
    if (!known) {
      report('onnx.attribute-value', value, `${type} is no element type; 1 is float, 7 int64, 10 float16.`);
    } else if (allowed?.every((text) => !text.includes(`tensor(${known.name})`))) {
      report(
        'onnx.attribute-value',
        value,
        `${operator.name} in opset ${operator.version} does not make ${dataTypeName(type)}, which ${type} stands for.`,
      );
    }
  }
};
