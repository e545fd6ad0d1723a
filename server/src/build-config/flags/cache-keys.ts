import type { KeyTable } from './key.ts';

const control = [
  { name: 'allow', doc: 'Allowed.' },
  { name: 'deny', doc: 'Not allowed.' },
] as const;

export const cacheKeys = {
  timingCacheFile: {
    group: 'caches',
    role: 'build',
    value: { kind: 'path' },
    rtx: 'no effect',
    doc: 'Keeps measured times of kernels from one build to the next: read before, written after.',
    api: 'IBuilderConfig::setTimingCache',
  },
  noBuilderCache: {
    group: 'caches',
    role: 'build',
    value: { kind: 'boolean' },
    rtx: 'no effect',
    doc: 'Times every kernel anew, also within one build.',
    api: 'BuilderFlag::kDISABLE_TIMING_CACHE',
  },
  noCompilationCache: {
    group: 'caches',
    role: 'build',
    value: { kind: 'boolean' },
    rtx: 'no effect',
    doc: 'Keeps no compiled kernels in the timing cache.',
    api: 'BuilderFlag::kDISABLE_COMPILATION_CACHE',
  },
  errorOnTimingCacheMiss: {
    group: 'caches',
    role: 'build',
    value: { kind: 'boolean' },
    rtx: 'no effect',
    doc: 'Fails where a kernel would have to be timed because the timing cache lacks it.',
    api: 'BuilderFlag::kERROR_ON_TIMING_CACHE_MISS',
  },
  editableTimingCache: {
    group: 'caches',
    role: 'build',
    value: { kind: 'boolean' },
    flags: [],
    since: '10.8',
    rtx: 'no effect',
    doc: 'Makes a timing cache whose choices can be changed afterwards.',
    api: 'BuilderFlag::kEDITABLE_TIMING_CACHE',
  },
  tempdir: {
    group: 'caches',
    role: 'build',
    value: { kind: 'path' },
    rtx: 'yes',
    doc: 'The folder for temporary files of TensorRT.',
    api: 'IRuntime::setTemporaryDirectory',
    default: 'that of the system',
  },
  tempfileControls: {
    group: 'caches',
    role: 'build',
    value: {
      kind: 'choiceByName',
      names: [
        {
          name: 'in_memory',
          doc: 'Temporary executable files in memory.',
          api: 'TempfileControlFlag::kALLOW_IN_MEMORY_FILES',
        },
        {
          name: 'temporary',
          doc: 'Temporary executable files in `tempdir`.',
          api: 'TempfileControlFlag::kALLOW_TEMPORARY_FILES',
        },
      ],
      choices: control,
    },
    rtx: 'yes',
    doc: 'Which temporary executable files TensorRT may make: `{ in_memory: allow, temporary: deny }`.',
    api: 'IRuntime::setTempfileControlFlags',
    default: '`allow` for both',
  },
} as const satisfies KeyTable;
