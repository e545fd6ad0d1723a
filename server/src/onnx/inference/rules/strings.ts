/** Operators on text. */

import { formatDim } from '../format.ts';
import { requireAtLeast } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const stringSplit: Rule = (context) => {
  const shape = context.shape(0);
  if (shape) context.setShape(0, [...shape, undefined]);
  context.copyShape(0, 1);
};

const stringNormalizer: Rule = (context) => {
  const rank = context.rank(0);
  if (!context.requireRank(0, 1, 2) || rank === undefined) return;
  const rows = context.dim(0, 0);
  if (rank === 2 && rows !== undefined && rows !== 1) {
    context.reportShapes(
      `StringNormalizer takes one row of words; '${context.inputName(0)}' has ${formatDim(rows)}.`,
      0,
    );
    return;
  }
  context.setShape(0, rank === 1 ? [undefined] : [1, undefined]);
};

const tfIdf: Rule = (context) => {
  const shape = context.shape(0);
  const indexes = context.ints('ngram_indexes');
  if (!requireAtLeast(context, 'ngram_indexes', 0)) return;
  if (shape === undefined || indexes === undefined || !context.requireRank(0, 1, 2)) return;
  const width = indexes.reduce((most, index) => Math.max(most, index + 1), 0);
  context.setShape(0, [...shape.slice(0, -1), width]);
};

export const stringRules: RuleTable = {
  StringSplit: stringSplit,
  StringNormalizer: stringNormalizer,
  TfIdfVectorizer: tfIdf,
};
