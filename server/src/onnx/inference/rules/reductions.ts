/** Reductions over axes. */

import { type Dim, maximum, minimum, multiply, product, sum } from '../expression.ts';
import type { NodeContext } from '../node-context.ts';
import type { Rule, RuleTable } from './rule.ts';

/** `axesInputSince`: the opset in which axes became an input. */
function reduction(axesInputSince: number, compute?: (elements: readonly Dim[]) => Dim): Rule {
  return (context) => {
    const shape = context.shape(0);
    if (shape === undefined) return;
    const keeps = context.isOne('keepdims', true);
    const asInput = context.version >= axesInputSince;
    if (asInput && context.has(1) && context.numbers(1) === undefined) {
      // Which axes go is not known, but with keepdims how many there are.
      if (keeps)
        context.setShape(
          0,
          shape.map((dim) => (dim === 1 ? 1 : undefined)),
        );
      return;
    }
    const given = asInput ? context.numbers(1) : context.ints('axes');
    const none = given === undefined || given.length === 0;
    if (none && context.intOr('noop_with_empty_axes', 0) !== 0) {
      context.copyShape(0, 0);
      return;
    }
    const axes = none ? shape.map((_, axis) => axis) : context.axes(given, shape.length);
    if (axes === undefined) return;
    setReduced(context, shape, axes, keeps);
    const data = shape.length === 1 && axes.length === 1 ? context.data(0) : undefined;
    if (compute && data) context.setData(0, [compute(data)]);
  };
}

function setReduced(
  context: NodeContext,
  shape: readonly Dim[],
  axes: readonly number[],
  keeps: boolean,
): void {
  const reduced: Dim[] = [];
  shape.forEach((dim, axis) => {
    if (!axes.includes(axis)) {
      context.explain?.(0, reduced.length, () => `from dim ${axis} of ${context.inputName(0)}`);
      reduced.push(dim);
    } else if (keeps) {
      context.explain?.(0, reduced.length, () => `axis ${axis} is reduced (keepdims)`);
      reduced.push(1);
    }
  });
  context.setShape(0, reduced);
}

const argument: Rule = (context) => {
  const shape = context.shape(0);
  if (shape === undefined) return;
  const axis = context.axis(context.intOr('axis', 0), shape.length);
  if (axis !== undefined) setReduced(context, shape, [axis], context.isOne('keepdims', true));
};

const extremumOf = (combine: (a: Dim, b: Dim) => Dim) => (elements: readonly Dim[]) => {
  const [first, ...others] = elements;
  return others.reduce(combine, first);
};

export const reductionRules: RuleTable = {
  ReduceL1: reduction(18),
  ReduceL2: reduction(18),
  ReduceLogSum: reduction(18),
  ReduceLogSumExp: reduction(18),
  ReduceMax: reduction(18, extremumOf(maximum)),
  ReduceMean: reduction(18),
  ReduceMin: reduction(18, extremumOf(minimum)),
  ReduceProd: reduction(18, product),
  ReduceSum: reduction(13, sum),
  ReduceSumSquare: reduction(18, (elements) => sum(elements.map((element) => multiply(element, element)))),
  ArgMax: argument,
  ArgMin: argument,
};
