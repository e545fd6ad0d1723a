/** Infers all nodes of a body that has not been inferred before. */

import type { Graph, Node, Tensor, Type, ValueInfo } from '../model/model.ts';
import { anonymousSymbol } from './expression.ts';
import { formatType } from './format.ts';
import { inferNode, named } from './infer-node.ts';
import { type Conflict, mergeTypes } from './merge.ts';
import type { LocalProblem } from './problem.ts';
import { define, lookUp, type NodeRecord, type Scope } from './scope.ts';
import { declaredType, typeOfTensor, unknownValue, type Value } from './value.ts';

/** In the order of the model; a node sees what is defined before it. */
export function inferNodes(scope: Scope, nodes: readonly Node[]): void {
  scope.records = nodes.map((node, order) => inferAndDefine(scope, node, order));
}

export function inferAndDefine(scope: Scope, node: Node, order: number): NodeRecord {
  const record = inferNode(scope, node, order);
  record.outputs.forEach((definition, index) => {
    const name = node.outputs[index];
    if (name) define(scope, name, definition);
  });
  return record;
}

/** What a body gives out under these names. */
export function outputsOf(scope: Scope, names: readonly string[]): Value[] {
  return names.map((name) => lookUp(scope, name, Number.POSITIVE_INFINITY) ?? unknownValue);
}

/** Types declared for values that nodes make. */
export function declarationsOf(graph: Graph): ReadonlyMap<string, Type> {
  const declared = new Map<string, Type>();
  for (const { name, type } of [...graph.outputs, ...graph.valueInfos]) {
    if (type && type.kind !== 'undefined' && name !== '' && !declared.has(name)) declared.set(name, type);
  }
  return declared;
}

/** A graph input or initializer as nodes see it. */
export function sourceValue(
  scopeKey: string,
  name: string,
  input: ValueInfo | undefined,
  initializer: Tensor | undefined,
  given: Value | undefined,
  report: (problem: LocalProblem) => void,
): Value {
  const declared = declaredType(input?.type);
  const actual = given?.type ?? (initializer && typeOfTensor(initializer));
  const tell = ({ code, what }: Conflict) =>
    report({
      code,
      message: `'${name}' ${what}.`,
      sides: [
        { role: 'input', name, text: formatType(actual) },
        { role: 'declaration', name, text: formatType(declared) },
      ],
    });
  const type = named(mergeTypes(actual, declared, tell), (axis) =>
    anonymousSymbol(`${scopeKey}${name}#${axis}`),
  );
  return { type, data: given?.data, constant: given ? given.constant : initializer };
}
