/** What TensorRT says where memory runs out: of the workspace that the config allows, of the device, of the machine. */
import { firstPlace, placeOfKey } from './config-places.ts';
import type { FailureRule, RuleInput } from './rule.ts';

const workspaceAdvice = ({ build }: RuleInput) =>
  build.get('memPoolSize')
    ? 'Raise `memPoolSize: { workspace: … }`, or leave it out: TensorRT then uses what the device has.'
    : 'The config sets no limit, so this is all the device has: free its memory, build on a larger one, or make the largest shapes of the profiles smaller.';

const largest =
  'make the largest shapes of the profiles smaller, use fp16 or bf16, lower `builderOptimizationLevel`';

export const memoryRules: readonly FailureRule[] = [
  {
    code: 'build.workspace',
    words: /tacticMaxShmemSize >= reservedDeviceSMem/,
    explanation: () => 'The limit on the shared memory of tactics is below what the device itself reserves.',
    advice: () => 'Raise `memPoolSize: { tacticSharedMem: … }` (tens of KiB are usual), or leave it out.',
    config: ({ build }) => placeOfKey(build, 'memPoolSize'),
  },
  {
    code: 'build.out-of-memory',
    words: /LLVM ERROR: out of memory/,
    explanation: ({ runtime }) =>
      `The compiler inside ${runtime} asked for memory that it did not get, and ended the process. TensorRT 10.6 does so on some tiny models and over some debug tensors, where no memory is short: a mistake of its own.`,
    advice: () =>
      'Try a newer TensorRT first; TensorRT for RTX 1.7 and TensorRT 10.15 and newer are not known to do so. On a machine that is short of memory, close other programs.',
  },
  {
    code: 'build.out-of-memory',
    words: /std::bad_alloc|OutOfMemory.*\bhost\b|cannot allocate memory|Out of host memory/i,
    explanation: ({ runtime }) => `${runtime} ran out of the machine’s memory.`,
    advice: () =>
      'A build holds the weights several times. Close other programs, build on a machine with more memory, or lower `builderOptimizationLevel`.',
    config: ({ build }) => firstPlace(build, ['builderOptimizationLevel', 'profiles']),
  },
  {
    code: 'build.out-of-memory',
    words:
      /Error Code \d+: OutOfMemory|Cuda Runtime \(out of memory\)|cudaError 2\b|Cuda Error in \w+: 2 \(|User allocator error allocating (?<bytes>\d+)-byte|amount of GPU memory \((?<asked>\d+) bytes\) could not be allocated|CUDA_ERROR_OUT_OF_MEMORY/,
    explanation: ({ match, runtime, info }) => {
      const asked = match.groups?.['bytes'] ?? match.groups?.['asked'];
      const of = info.device ? ` of ${info.device.name} (${gibibytes(info.device.totalMemory)})` : '';
      return `${runtime} ran out of the memory${of}${asked === undefined ? '' : `: it asked for ${gibibytes(Number(asked))} at once`}.`;
    },
    advice: () =>
      `Free the device (other processes may hold its memory), limit \`memPoolSize: { workspace: … }\`, ${largest}, or build on a larger device.`,
    config: ({ build }) => firstPlace(build, ['memPoolSize', 'profiles']),
  },
  {
    code: 'build.workspace',
    words:
      /no tactics to implement the operation within workspace limit|due to insufficient workspace|requires workspace memory greater than 0/,
    explanation: ({ runtime }) =>
      `${runtime} has no way to compute a part of the model in the workspace that it may use.`,
    advice: workspaceAdvice,
    config: ({ build }) => placeOfKey(build, 'memPoolSize'),
  },
];

function gibibytes(bytes: number): string {
  const gibi = bytes / 2 ** 30;
  return gibi < 0.1 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${gibi.toFixed(1)} GiB`;
}
