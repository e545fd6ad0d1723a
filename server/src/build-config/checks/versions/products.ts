import { keyDefinitions } from '../../flags/index.ts';
import { removedSetting } from '../edits.ts';
import { preferred, type Rule } from '../rule.ts';
import { settingsOf } from '../settings/set.ts';

/** TensorRT for RTX lacks what is for data centers, DLA and safety, and weak typing. */
export const notForRtx: Rule = (context, report) => {
  if (context.runtime?.product !== 'TensorRT-RTX') return;
  for (const { key, setting } of settingsOf(context.build)) {
    const { rtx, role, group } = keyDefinitions[key];
    if (rtx !== 'no') continue;
    const advice =
      group === 'precision'
        ? 'Its engines have the types of the model: export it in the precision that you want'
        : 'Remove it, or build with TensorRT (`runtime: tensorrt`)';
    report({
      code: 'config.not-for-rtx',
      severity: role === 'build' ? 'error' : 'warning',
      origin: setting.keyOrigin,
      message: `TensorRT for RTX has no \`${key}\`. ${advice}.`,
      fixes: preferred([{ title: `Remove ${key}`, edits: removedSetting(context, setting) }]),
    });
  }
};

/** And TensorRT lacks what is for engines that users' GPUs specialize. */
export const onlyForRtx: Rule = (context, report) => {
  if (context.runtime?.product !== 'TensorRT') return;
  for (const key of ['computeCapabilities', 'requireUserAllocation'] as const) {
    const setting = context.build.get(key);
    if (!setting || setting.value === false) continue;
    const instead =
      key === 'computeCapabilities'
        ? ' Engines for several GPUs come from `hardwareCompatibilityLevel`.'
        : '';
    report({
      code: 'config.only-for-rtx',
      severity: 'error',
      origin: setting.keyOrigin,
      message: `\`${key}\` is for TensorRT for RTX; TensorRT does not have it.${instead}`,
      fixes: preferred([{ title: `Remove ${key}`, edits: removedSetting(context, setting) }]),
    });
  }
};
