import type { KeyTable } from './key.ts';

/** Keys of the language itself, which trtexec has no flags for. */
export const configKeys = {
  runtime: {
    group: 'config',
    role: 'config',
    value: { kind: 'text' },
    flags: [],
    rtx: 'yes',
    doc: 'The TensorRT that builds: an id (`tensorrt-rtx-1.7.1`), a product (`tensorrt`, `tensorrt-rtx`), versions (`">=10.6 <11"`), both (`tensorrt >=10.6`), or a folder with its libraries.',
    default: 'the runtime that the editor uses',
  },
  extends: {
    group: 'config',
    role: 'config',
    value: { kind: 'structure' },
    flags: [],
    rtx: 'yes',
    doc: 'Another config, or a list of them, whose settings count unless this one says otherwise: maps are merged key by key, everything else is replaced, `null` takes a setting away. Later files of a list win over earlier ones. Paths in it stay relative to its own folder.',
  },
  builds: {
    group: 'config',
    role: 'config',
    value: { kind: 'structure' },
    flags: [],
    rtx: 'yes',
    doc: 'Several engines from one file: a name for each, and what it sets beyond the settings outside. Without an `engine`, a build writes `MODEL.NAME.engine`.',
  },
  matrix: {
    group: 'config',
    role: 'config',
    value: { kind: 'structure' },
    flags: [],
    rtx: 'yes',
    doc: 'Builds as the product of axes. An axis is a map from names to settings (`precision: { fp16: { fp16: true } }`), or a list of values of the key it is named after (`model: [a.onnx, b.onnx]`). `exclude` takes combinations away, `include` adds settings to combinations, or new ones. `${{ matrix.AXIS }}` and `${{ build }}` may be used in texts.',
  },
  unknownFlags: {
    group: 'config',
    role: 'config',
    value: { kind: 'structure' },
    flags: [],
    rtx: 'yes',
    doc: 'Flags of trtexec that the language has no key for, as written on its command line. They are kept in trtexec lines, and mean nothing to a build in the editor.',
  },
  computeCapabilities: {
    group: 'config',
    role: 'build',
    value: {
      kind: 'choices',
      choices: [
        { name: 'current', doc: 'The GPU of this machine.', api: 'ComputeCapability::kCURRENT' },
        { name: 'sm75', doc: 'Turing. Not among the defaults.', api: 'ComputeCapability::kSM75' },
        { name: 'sm80', doc: 'Ampere, data center.', api: 'ComputeCapability::kSM80' },
        { name: 'sm86', doc: 'Ampere.', api: 'ComputeCapability::kSM86' },
        { name: 'sm89', doc: 'Ada.', api: 'ComputeCapability::kSM89' },
        { name: 'sm120', doc: 'Blackwell.', api: 'ComputeCapability::kSM120' },
        { name: 'sm121', doc: 'Blackwell, DGX Spark.', api: 'ComputeCapability::kSM121' },
      ],
    },
    flags: [],
    rtx: 'yes',
    doc: 'The GPUs that the engine is for, by compute capability. TensorRT for RTX only.',
    api: 'IBuilderConfig::setComputeCapability',
    default: 'Ampere and newer',
  },
} as const satisfies KeyTable;
