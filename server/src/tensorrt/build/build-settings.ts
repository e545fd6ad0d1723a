/** What a build config asks of TensorRT, in TensorRT's own names: as trtexec does it, flag by flag. */
import type {
  BuilderProfile,
  BuilderSettings,
  BuildParams,
  LayerTypesSetting,
} from '../../../../native-bridge/src/build-protocol.ts';
import type { Product } from '../../../../native-bridge/src/protocol.ts';
import { type Choice, type ConfigKey, keyDefinitions } from '../../build-config/flags/index.ts';
import type { BuildConfig, IoFormat, IoFormats, PathValue } from '../../build-config/model.ts';
import { pluginPaths } from '../../build-config/paths.ts';
import { completeProfiles } from '../../build-config/profiles.ts';
import { redactSecrets } from '../../build-config/trtexec/secrets.ts';
import { isAtLeast } from '../../build-config/versions.ts';
import { type BooleanKey, builderFlagsOf, dlaCore, isBooleanSet, parserFlagsOf } from './build-flags.ts';
import { refittableWeights } from './refittable-weights.ts';

export interface BuildTarget {
  readonly product: Product;
  /** Dotted. */
  readonly version: string;
  /** Names of the network's inputs and outputs, in order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names of the weights of the main graph, where the config names some. */
  readonly weights: readonly string[];
}

/** The parts of a BuildParams that follow from the config. */
export interface ConfiguredBuild
  extends Pick<
    BuildParams,
    'parserFlags' | 'clearedParserFlags' | 'stronglyTyped' | 'settings' | 'pluginLibraries'
  > {
  /** What is set and has no effect here, a sentence each. */
  readonly notes: readonly string[];
}

export function configureBuild(build: BuildConfig, target: BuildTarget): ConfiguredBuild {
  const isSet = (key: BooleanKey) => isBooleanSet(build, key);
  const refittable = refittableWeights(build, target.weights);
  const alwaysStrong = target.product === 'TensorRT-RTX' || isAtLeast(target.version, '11.0');
  return {
    stronglyTyped: alwaysStrong || isSet('stronglyTyped'),
    parserFlags: parserFlagsOf(build),
    clearedParserFlags: isSet('pluginInstanceNorm') ? ['kNATIVE_INSTANCENORM'] : [],
    pluginLibraries: pluginPaths(build),
    settings: present({
      flags: builderFlagsOf(build, target.version),
      clearedFlags: isSet('noTF32') ? ['kTF32'] : undefined,
      ...optimizerSettings(build),
      ...platformSettings(build),
      ...layerSettings(build),
      profiles: nonEmpty(completeProfiles(build).map(({ inputs }) => profileOf(inputs, target.inputs))),
      calibrationProfile: calibrationProfile(build, target.inputs),
      calibrationCachePath: build.get('calib')?.value.path,
      ioFormats: ioFormats(build, target),
      markedOutputs: build.get('markOutputs')?.value.map(({ value }) => value),
      debugTensors: build.get('markDebug')?.value.map(({ value }) => value),
      refittableWeights: refittable?.names,
      markUnfusedTensorsAsDebugTensors: isSet('markUnfusedTensorsAsDebugTensors') ? true : undefined,
    }),
    notes: [...notesOf(build), ...(refittable?.notes ?? [])],
  };
}

function optimizerSettings(build: BuildConfig): Partial<Settings> {
  const pools = build.get('memPoolSize')?.value;
  const sources = build.get('tacticSources')?.value;
  const preview = build.get('preview')?.value;
  const tiling = build.get('tilingOptimizationLevel')?.value;
  const tilingNames = ['kNONE', 'kFAST', 'kMODERATE', 'kFULL'];
  return {
    memoryPools:
      pools &&
      record(pools.map(({ name, value }) => [apiName('memPoolSize', name.value), value.value.bytes])),
    optimizationLevel: chosen(build.get('builderOptimizationLevel')?.value),
    maxTactics: chosen(build.get('maxTactics')?.value),
    maxAuxStreams: build.get('maxAuxStreams')?.value,
    averageTimingIterations: build.get('avgTiming')?.value,
    tacticSources:
      sources &&
      record(sources.map(({ name, value }) => [apiName('tacticSources', name.value), value.value])),
    previewFeatures:
      preview && record(preview.map(({ name, value }) => [apiName('preview', name.value), value.value])),
    tilingOptimizationLevel: tiling === undefined ? undefined : tilingNames[tiling],
    l2LimitForTiling: build.get('l2LimitForTiling')?.value,
    profilingVerbosity: choice(build, 'profilingVerbosity'),
    buildRoute: build.get('setBuildRoute')?.value,
    remoteAutoTuningConfig: build.get('remoteAutoTuningConfig')?.value,
  };
}

