/** Flags of a builder and a parser that a build config comes to, as trtexec does it. */
import type { ConfigKey } from '../../build-config/flags/index.ts';
import type { BuildConfig } from '../../build-config/model.ts';
import { isAtLeast } from '../../build-config/versions.ts';

/** Keys that are a BuilderFlag and nothing else. */
const builderFlags = [
  ['refit', 'kREFIT'],
  ['versionCompatible', 'kVERSION_COMPATIBLE'],
  ['excludeLeanRuntime', 'kEXCLUDE_LEAN_RUNTIME'],
  ['allowWeightStreaming', 'kWEIGHT_STREAMING'],
  ['allowGPUFallback', 'kGPU_FALLBACK'],
  ['strictNans', 'kSTRICT_NANS'],
  ['requireUserAllocation', 'kREQUIRE_USER_ALLOCATION'],
  ['restricted', 'kSAFETY_SCOPE'],
  ['directIO', 'kDIRECT_IO'],
  ['distributiveIndependence', 'kDISTRIBUTIVE_INDEPENDENCE'],
  ['monitorMemory', 'kMONITOR_MEMORY'],
  ['noBuilderCache', 'kDISABLE_TIMING_CACHE'],
  ['noCompilationCache', 'kDISABLE_COMPILATION_CACHE'],
  ['errorOnTimingCacheMiss', 'kERROR_ON_TIMING_CACHE_MISS'],
  ['editableTimingCache', 'kEDITABLE_TIMING_CACHE'],
] as const;

const precisionFlags = [
  ['fp16', 'kFP16'],
  ['bf16', 'kBF16'],
  ['int8', 'kINT8'],
  ['fp8', 'kFP8'],
  ['int4', 'kINT4'],
] as const;

/** Keys from which a flag follows, beside its own. */
const derivedFlags: Readonly<Record<string, readonly ConfigKey[]>> = {
  kFP16: ['best', 'useDLACore'],
  kINT8: ['best', 'useDLACore'],
  kBF16: ['best'],
  kREFIT: ['stripAllWeights'],
  kREFIT_INDIVIDUAL: ['refitIndividual'],
  kREFIT_IDENTICAL: ['stripWeights'],
  kSTRIP_PLAN: ['stripWeights', 'stripAllWeights'],
  kOBEY_PRECISION_CONSTRAINTS: ['precisionConstraints'],
  kPREFER_PRECISION_CONSTRAINTS: ['precisionConstraints', 'useDLACore'],
  kSPARSE_WEIGHTS: ['sparsity'],
  kDIRECT_IO: ['useDLACore'],
};

/** The keys that a BuilderFlag comes from, its own first. */
export function flagKeys(flag: string): readonly ConfigKey[] {
  const own = [...builderFlags, ...precisionFlags].filter(([, name]) => name === flag).map(([key]) => key);
  return [...own, ...(derivedFlags[flag] ?? [])];
}

const parserFlags = [
  ['uint8AsymmetricQuantizationDLA', 'kENABLE_UINT8_AND_ASYMMETRIC_QUANTIZATION_DLA'],
  ['reportCapabilityDLA', 'kREPORT_CAPABILITY_DLA'],
  ['enablePluginOverride', 'kENABLE_PLUGIN_OVERRIDE'],
  ['adjustForDLA', 'kADJUST_FOR_DLA'],
] as const;

/** The keys above and those asked for one by one; a name for each so that a mistyped one does not compile. */
const booleans = {
  ...(Object.fromEntries(builderFlags.map(([key]) => [key, key])) as {
    readonly [Key in (typeof builderFlags)[number][0]]: Key;
  }),
  ...(Object.fromEntries(precisionFlags.map(([key]) => [key, key])) as {
    readonly [Key in (typeof precisionFlags)[number][0]]: Key;
  }),
  ...(Object.fromEntries(parserFlags.map(([key]) => [key, key])) as {
    readonly [Key in (typeof parserFlags)[number][0]]: Key;
  }),
  stronglyTyped: 'stronglyTyped',
  pluginInstanceNorm: 'pluginInstanceNorm',
  noTF32: 'noTF32',
  best: 'best',
  stripWeights: 'stripWeights',
  stripAllWeights: 'stripAllWeights',
  safe: 'safe',
  buildDLAStandalone: 'buildDLAStandalone',
  markUnfusedTensorsAsDebugTensors: 'markUnfusedTensorsAsDebugTensors',
} as const;

export type BooleanKey = keyof typeof booleans;

export function isBooleanSet(build: BuildConfig, key: BooleanKey): boolean {
  return build.get(booleans[key])?.value === true;
}

/** OnnxParserFlag names. */
export function parserFlagsOf(build: BuildConfig): string[] {
  return parserFlags.filter(([key]) => isBooleanSet(build, key)).map(([, flag]) => flag);
}

/** BuilderFlag names. `version`: dotted, of the TensorRT that builds. */
export function builderFlagsOf(build: BuildConfig, version: string): string[] {
  const isSet = (key: BooleanKey) => isBooleanSet(build, key);
  const flags = new Set<string>();
  const add = (...names: readonly string[]) => {
    for (const name of names) flags.add(name);
  };
  add(...builderFlags.filter(([key]) => isSet(key)).map(([, flag]) => flag));
  add(...precisionFlags.filter(([key]) => isSet(key)).map(([, flag]) => flag));
  if (isSet('best')) add('kFP16', 'kINT8', 'kBF16');
  if (build.get('refitIndividual')?.value.length) add('kREFIT_INDIVIDUAL');
  if (isSet('stripAllWeights')) add('kREFIT', 'kSTRIP_PLAN');
  if (isSet('stripWeights')) add('kSTRIP_PLAN', flags.has('kREFIT') ? 'kREFIT' : 'kREFIT_IDENTICAL');
  const constraints = build.get('precisionConstraints')?.value;
  if (constraints === 'obey') add('kOBEY_PRECISION_CONSTRAINTS');
  if (constraints === 'prefer') add('kPREFER_PRECISION_CONSTRAINTS');
  const sparsity = build.get('sparsity')?.value;
  if (sparsity === 'enable' || sparsity === 'force') add('kSPARSE_WEIGHTS');
  if (dlaCore(build) !== undefined) {
    // As trtexec: without a fallback nothing may be reformatted on the GPU, and DLA computes in 16 or 8 bits.
    if (!isSet('allowGPUFallback')) add('kDIRECT_IO');
    if (!isAtLeast(version, '11.0')) add('kPREFER_PRECISION_CONSTRAINTS', isSet('int8') ? 'kINT8' : 'kFP16');
  }
  return [...flags];
}

/** The DLA core that the config chooses; -1 leaves it to TensorRT. */
export function dlaCore(build: BuildConfig): number | undefined {
  const core = build.get('useDLACore')?.value;
  return core === undefined || core < 0 ? undefined : core;
}
