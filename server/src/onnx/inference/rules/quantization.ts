/** Quantization. */

import type { Rule, RuleTable } from './rule.ts';

const quantize: Rule = (context) => {
  // The zero point's type, else the attribute's, else uint8.
  const given = context.int('output_dtype') || undefined;
  context.setElementType(0, context.elementType(2) || (context.has(2) ? 0 : (given ?? 2)));
  context.copyShape(0, 0);
};

const dequantize: Rule = (context) => {
  const given = context.int('output_dtype') || undefined;
  context.setElementType(0, given ?? (context.version >= 19 ? context.elementType(1) : 1));
  context.copyShape(0, 0);
};

const dynamicQuantize: Rule = (context) => {
  context.copyShape(0, 0);
  context.setShape(1, []);
  context.setShape(2, []);
};

export const quantizationRules: RuleTable = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamicQuantize,
};
