/** What TensorRT says where something is missing beside it: a GPU, a driver, a library, a timing cache that fits. */
import type { ConfigKey } from '../../../build-config/flags/index.ts';
import type { BuildConfig, Origin } from '../../../build-config/model.ts';
import { firstPlace, placeOfKey } from './config-places.ts';
import type { FailureRule } from './rule.ts';

const weightKeys: readonly ConfigKey[] = ['stripWeights', 'stripAllWeights', 'refit', 'refitIndividual'];

export const platformRules: readonly FailureRule[] = [
  {
    code: 'build.needs-gpu',
    words: /CPU-only builder is not supported in standard mode/,
    explanation: ({ runtime }) => `${runtime} builds engines on a GPU only, and there is none here.`,
    advice: () =>
      'Build on a machine with a GPU, or with TensorRT for RTX, which builds without one: `runtime: tensorrt-rtx`.',
    config: ({ build }) => placeOfKey(build, 'runtime'),
  },
  {
    code: 'build.needs-gpu',
    words: /graph_jit\.cpp:\d+: CHECK\(status == CUDA_SUCCESS\)/,
    applies: ({ info }) => info.mode === 'cpu-only',
    explanation: ({ runtime }) =>
      `${runtime} needs a GPU to build an engine whose weights can be replaced or left out, and there is none here.`,
    advice: () => 'Remove the setting, or build on a machine with a GPU.',
    config: ({ build }) => firstPlace(build, weightKeys),
  },
  {
    code: 'build.unsupported-gpu',
    words: /CUDA error 222 loading a module/,
    applies: ({ info }) => info.product === 'TensorRT-RTX' && info.device !== undefined,
    explanation: ({ runtime, info }) =>
      `${runtime} runs kernels on the GPU to build an engine whose weights can be replaced or left out, and has none for ${info.device?.name}, whose compute capability is ${info.device?.computeCapability}.`,
    advice: () =>
      'TensorRT for RTX is for GeForce and RTX GPUs: build there, use TensorRT, or remove the setting.',
    config: ({ build }) => firstPlace(build, weightKeys),
  },
  {
    code: 'build.needs-gpu',
    words: /generateForCurrent.*cudaError 35|cudaDeviceProfile.*cudaError (?:35|100)/s,
    applies: ({ info }) => info.mode === 'cpu-only',
    explanation: ({ runtime }) =>
      `${runtime} is to build for the GPU of this machine, which has none that it can use.`,
    advice: () =>
      'Name the GPUs that the engine is for: `computeCapabilities: [sm86, sm89]`. Without the key, it is built for all.',
    config: ({ build }) => placeOfKey(build, 'computeCapabilities'),
  },
  {
    code: 'build.unsupported-gpu',
    words:
      /Target GPU SM (?<sm>\d+) is not supported|Unsupported SM(?:: (?<hex>0x[0-9a-f]+))?|Compatible cubin or ptx module for device target '(?<target>\d+)' not found|no kernel image is available/i,
    explanation: ({ match, runtime, info }) => {
      const of = capability(match.groups) ?? info.device?.computeCapability;
      return `${runtime} has no kernels for this GPU${of === undefined ? '' : `, whose compute capability is ${of}`}.`;
    },
    advice: () =>
      'GPUs newer than a TensorRT need a newer one. Old ones need an older: TensorRT 10 begins at compute capability 7.0 (Volta, up to 10.4) or 7.5 (Turing), TensorRT for RTX at 7.5.',
    config: ({ build }) => firstPlace(build, ['runtime', 'computeCapabilities']),
  },
  {
    code: 'build.missing-library',
    words: /Unable to load library: (?<library>\S*builder_resource_win\S*?)(?::|\))/,
    explanation: ({ match, runtime }) =>
      `${runtime} builds engines for Windows with kernels that are in ${match.groups?.['library']}, and does not find them.`,
    advice: () =>
      'Install the library from the same TensorRT release (it is part of NVIDIA’s full packages), or build for this platform: remove `runtimePlatform`.',
    config: ({ build }) => placeOfKey(build, 'runtimePlatform'),
  },
  {
    code: 'build.missing-library',
    words: /Unable to load library: (?<library>\S*nvinfer_lean\S*?)(?::|\))/,
    explanation: ({ match, runtime }) =>
      `${runtime} puts the lean runtime (${match.groups?.['library']}) into version-compatible engines, and does not find it.`,
    advice: () =>
      'Install the lean runtime of the same release (pip: `tensorrt-lean`), or leave it out of the engine with `excludeLeanRuntime: true` and load it beside the engine.',
    config: ({ build }) => placeOfKey(build, 'versionCompatible'),
  },
  {
    code: 'build.missing-library',
    words: /The lean runtime that the loader finds .* is of TensorRT (?<found>\S+),/,
    explanation: ({ match, runtime }) =>
      `${runtime} puts the lean runtime into version-compatible engines, and would take that of TensorRT ${match.groups?.['found']}.`,
    advice: () =>
      'Put the lean runtime of the same release first in the library path (LD_LIBRARY_PATH; PATH on Windows), or leave it out of the engine with `excludeLeanRuntime: true` and load it beside the engine.',
    config: ({ build }) => placeOfKey(build, 'versionCompatible'),
  },
  {
    code: 'build.missing-library',
    words: /Unable to load library: (?<library>\S*builder_resource\S*?)(?::|\))/,
    explanation: ({ match, runtime }) =>
      `${runtime} cannot load ${match.groups?.['library']}, which has the kernels for building.`,
    advice: () =>
      'It belongs beside libnvinfer and must be of exactly the same release; two releases in the library path are the usual cause. Installations for running engines alone do not have it. “cannot enable executable stack” is a too strict kernel with TensorRT before 10.8.',
    config: ({ build }) => placeOfKey(build, 'runtime'),
  },
  {
    code: 'build.missing-library',
    words: /Unable to load library: (?<library>[^\s:)]+)/,
    explanation: ({ match, runtime }) => `${runtime} cannot load ${match.groups?.['library']}.`,
    advice: () =>
      'See that the file exists, that it was built against this TensorRT and CUDA, and that what it needs is found (`ldd FILE`).',
    config: ({ build, match }) => placeOfPlugin(build, match.groups?.['library']),
  },
  {
    code: 'build.missing-library',
    words: /The plugin library (?<library>.+?) does not load: (?<reason>.*)/s,
    explanation: ({ match }) => `The plugin library ${match.groups?.['library']} cannot be used.`,
    advice: ({ match }) => pluginAdvice(match.groups?.['reason'] ?? ''),
    config: ({ build, match }) => placeOfPlugin(build, match.groups?.['library']),
  },
  {
    code: 'build.missing-library',
    words: /Cannot open file (?<library>\S+) In fileSize/,
    applies: ({ build }) => build.get('setPluginsToSerialize') !== undefined,
    explanation: ({ match, runtime }) =>
      `${runtime} is to put the plugin library ${match.groups?.['library']} into the engine, and cannot read it.`,
    advice: () => 'Correct the path, or remove it from `setPluginsToSerialize`.',
    config: ({ build, match }) => placeOfPlugin(build, match.groups?.['library']),
  },
  {
    code: 'build.setting',
    words: /Assertion !isSafeGpuMode\(context\.capability\) failed/,
    explanation: ({ runtime }) =>
      `${runtime} builds no engines for the safety runtime on a GPU (EngineCapability::kSAFETY): that takes a TensorRT of NVIDIA DRIVE OS.`,
    advice: () => 'Remove `safe`, or build with the TensorRT of the DRIVE OS that the engine is for.',
    config: ({ build }) => placeOfKey(build, 'safe'),
  },
  {
    code: 'build.timing-cache',
    words:
      /TensorRT does not take the timing cache|timing cache will not be used|incompatible timing cache|Timing cache .* mismatch/i,
    explanation: ({ runtime, info }) =>
      `The timing cache is of no use here: it was made by another TensorRT than ${runtime}${info.device ? `, on another GPU than ${info.device.name}` : ', on another GPU'}, or is damaged.`,
    advice: () =>
      'Name one file per TensorRT version and GPU (`timingCacheFile: detector.10.6-sm90.cache`), or delete it: it is made anew.',
    config: ({ build }) => placeOfKey(build, 'timingCacheFile'),
  },
  {
    code: 'build.timing-cache',
    words: /timing cache miss|not found in (?:the )?timing cache|ERROR_ON_TIMING_CACHE_MISS/i,
    explanation: () =>
      'The timing cache does not have all that the build needs, and `errorOnTimingCacheMiss` forbids to measure it.',
    advice: () => 'Build once without `errorOnTimingCacheMiss` to fill the cache.',
    config: ({ build }) => firstPlace(build, ['errorOnTimingCacheMiss', 'timingCacheFile']),
  },
  {
    code: 'build.unsupported-gpu',
    words: /cudaError 35|CUDA driver version is insufficient|initialization failure with error: 35/,
    explanation: ({ runtime }) =>
      `The CUDA driver of this machine is too old for ${runtime}, or there is no GPU.`,
    advice: () =>
      'Update the NVIDIA driver (`nvidia-smi` says its version and the newest CUDA that it can), or use a TensorRT that was built for an older CUDA.',
    config: ({ build }) => placeOfKey(build, 'runtime'),
  },
];

