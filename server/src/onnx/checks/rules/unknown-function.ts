/** Calls of functions that the model does not have, in domains of its own. */

import { normalizedDomain } from '../../operators/table.ts';
import { didYouMean } from '../../text/parser/suggestions.ts';
import type { Environment } from '../environment.ts';
import { isKnownDomain } from '../operators.ts';
import type { NodeRule } from './node-rule.ts';

/** A plugin of TensorRT or a custom operator may stand in, so this is no error. */
export function unknownFunctionRule({ functions }: Pick<Environment, 'functions'>): NodeRule {
  return ({ node, operator }, report) => {
    if (operator.kind !== 'foreign' || !operator.domainHasFunctions || operator.name === '') return;
    const { domain, name, overload } = operator;
    if (isKnownDomain(domain)) return;
    const same = [...functions.values()].filter(
      (candidate) => normalizedDomain(candidate.domain) === normalizedDomain(domain),
    );
    const overloads = same.filter((candidate) => candidate.name === name);
    const what = overload === '' ? name : `${name}:${overload}`;
    const hint =
      overloads.length > 0
        ? ` There is one of that name with ${overloads.map((other) => (other.overload === '' ? 'no overload' : `overload "${other.overload}"`)).join(', ')}.`
        : didYouMean(
            name,
            same.map((candidate) => candidate.name),
          );
    report(
      'onnx.unknown-function',
      node.operator,
      `The model has functions of the domain ${domain}, but no ${what}.${hint}`,
    );
  };
}
