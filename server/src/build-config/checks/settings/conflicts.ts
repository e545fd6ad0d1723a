/** Settings that exclude each other. */
import type { ConfigKey } from '../../flags/index.ts';
import type { BuildConfig } from '../../model.ts';
import { removedSetting } from '../edits.ts';
import { choosesTypes } from '../facts/runtime.ts';
import type { CheckContext, Rule } from '../rule.ts';
import { isSet, marksWeights, usesDla } from './set.ts';

interface Conflict {
  /** The one that is complained of, and the one it does not go with. */
  readonly keys: readonly [ConfigKey, ConfigKey];
  /** Beyond both being set. */
  readonly when?: (build: BuildConfig, context: CheckContext) => boolean;
  /** What to do about it, a sentence. */
  readonly advice: string;
  readonly severity?: 'warning';
}

const isWeak = (_: BuildConfig, { runtime }: CheckContext) => choosesTypes(runtime) === true;
const strong = 'A strongly typed network takes its types from the model alone.';
const noLean =
  'Version- and hardware-compatible engines contain no plugins for InstanceNormalization. TensorRT’s own layer is as good.';
const needsRun = 'Comparing with a reference needs the inference that is skipped.';
const recovered = 'What to try is read from the file that the search goes on from.';

const conflicts: readonly Conflict[] = [
  {
    keys: ['loadEngine', 'engine'],
    advice: 'An engine is either loaded or built and saved.',
  },
  {
    keys: ['buildDLAStandalone', 'allowGPUFallback'],
    advice: 'What DLA cannot run has nothing to fall back on in a loadable of its own.',
  },
  ...(
    [
      'fp16',
      'bf16',
      'int8',
      'fp8',
      'int4',
      'best',
      'calib',
      'precisionConstraints',
      'layerPrecisions',
      'layerOutputTypes',
    ] as const
  ).map((key): Conflict => ({ keys: [key, 'stronglyTyped'], when: isWeak, advice: strong })),
  {
    keys: ['fp8', 'int8'],
    when: isWeak,
    advice: 'TensorRT takes one of the two.',
  },
  {
    keys: ['fp8', 'best'],
    when: isWeak,
    advice: '`best` includes int8, and TensorRT takes one of the two.',
  },
  { keys: ['pluginInstanceNorm', 'versionCompatible'], advice: noLean },
  {
    keys: ['pluginInstanceNorm', 'hardwareCompatibilityLevel'],
    when: (build) => build.get('hardwareCompatibilityLevel')?.value === 'ampere+',
    advice: noLean,
  },
  ...(['refit', 'stripWeights', 'stripAllWeights'] as const).map(
    (key): Conflict => ({
      keys: ['refitIndividual', key],
      when: marksWeights,
      // TensorRT takes the flag that is set last, and drops the other without an error.
      advice: 'Either chosen weights can be replaced, or all of them: TensorRT takes one of the two.',
    }),
  ),
  { keys: ['tuneBuildRouteFile', 'tuneBuildRoutes'], advice: 'Say the routes in one of the two.' },
  {
    keys: ['dryRun', 'tuningSearch'],
    when: (build) => build.get('tuningSearch')?.value === 'mixed',
    advice: 'What a mixed search tries depends on what it measures.',
  },
  { keys: ['continue', 'tuneBuildRoutes'], advice: recovered },
  { keys: ['continue', 'tuneBuildRouteFile'], advice: recovered },
  { keys: ['continue', 'dryRun'], advice: 'A search is gone on with, or only listed.' },
  { keys: ['continue', 'helpBuildRoute'], advice: 'Help is printed instead of a search.' },
  ...(['loadRefOutputs', 'refPairs'] as const).flatMap((key): Conflict[] => [
    { keys: [key, 'skipInference'], advice: needsRun },
    { keys: [key, 'buildDLAStandalone'], advice: needsRun },
    {
      keys: [key, 'runtimePlatform'],
      when: (build) => build.get('runtimePlatform')?.value === 'WindowsAMD64',
      advice: `An engine for another system is not run. ${needsRun}`,
    },
  ]),
  ...(['atol', 'rtol'] as const).map(
    (key): Conflict => ({
      keys: [key, 'accuracyAlgorithm'],
      when: (build) => build.get('accuracyAlgorithm')?.value !== 'l0',
      advice: 'Tolerances are for `accuracyAlgorithm: l0`; others have `accuracyThreshold` alone.',
    }),
  ),
  {
    keys: ['timeRefit', 'useRuntime'],
    when: (build) => build.get('useRuntime')?.value !== 'full',
    advice: 'Only the full runtime refits.',
  },
  {
    keys: ['useDLACore', 'stronglyTyped'],
    when: (build, context) => usesDla(build) && isWeak(build, context),
    severity: 'warning',
    advice: 'DLA computes in fp16 or int8, which TensorRT has to be free to choose before 11.0.',
  },
  ...(
    [
      ['includeDataTransfers', 'noDataTransfers'],
      ['noSpinWait', 'useSpinWait'],
      ['noCudaGraph', 'useCudaGraph'],
    ] as const
  ).map((keys): Conflict => ({ keys, severity: 'warning', advice: 'They say the opposite of each other.' })),
];

export const conflict: Rule = (context, report) => {
  const { build } = context;
  for (const { keys, when, advice, severity = 'error' } of conflicts) {
    const [key, other] = keys;
    const [setting, second] = [build.get(key), build.get(other)];
    if (!setting || !second || !isSet(build, key) || !isSet(build, other)) continue;
    if (when && !when(build, context)) continue;
    report({
      code: 'config.conflict',
      severity,
      origin: setting.keyOrigin,
      message: `\`${key}\` does not go together with \`${other}\`. ${advice}`,
      related: [{ origin: second.keyOrigin, message: other }],
      fixes: [
        { title: `Remove ${key}`, edits: removedSetting(context, setting), isPreferred: true },
        { title: `Remove ${other}`, edits: removedSetting(context, second) },
      ],
    });
  }
};
