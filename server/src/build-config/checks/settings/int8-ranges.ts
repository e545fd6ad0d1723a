import { addedBefore, removedSetting } from '../edits.ts';
import { choosesTypes } from '../facts/runtime.ts';
import type { Rule } from '../rule.ts';
import { isSet } from './set.ts';

/** Before 11.0 int8 needs to know the range of each tensor. */
export const int8Ranges: Rule = (context, report) => {
  const { build, model, runtime } = context;
  if (!model || model.isQuantized || choosesTypes(runtime) !== true) return;
  if (isSet(build, 'calib') || isSet(build, 'stronglyTyped')) return;
  const setting = build.get('int8');
  if (!setting?.value) return;
  report({
    code: 'config.int8-ranges',
    severity: 'warning',
    origin: setting.keyOrigin,
    message:
      'TensorRT does not know the ranges of tensors for int8: the model has no QuantizeLinear nodes, and there is no calibration cache. Layers stay in other types, or results are wrong (trtexec makes ranges up). Quantize the model, or give `calib`.',
    fixes: [
      { title: 'Remove int8', edits: removedSetting(context, setting) },
      {
        title: 'Read ranges from a calibration cache (calib)',
        edits: addedBefore(context, setting, 'calib: calibration.cache'),
      },
    ],
  });
};
