/** Every key of the language, and what it becomes in TensorRT's own names. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BuilderSettings } from '../../../../native-bridge/src/build-protocol.ts';
import { type ConfigKey, keyDefinitions } from '../../../../server/src/build-config/flags/index.ts';
import {
  type BuildTarget,
  type ConfiguredBuild,
  configureBuild,
} from '../../../../server/src/tensorrt/build/build-settings.ts';
import { folder, onlyBuild } from '../../build-config/configs.ts';

const tensorrt10: BuildTarget = {
  product: 'TensorRT',
  version: '10.6.0',
  inputs: ['images', 'image_mask', 'ids'],
  outputs: ['boxes', 'scores'],
  weights: ['w', 'a.lora_A.x', 'b.lora_B', 'lora_', 'odd*name'],
};
const rtx: BuildTarget = { ...tensorrt10, product: 'TensorRT-RTX', version: '1.7.1' };
const plain: ConfiguredBuild = configureBuild(onlyBuild('model: a.onnx'), tensorrt10);

/** What a config changes, beside `model`. */
function changes(text: string, target: BuildTarget = tensorrt10): Partial<ConfiguredBuild> {
  const made = configureBuild(onlyBuild(`model: a.onnx\n${text}\n`), target);
  const before = configureBuild(onlyBuild('model: a.onnx'), target);
  const settings = Object.fromEntries(
    Object.entries(made.settings).filter(
      ([key, value]) =>
        JSON.stringify(value) !==
        JSON.stringify(Object.entries(before.settings).find(([name]) => name === key)?.[1]),
    ),
  ) as BuilderSettings;
  const parts = Object.entries({ ...made, settings }).filter(
    ([key, value]) =>
      (key === 'settings' ? Object.keys(settings).length > 0 : true) &&
      JSON.stringify(value) !== JSON.stringify(Object.entries(before).find(([name]) => name === key)?.[1]),
  );
  return Object.fromEntries(parts) as Partial<ConfiguredBuild>;
}

const flag = (...flags: string[]) => ({ settings: { flags } });
const setting = (settings: BuilderSettings) => ({ settings });
const noEffect = (key: ConfigKey) => ({
  notes: [`\`${key}\` has no effect on this build; trtexec gets it.`],
});

