/** Recurrent layers. */

import type { Rule, RuleTable } from './rule.ts';

const recurrent: Rule = (context) => {
  const directions = context.string('direction') === 'bidirectional' ? 2 : 1;
  // The recurrence weight is [directions, gates · hidden, hidden].
  const hidden = context.int('hidden_size') ?? context.dim(2, 2);
  if (!context.requireRank(0, 3)) return;
  const batchFirst = context.intOr('layout', 0) !== 0;
  const [length, batch] = batchFirst
    ? [context.dim(0, 1), context.dim(0, 0)]
    : [context.dim(0, 0), context.dim(0, 1)];
  context.setShape(0, batchFirst ? [batch, length, directions, hidden] : [length, directions, batch, hidden]);
  const state = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  for (const output of [1, 2]) context.setShape(output, state);
};

export const recurrentRules: RuleTable = { RNN: recurrent, LSTM: recurrent, GRU: recurrent };
