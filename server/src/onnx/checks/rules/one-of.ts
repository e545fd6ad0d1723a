/** What schemas cannot say: exactly one of several attributes or inputs, and numbers of outputs that leave some out. */

import { listOf } from '../words.ts';
import type { NodeRule } from './node-rule.ts';

const constantValues = [
  'value',
  'value_float',
  'value_floats',
  'value_int',
  'value_ints',
  'value_string',
  'value_strings',
  'sparse_value',
];

export const checkOneOf: NodeRule = ({ node, operator }, report) => {
  if (operator.kind !== 'operator' || operator.schema.domain !== '') return;
  const { attributes, inputs, outputs } = node;
  const hasInput = (index: number) => (inputs[index]?.name ?? '') !== '';
  switch (operator.name) {
    case 'Constant': {
      const given = attributes.filter(({ name }) => constantValues.includes(name.name));
      const [, second] = given;
      if (second) {
        report(
          'onnx.duplicate-attribute',
          second.name,
          `A Constant has one value, and this is the second: one of ${listOf(constantValues)}.`,
        );
      } else if (given.length === 0 && operator.requiredAttributes.length === 0) {
        report(
          'onnx.missing-attribute',
          node.operator,
          'A Constant needs a value: `value` = float[2] {1, 2}.',
        );
      }
      return;
    }
    case 'Resize': {
      // Before opset 13 the scales were always there, empty where the sizes count.
      if (operator.schema.sinceVersion < 13 || hasInput(2) !== hasInput(3)) return;
      const message = 'Resize takes either `scales`, its third input, or `sizes`, its fourth';
      if (hasInput(2)) report('onnx.surplus-input', inputs[3] ?? node.operator, `${message}, not both.`);
      else report('onnx.missing-input', node.operator, `${message}; it has neither here.`);
      return;
    }
    case 'BatchNormalization': {
      // From opset 14 on, training_mode decides; that is the business of inference.
      if (operator.schema.sinceVersion >= 14 || outputs.length < 2 || outputs.length > 4) return;
      const message = `BatchNormalization makes one value, or all five; the node has ${outputs.length}.`;
      report('onnx.surplus-output', outputs[1] ?? node.operator, message);
      return;
    }
    case 'Split': {
      const hasNumber = attributes.some(({ name }) => name.name === 'num_outputs');
      if (operator.schema.sinceVersion < 18 || hasInput(1) !== hasNumber) return;
      const message = 'Split takes either the sizes of the parts, as its second input, or `num_outputs`';
      if (hasNumber) report('onnx.surplus-input', inputs[1] ?? node.operator, `${message}, not both.`);
      else report('onnx.missing-attribute', node.operator, `${message}; it has neither here.`);
      return;
    }
    default:
  }
};
