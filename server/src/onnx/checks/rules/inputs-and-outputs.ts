/** Missing and surplus inputs and outputs of nodes. */

import { type FormalParameter, parameterAt } from '../../operators/schema.ts';
import type { Identifier, Span } from '../../text/syntax-tree.ts';
import type { Report } from '../finding.ts';
import type { Counts } from '../operators.ts';
import { count } from '../words.ts';
import type { NodeRule } from './node-rule.ts';

export const checkInputsAndOutputs: NodeRule = ({ node, operator }, report) => {
  const { inputs, outputs } = node;
  if (inputs.length === 0 && outputs.length === 0) {
    report('onnx.empty-node', node.operator, `This ${operator.name} takes nothing and makes nothing.`);
  }
  if (operator.kind === 'operator') {
    if (operator.schema.deprecated) return;
    checkCount(
      node.operator,
      operator.name,
      'input',
      inputs,
      operator.schema.inputs,
      operator.inputs,
      report,
    );
    checkCount(
      node.operator,
      operator.name,
      'output',
      outputs,
      operator.schema.outputs,
      operator.outputs,
      report,
    );
  } else if (operator.kind === 'function') {
    const { signature } = operator.definition;
    checkCall(operator.name, 'input', inputs, signature.inputs.length, report);
    checkCall(operator.name, 'output', outputs, signature.outputs.length, report);
  }
};

function checkCount(
  operator: Span,
  name: string,
  what: 'input' | 'output',
  actual: readonly Identifier[],
  parameters: readonly FormalParameter[],
  { least, most }: Counts,
  report: Report,
): void {
  if (actual.length < least) {
    const missing = parameters[actual.length] ?? parameters.at(-1);
    report(
      `onnx.missing-${what}`,
      actual.at(-1) ?? operator,
      `${name} needs ${least === most ? '' : 'at least '}${count(least, what)} and has ${actual.length}; next comes ${describe(missing)}.`,
    );
  } else if (actual.length > most) {
    report(
      `onnx.surplus-${what}`,
      spanFrom(actual, most) ?? operator,
      `${name} ${what === 'input' ? 'takes' : 'makes'} ${most === 0 ? '' : 'at most '}${count(most, what)} and has ${actual.length} here.`,
    );
  }
  for (let index = 0; index < actual.length; index++) {
    if (actual[index]?.name !== '') continue;
    const parameter = parameterAt(parameters, index);
    // onnx.checker takes an output that is left out of several, and no input.
    const canBeOmitted = what === 'input' ? ['optional'] : ['optional', 'variadic'];
    if (!parameter || canBeOmitted.includes(parameter.option)) continue;
    report(
      `onnx.missing-${what}`,
      visible(actual[index], operator),
      `${capital(what)} ${index} of ${name}, ${describe(parameter)}, cannot be left out.`,
    );
  }
}

/** Inputs and outputs of a function can be left out. */
function checkCall(
  name: string,
  what: 'input' | 'output',
  actual: readonly Identifier[],
  most: number,
  report: Report,
): void {
  const span = spanFrom(actual, most);
  if (span) {
    report(
      `onnx.surplus-${what}`,
      span,
      `The function ${name} has ${count(most, what)}; here are ${actual.length}.`,
    );
  }
}

function describe(parameter: FormalParameter | undefined): string {
  return parameter ? `\`${parameter.name}\`` : 'one more';
}

/** An omitted name is nothing to underline. */
function visible(span: Span | undefined, operator: Span): Span {
  return span && span.end > span.start ? span : operator;
}

function spanFrom(identifiers: readonly Identifier[], from: number): Span | undefined {
  const [first, last] = [identifiers[from], identifiers.at(-1)];
  return first && last && { start: first.start, end: last.end };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
