/** Settings that TensorRT or trtexec takes only together with others. */
import path from 'node:path';
import type { ConfigKey } from '../../flags/index.ts';
import type { BuildConfig } from '../../model.ts';
import { enginePath } from '../../paths.ts';
import { isAtLeast } from '../../versions.ts';
import { addedBefore } from '../edits.ts';
import { choosesTypes, tensorrtVersion } from '../facts/runtime.ts';
import type { CheckContext, Rule } from '../rule.ts';
import { isSet, skipsInference, usesDla } from './set.ts';

interface Need {
  readonly key: ConfigKey;
  readonly when?: (build: BuildConfig, context: CheckContext) => boolean;
  readonly isMet: (build: BuildConfig) => boolean;
  /** What it needs, and why, behind "needs". */
  readonly needs: string;
  readonly severity?: 'warning' | 'information';
  /** The entry that is missing, where there is one to add. */
  readonly add?: (build: BuildConfig) => string;
}

const has = (key: ConfigKey) => (build: BuildConfig) => isSet(build, key);
const entry = (text: string) => () => text;
const hasReference = (build: BuildConfig) => isSet(build, 'loadRefOutputs') || isSet(build, 'refPairs');

const needsList: readonly Need[] = [
  {
    key: 'allowWeightStreaming',
    when: (_, { runtime }) => choosesTypes(runtime) === true,
    isMet: has('stronglyTyped'),
    needs: '`stronglyTyped` before TensorRT 11: weights can only stream where their types are fixed',
    add: entry('stronglyTyped: true'),
  },
  {
    key: 'weightStreamingBudget',
    isMet: has('allowWeightStreaming'),
    needs: '`allowWeightStreaming`: an engine built without it streams no weights',
    add: entry('allowWeightStreaming: true'),
  },
  ...(['dumpKernelText', 'remoteAutoTuningConfig', 'cpuOnly'] as const).map(
    (key): Need => ({
      key,
      isMet: has('safe'),
      needs: '`safe`: it is for engines of the safety runtime',
      add: entry('safe: true'),
    }),
  ),
  {
    key: 'cpuOnly',
    isMet: has('remoteAutoTuningConfig'),
    needs: '`remoteAutoTuningConfig`: kernels have to be timed on some GPU',
  },
  ...(['consistency', 'safetyPlugins'] as const).map(
    (key): Need => ({
      key,
      isMet: has('safe'),
      severity: 'warning',
      needs: '`safe`: it is for engines of the safety runtime',
      add: entry('safe: true'),
    }),
  ),
  {
    key: 'monitorMemory',
    when: (_, { runtime }) => isAtLeast(tensorrtVersion(runtime) ?? '10.0', '11.0'),
    isMet: (build) => isSet(build, 'safe') && isSet(build, 'remoteAutoTuningConfig'),
    severity: 'warning',
    needs: '`safe` and `remoteAutoTuningConfig` from TensorRT 11.0',
  },
  {
    key: 'saveAllEngines',
    // A build with a name is saved under it.
    isMet: (build) => isSet(build, 'engine') || build.name !== '',
    needs: '`engine`: the others are named after it',
    add: (build) => `engine: ${path.basename(enginePath(build))}`,
  },
  {
    key: 'useRuntime',
    when: (build) => build.get('useRuntime')?.value !== 'full',
    isMet: has('loadEngine'),
    needs: '`loadEngine`: the lean and the dispatch runtime cannot build',
  },
  ...(['asyncFileReader', 'getPlanVersionOnly', 'refitFromOnnx'] as const).map(
    (key): Need => ({
      key,
      isMet: has('loadEngine'),
      severity: 'warning',
      needs: '`loadEngine`: it is about an engine that is loaded',
    }),
  ),
  {
    key: 'excludeLeanRuntime',
    isMet: has('versionCompatible'),
    severity: 'warning',
    needs: '`versionCompatible`: other engines contain no lean runtime, and it has no effect',
    add: entry('versionCompatible: true'),
  },
  {
    key: 'versionCompatible',
    when: (build) => build.get('runtimePlatform')?.value === 'WindowsAMD64',
    isMet: has('excludeLeanRuntime'),
    needs: '`excludeLeanRuntime` for another platform, whose lean runtime is not here',
    add: entry('excludeLeanRuntime: true'),
  },
  ...(['setPluginsToSerialize', 'ignoreParsedPluginLibs'] as const).map(
    (key): Need => ({
      key,
      isMet: has('versionCompatible'),
      severity: 'warning',
      needs: '`versionCompatible`: other engines contain no plugin libraries',
      add: entry('versionCompatible: true'),
    }),
  ),
  ...(['uint8AsymmetricQuantizationDLA', 'reportCapabilityDLA'] as const).map(
    (key): Need => ({ key, isMet: usesDla, needs: '`useDLACore`', add: entry('useDLACore: 0') }),
  ),
  ...(['adjustForDLA', 'buildDLAStandalone', 'allowGPUFallback'] as const).map(
    (key): Need => ({
      key,
      isMet: usesDla,
      severity: 'warning',
      needs: '`useDLACore`: without it nothing runs on DLA',
      add: entry('useDLACore: 0'),
    }),
  ),
  {
    key: 'layerDeviceTypes',
    when: (build) => build.get('layerDeviceTypes')?.value.some(({ value }) => value.value === 'DLA') === true,
    isMet: usesDla,
    needs: '`useDLACore` for layers on DLA',
    add: entry('useDLACore: 0'),
  },
  {
    key: 'useDLACore',
    when: (build, { runtime }) =>
      usesDla(build) && choosesTypes(runtime) === true && !isSet(build, 'stronglyTyped'),
    isMet: (build) => isSet(build, 'fp16') || isSet(build, 'int8') || isSet(build, 'best'),
    severity: 'information',
    needs: '`fp16` or `int8`: DLA computes in nothing else, so fp16 is taken',
    add: entry('fp16: true'),
  },
  {
    key: 'loadRefOutputs',
    isMet: has('loadInputs'),
    needs: '`loadInputs`: the inputs that the reference computed from',
  },
  ...(['loadRefOutputs', 'refPairs'] as const).map(
    (key): Need => ({
      key,
      isMet: (build) => (build.get('accuracyThreshold')?.value ?? 0) > 0,
      needs: '`accuracyThreshold`, greater than 0: how far results may be off',
    }),
  ),
  {
    key: 'refPairs',
    isMet: (build) => (build.get('refPairs')?.value.length ?? 0) > 1,
    needs: 'two pairs at least; one is said with `loadInputs` and `loadRefOutputs`',
  },
  ...(['accuracyThreshold', 'accuracyAlgorithm', 'atol', 'rtol'] as const).map(
    (key): Need => ({
      key,
      isMet: hasReference,
      severity: 'warning',
      needs: '`loadRefOutputs` or `refPairs`: there is nothing to compare with',
    }),
  ),
  {
    key: 'continue',
    isMet: has('tuningCacheFile'),
    needs: '`tuningCacheFile`: what has been tried is in it',
    add: entry('tuningCacheFile: tuning.json'),
  },
  ...(['tuningSearch', 'tuningTimeOut', 'dryRun'] as const).map(
    (key): Need => ({
      key,
      isMet: (build) =>
        isSet(build, 'tuneBuildRoutes') || isSet(build, 'tuneBuildRouteFile') || isSet(build, 'continue'),
      severity: 'warning',
      needs: '`tuneBuildRoutes`: there is nothing to try',
    }),
  ),
  {
    key: 'errorOnTimingCacheMiss',
    when: (_, { runtime }) => runtime?.product !== 'TensorRT-RTX',
    isMet: has('timingCacheFile'),
    severity: 'warning',
    needs: '`timingCacheFile`: without a cache every kernel is missing from it',
  },
  {
    key: 'directIO',
    when: (build) => !usesDla(build),
    isMet: (build) => isSet(build, 'inputIOFormats') && isSet(build, 'outputIOFormats'),
    severity: 'warning',
    needs:
      '`inputIOFormats` and `outputIOFormats`: it forbids converting from and to the default formats, which few kernels take as they are',
  },
  {
    key: 'saveDebugTensors',
    when: (build) => !isSet(build, 'loadEngine') && !skipsInference(build),
    isMet: (build) => isSet(build, 'markDebug') || isSet(build, 'markUnfusedTensorsAsDebugTensors'),
    severity: 'warning',
    needs: '`markDebug`: only tensors that the engine keeps can be saved',
  },
];

export const needs: Rule = (context, report) => {
  const { build } = context;
  for (const { key, when, isMet, needs: what, severity = 'error', add } of needsList) {
    const setting = build.get(key);
    if (!setting || !isSet(build, key) || (when && !when(build, context)) || isMet(build)) continue;
    const missing = add?.(build);
    // A key that is there with another value is to be changed, not added.
    const isThere = missing !== undefined && build.keys.some((other) => missing.startsWith(`${other}:`));
    report({
      code: 'config.needs',
      severity,
      origin: setting.keyOrigin,
      message: `\`${key}\` needs ${what}.`,
      ...(missing !== undefined &&
        !isThere && {
          fixes: [
            {
              title: `Add ${missing}`,
              edits: addedBefore(context, setting, missing),
              isPreferred: true,
            },
          ],
        }),
    });
  }
};
