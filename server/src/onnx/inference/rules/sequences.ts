/** Sequences and optionals. */

import type { Dim } from '../expression.ts';
import type { NodeContext } from '../node-context.ts';
import { inferSubgraph } from '../subgraph.ts';
import {
  commonType,
  declaredType,
  elementTypeOf,
  shapeOf,
  tensorOf,
  type ValueType,
  valueWith,
} from '../value.ts';
import { fitsGraph, refuse, requireElementsFrom } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const construct: Rule = (context) => {
  const [first, ...others] = context.inputs.map((_, input) => context.type(input));
  context.setType(0, { kind: 'sequence', element: others.reduce(commonType, first) });
};

const empty: Rule = (context) => {
  context.setType(0, { kind: 'sequence', element: tensorOf(context.intOr('dtype', 1), undefined) });
};

const at: Rule = (context) => {
  const type = context.type(0);
  if (type?.kind === 'sequence') context.setType(0, type.element);
};

const insert: Rule = (context) => {
  const type = context.type(0);
  if (type?.kind !== 'sequence') return;
  const added = context.type(1);
  if (added && type.element && elementTypeOf(added) !== elementTypeOf(type.element)) {
    context.report(
      'onnx.type-mismatch',
      `SequenceInsert puts '${context.inputName(1)}' into a sequence of another element type.`,
      [context.inputSide(0), context.inputSide(1)],
    );
  }
  context.setType(0, { kind: 'sequence', element: commonType(type.element, added) });
};

const sameType: Rule = (context) => context.copyType(0, 0);

const scalar: Rule = (context) => context.setShape(0, []);

const concatenate: Rule = (context) => {
  const type = context.type(0);
  if (type?.kind !== 'sequence') return;
  const element = type.element;
  const shape = shapeOf(element);
  context.setElementType(0, elementTypeOf(element));
  if (shape === undefined) return;
  const isNew = context.intOr('new_axis', 0) !== 0;
  if (isNew && !context.isOne('new_axis', false)) {
    refuse(context, 'new_axis', '`new_axis` of ConcatFromSequence is 0 or 1.');
    return;
  }
  const axis = context.axis(context.intOr('axis', 0), shape.length + (isNew ? 1 : 0));
  if (axis === undefined) return;
  context.setShape(
    0,
    isNew
      ? [...shape.slice(0, axis), undefined, ...shape.slice(axis)]
      : shape.map((dim, index) => (index === axis ? undefined : dim)),
  );
};

const split: Rule = (context) => {
  const shape = context.shape(0);
  const elementType = context.elementType(0);
  if (context.has(1) && context.rank(1) === 0 && !requireElementsFrom(context, 1, 1)) return;
  const axis = shape && context.axis(context.intOr('axis', 0), shape.length);
  let element: readonly Dim[] | undefined;
  if (shape && axis !== undefined) {
    const keeps = context.has(1) || context.intOr('keepdims', 1) !== 0;
    element = keeps
      ? shape.map((dim, index) => (index === axis ? partSize(context, dim) : dim))
      : shape.filter((_, index) => index !== axis);
  }
  context.setType(0, { kind: 'sequence', element: tensorOf(elementType, element) });
};

/** The size that all parts share; undefined where they differ. */
function partSize(context: NodeContext, dim: Dim): Dim {
  if (!context.has(1)) return 1;
  const sizes = context.data(1);
  const [first, ...others] = sizes ?? [];
  if (first === undefined) return undefined;
  if (context.rank(1) === 0) {
    // A scalar cuts parts of that size, the last one as small as need be.
    return typeof dim === 'number' && typeof first === 'number' && dim % first === 0 ? first : undefined;
  }
  return others.every((size) => size === first) ? first : undefined;
}

const map: Rule = (context) => {
  const graph = context.graph('body');
  if (graph === undefined) return;
  const inputs = context.inputs.map((value) =>
    value?.type?.kind === 'sequence' ? valueWith(value.type.element) : value,
  );
  if (!fitsGraph(context, 'body', graph, inputs.length, context.outputs.length)) return;
  const outputs = inferSubgraph(context, 'body', graph, inputs);
  outputs?.forEach((output, index) => {
    context.setType(index, { kind: 'sequence', element: output.type });
  });
};

const optional: Rule = (context) => {
  const element = context.has(0) ? context.type(0) : declaredType(context.typeAttribute('type'));
  if (element) context.setType(0, { kind: 'optional', element });
};

const getElement: Rule = (context) => {
  const type = context.type(0);
  // From opset 18 on it also takes what is no optional.
  const element: ValueType | undefined = type?.kind === 'optional' ? type.element : type;
  if (type?.kind !== 'optional' && context.inputs[0]) context.setValue(0, context.inputs[0]);
  else context.setType(0, element);
};

export const sequenceRules: RuleTable = {
  SequenceConstruct: construct,
  SequenceEmpty: empty,
  SequenceAt: at,
  SequenceInsert: insert,
  SequenceErase: sameType,
  SequenceLength: scalar,
  ConcatFromSequence: concatenate,
  SplitToSequence: split,
  SequenceMap: map,
  Optional: optional,
  OptionalGetElement: getElement,
  OptionalHasElement: scalar,
};
