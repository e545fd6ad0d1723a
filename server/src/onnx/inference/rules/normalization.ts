/** Normalization and dropout. */

import type { Dim } from '../expression.ts';
import type { NodeContext } from '../node-context.ts';
import { sameShape } from './elementwise.ts';
import type { Rule, RuleTable } from './rule.ts';

const batch: Rule = (context) => {
  context.copyShape(0, 0);
  let channels: Dim;
  for (let input = 1; input <= 4; input++) {
    if (!context.has(input) || !context.requireRank(input, 1)) continue;
    if ((context.rank(0) ?? 0) > 1) channels = context.sameDim([0, 1], [input, 0]) ?? channels;
    channels ??= context.dim(input, 0);
  }
  // Running mean and variance, before opset 14 also the saved ones.
  for (let output = 1; output < context.outputs.length; output++) {
    const type = context.elementType(Math.min(2 + output, 4)) || context.elementType(0);
    context.setShape(output, [channels]);
    context.setElementType(output, type);
  }
};

const instance: Rule = (context) => {
  context.copyShape(0, 0);
  for (const input of [1, 2]) {
    if (context.requireRank(input, 1) && (context.rank(0) ?? 0) > 1) context.sameDim([0, 1], [input, 0]);
  }
};

/** Mean and inverse deviation keep the dims before the axis. */
const layer: Rule = (context) => {
  context.copyShape(0, 0);
  const shape = context.shape(0);
  const axis = shape && context.axis(context.intOr('axis', -1), shape.length);
  const type = context.intOr('stash_type', 1);
  for (const output of [1, 2]) {
    context.setElementType(output, type);
    if (axis !== undefined)
      context.setShape(
        output,
        shape?.map((dim, index) => (index < axis ? dim : 1)),
      );
  }
};

const group: Rule = (context) => {
  context.copyShape(0, 0);
  const channels = context.dim(0, 1);
  const groups = context.int('num_groups');
  if (typeof channels === 'number' && groups !== undefined && (groups <= 0 || channels % groups !== 0)) {
    context.report(
      'onnx.shape-mismatch',
      `The ${channels} channels of '${context.inputName(0)}' cannot be split into ${groups} groups.`,
      [context.inputSide(0), context.attributeSide('num_groups')],
    );
  }
};

const dropout: Rule = (context) => {
  context.copyShape(0, 0);
  context.copyShape(0, 1);
  if (context.version < 10) context.setElementType(1, context.elementType(0));
};

/** Gradients and optimizers: outputs have the types of inputs, `groups` of them in a row. */
function likeInputs(groups: readonly number[]): Rule {
  return (context: NodeContext) => {
    const each = Math.floor((context.inputs.length - 2) / (groups.length + 1));
    for (let output = 0; output < context.outputs.length && each > 0; output++) {
      const [group, index] = [Math.floor(output / each), output % each];
      const from = groups[group];
      if (from !== undefined) context.copyType(2 + from * each + index, output);
    }
  };
}

export const normalizationRules: RuleTable = {
  BatchNormalization: batch,
  InstanceNormalization: instance,
  LayerNormalization: layer,
  GroupNormalization: group,
  RMSNormalization: sameShape,
  Dropout: dropout,
};

export const trainingRules: RuleTable = {
  // Inputs: rate, count, then tensors, gradients and as many groups of state as the outputs have.
  Adagrad: likeInputs([0, 2]),
  Momentum: likeInputs([0, 2]),
  Adam: likeInputs([0, 2, 3]),
};
