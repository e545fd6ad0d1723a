/** Attention layers. */

import { add, type Dim, floorDivide, multiply } from '../expression.ts';
import { moreTelling, type NodeContext } from '../node-context.ts';
import { inferSubgraph } from '../subgraph.ts';
import { tensorOf, valueWith } from '../value.ts';
import { sameShape } from './elementwise.ts';
import type { Rule, RuleTable } from './rule.ts';

interface Heads {
  readonly batch: Dim;
  readonly heads: Dim;
  readonly length: Dim;
  readonly size: Dim;
}

/** [batch, heads, length, size], or [batch, length, heads · size] with the number of heads in an attribute. */
function headsOf(context: NodeContext, input: number, attribute: string): Heads | undefined {
  const shape = context.shape(input);
  if (shape?.length === 4) {
    const [batch, heads, length, size] = shape;
    return { batch, heads, length, size };
  }
  if (shape?.length !== 3) return undefined;
  const [batch, length, width] = shape;
  const heads = context.int(attribute);
  return { batch, heads, length, size: floorDivide(width, heads) };
}

const attention: Rule = (context) => {
  context.setElementType(0, context.elementType(0));
  context.setElementType(1, context.elementType(1));
  context.setElementType(2, context.elementType(2));
  context.setElementType(3, context.elementType(0));
  for (const input of [0, 1, 2]) if (!context.requireRank(input, 3, 4)) return;
  const query = headsOf(context, 0, 'q_num_heads');
  const key = headsOf(context, 1, 'kv_num_heads');
  const value = headsOf(context, 2, 'kv_num_heads');
  if (query === undefined) return;
  context.setShape(
    0,
    context.rank(0) === 4
      ? [query.batch, query.heads, query.length, value?.size]
      : [query.batch, query.length, multiply(query.heads, value?.size)],
  );
  const past = context.has(4) ? context.dim(4, 2) : 0;
  const total = add(past, key?.length);
  if (key) context.setShape(1, [query.batch, key.heads, total, key.size]);
  if (value) context.setShape(2, [query.batch, value.heads, add(past, value.length), value.size]);
  context.setShape(3, [query.batch, query.heads, query.length, total]);
};

const linearAttention: Rule = (context) => {
  context.setElementType(1, context.elementType(3) || context.elementType(0));
  const heads = context.int('kv_num_heads');
  const queryHeads = context.int('q_num_heads');
  for (const input of [0, 1, 2]) if (!context.requireRank(input, 3)) return;
  const [batch, length] = [context.dim(0, 0), context.dim(0, 1)];
  const keySize = floorDivide(context.dim(1, 2), heads) ?? floorDivide(context.dim(0, 2), queryHeads);
  const valueSize = floorDivide(context.dim(2, 2), heads);
  context.setShape(0, [batch, length, multiply(queryHeads, valueSize)]);
  context.setShape(1, [
    batch,
    heads,
    moreTelling(keySize, context.dim(3, 2)),
    moreTelling(valueSize, context.dim(3, 3)),
  ]);
};

const flexAttention: Rule = (context) => {
  for (const input of [0, 1, 2]) if (!context.requireRank(input, 4)) return;
  context.sameDim([1, 1], [2, 1]);
  context.sameDim([1, 2], [2, 2]);
  context.sameDim([0, 3], [1, 3]);
  const shape = context.shape(0);
  if (shape) context.setShape(0, [...shape.slice(0, 3), context.dim(2, 3)]);
  // The graphs work on the scores: a query's similarity to each key.
  const scores = shape && [...shape.slice(0, 3), context.dim(1, 2)];
  const precision = context.intOr('softmax_precision', 0) || context.elementType(0);
  for (const name of ['score_mod', 'prob_mod']) {
    const graph = context.graph(name);
    if (graph) inferSubgraph(context, name, graph, [valueWith(tensorOf(precision, scores))]);
  }
};

const rotary: Rule = (context) => {
  if (context.requireRank(0, 3, 4)) sameShape(context);
};

export const attentionRules: RuleTable = {
  Attention: attention,
  LinearAttention: linearAttention,
  RotaryEmbedding: rotary,
};

export const previewRules: RuleTable = { FlexAttention: flexAttention };
