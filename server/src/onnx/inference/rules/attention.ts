/** Attention layers. */

import { add, type Dim, floorDivide, multiply } from '../expression.ts';
import { moreTelling, type NodeContext } from '../node-context.ts';
import { inferSubgraph } from '../subgraph.ts';
import { tensorOf, valueWith } from '../value.ts';
import { sameShape } from './elementwise.ts';
import { refuse, requireAtLeast, requireDivisible, requireTogether, unify } from './requirements.ts';
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

const headCounts = ['q_num_heads', 'kv_num_heads'] as const;

/** Inputs of 3 dimensions leave the numbers of heads to attributes; those of 4 say them by themselves. */
function hasHeads(context: NodeContext): boolean {
  const rank = context.rank(0);
  if (rank === 3) {
    const missing = headCounts.find((name) => context.int(name) === undefined);
    if (missing === undefined) return headCounts.every((name) => requireAtLeast(context, name, 1));
    context.report(
      'onnx.missing-attribute',
      `Attention needs the attribute \`${missing}\`, as '${context.inputName(0)}' has 3 dimensions.`,
      [],
    );
    return false;
  }
  if (rank === 4 && context.version >= 25) {
    const surplus = headCounts.find((name) => context.hasAttribute(name));
    if (surplus === undefined) return true;
    const message = `'${context.inputName(0)}' has 4 dimensions, one of which is the heads; \`${surplus}\` has no place beside it.`;
    return refuse(context, surplus, message);
  }
  return true;
}

/** The cache of keys and that of values come and go together, and not with a cache of the caller's own (opset 25). */
function hasWholeCache(context: NodeContext): boolean {
  for (const input of [4, 5]) if (!context.requireRank(input, 4)) return false;
  if (!requireTogether(context, 4, 5, 'past_key and past_value')) return false;
  if (context.version < 25) return true;
  for (const name of ['left_window_size', 'right_window_size']) {
    if (!requireAtLeast(context, name, -1)) return false;
  }
  const presents = [1, 2].filter((output) => (context.node.outputs[output] ?? '') !== '');
  const [present] = presents;
  if (presents.length === 1 && present !== undefined) {
    const message = 'Attention makes present_key and present_value together; one is missing.';
    context.report('onnx.missing-output', message, [context.outputSide(present)]);
    return false;
  }
  if (context.has(6) && (context.has(4) || present !== undefined)) {
    const message =
      'nonpad_kv_seqlen is for a cache of its own; it does not go with past or present keys and values.';
    context.report('onnx.surplus-input', message, [context.inputSide(6)]);
    return false;
  }
  return true;
}

const attention: Rule = (context) => {
  context.setElementType(0, context.elementType(0));
  context.setElementType(1, context.elementType(1));
  context.setElementType(2, context.elementType(2));
  context.setElementType(3, context.elementType(0));
  for (const input of [0, 1, 2]) if (!context.requireRank(input, 3, 4)) return;
  if (!hasHeads(context) || !hasWholeCache(context)) return;
  const fits =
    context.rank(0) === 4
      ? unify(context, { 0: 'BHLE', 1: 'BGSE', 2: 'BGSF', 4: 'BGPE', 5: 'BGPF' })
      : unify(context, { 0: 'BLx', 1: 'BSy', 2: 'BSz', 4: 'BGPE', 5: 'BGPF' });
  if (!fits) return;
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

/** Which of the optional inputs an update rule takes. */
const updateRules: ReadonlyMap<string, { readonly decay: boolean; readonly beta: boolean }> = new Map([
  ['linear', { decay: false, beta: false }],
  ['gated', { decay: true, beta: false }],
  ['delta', { decay: false, beta: true }],
  ['gated_delta', { decay: true, beta: true }],
]);

function hasLinearArguments(context: NodeContext): boolean {
  for (const name of headCounts) if (!requireAtLeast(context, name, 1)) return false;
  const [heads, queryHeads] = [context.int('kv_num_heads'), context.int('q_num_heads')];
  if (heads !== undefined && queryHeads !== undefined && queryHeads % heads !== 0) {
    const message = `q_num_heads, ${queryHeads}, is no multiple of kv_num_heads, ${heads}.`;
    return refuse(context, 'q_num_heads', message);
  }
  const name = context.string('update_rule') ?? 'gated_delta';
  const rule = updateRules.get(name);
  if (!rule) {
    return refuse(context, 'update_rule', `\`update_rule\` is one of ${[...updateRules.keys()].join(', ')}.`);
  }
  for (const [input, what] of [
    [4, 'decay'],
    [5, 'beta'],
  ] as const) {
    if (context.has(input) === rule[what]) continue;
    if (rule[what]) {
      context.report(
        'onnx.missing-input',
        `LinearAttention with update_rule "${name}" needs \`${what}\`, input ${input}.`,
        [],
      );
    } else {
      const message = `LinearAttention with update_rule "${name}" takes no \`${what}\`.`;
      context.report('onnx.surplus-input', message, [context.inputSide(input)]);
    }
    return false;
  }
  return (
    requireDivisible(context, context.dim(0, 2), 0, 'q_num_heads') &&
    requireDivisible(context, context.dim(1, 2), 1, 'kv_num_heads') &&
    requireDivisible(context, context.dim(2, 2), 2, 'kv_num_heads')
  );
}

const linearAttention: Rule = (context) => {
  context.setElementType(1, context.elementType(3) || context.elementType(0));
  if (!hasLinearArguments(context)) return;
  const heads = context.int('kv_num_heads');
  const queryHeads = context.int('q_num_heads');
  const dims = unify(context, { 0: 'BTQ', 1: 'BTK', 2: 'BTV', 3: 'BHDW', 4: 'BTx', 5: 'BTy' });
  if (dims === undefined) return;
  const [batch, length] = [dims.get('B'), dims.get('T')];
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
  if (!context.requireRank(0, 3, 4)) return;
  if (context.rank(0) === 3 && context.intOr('num_heads', 0) === 0) {
    context.report(
      'onnx.missing-attribute',
      `RotaryEmbedding needs the attribute \`num_heads\`, as '${context.inputName(0)}' has 3 dimensions.`,
      [],
    );
    return;
  }
  sameShape(context);
};

export const attentionRules: RuleTable = {
  Attention: attention,
  LinearAttention: linearAttention,
  RotaryEmbedding: rotary,
};

export const previewRules: RuleTable = { FlexAttention: flexAttention };
