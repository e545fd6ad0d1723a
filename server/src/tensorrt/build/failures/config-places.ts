/** Where in a config the things are that TensorRT's answers are about. */
import type { BuilderSettings } from '../../../../../native-bridge/src/build-protocol.ts';
import { type ConfigKey, keyDefinitions } from '../../../build-config/flags/index.ts';
import type { BuildConfig, Origin, ProfileInput } from '../../../build-config/model.ts';
import { flagKeys } from '../build-flags.ts';

/** Keys that become a setting of the bridge's, the likeliest first. */
const keysOfSettings: { readonly [Setting in keyof Required<BuilderSettings>]: readonly ConfigKey[] } = {
  flags: [],
  clearedFlags: ['noTF32'],
  memoryPools: ['memPoolSize'],
  optimizationLevel: ['builderOptimizationLevel'],
  maxAuxStreams: ['maxAuxStreams'],
  averageTimingIterations: ['avgTiming'],
  maxTactics: ['maxTactics'],
  tilingOptimizationLevel: ['tilingOptimizationLevel'],
  l2LimitForTiling: ['l2LimitForTiling'],
  tacticSources: ['tacticSources'],
  previewFeatures: ['preview'],
  profilingVerbosity: ['profilingVerbosity'],
  engineCapability: ['safe', 'buildDLAStandalone'],
  hardwareCompatibilityLevel: ['hardwareCompatibilityLevel'],
  runtimePlatform: ['runtimePlatform'],
  computeCapabilities: ['computeCapabilities'],
  defaultDeviceType: ['useDLACore'],
  dlaCore: ['useDLACore'],
  pluginsToSerialize: ['setPluginsToSerialize'],
  buildRoute: ['setBuildRoute'],
  remoteAutoTuningConfig: ['remoteAutoTuningConfig'],
  profiles: ['profiles', 'shapes'],
  calibrationProfile: ['shapesCalib', 'calibProfile'],
  calibrationCachePath: ['calib'],
  ioFormats: ['inputIOFormats', 'outputIOFormats'],
  layerPrecisions: ['layerPrecisions'],
  layerOutputTypes: ['layerOutputTypes'],
  layerDeviceTypes: ['layerDeviceTypes'],
  markedOutputs: ['markOutputs'],
  debugTensors: ['markDebug'],
  refittableWeights: ['refitIndividual'],
  markUnfusedTensorsAsDebugTensors: ['markUnfusedTensorsAsDebugTensors'],
};

/** The setting of the config that `BuildFailure.setting` comes from: `profiles.1.images`, `flags.kFP16`, `timingCachePath`. */
export function placeOfSetting(build: BuildConfig, setting: string): Origin | undefined {
  const [name = '', ...rest] = setting.split('.');
  const detail = rest.join('.');
  if (name === 'timingCachePath') return placeOfKey(build, 'timingCacheFile');
  if (name === 'flags' || name === 'clearedFlags') return firstPlace(build, flagKeys(detail));
  if (name === 'profiles') {
    const [index = '0', ...input] = rest;
    return placeOfProfile(build, Number(index), input.join('.') || undefined);
  }
  if (name === 'memoryPools') {
    const pools = build.get('memPoolSize');
    const pool = pools?.value.find((entry) => apiNames('memPoolSize', entry.name.value).includes(detail));
    return pool?.value.origin ?? pools?.keyOrigin;
  }
  return isSetting(name) ? firstPlace(build, keysOfSettings[name]) : undefined;
}

export function placeOfKey(build: BuildConfig, key: ConfigKey): Origin | undefined {
  const setting = build.get(key);
  return setting && setting.value !== false ? setting.keyOrigin : undefined;
}

/** Of the first key that is set. */
export function firstPlace(build: BuildConfig, keys: readonly ConfigKey[]): Origin | undefined {
  for (const key of keys) {
    const place = placeOfKey(build, key);
    if (place) return place;
  }
  return undefined;
}

/** What a profile says of an input; the profile where it says nothing of it; undefined where the config has no shapes. */
export function placeOfProfile(build: BuildConfig, index: number, input?: string): Origin | undefined {
  const profiles = build.get('profiles');
  const profile = profiles?.value[index];
  const fits = ({ name: { value } }: Pick<ProfileInput, 'name'>) => {
    const [start = '', end] = value.split('*');
    return end === undefined ? value === input : input?.startsWith(start) && input.endsWith(end);
  };
  const shapes = build.get('shapes');
  return (
    (input !== undefined
      ? (profile?.inputs.find(fits)?.origin ?? shapes?.value.find(fits)?.value.origin)
      : undefined) ??
    profile?.origin ??
    profiles?.keyOrigin ??
    shapes?.keyOrigin
  );
}

function isSetting(name: string): name is keyof BuilderSettings {
  return Object.hasOwn(keysOfSettings, name);
}

/** TensorRT's names of a word of a key: `kWORKSPACE` of `workspace`. */
function apiNames(key: ConfigKey, word: string): readonly string[] {
  const spec = keyDefinitions[key].value;
  const choices = 'pools' in spec ? spec.pools : [];
  return choices
    .filter(({ name, aliases }) => name === word || aliases?.includes(word))
    .flatMap(({ api }) => api?.split('::')[1] ?? []);
}
