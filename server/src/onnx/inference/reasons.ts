/** Why a dim is what it is. Worked out when asked, by inferring the node again and listening to its rule. */

import { equalDims, loneSymbol } from './expression.ts';
import { formatDim } from './format.ts';
import { inferNode } from './infer-node.ts';
import { type Definition, isOmitted, lookUp, type NodeRecord, type Scope } from './scope.ts';
import { shapeOf, type Value } from './value.ts';

/** A phrase like `(224 + 2·3 − 7) / 2 + 1`, or where the dim comes from. Undefined for a value without that dim. */
export function reasonOf(scope: Scope, name: string, axis: number): string | undefined {
  const value = lookUp(scope, name, Number.POSITIVE_INFINITY);
  const dim = shapeOf(value?.type)?.[axis];
  if (value === undefined || dim === undefined) return undefined;
  const definition = scope.values.get(name);
  const record = definition && recordOf(scope, definition);
  if (record === undefined) return sourceReason(name, value);
  const output = record.node.outputs.indexOf(name);
  return ruleReason(scope, record, output, axis) ?? inputReason(scope, record, output, axis, value);
}

/** That of the node which makes a value; records are in the order of their nodes. */
function recordOf({ records }: Scope, definition: Definition): NodeRecord | undefined {
  let [from, to] = [0, records.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((records[middle]?.order ?? 0) < definition.order) from = middle + 1;
    else to = middle;
  }
  const record = records[from];
  return record?.outputs.includes(definition) ? record : undefined;
}

function sourceReason(name: string, value: Value): string {
  return value.constant ? `dims of the initializer ${name}` : `declared of the input ${name}`;
}

function ruleReason(scope: Scope, record: NodeRecord, output: number, axis: number): string | undefined {
  let phrase: string | undefined;
  inferNode(scope, record.node, record.order, (forOutput, forAxis, reason) => {
    if (forOutput === output && forAxis === axis) phrase ??= reason();
  });
  return phrase;
}

/** The input that has this dim, best at the same place; else that the node has it so. */
function inputReason(scope: Scope, record: NodeRecord, output: number, axis: number, value: Value): string {
  const shape = shapeOf(value.type) ?? [];
  const dim = shape[axis];
  const { node, order } = record;
  const candidates = node.inputs.flatMap((name) => {
    const given = isOmitted(scope, name) ? undefined : shapeOf(lookUp(scope, name, order)?.type);
    return given ? [{ name, given }] : [];
  });
  const same = candidates.find(({ given }) => equalDims(given[axis], dim) && given.length === shape.length);
  if (same) return `dim ${axis} of ${same.name}`;
  if (loneSymbol(dim)?.anonymous) return `known only when ${node.operator} runs`;
  for (const { name, given } of candidates) {
    const place = typeof dim === 'object' ? given.findIndex((other) => equalDims(other, dim)) : -1;
    if (place >= 0) return `dim ${place} of ${name}`;
  }
  const declared = scope.declared.has(node.outputs[output] ?? '') ? ', as declared' : '';
  return `${formatDim(dim)} by ${node.operator}${declared}`;
}
