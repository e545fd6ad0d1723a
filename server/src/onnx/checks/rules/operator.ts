/** Whether there is such an operator: its domain, its opset, its name. */

import { domainName } from '../../operators/domains.ts';
import { isTensorRTPlugin } from '../../operators/plugins.ts';
import { newestOpset, operatorsOf, releaseOfOpset } from '../../operators/table.ts';
import { didYouMean } from '../../text/parser/suggestions.ts';
import { opsetName } from '../words.ts';
import type { NodeRule } from './node-rule.ts';

/** Operators that ONNX 1.0 to 1.4 had on trial; onnx.checker passes them over. */
const experiments: ReadonlySet<string> = new Set([
  'ATen',
  'Affine',
  'ConstantFill',
  'Crop',
  'DynamicSlice',
  'GRUUnit',
  'GivenTensorFill',
  'ImageScaler',
  'ParametricSoftplus',
  'Scale',
  'ScaledTanh',
]);

export const checkOperator: NodeRule = ({ node, operator, body }, report) => {
  const { name, domain } = operator;
  if (name === '') return;
  if (!operator.hasImport) {
    const [span, shown] = [node.domain ?? node.operator, domain === '' ? 'ai.onnx' : domain];
    const where = body.kind === 'function' ? "this function's opset_import" : "the model's opset_import";
    const hint =
      domain === 'ai.onnx' && body.opsets.has('')
        ? 'the import of "" counts only for operators written without a domain'
        : `add "${domain}" : ${newestOpset(domain) ?? 1}`;
    report(
      'onnx.missing-opset-import',
      span,
      `'${name}' is of the domain ${shown}, which ${where} does not name; ${hint}.`,
    );
  }
  if (operator.kind === 'missing') {
    const { version, versions } = operator;
    const first = versions[0];
    if (first) {
      const release = releaseOfOpset(domain, first.sinceVersion);
      const since = release ? ` (ONNX ${release})` : '';
      report(
        'onnx.operator-not-in-opset',
        node.operator,
        `${name} came with ${opsetName(domain, first.sinceVersion)}${since}; ${version} is imported here.`,
      );
    } else if (domainName(domain) === 'ai.onnx' && experiments.has(name)) {
      report(
        'onnx.experimental-operator',
        node.operator,
        `${name} was an experiment that ONNX dropped in 1.5; few programs still run it.`,
      );
    } else {
      const names = operatorsOf(domain, version).map((candidate) => candidate.name);
      const hint = isTensorRTPlugin(name)
        ? ` It is a plugin of TensorRT, which finds it in any domain; ONNX lets it pass in one of its own: \`trt.plugins.${name}\`, with "trt.plugins" : 1 among the opset imports.`
        : didYouMean(name, names);
      report('onnx.unknown-operator', node.operator, `${domainName(domain)} has no operator ${name}.${hint}`);
    }
  }
};
