/** Operators that an opset has no longer, with what takes their place. */

import { opsetName } from '../words.ts';
import type { NodeRule } from './node-rule.ts';

const successors: Readonly<Record<string, string>> = {
  Upsample: 'Resize, with its scales as third input, does the same',
  Scatter: 'ScatterElements takes the same inputs',
  GroupNormalization:
    'from opset 21 on there is one again, whose scale and bias have an element per channel instead of one per group',
  TreeEnsembleClassifier: 'TreeEnsemble takes its place',
  TreeEnsembleRegressor: 'TreeEnsemble takes its place',
};

export const checkDeprecated: NodeRule = ({ node, operator }, report) => {
  if (operator.kind !== 'operator' || !operator.schema.deprecated) return;
  const { name, domain, schema, version } = operator;
  const successor = Object.hasOwn(successors, name) ? `; ${successors[name]}` : '';
  report(
    'onnx.deprecated-operator',
    node.operator,
    `${name} ended with ${opsetName(domain, schema.sinceVersion)}, and ${version} is imported here${successor}.`,
  );
};
