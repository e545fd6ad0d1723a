/** Operators with graphs inside. */

import { dataTypeName } from '../../model/data-types.ts';
import type { Graph } from '../../model/model.ts';
import { type Dim, equalDims } from '../expression.ts';
import { formatType } from '../format.ts';
import { named } from '../infer-node.ts';
import { mergeTypes } from '../merge.ts';
import { moreTelling, type NodeContext } from '../node-context.ts';
import { inferSubgraph } from '../subgraph.ts';
import {
  commonType,
  declaredType,
  elementTypeOf,
  equalDimLists,
  equalTypes,
  shapeOf,
  tensorOf,
  unknownValue,
  type Value,
  type ValueType,
  valueWith,
} from '../value.ts';
import { fitsGraph } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const choose: Rule = (context) => {
  const branches = (['then_branch', 'else_branch'] as const).map((name) => {
    const graph = context.graph(name);
    return graph && inferSubgraph(context, name, graph, []);
  });
  const [yes, no] = branches;
  for (const name of ['then_branch', 'else_branch'] as const) {
    const graph = context.graph(name);
    if (graph && !fitsGraph(context, name, graph, undefined, context.outputs.length)) return;
  }
  const condition = context.scalar(0);
  const taken = condition === undefined ? undefined : condition === 0 ? no : yes;
  for (let output = 0; output < context.outputs.length; output++) {
    const [a, b] = [yes?.[output], no?.[output]];
    if (typeof condition === 'number' && taken?.[output]?.type) {
      context.setValue(output, withoutConstant(taken[output] ?? unknownValue));
      continue;
    }
    if (a?.type && b?.type && !isCompatible(a.type, b.type)) {
      const [then, otherwise] = [formatType(a.type), formatType(b.type)];
      context.report(
        'onnx.type-mismatch',
        `The branches of If give output ${output} different types: ${then} and ${otherwise}.`,
        [
          { role: 'attribute', name: 'then_branch', graphOutput: output, text: then },
          { role: 'attribute', name: 'else_branch', graphOutput: output, text: otherwise },
        ],
      );
    }
    context.setValue(output, commonValue(a, b));
  }
};

function isCompatible(a: ValueType, b: ValueType): boolean {
  return a.kind === b.kind && elementTypeOf(a) === elementTypeOf(b);
}

function withoutConstant(value: Value): Value {
  return value.constant ? { ...value, constant: undefined } : value;
}

function commonValue(a: Value | undefined, b: Value | undefined): Value {
  if (a === undefined || b === undefined) return unknownValue;
  const [one, other] = [a.data, b.data];
  const type = commonType(a.type, b.type);
  const data =
    one && other && one.length === other.length && shapeOf(type)
      ? one.map((element, index) => (equalDims(element, other[index]) ? element : undefined))
      : undefined;
  return valueWith(type, data?.some((element) => element !== undefined) ? data : undefined);
}

/** Rounds until what a loop carries no longer changes; more means that it never will. */
const maximumRounds = 4;

const loop: Rule = (context) => {
  const graph = context.graph('body');
  if (graph === undefined) return;
  const initial = context.inputs.slice(2).map((value) => value ?? unknownValue);
  if (!fitsGraph(context, 'body', graph, 2 + initial.length, 1 + context.outputs.length)) {
    // What the body carries is still what it starts with.
    initial.forEach(({ type }, index) => {
      context.setType(index, type?.kind === 'tensor' ? withoutShape(type) : undefined);
    });
    return;
  }
  const counter = valueWith(tensorOf(7, []));
  const condition = valueWith(tensorOf(9, []));
  const { carried, outputs } = settle(context, graph, initial, (state) => [counter, condition, ...state]);
  carried.forEach((value, index) => {
    context.setType(index, value.type);
    const [before, after] = [initial[index]?.type, outputs?.[1 + index]?.type].map(elementTypeOf);
    if (!before || !after || before === after) return;
    const name = graph.outputs[1 + index]?.name ?? '';
    context.report(
      'onnx.type-mismatch',
      `Loop starts with '${context.inputName(2 + index)}' of type ${dataTypeName(before)}, and its body goes on with '${name}' of type ${dataTypeName(after)}.`,
      [context.inputSide(2 + index), context.attributeSide('body')],
    );
  });
  const trips =
    typeof context.scalar(0) === 'number' && !context.has(1) && isConstantTrue(context, graph, outputs)
      ? context.scalar(0)
      : undefined;
  outputs?.slice(1 + initial.length).forEach((value, index) => {
    const shape = shapeOf(value.type);
    const output = initial.length + index;
    if (value.type?.kind === 'tensor') {
      context.setType(output, tensorOf(value.type.elementType, shape && [trips, ...shape.map(settled)]));
    }
  });
};

