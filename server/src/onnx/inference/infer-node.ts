/** Infers the outputs of one node from its inputs. */

import type { Node } from '../model/model.ts';
import { functionOf, inferCall } from './call.ts';
import type { Dim } from './expression.ts';
import { formatType } from './format.ts';
import { mergeTypes } from './merge.ts';
import { NodeContext } from './node-context.ts';
import { applyTypes, operatorOf } from './operator.ts';
import { type NodeRecord, opsetOf, type Scope } from './scope.ts';
import { inferSubgraph } from './subgraph.ts';
import { declaredType, equalTypes, tensorOf, unknownValue, type Value, type ValueType } from './value.ts';

export type Explain = (output: number, axis: number, reason: () => string) => void;

/** Never throws: what cannot be inferred is unknown, and a problem where the model is to blame. */
export function inferNode(scope: Scope, node: Node, order: number, explain?: Explain): NodeRecord {
  const context = new NodeContext(scope, node, order, opsetOf(scope, node.domain) ?? 0, explain);
  try {
    applyRule(context);
  } catch (error) {
    context.outputs.fill(unknownValue);
    const message = error instanceof Error ? error.message : String(error);
    context.report(
      'onnx.inference-failed',
      `The shapes of ${node.operator} could not be inferred: ${message}`,
      [],
    );
  }
  lookInside(context);
  const outputs = node.outputs.map((name, index) => ({
    order,
    value: completed(context, index, name),
  }));
  return { node, order, outputs, problems: context.problems, inner: context.inner };
}

function applyRule(context: NodeContext): void {
  const { node, scope } = context;
  const definition = functionOf(scope.session, node);
  if (definition) {
    inferCall(context, definition);
    return;
  }
  const operator = operatorOf(scope.session, node.domain, node.operator, context.version);
  if (operator === undefined) return;
  applyTypes(context, operator);
  operator.rule?.(context);
}

/** Graphs that no rule looked into have values too. */
function lookInside(context: NodeContext): void {
  for (const attribute of context.node.attributes) {
    if (attribute.type !== 'graph') continue;
    if (!context.inner?.some((inner) => inner.attribute === attribute.name)) {
      inferSubgraph(context, attribute.name, attribute.value, []);
    }
  }
}

/** The output with what is declared of it, dims that nothing is known of made symbols. */
function completed(context: NodeContext, index: number, name: string): Value {
  const value = context.outputs[index] ?? unknownValue;
  const said = name === '' ? undefined : context.scope.declared.get(name);
  let type = value.type;
  if (said !== undefined) {
    const declared = declaredType(said);
    type = mergeTypes(type, declared, ({ code, what }) =>
      context.report(code, `'${name}' ${what}.`, [
        { role: 'output', index, name, text: formatType(value.type) },
        { role: 'declaration', name, text: formatType(declared) },
      ]),
    );
  }
  type = named(type, (axis) => context.unknownDim(index, axis));
  return sharedValue(context, type === value.type ? value : { ...value, type });
}

/** Most nodes give out what one of their inputs is like: then that input's value serves for both. */
function sharedValue({ inputs }: NodeContext, value: Value): Value {
  if (value.constant !== undefined || value.data !== undefined || value.type === undefined) return value;
  for (const input of inputs) {
    if (input?.constant === undefined && input?.data === undefined && equalTypes(input?.type, value.type)) {
      return input ?? value;
    }
  }
  return value;
}

/** The type with a symbol for each dim that is not known. */
export function named(
  type: ValueType | undefined,
  name: (axis: string) => Dim,
  prefix = '',
): ValueType | undefined {
  switch (type?.kind) {
    case 'tensor':
    case 'sparse_tensor': {
      if (!type.shape?.includes(undefined)) return type;
      const shape = type.shape.map((dim, axis) => dim ?? name(`${prefix}${axis}`));
      return type.kind === 'tensor' ? tensorOf(type.elementType, shape) : { ...type, shape };
    }
    case 'sequence':
    case 'optional': {
      const element = named(type.element, name, `${prefix}.`);
      return element === type.element ? type : { kind: type.kind, element };
    }
    default:
      return type;
  }
}
