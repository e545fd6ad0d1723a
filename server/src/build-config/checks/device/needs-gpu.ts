import { isAtLeast } from '../../versions.ts';
import { runtimeText } from '../facts/runtime.ts';
import type { Rule } from '../rule.ts';
import { isSet, marksWeights } from '../settings/set.ts';

/** TensorRT for RTX builds on a CPU alone, but not everything. */
export const needsGpu: Rule = ({ build, model, runtime }, report) => {
  if (runtime?.product !== 'TensorRT-RTX' || runtime.mode !== 'cpu-only') return;
  const name = runtimeText(runtime);
  for (const key of ['refit', 'refitIndividual', 'stripWeights', 'stripAllWeights'] as const) {
    const setting = build.get(key);
    if (key === 'refitIndividual' && !marksWeights(build)) continue;
    if (!setting || !isSet(build, key) || model?.hasWeights !== true) continue;
    report({
      code: 'config.needs-gpu',
      severity: 'warning',
      origin: setting.keyOrigin,
      message: `There is no GPU here, and without one ${name} builds no engine with \`${key}\` of a model with weights. Build it where there is a GPU.`,
    });
  }
  const current = build.get('computeCapabilities')?.value.find(({ value }) => value === 'current');
  if (current) {
    report({
      code: 'config.needs-gpu',
      severity: 'warning',
      origin: current.origin,
      message:
        'There is no GPU here that `current` could mean. Name the compute capabilities: [sm86, sm89, sm120].',
    });
  }
  const device = build.get('device');
  if (device) {
    report({
      code: 'config.needs-gpu',
      severity: 'warning',
      origin: device.origin,
      message: `There is no GPU ${device.value} here that TensorRT could use: ${name} builds on the CPU alone, for the GPUs that \`computeCapabilities\` names.`,
    });
  }
  const cache = build.get('timingCacheFile');
  if (cache && runtime.version !== undefined && !isAtLeast(runtime.version, '1.2')) {
    report({
      code: 'config.needs-gpu',
      severity: 'warning',
      origin: cache.keyOrigin,
      message: `There is no GPU here, and ${name} asks for one where it is given a timing cache. Remove it, or use 1.2 or newer.`,
    });
  }
};
