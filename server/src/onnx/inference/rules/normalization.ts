/** Normalization and dropout. */

import type { Dim } from '../expression.ts';
import type { NodeContext } from '../node-context.ts';
import { requireScalar } from './requirements.ts';
import type { Rule, RuleTable } from './rule.ts';

const batch: Rule = (context) => {
  context.copyShape(0, 0);
  if (context.version >= 14) {
    const isTraining = context.intOr('training_mode', 0) !== 0;
    const made = context.outputs.length;
    if (made !== (isTraining ? 3 : 1)) {
      context.report(
        made === 1 ? 'onnx.missing-output' : 'onnx.surplus-output',
        isTraining
          ? `BatchNormalization with training_mode makes 3 values; the node has ${made}.`
          : `BatchNormalization makes one value without training_mode; the node has ${made}.`,
        made === 1 ? [context.attributeSide('training_mode')] : [context.outputSide(1)],
      );
      return;
    }
  }
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

const rootMeanSquare: Rule = (context) => {
  context.copyShape(0, 0);
  const rank = context.rank(0);
  if (rank !== undefined) context.axis(context.intOr('axis', -1), rank);
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
  if (context.version >= 12 && ![1, 2].every((input) => requireScalar(context, input))) return;
  context.copyShape(0, 0);
  context.copyShape(0, 1);
  if (context.version < 10) context.setElementType(1, context.elementType(0));
};

/** Gradients and optimizers: outputs have the types of inputs, `groups` of them in a row. */
function likeInputs(groups: readonly number[]): Rule {
  return (context: NodeContext) => {
    const tensors = context.inputs.length - 2;
    const kinds = groups.length + 1;
    if (tensors % kinds !== 0) {
      context.report(
        'onnx.missing-input',
        `${context.node.operator} takes ${kinds} tensors for each that it optimizes, behind rate and count; ${tensors} is no multiple of ${kinds}.`,
        tensors > 0 ? [context.inputSide(context.inputs.length - 1)] : [],
      );
      return;
    }
    const each = tensors / kinds;
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
  RMSNormalization: rootMeanSquare,
  Dropout: dropout,
};

export const trainingRules: RuleTable = {
  // Inputs: rate, count, then tensors, gradients and as many groups of state as the outputs have.
  Adagrad: likeInputs([0, 2]),
  Momentum: likeInputs([0, 2]),
  Adam: likeInputs([0, 2, 3]),
};
