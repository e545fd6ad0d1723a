/** Loss functions. */

import type { NodeContext } from '../node-context.ts';
import { unify } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const loss: Rule = (context) => {
  const rank = context.rank(0);
  if (rank !== undefined && context.rank(1) !== undefined && !fits(context, rank)) return;
  const reduction = context.string('reduction') ?? 'mean';
  // The scores have a dimension of classes that the labels lack.
  if (reduction === 'none') {
    const scores = context.shape(0);
    if (context.shape(1)) context.copyShape(1, 0);
    else if (scores) context.setShape(0, [scores[0], ...scores.slice(2)]);
  } else {
    context.setShape(0, []);
  }
  // Log probabilities, of SoftmaxCrossEntropyLoss only.
  context.copyShape(0, 1);
};

/** Scores [N, C, d1 …], labels [N, d1 …], weights [C]. */
function fits(context: NodeContext, rank: number): boolean {
  if (rank < 2) {
    context.reportShapes(
      `${context.node.operator} needs '${context.inputName(0)}' to have a batch and a class dimension; it has ${rank}.`,
      0,
    );
    return false;
  }
  const others = 'abcdefghijklmnopqrstuvwxyz'.slice(0, rank - 2);
  // Nobody has losses of that many dimensions.
  if (others.length < rank - 2) return true;
  return unify(context, { 0: `NC${others}`, 1: `N${others}`, 2: 'C' }) !== undefined;
}

export const lossRules: RuleTable = { NegativeLogLikelihoodLoss: loss, SoftmaxCrossEntropyLoss: loss };
