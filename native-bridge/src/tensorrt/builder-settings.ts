/** Carries BuilderSettings to TensorRT, one setting after the other: one that is refused is named. */
import { enumNumber } from '../abi/enums.ts';
import type { BuilderProfile, BuilderSettings } from '../build-protocol.ts';
import { BridgeError } from '../errors.ts';
import type { Builder } from './builder.ts';
import { createCacheCalibrator } from './int8-calibrator.ts';
import type { Logger } from './logger.ts';
import {
  markDebugTensors,
  markOutputs,
  markRefittableWeights,
  type NetworkContext,
  setFormats,
  setLayerDevices,
  setLayerOutputTypes,
  setLayerPrecisions,
} from './network-settings.ts';
import type { OptimizationProfile } from './optimization-profile.ts';

export interface SettingsContext extends NetworkContext {
  readonly builder: Builder;
  readonly logger: Logger;
  /** Told which weights are refittable. */
  readonly onMarked: (weights: readonly string[]) => void;
}

/** What TensorRT or its version does not take. */
export class RefusedSetting extends Error {
  readonly setting: string;

  constructor(setting: string, message: string) {
    super(message);
    this.setting = setting;
  }
}

type Settings = Required<BuilderSettings>;
type Apply<Value> = (context: SettingsContext, value: Value) => void;
type Appliers = { readonly [Key in keyof Settings]: Apply<Settings[Key]> };

const appliers: Appliers = {
  flags: (context, flags) => setFlags(context, 'flags', flags, true),
  clearedFlags: (context, flags) => setFlags(context, 'clearedFlags', flags, false),
  engineCapability: ({ calls, config }, name) =>
    config.set('setEngineCapability', enumNumber(calls.abi, 'EngineCapability', name)),
  memoryPools: (context, pools) => {
    const { calls, config } = context;
    for (const [pool, bytes] of Object.entries(pools)) {
      attempt(context, `memoryPools.${pool}`, () =>
        config.set('setMemoryPoolLimit', enumNumber(calls.abi, 'MemoryPoolType', pool), bytes),
      );
    }
  },
  optimizationLevel: ({ config }, level) => config.set('setBuilderOptimizationLevel', level),
  maxAuxStreams: ({ config }, count) => config.set('setMaxAuxStreams', count),
  averageTimingIterations: ({ config }, count) => config.set('setAvgTimingIterations', count),
  maxTactics: ({ config }, count) => config.set('setMaxNbTactics', count),
  tilingOptimizationLevel: ({ calls, config }, name) =>
    config.set('setTilingOptimizationLevel', enumNumber(calls.abi, 'TilingOptimizationLevel', name)),
  l2LimitForTiling: ({ config }, bytes) => config.set('setL2LimitForTiling', bytes),
  tacticSources: ({ config }, sources) => config.setTacticSources(sources),
  previewFeatures: ({ calls, config }, features) => {
    for (const [name, enabled] of Object.entries(features)) {
      config.set('setPreviewFeature', enumNumber(calls.abi, 'PreviewFeature', name), enabled);
    }
  },
  profilingVerbosity: ({ calls, config }, name) =>
    config.set('setProfilingVerbosity', enumNumber(calls.abi, 'ProfilingVerbosity', name)),
  hardwareCompatibilityLevel: ({ calls, config }, name) =>
    config.set('setHardwareCompatibilityLevel', enumNumber(calls.abi, 'HardwareCompatibilityLevel', name)),
  runtimePlatform: ({ calls, config }, name) =>
    config.set('setRuntimePlatform', enumNumber(calls.abi, 'RuntimePlatform', name)),
  computeCapabilities: ({ calls, config }, names) => {
    config.set('setNbComputeCapabilities', names.length);
    for (const [index, name] of names.entries()) {
      config.set('setComputeCapability', enumNumber(calls.abi, 'ComputeCapability', name), index);
    }
  },
  defaultDeviceType: ({ config }, name) => {
    if (name !== 'kGPU' && name !== 'kDLA') {
      throw new BridgeError('notAvailable', `There is no device type ${name}; kGPU and kDLA are.`);
    }
    config.setDefaultDeviceType(name);
  },
  dlaCore: ({ config, builder, note }, core) => {
    // TensorRT 10.6 takes any core, and builds all for the GPU where there is none, without a word and without `allowGPUFallback`.
    if (core >= builder.dlaCores) {
      const has = builder.dlaCores === 0 ? 'none' : `only ${builder.dlaCores}, from 0`;
      note(`This machine has no DLA core ${core} (it has ${has}): nothing of the engine runs on it.`);
    }
    config.set('setDLACore', core);
  },
  pluginsToSerialize: ({ config }, paths) => config.set('setPluginsToSerialize', paths, paths.length),
  buildRoute: ({ config }, route) => config.set('setBuildRoute', route),
  remoteAutoTuningConfig: ({ config }, value) => {
    // The value holds a password: no message may repeat it.
    try {
      config.set('setRemoteAutoTuningConfig', value);
    } catch (error) {
      throw error instanceof BridgeError && !error.message.includes(value)
        ? error
        : new BridgeError('tensorrtFailed', 'TensorRT refuses the remote auto-tuning configuration.');
    }
  },
  // Before formats, which are those of outputs, too.
  markedOutputs: markOutputs,
  ioFormats: setFormats,
  layerPrecisions: setLayerPrecisions,
  layerOutputTypes: setLayerOutputTypes,
  layerDeviceTypes: setLayerDevices,
  profiles: (context, profiles) => {
    for (const [index, inputs] of profiles.entries()) {
      const profile = createProfile(context, `profiles.${index}`, inputs);
      attempt(context, `profiles.${index}`, () => context.config.addProfile(profile));
    }
  },
  calibrationProfile: (context, inputs) => {
    const profile = createProfile(context, 'calibrationProfile', inputs);
    context.config.setCalibrationProfile(profile);
  },
  calibrationCachePath: ({ calls, config }, path) =>
    config.set('setInt8Calibrator', createCacheCalibrator(calls.abi, path)),
  debugTensors: markDebugTensors,
  refittableWeights: (context, names) => {
    const { logger, onMarked } = context;
    onMarked(logger.unheard(() => markRefittableWeights(context, names)));
  },
  markUnfusedTensorsAsDebugTensors: ({ calls, network }, wanted) => {
    if (wanted && !calls.invoke(network.object, 'markUnfusedTensorsAsDebugTensors')) {
      throw new BridgeError('tensorrtFailed', 'TensorRT does not mark the unfused tensors as debug tensors.');
    }
  },
};