function platformSettings(build: BuildConfig): Partial<Settings> {
  const core = dlaCore(build);
  const usesDla = core !== undefined;
  const standalone = usesDla && build.get('buildDLAStandalone')?.value === true;
  const safe = !usesDla && build.get('safe')?.value === true;
  const serialized = build.get('setPluginsToSerialize')?.value;
  const capabilities = build.get('computeCapabilities')?.value;
  return {
    engineCapability: standalone ? 'kDLA_STANDALONE' : safe ? 'kSAFETY' : undefined,
    hardwareCompatibilityLevel: choice(build, 'hardwareCompatibilityLevel'),
    runtimePlatform: choice(build, 'runtimePlatform'),
    computeCapabilities: capabilities?.map(({ value }) => apiName('computeCapabilities', value)),
    ...(usesDla && { defaultDeviceType: 'kDLA', dlaCore: core }),
    pluginsToSerialize: paths(serialized),
  };
}

function layerSettings(build: BuildConfig): Partial<Settings> {
  const constraints = build.get('precisionConstraints')?.value;
  const counts = constraints === 'obey' || constraints === 'prefer';
  const precisions = counts ? build.get('layerPrecisions')?.value : undefined;
  const types = counts ? build.get('layerOutputTypes')?.value : undefined;
  const devices = build.get('layerDeviceTypes')?.value;
  return {
    layerPrecisions: precisions?.map(({ name, value }) => ({
      layer: name.value,
      value: apiName('layerPrecisions', value.value),
    })),
    layerOutputTypes: types?.map(
      ({ name, value }): LayerTypesSetting => ({
        layer: name.value,
        values: value.value.map((type) => apiName('layerOutputTypes', type)),
      }),
    ),
    layerDeviceTypes: devices?.map(({ name, value }) => ({
      layer: name.value,
      value: apiName('layerDeviceTypes', value.value),
    })),
  };
}

function calibrationProfile(build: BuildConfig, inputs: readonly string[]): BuilderProfile | undefined {
  const given = build.get('shapesCalib')?.value;
  if (given) {
    const complete = given.inputs.flatMap(({ name, min, opt, max }) => {
      const usual = opt ?? max ?? min;
      return usual ? [{ name, min: min ?? usual, opt: usual, max: max ?? usual }] : [];
    });
    return profileOf(complete, inputs);
  }
  const index = build.get('calibProfile')?.value;
  const profile = index === undefined ? undefined : completeProfiles(build)[index];
  return profile && profileOf(profile.inputs, inputs);
}

type Shapes = { readonly value: readonly number[] };

/** Names with a `*` stand for every input that they fit and that has no shapes of its own. */
function profileOf(
  entries: readonly {
    readonly name: { readonly value: string };
    readonly min: Shapes;
    readonly opt: Shapes;
    readonly max: Shapes;
  }[],
  inputs: readonly string[],
): BuilderProfile {
  const profile: { [input: string]: BuilderProfile[string] } = {};
  const isExact = ({ name }: (typeof entries)[number]) => !name.value.includes('*');
  for (const entry of [...entries.filter(isExact), ...entries.filter((each) => !isExact(each))]) {
    const shapes = { min: entry.min.value, opt: entry.opt.value, max: entry.max.value };
    for (const input of isExact(entry)
      ? [entry.name.value]
      : inputs.filter((name) => fits(entry.name.value, name))) {
      profile[input] ??= shapes;
    }
  }
  return profile;
}

