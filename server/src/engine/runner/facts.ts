/** What a program that runs an engine has to know of it. */
import type { EngineDescription, EngineTensor } from '../../../../native-bridge/src/engine-protocol.ts';

export interface RunnerFacts {
  /** File name or path, as the program is to open it by default. */
  readonly engine: string;
  readonly product: 'TensorRT' | 'TensorRT-RTX';
  /** Dotted, of the TensorRT that made the engine. */
  readonly version: string;
  readonly tensors: readonly EngineTensor[];
  readonly profileCount: number;
  /** Bytes; 0 where no weights can be streamed. */
  readonly streamable: number;
  readonly debugTensors: readonly string[];
}

export interface RunnerOptions {
  /** Index of the optimization profile. */
  readonly profile: number;
  /** Memory for activations is the program's own (kUSER_MANAGED). */
  readonly userManaged: boolean;
  /** Percent of the streamable weights on the device; TensorRT's own choice where absent. */
  readonly budgetPercent?: number;
}

export const defaultRunnerOptions: RunnerOptions = { profile: 0, userManaged: false };

export const runnerLanguages = ['cpp', 'python'] as const;
export type RunnerLanguage = (typeof runnerLanguages)[number];

export function factsOfDescription(
  description: EngineDescription,
  made: Pick<RunnerFacts, 'engine' | 'product' | 'version'>,
): RunnerFacts {
  const { tensors, profileCount, weights, debugTensors } = description;
  return { ...made, tensors, profileCount, streamable: weights.streamable ?? 0, debugTensors };
}

export interface RunnerTensor {
  readonly name: string;
  /** An identifier, unique in the program. */
  readonly variable: string;
  readonly type: string;
  /** Bits of an element. */
  readonly bits: number;
  /** Of an input: the usual dimensions of the profile; for shape tensors, of their values. */
  readonly dims: readonly number[];
  readonly isDynamic: boolean;
  readonly isOnHost: boolean;
  /** Usual values of a shape tensor. */
  readonly values?: readonly number[];
}

export interface RunnerPlan {
  readonly inputs: readonly RunnerTensor[];
  readonly outputs: readonly RunnerTensor[];
  /** Whether the shape of an output may depend on values, so that its memory comes from an allocator. */
  readonly needsAllocator: boolean;
  readonly streams: boolean;
  /** Whether the V2 methods of TensorRT 10.1 are there. */
  readonly hasV2: boolean;
}

/** Throws an error for people where the engine has no such profile, or a tensor's type has no size. */
export function planRunner(facts: RunnerFacts, { profile }: RunnerOptions): RunnerPlan {
  if (profile >= facts.profileCount) {
    throw new Error(
      `The engine has no optimization profile ${profile}; it has ${facts.profileCount}, counted from 0.`,
    );
  }
  const taken = new Set(reserved);
  const plan = facts.tensors.map((tensor) => ({ tensor, planned: runnerTensor(tensor, profile, taken) }));
  const of = (mode: EngineTensor['mode']) =>
    plan.filter(({ tensor }) => tensor.mode === mode).map(({ planned }) => planned);
  const outputs = of('output');
  const [major = 0, minor = 0] = facts.version.split('.').map(Number);
  return {
    inputs: of('input'),
    outputs,
    needsAllocator: outputs.some(({ isDynamic }) => isDynamic),
    streams: facts.streamable > 0,
    hasV2: facts.product === 'TensorRT-RTX' || major > 10 || (major === 10 && minor >= 1),
  };
}

function runnerTensor(
  { name, type, dims, location, isShapeTensor, profiles, mode }: EngineTensor,
  profile: number,
  taken: Set<string>,
): RunnerTensor {
  const bits = elementBits[type];
  if (bits === undefined) throw new Error(`${name} has the type ${type}, whose size is not known.`);
  const usual = profiles?.[profile]?.opt;
  const isValues = isShapeTensor && mode === 'input' && usual !== undefined;
  return {
    name,
    variable: identifier(name, taken),
    type,
    bits,
    // What no profile tells is one element, for the user to set.
    dims: isValues
      ? dims.length === 0
        ? []
        : [usual.length]
      : dims.map((size, index) => (size === -1 ? (usual?.[index] ?? 1) : size)),
    isDynamic: dims.includes(-1),
    isOnHost: location === 'kHOST',
    ...(isValues && { values: usual }),
  };
}

/** `onnx::MatMul_3` is `onnx_MatMul_3`. */
function identifier(name: string, taken: Set<string>): string {
  const plain = name.replace(/\W+/g, '_').replace(/^_+|_+$/g, '');
  const start = /^[A-Za-z]/.test(plain) ? plain : `tensor_${plain}`.replace(/_$/, '');
  let [chosen, count] = [start, 1];
  while (taken.has(chosen)) chosen = `${start}_${++count}`;
  taken.add(chosen);
  return chosen;
}

const elementBits: Readonly<Record<string, number>> = {
  kFLOAT: 32,
  kHALF: 16,
  kBF16: 16,
  kINT8: 8,
  kUINT8: 8,
  kINT32: 32,
  kINT64: 64,
  kBOOL: 8,
  kFP8: 8,
  kE8M0: 8,
  kINT4: 4,
  kFP4: 4,
};

/** Names that the programs use themselves, and words of both languages. */
const reserved = [
  ...['and', 'as', 'auto', 'bool', 'break', 'case', 'char', 'class', 'const', 'continue', 'def', 'del'],
  ...['do', 'double', 'else', 'enum', 'false', 'float', 'for', 'from', 'global', 'if', 'import', 'in'],
  ...['int', 'is', 'lambda', 'long', 'namespace', 'new', 'not', 'operator', 'or', 'pass', 'return'],
  ...['short', 'signed', 'struct', 'switch', 'template', 'this', 'true', 'try', 'typedef', 'union'],
  ...['unsigned', 'using', 'virtual', 'void', 'while', 'with', 'xor', 'yield', 'None', 'True', 'False'],
  ...['main', 'std', 'nvinfer1', 'engine', 'engine_path', 'enginePath', 'context', 'runtime', 'logger'],
  ...['plan', 'stream', 'consumed', 'folder', 'budget', 'activations', 'needed', 'listener', 'missing'],
  ...['np', 'trt', 'cudart', 'sys', 'os', 'ctypes', 'Buffer', 'copy', 'save', 'check', 'Output'],
  ...['dims', 'require', 'release', 'argc', 'argv', 'error', 'profile', 'allocate', 'fill', 'volume'],
  ...['check_cuda', 'load', 'device_memory', 'page_locked', 'isKnown', 'byteSize', 'readFile', 'Logger'],
];