/** A config's line, and all that it changes. */
const expectations: Partial<Record<ConfigKey, readonly (readonly [line: string, changes: object])[]>> = {
  adjustForDLA: [['adjustForDLA: true', { parserFlags: ['kADJUST_FOR_DLA'] }]],
  allowGPUFallback: [['allowGPUFallback: true', flag('kGPU_FALLBACK')]],
  allowWeightStreaming: [['allowWeightStreaming: true', flag('kWEIGHT_STREAMING')]],
  avgTiming: [['avgTiming: 4', setting({ averageTimingIterations: 4 })]],
  best: [['best: true', flag('kFP16', 'kINT8', 'kBF16')]],
  bf16: [['bf16: true', flag('kBF16')]],
  buildDLAStandalone: [
    ['buildDLAStandalone: true', {}],
    [
      'buildDLAStandalone: true\nuseDLACore: 0\nint8: true',
      setting({
        flags: ['kINT8', 'kDIRECT_IO', 'kPREFER_PRECISION_CONSTRAINTS'],
        engineCapability: 'kDLA_STANDALONE',
        defaultDeviceType: 'kDLA',
        dlaCore: 0,
      }),
    ],
  ],
  builderOptimizationLevel: [
    ['builderOptimizationLevel: 5', setting({ optimizationLevel: 5 })],
    ['builderOptimizationLevel: -1', {}],
  ],
  calib: [['calib: cal.cache', setting({ calibrationCachePath: `${folder}/cal.cache` })]],
  calibProfile: [
    [
      'profiles: [{ ids: [1] }, { ids: { min: [1], opt: [2], max: [3] } }]\ncalibProfile: 1',
      setting({
        profiles: [{ ids: { min: [1], opt: [1], max: [1] } }, { ids: { min: [1], opt: [2], max: [3] } }],
        calibrationProfile: { ids: { min: [1], opt: [2], max: [3] } },
      }),
    ],
  ],
  computeCapabilities: [
    ['computeCapabilities: [sm86, current]', setting({ computeCapabilities: ['kSM86', 'kCURRENT'] })],
  ],
  consistency: [['consistency: true', noEffect('consistency')]],
  continue: [['continue: true', noEffect('continue')]],
  cpuOnly: [['cpuOnly: true', noEffect('cpuOnly')]],
  decomposableAttentions: [['decomposableAttentions: [a]', noEffect('decomposableAttentions')]],
  // It chooses the process's GPU: see device-lock.test.ts.
  device: [['device: 1', {}]],
  directIO: [['directIO: true', flag('kDIRECT_IO')]],
  distributiveIndependence: [['distributiveIndependence: true', flag('kDISTRIBUTIVE_INDEPENDENCE')]],
  dynamicPlugins: [['dynamicPlugins: [a.so, /b.so]', { pluginLibraries: [`${folder}/a.so`, '/b.so'] }]],
  editableTimingCache: [['editableTimingCache: true', flag('kEDITABLE_TIMING_CACHE')]],
  enablePluginOverride: [['enablePluginOverride: true', { parserFlags: ['kENABLE_PLUGIN_OVERRIDE'] }]],
  // Where it is written: see provenance.test.ts.
  engine: [['engine: b.engine', {}]],
  errorOnTimingCacheMiss: [['errorOnTimingCacheMiss: true', flag('kERROR_ON_TIMING_CACHE_MISS')]],
  excludeLeanRuntime: [['excludeLeanRuntime: true', flag('kEXCLUDE_LEAN_RUNTIME')]],
  fp16: [
    ['fp16: true', flag('kFP16')],
    ['fp16: false', {}],
  ],
  fp8: [['fp8: true', flag('kFP8')]],
  hardwareCompatibilityLevel: [
    ['hardwareCompatibilityLevel: ampere+', setting({ hardwareCompatibilityLevel: 'kAMPERE_PLUS' })],
  ],
  ignoreParsedPluginLibs: [['ignoreParsedPluginLibs: true', noEffect('ignoreParsedPluginLibs')]],
  inputIOFormats: [
    [
      'inputIOFormats: { images: fp16:chw16+hwc8 }',
      setting({ ioFormats: { images: { type: 'kHALF', formats: ['kCHW16', 'kHWC8'] } } }),
    ],
    [
      'inputIOFormats: ["fp32:chw"]',
      setting({
        ioFormats: Object.fromEntries(
          tensorrt10.inputs.map((name) => [name, { type: 'kFLOAT', formats: ['kLINEAR'] }]),
        ),
      }),
    ],
  ],
  int4: [['int4: true', flag('kINT4')]],
  int8: [['int8: true', flag('kINT8')]],
  l2LimitForTiling: [['l2LimitForTiling: 1024', setting({ l2LimitForTiling: 1024 })]],
  layerDeviceTypes: [
    [
      'layerDeviceTypes: { "conv*": DLA }',
      setting({ layerDeviceTypes: [{ layer: 'conv*', value: 'kDLA' }] }),
    ],
  ],
  layerOutputTypes: [
    ['layerOutputTypes: { a: [fp16, fp32] }', {}],
    [
      'precisionConstraints: obey\nlayerOutputTypes: { a: [fp16, fp32] }',
      setting({
        flags: ['kOBEY_PRECISION_CONSTRAINTS'],
        layerOutputTypes: [{ layer: 'a', values: ['kHALF', 'kFLOAT'] }],
      }),
    ],
  ],
  layerPrecisions: [
    [
      'precisionConstraints: prefer\nlayerPrecisions: { "conv*": fp16 }',
      setting({
        flags: ['kPREFER_PRECISION_CONSTRAINTS'],
        layerPrecisions: [{ layer: 'conv*', value: 'kHALF' }],
      }),
    ],
  ],
  markDebug: [['markDebug: [a, b]', setting({ debugTensors: ['a', 'b'] })]],
  markOutputs: [['markOutputs: [a, b]', setting({ markedOutputs: ['a', 'b'] })]],
  markUnfusedTensorsAsDebugTensors: [
    ['markUnfusedTensorsAsDebugTensors: true', setting({ markUnfusedTensorsAsDebugTensors: true })],
  ],
  maxAuxStreams: [['maxAuxStreams: 2', setting({ maxAuxStreams: 2 })]],
  maxTactics: [
    ['maxTactics: 3', setting({ maxTactics: 3 })],
    ['maxTactics: -1', {}],
  ],
  memPoolSize: [
    [
      'memPoolSize: { workspace: 4GiB, tacticSharedMem: 100KiB, dlaLocalDRAM: 1MiB }',
      setting({
        memoryPools: { kWORKSPACE: 4 * 2 ** 30, kTACTIC_SHARED_MEMORY: 102_400, kDLA_LOCAL_DRAM: 2 ** 20 },
      }),
    ],
  ],
  model: [['', {}]],
  monitorMemory: [['monitorMemory: true', flag('kMONITOR_MEMORY')]],
  noBuilderCache: [['noBuilderCache: true', flag('kDISABLE_TIMING_CACHE')]],
  noCompilationCache: [['noCompilationCache: true', flag('kDISABLE_COMPILATION_CACHE')]],
  noTF32: [['noTF32: true', setting({ clearedFlags: ['kTF32'] })]],
  outputIOFormats: [
    [
      'outputIOFormats: ["fp32:chw", "fp16:hwc8"]',
      setting({
        ioFormats: {
          boxes: { type: 'kFLOAT', formats: ['kLINEAR'] },
          scores: { type: 'kHALF', formats: ['kHWC8'] },
        },
      }),
    ],
  ],
  pluginInstanceNorm: [['pluginInstanceNorm: true', { clearedParserFlags: ['kNATIVE_INSTANCENORM'] }]],
  precisionConstraints: [
    ['precisionConstraints: obey', flag('kOBEY_PRECISION_CONSTRAINTS')],
    ['precisionConstraints: none', {}],
  ],
  preview: [
    [
      'preview: { runtimeActivationResize: true, profileSharing0806: false }',
      setting({
        previewFeatures: { kRUNTIME_ACTIVATION_RESIZE_10_10: true, kPROFILE_SHARING_0806: false },
      }),
    ],
  ],
  profiles: [
    [
      'profiles: [{ "image*": { min: [1, 3], max: [4, 3] }, images: [2, 3] }]',
      setting({
        profiles: [
          {
            images: { min: [2, 3], opt: [2, 3], max: [2, 3] },
            image_mask: { min: [1, 3], opt: [4, 3], max: [4, 3] },
          },
        ],
      }),
    ],
  ],
  profilingVerbosity: [['profilingVerbosity: detailed', setting({ profilingVerbosity: 'kDETAILED' })]],
  refit: [['refit: true', flag('kREFIT')]],
  refitIndividual: [
    [
      'refitIndividual: [w, "*.lora_*", inner.w, "*x", w]',
      setting({
        flags: ['kREFIT_INDIVIDUAL'],
        refittableWeights: ['w', 'a.lora_A.x', 'b.lora_B', 'inner.w'],
      }),
    ],
    // A name with a `*` of its own is that weight.
    [
      'refitIndividual: "odd*name"',
      setting({ flags: ['kREFIT_INDIVIDUAL'], refittableWeights: ['odd*name'] }),
    ],
    [
      'refitIndividual: ["c*d"]',
      {
        ...setting({ flags: ['kREFIT_INDIVIDUAL'], refittableWeights: [] }),
        notes: ['No weight of the model’s main graph fits c*d; `refitIndividual` marks none for it.'],
      },
    ],
    ['refitIndividual: []', {}],
  ],
  remoteAutoTuningConfig: [
    ['remoteAutoTuningConfig: "ssh://u:p@h"', setting({ remoteAutoTuningConfig: 'ssh://u:p@h' })],
  ],
  requireUserAllocation: [['requireUserAllocation: true', flag('kREQUIRE_USER_ALLOCATION')]],
  restricted: [['restricted: true', flag('kSAFETY_SCOPE')]],
  runtimePlatform: [['runtimePlatform: WindowsAMD64', setting({ runtimePlatform: 'kWINDOWS_AMD64' })]],
  safe: [
    ['safe: true', setting({ engineCapability: 'kSAFETY' })],
    [
      'safe: true\nuseDLACore: 1\nallowGPUFallback: true',
      setting({
        flags: ['kGPU_FALLBACK', 'kPREFER_PRECISION_CONSTRAINTS', 'kFP16'],
        defaultDeviceType: 'kDLA',
        dlaCore: 1,
      }),
    ],
  ],
  safetyPlugins: [['safetyPlugins: [a.so]', noEffect('safetyPlugins')]],
  saveAllEngines: [['saveAllEngines: true', noEffect('saveAllEngines')]],
  setBuildRoute: [['setBuildRoute: r', setting({ buildRoute: 'r' })]],
  setPluginsToSerialize: [
    ['setPluginsToSerialize: [a.so]', setting({ pluginsToSerialize: [`${folder}/a.so`] })],
  ],
  shapesCalib: [
    [
      'shapesCalib: { ids: { min: [1], opt: [2], max: [3] } }',
      setting({ calibrationProfile: { ids: { min: [1], opt: [2], max: [3] } } }),
    ],
  ],
  sparsity: [
    ['sparsity: enable', flag('kSPARSE_WEIGHTS')],
    ['sparsity: disable', {}],
  ],
  staticPlugins: [['staticPlugins: [a.so]', { pluginLibraries: [`${folder}/a.so`] }]],
  strictNans: [['strictNans: true', flag('kSTRICT_NANS')]],
  stripAllWeights: [['stripAllWeights: true', flag('kREFIT', 'kSTRIP_PLAN')]],
  stripWeights: [
    ['stripWeights: true', flag('kSTRIP_PLAN', 'kREFIT_IDENTICAL')],
    ['stripWeights: true\nrefit: true', flag('kREFIT', 'kSTRIP_PLAN')],
  ],
  stronglyTyped: [['stronglyTyped: true', { stronglyTyped: true }]],
  tacticSources: [
    [
      'tacticSources: { CUBLAS: false, JIT_CONVOLUTIONS: true }',
      setting({ tacticSources: { kCUBLAS: false, kJIT_CONVOLUTIONS: true } }),
    ],
  ],
  tempdir: [['tempdir: /tmp', noEffect('tempdir')]],
  tempfileControls: [['tempfileControls: { temporary: deny }', noEffect('tempfileControls')]],
  tilingOptimizationLevel: [
    ['tilingOptimizationLevel: 2', setting({ tilingOptimizationLevel: 'kMODERATE' })],
  ],
  // A parameter of its own: see prepareBuild.
  timingCacheFile: [['timingCacheFile: t.cache', {}]],
  tuneBuildRouteFile: [['tuneBuildRouteFile: r.txt', noEffect('tuneBuildRouteFile')]],
  tuneBuildRoutes: [['tuneBuildRoutes: r', noEffect('tuneBuildRoutes')]],
  tuningCacheFile: [['tuningCacheFile: t.cache', noEffect('tuningCacheFile')]],
  tuningSearch: [['tuningSearch: fast', noEffect('tuningSearch')]],
  tuningTimeOut: [['tuningTimeOut: 3', noEffect('tuningTimeOut')]],
  uint8AsymmetricQuantizationDLA: [
    [
      'uint8AsymmetricQuantizationDLA: true',
      { parserFlags: ['kENABLE_UINT8_AND_ASYMMETRIC_QUANTIZATION_DLA'] },
    ],
  ],
  useDLACore: [
    [
      'useDLACore: 1',
      setting({
        flags: ['kDIRECT_IO', 'kPREFER_PRECISION_CONSTRAINTS', 'kFP16'],
        defaultDeviceType: 'kDLA',
        dlaCore: 1,
      }),
    ],
    ['useDLACore: -1', {}],
  ],
  versionCompatible: [['versionCompatible: true', flag('kVERSION_COMPATIBLE')]],
};