function fits(pattern: string, name: string): boolean {
  const [start = '', end = ''] = pattern.split('*');
  return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}

function ioFormats(build: BuildConfig, target: BuildTarget): Settings['ioFormats'] {
  const formats = {
    ...formatsByName(build.get('inputIOFormats')?.value, target.inputs, 'inputIOFormats'),
    ...formatsByName(build.get('outputIOFormats')?.value, target.outputs, 'outputIOFormats'),
  };
  return Object.keys(formats).length > 0 ? formats : undefined;
}

function formatsByName(
  given: IoFormats | undefined,
  names: readonly string[],
  key: 'inputIOFormats' | 'outputIOFormats',
): NonNullable<Settings['ioFormats']> {
  if (!given) return {};
  if (given.by === 'name') {
    return record(given.entries.map(({ name, value }) => [name.value, formatOf(value.value, key)]));
  }
  const { items } = given;
  return record(
    names.flatMap((name, index) => {
      const item = items.length === 1 ? items[0] : items[index];
      return item ? [[name, formatOf(item.value, key)] as const] : [];
    }),
  );
}

function formatOf({ type, formats }: IoFormat, key: ConfigKey): NonNullable<Settings['ioFormats']>[string] {
  return {
    ...(type !== undefined && { type: apiName(key, type) }),
    formats: formats.map((format) => apiName(key, format)),
  };
}

/** What trtexec does with builds beside asking TensorRT for an engine, or by means that are trtexec's own. */
const ignored: readonly ConfigKey[] = [
  'consistency',
  'continue',
  'cpuOnly',
  'decomposableAttentions',
  'ignoreParsedPluginLibs',
  'safetyPlugins',
  'saveAllEngines',
  'tempdir',
  'tempfileControls',
  'tuneBuildRouteFile',
  'tuneBuildRoutes',
  'tuningCacheFile',
  'tuningSearch',
  'tuningTimeOut',
];

function notesOf(build: BuildConfig): string[] {
  return [
    ...build.unknownFlags.map(
      ({ value }) =>
        `${redactSecrets(value)} is unknown here and has no effect on this build; trtexec gets it.`,
    ),
    ...ignored
      .filter((key) => build.get(key) !== undefined)
      .map((key) => `\`${key}\` has no effect on this build; trtexec gets it.`),
  ];
}

type Settings = { [Key in keyof BuilderSettings]-?: BuilderSettings[Key] | undefined };

/** TensorRT's name of a word: `kLINEAR` of `chw`. */
function apiName(key: ConfigKey, word: string): string {
  const spec = keyDefinitions[key].value;
  const lists: readonly (readonly Choice[] | undefined)[] = [
    'choices' in spec ? spec.choices : undefined,
    'pools' in spec ? spec.pools : undefined,
    'types' in spec ? spec.types : undefined,
    'formats' in spec ? spec.formats : undefined,
  ];
  const found = lists
    .flatMap((list) => list ?? [])
    .find(({ name, aliases }) => name === word || aliases?.includes(word));
  const name = found?.api?.split('::')[1];
  if (name === undefined) throw new Error(`${word} of ${key} has no name in TensorRT.`);
  return name;
}

function choice(
  build: BuildConfig,
  key: 'profilingVerbosity' | 'hardwareCompatibilityLevel' | 'runtimePlatform',
): string | undefined {
  const word = build.get(key)?.value;
  return word === undefined ? undefined : apiName(key, word);
}

/** -1 leaves it to TensorRT. */
function chosen(value: number | undefined): number | undefined {
  return value === undefined || value < 0 ? undefined : value;
}

function paths(values: readonly { readonly value: PathValue }[] | undefined): string[] | undefined {
  return values?.map(({ value }) => value.path);
}

function nonEmpty<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length > 0 ? list : undefined;
}

function record<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries);
}

function present(settings: Partial<Settings>): BuilderSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as BuilderSettings;
}
