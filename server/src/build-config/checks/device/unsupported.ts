import { rtxRefusal } from '../../../engine/rtx-gpus.ts';
import { isAtLeast } from '../../versions.ts';
import { removedSetting } from '../edits.ts';
import { preferred, type Rule } from '../rule.ts';
import { isSet } from '../settings/set.ts';

/** Precisions, and the least compute capability whose GPUs compute in them. */
const least = [
  ['bf16', '8.0', 'Ampere'],
  ['fp8', '8.9', 'Ada'],
] as const;

/** What the GPU that builds cannot do. */
export const unsupportedDevice: Rule = (context, report) => {
  const { build, runtime } = context;
  const device = runtime?.device;
  if (!device || !runtime) return;
  const { name, computeCapability } = device;
  if (runtime.product === 'TensorRT') {
    for (const [key, capability, generation] of least) {
      const setting = build.get(key);
      if (!setting || !isSet(build, key) || isAtLeast(computeCapability, capability)) continue;
      report({
        code: 'config.device',
        severity: 'error',
        origin: setting.keyOrigin,
        message: `${name} (compute capability ${computeCapability}) has no ${key}; ${generation} and newer GPUs (${capability}) do.`,
        fixes: preferred([{ title: `Remove ${key}`, edits: removedSetting(context, setting) }]),
      });
    }
    return;
  }
  const refusal = rtxRefusal(device);
  if (refusal !== undefined) {
    const current = build.get('computeCapabilities')?.value.find(({ value }) => value === 'current');
    report({
      code: 'config.device',
      severity: current ? 'error' : 'information',
      origin: current?.origin ?? build.get('runtime')?.origin ?? build.origin,
      message: refusal,
    });
  }
};