/** Whether the loop ends only by its count: its condition is handed through. */
function isConstantTrue(context: NodeContext, graph: Graph, outputs: readonly Value[] | undefined): boolean {
  const [, condition] = graph.inputs;
  const [next] = graph.outputs;
  const passed = graph.nodes.find((node) => next !== undefined && node.outputs.includes(next.name));
  const isPassed =
    next?.name === condition?.name ||
    (passed?.operator === 'Identity' && passed.inputs[0] === condition?.name);
  const value = outputs?.[0];
  return isPassed || (value !== undefined && context.dataOf(value)?.[0] === 1);
}

/** A dim that differs from round to round is not one that the loop's output has. */
const settled = (dim: Dim): Dim => (typeof dim === 'object' && dim.key.includes('~') ? undefined : dim);

interface Settled {
  readonly carried: readonly Value[];
  readonly outputs: readonly Value[] | undefined;
}

/**
 * Infers a body again and again, forgetting of the carried values what a round changes, until a round changes nothing.
 * Dims that differ from round to round are symbols of the body (marked by `~`) inside and unknown outside.
 */
function settle(
  context: NodeContext,
  graph: Graph,
  initial: readonly Value[],
  inputsFor: (state: readonly Value[]) => (Value | undefined)[],
): Settled {
  // What the body declares of its inputs holds for the values it starts with.
  let types = initial.map((value, index) => {
    const declared = declaredType(graph.inputs[2 + index]?.type);
    return value.type?.kind === declared?.kind ? mergeTypes(value.type, declared, () => {}) : value.type;
  });
  let data = initial.map((value) => context.dataOf(value));
  let outputs: Value[] | undefined;
  for (let round = 0; round <= maximumRounds; round++) {
    const varying = types.map((type, index) => named(type, (axis) => context.unknownDim(index, `~${axis}`)));
    const state = varying.map((type, index) =>
      valueWith(type, data[index]?.some((e) => e !== undefined) ? data[index] : undefined),
    );
    outputs = inferSubgraph(context, 'body', graph, inputsFor(state));
    if (outputs === undefined)
      return { carried: types.map((type) => valueWith(withoutShape(type))), outputs };
    const next = outputs.slice(1, 1 + initial.length);
    const merged = varying.map((type, index) =>
      forgetVarying(mergedType(type, next[index]?.type, round >= maximumRounds - 1)),
    );
    const mergedData = data.map((elements, index) => {
      const after = next[index] && context.dataOf(next[index]);
      return elements?.map((element, at) => (equalDims(element, after?.[at]) ? element : undefined));
    });
    const isStable =
      merged.every((type, index) => equalTypes(type, types[index])) &&
      mergedData.every((elements, index) => equalDimLists(elements, data[index]));
    types = merged;
    data = mergedData;
    if (isStable) break;
  }
  return { carried: types.map((type) => valueWith(forgetVarying(type))), outputs };
}

/** What holds before and after a round; where `coarse`, nothing but the element type if they differ. */
function mergedType(
  before: ValueType | undefined,
  after: ValueType | undefined,
  coarse: boolean,
): ValueType | undefined {
  if (before === undefined || after === undefined) return before;
  if (before.kind === 'optional' || before.kind === 'sequence') {
    // A loop may start with an optional and go on with what was in it.
    if (before.kind !== after.kind) return after;
    return { kind: before.kind, element: commonElement(before.element, after.element) };
  }
  const common = commonType(before, after);
  return coarse && !equalTypes(common, before) ? withoutShape(before) : (common ?? withoutShape(before));
}