describe('settings of a build', () => {
  test('a config without any asks for TensorRT’s defaults', () => {
    assert.deepEqual(plain, {
      stronglyTyped: false,
      parserFlags: [],
      clearedParserFlags: [],
      pluginLibraries: [],
      settings: { flags: [] },
      notes: [],
    });
  });

  test('every key that concerns builds is said here', () => {
    const keys = Object.entries(keyDefinitions).flatMap(([key, { role }]) => (role === 'build' ? [key] : []));
    assert.deepEqual(Object.keys(expectations).sort(), keys.sort());
  });

  for (const [line, expected] of Object.values(expectations).flat()) {
    test(line === '' ? '(none)' : line.replaceAll('\n', ' · '), () => {
      assert.deepEqual(changes(line), expected);
    });
  }

  test('keys that concern inference change nothing', () => {
    assert.deepEqual(changes('iterations: 10\nuseCudaGraph: true\nweightStreamingBudget: automatic'), {});
  });

  test('flags without a key are told of', () => {
    assert.deepEqual(changes('unknownFlags: ["--somethingNew=3"]').notes, [
      '--somethingNew=3 is unknown here and has no effect on this build; trtexec gets it.',
    ]);
  });

  test('networks are strongly typed where there are no others', () => {
    assert.equal(configureBuild(onlyBuild('model: a.onnx'), rtx).stronglyTyped, true);
    const version11: BuildTarget = { ...tensorrt10, version: '11.0.0' };
    assert.equal(configureBuild(onlyBuild('model: a.onnx'), version11).stronglyTyped, true);
  });

  test('on TensorRT 11 DLA asks for no precision, as there are no such flags', () => {
    const version11: BuildTarget = { ...tensorrt10, version: '11.1.0' };
    assert.deepEqual(changes('useDLACore: 0', version11).settings?.flags, ['kDIRECT_IO']);
  });
});
