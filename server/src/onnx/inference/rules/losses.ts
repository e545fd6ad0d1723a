/** Loss functions. */

import type { Rule, RuleTable } from './rule.ts';

const loss: Rule = (context) => {
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

export const lossRules: RuleTable = { NegativeLogLikelihoodLoss: loss, SoftmaxCrossEntropyLoss: loss };
