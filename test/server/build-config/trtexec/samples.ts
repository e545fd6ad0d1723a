/** Values for each of trtexec's flags, as its own grammar has them. */
import assert from 'node:assert/strict';
import { compareVersions } from '../../../../server/src/build-config/versions.ts';
import { type FlagFact, flagFacts } from '../trtexec-flags.ts';

const shapes = [
  'images:1x3x224x224',
  'images:1x3,tokens:1x128',
  'Input:0:8x3',
  "'Input:0':8x3",
  'scale:scalar,x:',
  '*:4',
  'in*put:2x-1',
  '495:1,12:3x4',
];
const files = ['x:x.dat', 'x:x.dat,y:out/y.dat', "'x':C:\\data\\x.bin", 'a:0:f.bin', '495:z,1:a'];
const layers = ['conv1:fp16', 'conv*:int8,/head/Conv_3:fp32', 'a b:bf16', "'x:y':fp16"];

/** Of flags whose values are not just words, numbers or files. */
const special: Readonly<Record<string, readonly string[]>> = {
  '--minShapes': shapes,
  '--optShapes': shapes,
  '--maxShapes': shapes,
  '--minShapesCalib': shapes,
  '--optShapesCalib': shapes,
  '--maxShapesCalib': shapes,
  '--shapes': shapes,
  '--hardwareCompatibilityLevel': ['none', 'ampere+', 'Ampere+', 'sameComputeCapability'],
  '--runtimePlatform': ['SameAsBuild', 'WindowsAMD64'],
  '--precisionConstraints': ['none', 'obey', 'prefer'],
  '--layerPrecisions': layers,
  '--layerOutputTypes': [...layers, 'split:fp16+fp32+int8,b:fp32'],
  '--layerDeviceTypes': ['conv1:GPU', 'conv*:DLA,b:GPU'],
  '--memPoolSize': [
    'workspace:1024',
    'workspace:0.25G,tacticSharedMem:100K',
    'dlaSRAM:512B,dlaLocalDRAM:1.5m,dlaGlobalDRAM:2g',
    'workspace:.5',
  ],
  '--builderOptimizationLevel': ['0', '5', '-1'],
  '--maxTactics': ['-1', '30'],
  '--maxAuxStreams': ['0', '4'],
  '--tacticSources': ['-EDGE_MASK_CONVOLUTIONS', '+JIT_CONVOLUTIONS,-edge_mask_convolutions'],
  '--preview': ['+aliasedPluginIO1003'],
  '--sparsity': ['disable', 'enable', 'force'],
  '--tilingOptimizationLevel': ['0', '3'],
  '--l2LimitForTiling': ['-1', '1048576'],
  '--decomposableAttentions': ['attn', 'layer.*.attn,b c'],
  '--remoteAutoTuningConfig': [
    'ssh://me@192.0.2.1:22?remote_exec_path=/opt/bin&x=1',
    'ssh://me:pa%20ss@host',
    'local://',
  ],
  '--profilingVerbosity': ['layer_names_only', 'detailed', 'none', 'default', 'verbose'],
  '--useRuntime': ['full', 'lean', 'dispatch'],
  '--tempfileControls': ['in_memory:allow,temporary:deny', 'temporary:allow'],
  '--markDebug': ['t', 'a,b:0,/x/y'],
  '--saveDebugTensors': files,
  '--saveAllDebugTensors': ['summary', 'numpy,string,raw'],
  '--safetyPlugins': ['lib.so', '/opt/lib.so[ns::a,ns::b]'],
  '--loadInputs': files,
  '--loadRefOutputs': files,
  '--persistentCacheRatio': ['0', '0.5', '1'],
  '--allocationStrategy': ['static', 'profile', 'runtime'],
  '--weightStreamingBudget': ['-2', '-1', '0%', '12.5%', '100%', '0', '1000', '2G', '0.5M'],
  '--accuracyAlgorithm': ['l0', 'l1', 'l2', 'lInf', 'cos'],
  '--accuracyThreshold': ['0.1', '1e-3'],
  '--tuneBuildRoutes': ['-knob=[a|b|c] -other=fixed', "-a='b'"],
  '--tuningSearch': ['fast', 'full', 'mixed'],
  '--tuningTimeOut': ['-1', '3600'],
  '--helpBuildRoute': ['', 'conv_use_long_w'],
  '--setBuildRoute': ['-knob=a -b=2'],
  '--percentile': ['50', '90,95,99.9'],
  '--duration': ['-1', '0', '2.5'],
};

/** Values that only some versions take. */
function versioned(flag: string, version: string): readonly string[] | undefined {
  const before11 = compareVersions(version, '11.0') < 0;
  switch (flag) {
    case '--inputIOFormats':
    case '--outputIOFormats':
      return before11
        ? ['fp16:chw', 'fp16:chw16+hwc8,int8:chw32,fp32:dla_linear', 'bool:dhwc']
        : ['chw', 'chw16+hwc8,chw32,dla_linear', 'dhwc'];
    case '--tacticSources':
      return before11
        ? [...(special[flag] ?? []), '-CUDNN,+CUBLAS', '+CUBLASLT', '-CUBLAS_LT']
        : special[flag];
    case '--preview':
      return [
        ...(before11 ? ['-profileSharing0806'] : []),
        ...(compareVersions(version, '10.3') >= 0 ? ['-aliasedPluginIO1003'] : []),
        ...(compareVersions(version, '10.10') >= 0 ? ['+aliasedPluginIO1003,-runtimeActivationResize'] : []),
      ];
    case '--hardwareCompatibilityLevel':
      return compareVersions(version, '10.9') >= 0 ? special[flag] : ['none', 'Ampere+', 'ampere+'];
    default:
      return special[flag];
  }
}

/** Values of a flag in a version; undefined for one that takes none. */
export function samplesOf({ flag, value }: FlagFact, version: string): readonly string[] | undefined {
  const known = versioned(flag, version);
  if (known) return known;
  if (value.startsWith('bool') || value === '') return undefined;
  if (/=<(file|dir|lib|json|f)>/.test(value))
    return ['a.bin', '/opt/models/a b.bin', '../x/$a#.json', 'C:\\dir\\file.x', 'a=b'];
  if (/^=(N|M|x|ms|s|0\.\.5|bytes)\b/.test(value)) return ['1', '7'];
  assert.fail(`${flag} has no samples for ${value}`);
}

/** The flags that a version reads. */
export function flagsOfVersion(version: string): FlagFact[] {
  return flagFacts.filter(
    ({ flag, since, last }) =>
      (since === undefined || compareVersions(version, since) >= 0) &&
      (last === undefined || compareVersions(version, `${last}.9`) <= 0) &&
      !(
        flag === '--consistency' &&
        compareVersions(version, '10.4') >= 0 &&
        compareVersions(version, '10.13') < 0
      ) &&
      !(flag === '--safetyPlugins' && compareVersions(version, '10.15') === 0),
  );
}
