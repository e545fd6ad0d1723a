/** Which rule infers which operator. Operators without one get what their schema tells of types. */

import { attentionRules, previewRules } from './attention.ts';
import { controlFlowRules } from './control-flow.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { generatorRules } from './generators.ts';
import { imageRules } from './images.ts';
import { indexingRules } from './indexing.ts';
import { joiningRules } from './joining.ts';
import { lossRules } from './losses.ts';
import { machineLearningRules } from './machine-learning.ts';
import { matrixRules } from './matrices.ts';
import { normalizationRules, trainingRules } from './normalization.ts';
import { poolingRules } from './pooling.ts';
import { quantizationRules } from './quantization.ts';
import { recurrentRules } from './recurrent.ts';
import { reductionRules } from './reductions.ts';
import { reshapingRules } from './reshaping.ts';
import type { Rule } from './rule.ts';
import { sequenceRules } from './sequences.ts';
import { signalRules } from './signals.ts';
import { slicingRules } from './slicing.ts';
import { stringRules } from './strings.ts';

const rules: Readonly<Record<string, ReadonlyMap<string, Rule>>> = {
  '': new Map(
    [
      attentionRules,
      controlFlowRules,
      convolutionRules,
      elementwiseRules,
      generatorRules,
      imageRules,
      indexingRules,
      joiningRules,
      lossRules,
      matrixRules,
      normalizationRules,
      poolingRules,
      quantizationRules,
      recurrentRules,
      reductionRules,
      reshapingRules,
      sequenceRules,
      signalRules,
      slicingRules,
      stringRules,
    ].flatMap((family) => Object.entries(family)),
  ),
  'ai.onnx.ml': new Map(Object.entries(machineLearningRules)),
  'ai.onnx.preview': new Map(Object.entries(previewRules)),
  'ai.onnx.preview.training': new Map(Object.entries(trainingRules)),
};

/** Takes the empty string for ai.onnx. */
export function ruleOf(domain: string, operator: string): Rule | undefined {
  return Object.hasOwn(rules, domain) ? rules[domain]?.get(operator) : undefined;
}