/** An empty sequence's element type is all there is to know of it; the shapes come with the first insertion. */
function commonElement(before: ValueType | undefined, after: ValueType | undefined): ValueType | undefined {
  return commonType(before, after) ?? withoutShape(before ?? after);
}

function withoutShape(type: ValueType | undefined): ValueType | undefined {
  if (type?.kind !== 'tensor') return type;
  return tensorOf(type.elementType, undefined);
}

function forgetVarying(type: ValueType | undefined): ValueType | undefined {
  const shape = shapeOf(type);
  if (type?.kind !== 'tensor' || !shape?.some((dim) => settled(dim) === undefined)) return type;
  return tensorOf(type.elementType, shape.map(settled));
}

const scan: Rule = (context) => {
  const graph = context.graph('body');
  const scanned = context.int('num_scan_inputs');
  if (graph === undefined || scanned === undefined) return;
  // At opset 8 the first input is optional lengths, and everything has a batch dimension in front.
  const old = context.version < 9;
  const inputs = context.inputs.slice(old ? 1 : 0);
  if (!fitsGraph(context, 'body', graph, inputs.length, context.outputs.length)) return;
  const states = Math.max(0, inputs.length - scanned);
  const inputAxes = context.ints('scan_input_axes') ?? [];
  let length: Dim;
  let batch: Dim;
  const slices = inputs.slice(states).map((value, index) => {
    const shape = shapeOf(value?.type);
    const elementType = elementTypeOf(value?.type);
    const axis = old ? 1 : wrapped(inputAxes[index] ?? 0, shape?.length ?? 0);
    length ??= shape?.[axis];
    if (old) batch ??= shape?.[0];
    const slice = shape?.filter((_, at) => at !== axis && !(old && at === 0));
    return valueWith(tensorOf(elementType, slice));
  });
  const initial = inputs.slice(0, states).map((value) => {
    const shape = shapeOf(value?.type);
    if (old) batch ??= shape?.[0];
    return valueWith(old && value?.type ? tensorOf(elementTypeOf(value.type), shape?.slice(1)) : value?.type);
  });
  // Unlike Loop, Scan may not change the shapes of what it carries.
  const outputs = inferSubgraph(context, 'body', graph, [...initial, ...slices]);
  initial.forEach(({ type }, index) => {
    const after = outputs?.[index]?.type;
    const shape = tellingShape(shapeOf(type), shapeOf(after));
    const elementType = elementTypeOf(type) || elementTypeOf(after);
    if (type?.kind === 'tensor' || after?.kind === 'tensor') {
      context.setType(index, tensorOf(elementType, old && shape ? [batch, ...shape] : shape));
    } else {
      context.setType(index, type ?? after);
    }
  });
  const outputAxes = context.ints('scan_output_axes') ?? [];
  outputs?.slice(states).forEach((value, index) => {
    const shape = shapeOf(value.type)?.map(settled);
    if (value.type === undefined) return;
    const axis = old ? 0 : wrapped(outputAxes[index] ?? 0, (shape?.length ?? 0) + 1);
    const stacked = shape && [...shape.slice(0, axis), length, ...shape.slice(axis)];
    context.setType(
      states + index,
      tensorOf(elementTypeOf(value.type), old && stacked ? [batch, ...stacked] : stacked),
    );
  });
};

/** What two shapes that are the same tell together. */
function tellingShape(
  a: readonly Dim[] | undefined,
  b: readonly Dim[] | undefined,
): readonly Dim[] | undefined {
  if (a === undefined || b === undefined || a.length !== b.length) return a ?? b;
  return a.map((dim, axis) => moreTelling(dim, b[axis]));
}

function wrapped(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export const controlFlowRules: RuleTable = { If: choose, Loop: loop, Scan: scan };
