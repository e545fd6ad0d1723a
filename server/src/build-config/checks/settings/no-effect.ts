/** Settings that change nothing, because of others, or of what TensorRT does anyway. */
import { type ConfigKey, configKeyNames, keyDefinitions } from '../../flags/index.ts';
import type { BuildConfig, ConfigFix } from '../../model.ts';
import { isAtLeast } from '../../versions.ts';
import { addedBefore, removedSetting } from '../edits.ts';
import { choosesTypes, runtimeText, tensorrtVersion } from '../facts/runtime.ts';
import { type AnySetting, type CheckContext, preferred, type Rule } from '../rule.ts';
import { isSet, settingsOf, skipsInference } from './set.ts';

interface Idle {
  readonly keys: readonly ConfigKey[];
  readonly when: (build: BuildConfig, context: CheckContext) => boolean;
  /** Behind "has no effect:". */
  readonly why: string;
  readonly severity?: 'warning';
  /** What would give it one. */
  readonly add?: string;
}

/** How it is measured; which profile and which shapes count for the build as well. */
const measuring = configKeyNames.filter(
  (key) =>
    keyDefinitions[key].group === 'inference' &&
    key !== 'skipInference' &&
    key !== 'useProfile' &&
    key !== 'weightStreamingBudget',
);

const idle: readonly Idle[] = [
  {
    keys: ['layerPrecisions', 'layerOutputTypes'],
    when: (build, { runtime }) => {
      const constraints = build.get('precisionConstraints')?.value ?? 'none';
      return choosesTypes(runtime) === true && constraints === 'none' && !isSet(build, 'stronglyTyped');
    },
    why: 'types of layers only count with `precisionConstraints: prefer` or `obey`',
    severity: 'warning',
    add: 'precisionConstraints: prefer',
  },
  {
    keys: ['precisionConstraints'],
    when: (build) => !isSet(build, 'layerPrecisions') && !isSet(build, 'layerOutputTypes'),
    why: 'neither `layerPrecisions` nor `layerOutputTypes` constrains anything',
  },
  {
    keys: ['fp16', 'int8', 'bf16'],
    when: (build) => isSet(build, 'best'),
    why: '`best` includes it',
  },
  {
    keys: ['calib'],
    when: (build, { runtime }) =>
      choosesTypes(runtime) === true && !isSet(build, 'int8') && !isSet(build, 'best'),
    why: 'calibration is for `int8`',
    severity: 'warning',
  },
  {
    keys: ['shapesCalib', 'calibProfile'],
    when: (build, { runtime }) =>
      choosesTypes(runtime) === true && !isSet(build, 'int8') && !isSet(build, 'best'),
    why: 'calibration is for `int8`',
  },
  {
    keys: ['stripWeights', 'refit'],
    when: (build) => isSet(build, 'stripAllWeights'),
    why: '`stripAllWeights` includes it',
  },
  {
    keys: ['l2LimitForTiling'],
    when: (build) => (build.get('tilingOptimizationLevel')?.value ?? 0) === 0,
    why: 'there is no tiling without `tilingOptimizationLevel`',
    severity: 'warning',
    add: 'tilingOptimizationLevel: 1',
  },
  {
    keys: ['timingCacheFile', 'noCompilationCache'],
    when: (build) => isSet(build, 'noBuilderCache'),
    why: '`noBuilderCache` switches the timing cache off',
    severity: 'warning',
  },
  {
    keys: ['editableTimingCache'],
    when: (build, { runtime }) => runtime?.product === 'TensorRT' && !isSet(build, 'timingCacheFile'),
    why: 'the timing cache is kept in no `timingCacheFile`',
  },
  {
    keys: ['skipInference'],
    when: (build) =>
      build.get('runtimePlatform')?.value === 'WindowsAMD64' || isSet(build, 'buildDLAStandalone'),
    why: 'an engine for another system, or for DLA by itself, is not run anyway',
  },
  {
    keys: ['useCudaGraph'],
    when: (build) => (build.get('useDLACore')?.value ?? -1) >= 0,
    why: 'trtexec uses no CUDA graphs with DLA',
  },
  {
    keys: measuring,
    when: (build) => skipsInference(build),
    why: 'inference is skipped',
  },
];

export const noEffect: Rule = (context, report) => {
  const { build, runtime } = context;
  const told = new Set<ConfigKey>();
  const tell = (
    key: ConfigKey,
    setting: AnySetting,
    message: string,
    severity: 'hint' | 'warning' = 'hint',
    fixes: readonly ConfigFix[] = [],
    title = `Remove ${key}`,
  ) => {
    if (told.has(key)) return;
    told.add(key);
    report({
      code: 'config.no-effect',
      severity,
      tag: 'unnecessary',
      origin: setting.keyOrigin,
      message,
      fixes: preferred([...fixes, { title, edits: removedSetting(context, setting) }]),
    });
  };
  for (const { key, setting } of settingsOf(build)) {
    const { noEffectSince, rtx, doc } = keyDefinitions[key];
    const version = tensorrtVersion(runtime);
    if (version !== undefined && noEffectSince !== undefined && isAtLeast(version, noEffectSince)) {
      const why = lastSentence(doc);
      const title = `Remove ${key}: always on since ${noEffectSince}`;
      tell(key, setting, `\`${key}\` has no effect since ${noEffectSince}. ${why}`, 'hint', [], title);
    } else if (runtime?.product === 'TensorRT-RTX' && rtx === 'no effect') {
      const why = lastSentence(doc);
      const isAboutRtx = why.includes('TensorRT for RTX');
      tell(
        key,
        setting,
        `\`${key}\` has no effect on ${runtimeText(runtime)}.${isAboutRtx ? ` ${why}` : ''}`,
      );
    }
  }
  for (const { keys, when, why, severity, add } of idle) {
    for (const key of keys) {
      const setting = build.get(key);
      if (!setting || !isSet(build, key) || !when(build, context)) continue;
      const name = add?.split(':')[0];
      const fixes =
        add !== undefined && !build.keys.some((other) => other === name)
          ? [{ title: `Add ${add}`, edits: addedBefore(context, setting, add) }]
          : [];
      tell(key, setting, `\`${key}\` has no effect: ${why}.`, severity, fixes);
    }
  }
};

/** Documentation ends with what holds from when on. */
function lastSentence(doc: string): string {
  return doc.split(/(?<=\.)\s+/).at(-1) ?? '';
}
