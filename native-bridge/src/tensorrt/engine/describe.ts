import { enumName, enumNames, enumNumber } from '../../abi/enums.ts';
import type { EngineDescription, EngineProfileShapes, EngineTensor } from '../../engine-protocol.ts';
import koffi from '../../native/koffi.ts';
import type { Engine } from './engine.ts';

/** All that an engine says of itself without its layers. */
export function describeEngine(engine: Engine): EngineDescription {
  const { calls, object } = engine;
  const { abi } = calls;
  const profileCount = engine.profileCount;
  const names = engine.tensorNames();
  const profiles = Array.from({ length: profileCount }, (_, index) => index);
  const tacticSources = calls.invoke(object, 'getTacticSources');
  return {
    name: calls.invoke(object, 'getName') ?? '',
    tensors: names.map((name) => describeTensor(engine, name, profileCount)),
    layerCount: calls.invoke(object, 'getNbLayers'),
    profileCount,
    capability: named('EngineCapability', calls.invoke(object, 'getEngineCapability')),
    hardwareCompatibilityLevel: named(
      'HardwareCompatibilityLevel',
      calls.invoke(object, 'getHardwareCompatibilityLevel'),
    ),
    profilingVerbosity: named('ProfilingVerbosity', calls.invoke(object, 'getProfilingVerbosity')),
    tacticSources: enumNames(abi, 'TacticSource').filter(
      (source) => (tacticSources & (1 << enumNumber(abi, 'TacticSource', source))) !== 0,
    ),
    auxiliaryStreams: calls.invoke(object, 'getNbAuxStreams'),
    isRefittable: calls.invoke(object, 'isRefittable'),
    memory: {
      activations: Number(
        engine.has('getDeviceMemorySizeV2')
          ? calls.invoke(object, 'getDeviceMemorySizeV2')
          : calls.invoke(object, 'getDeviceMemorySize'),
      ),
      profiles: profiles.map((profile) =>
        Number(
          engine.has('getDeviceMemorySizeForProfileV2')
            ? calls.invoke(object, 'getDeviceMemorySizeForProfileV2', profile)
            : calls.invoke(object, 'getDeviceMemorySizeForProfile', profile),
        ),
      ),
    },
    weights: describeWeights(engine),
    debugTensors: debugTensorsOf(engine),
  };

  function named(
    type: 'EngineCapability' | 'HardwareCompatibilityLevel' | 'ProfilingVerbosity',
    number: number,
  ) {
    return enumName(abi, type, number) ?? String(number);
  }
}

function describeTensor(engine: Engine, name: string, profileCount: number): EngineTensor {
  const { calls, object } = engine;
  const isInput = engine.isInput(name);
  const isShapeTensor = calls.invoke(object, 'isShapeInferenceIO', name);
  const profiles = Array.from({ length: profileCount }, (_, index) => index);
  return {
    name,
    mode: isInput ? 'input' : 'output',
    type: engine.type(name),
    dims: engine.shape(name),
    location: engine.isOnHost(name) ? 'kHOST' : 'kDEVICE',
    isShapeTensor,
    formats: profiles.map((profile) => calls.invoke(object, 'getTensorFormatDescV2', name, profile) ?? ''),
    ...(isInput && {
      profiles: profiles.map((profile) =>
        isShapeTensor ? profileValues(engine, name, profile) : profileShapes(engine, name, profile),
      ),
    }),
  };
}

const selectors = { min: 'kMIN', opt: 'kOPT', max: 'kMAX' } as const;

function profileShapes(engine: Engine, tensor: string, profile: number): EngineProfileShapes | null {
  const { calls, object } = engine;
  const shape = (selector: keyof typeof selectors) =>
    calls.invoke(
      object,
      'getProfileShape',
      tensor,
      profile,
      enumNumber(calls.abi, 'OptProfileSelector', selectors[selector]),
    );
  const [min, opt, max] = [shape('min'), shape('opt'), shape('max')];
  return min && opt && max ? { min, opt, max } : null;
}

function profileValues(engine: Engine, tensor: string, profile: number): EngineProfileShapes | null {
  const { calls, object } = engine;
  const count = engine.shape(tensor).reduce((product, size) => product * size, 1);
  const wide = engine.has('getProfileTensorValuesV2');
  const values = (selector: keyof typeof selectors): number[] | undefined => {
    const number = enumNumber(calls.abi, 'OptProfileSelector', selectors[selector]);
    const address = wide
      ? calls.invoke(object, 'getProfileTensorValuesV2', tensor, profile, number)
      : calls.invoke(object, 'getProfileTensorValues', tensor, profile, number);
    if (address === null) {
      return undefined;
    }
    const array: ArrayLike<number | bigint> = koffi.decode(
      address,
      koffi.array(wide ? 'int64_t' : 'int32_t', count, 'Array'),
    );
    return Array.from(array, Number);
  };
  const [min, opt, max] = [values('min'), values('opt'), values('max')];
  return min && opt && max ? { min, opt, max } : null;
}

function describeWeights(engine: Engine): EngineDescription['weights'] {
  const { calls, object } = engine;
  const statistic = (name: 'kTOTAL_WEIGHTS_SIZE' | 'kSTRIPPED_WEIGHTS_SIZE') =>
    Number(calls.invoke(object, 'getEngineStat', enumNumber(calls.abi, 'EngineStat', name)));
  const streamable = Number(calls.invoke(object, 'getStreamableWeightsSize'));
  return {
    ...(engine.has('getEngineStat') && {
      total: statistic('kTOTAL_WEIGHTS_SIZE'),
      stripped: statistic('kSTRIPPED_WEIGHTS_SIZE'),
    }),
    streamable,
    ...(streamable > 0 &&
      engine.has('getWeightStreamingBudgetV2') && {
        budget: Number(calls.invoke(object, 'getWeightStreamingBudgetV2')),
        automaticBudget: Number(calls.invoke(object, 'getWeightStreamingAutomaticBudget')),
        scratch: Number(calls.invoke(object, 'getWeightStreamingScratchMemorySize')),
      }),
  };
}

/** Inputs and outputs only: TensorRT does not list the others, the inspector does. */
function debugTensorsOf(engine: Engine): string[] {
  return engine.tensorNames().filter((name) => engine.calls.invoke(engine.object, 'isDebugTensor', name));
}