function placeOfPlugin(build: BuildConfig, library: string | undefined): Origin | undefined {
  const plugins = ['staticPlugins', 'dynamicPlugins', 'setPluginsToSerialize'] as const;
  const item = plugins
    .flatMap((key) => build.get(key)?.value ?? [])
    .find(({ value }) => value.path === library);
  return item?.origin ?? firstPlace(build, plugins);
}

/** What to do about the words of the loader, or of TensorRT's plugin registry. */
function pluginAdvice(reason: string): string {
  if (/it is no plugin library/.test(reason)) return 'Name the library that has the plugins themselves.';
  if (/exists already/.test(reason)) {
    return 'Plugins of this name, version and namespace are there already, from TensorRT itself or another library: remove one of the two, or give yours another version or namespace.';
  }
  if (/invalid ELF header|file too short|not a valid Win32|wrong ELF class/.test(reason)) {
    return 'The file is no library of this platform: build it for this operating system and processor.';
  }
  if (/undefined symbol|symbol lookup error|version `/.test(reason)) {
    return 'It was built against another release: build it against this TensorRT and CUDA.';
  }
  return 'See that the file exists, that it was built against this TensorRT and CUDA, and that what it needs is found (`ldd FILE`).';
}

/** `12.0` of 120, `6.1` of 0x601 or 61. */
function capability(groups: RegExpExecArray['groups']): string | undefined {
  const hex = groups?.['hex'];
  if (hex !== undefined) return `${Number(hex) >> 8}.${Number(hex) & 255}`;
  const sm = groups?.['sm'] ?? groups?.['target'];
  return sm === undefined ? undefined : `${sm.slice(0, -1)}.${sm.slice(-1)}`;
}
