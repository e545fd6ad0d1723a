/** A function's opset against that of the model: onnx.checker wants an operator to be the same in both. */

import { normalizedDomain, schemaOf } from '../../operators/table.ts';
import { opsetName } from '../words.ts';
import type { NodeRule } from './node-rule.ts';

export const checkIncompatibleOpset: NodeRule = ({ node, operator, body }, report) => {
  if (body.kind !== 'function' || operator.kind === 'function') return;
  const { domain, name } = operator;
  const own = body.opsets.get(domain);
  const model = body.modelOpsets.get(domain);
  if (own === undefined || model === undefined || own === model) return;
  const [here, there] = [own, model].map((version) => schemaOf(normalizedDomain(domain), name, version));
  if (here?.sinceVersion === there?.sinceVersion) return;
  report(
    'onnx.incompatible-opset',
    node.operator,
    `${name} of ${opsetName(domain, own)}, which this function imports, is another one than that of ${opsetName(domain, model)}, which the model imports.`,
  );
};