/** Throws a RefusedSetting at the first one that TensorRT does not take. */
export function applySettings(context: SettingsContext, settings: BuilderSettings): void {
  for (const key of Object.keys(appliers) as (keyof Settings)[]) {
    applyOne(context, settings, key);
  }
}

function applyOne<Key extends keyof Settings>(
  context: SettingsContext,
  settings: { readonly [Name in keyof Settings]?: Settings[Name] | undefined },
  key: Key,
): void {
  const value = settings[key];
  if (value !== undefined) {
    const apply = appliers[key];
    attempt(context, key, () => apply(context, value));
  }
}

function setFlags(context: SettingsContext, key: string, flags: readonly string[], value: boolean): void {
  const { calls, config } = context;
  for (const flag of flags) {
    attempt(context, `${key}.${flag}`, () =>
      config.set(value ? 'setFlag' : 'clearFlag', enumNumber(calls.abi, 'BuilderFlag', flag)),
    );
  }
}

function createProfile(context: SettingsContext, key: string, inputs: BuilderProfile): OptimizationProfile {
  const { calls, network, builder, note } = context;
  const profile = builder.createProfile();
  const wanted = new Map(Object.entries(inputs));
  for (const address of network.inputs()) {
    const tensor = calls.object('VTensor', address);
    const name = calls.invoke(tensor, 'getName') ?? '';
    const input = wanted.get(name);
    if (input) {
      const isShape = calls.invoke(tensor, 'isShapeTensor');
      attempt(context, `${key}.${name}`, () =>
        isShape ? profile.setShapeValues(name, input) : profile.setDimensions(name, input),
      );
      wanted.delete(name);
    }
  }
  for (const name of wanted.keys()) {
    note(`The network has no input ${name}; what the profile says of it has no effect.`);
  }
  return profile;
}

function attempt(context: SettingsContext, setting: string, apply: () => void): void {
  context.logger.takeErrors();
  try {
    apply();
  } catch (error) {
    if (error instanceof RefusedSetting) {
      throw error;
    }
    if (error instanceof BridgeError || error instanceof RangeError) {
      const words = context.logger.recentErrors();
      throw new RefusedSetting(
        setting,
        words === '' ? error.message : `${error.message} TensorRT says: ${words}`,
      );
    }
    throw error;
  }
}
