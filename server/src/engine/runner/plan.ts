/** What a program that runs an engine does, whatever its language. */

import type { EngineTensor } from '../../../../native-bridge/src/engine-protocol.ts';
import { onnxTypeOf } from '../tensorrt-data-types.ts';
import type { RunnerFacts, RunnerLoading, RunnerOptions } from './facts.ts';
import { identifiers } from './identifiers.ts';

export interface RunnerTensor {
  readonly name: string;
  /** An identifier, unique in the program, with those that are made of it (`derivedNames`). */
  readonly variable: string;
  readonly type: string;
  /** Bits of an element. */
  readonly bits: number;
  /** Of an input: the usual dimensions of the profile; for shape tensors, of their values. */
  readonly dims: readonly number[];
  readonly isDynamic: boolean;
  readonly isOnHost: boolean;
  /** Whether the shape, that of an output, may depend on values: its memory then comes from an allocator. */
  readonly mayBeLate: boolean;
  /** Usual values of a shape tensor. */
  readonly values?: readonly number[];
}

/** All that follows from engine and options, whatever the language. */
export interface RunnerPlan
  extends RunnerOptions,
    Pick<RunnerFacts, 'engine' | 'product' | 'version' | 'debugTensors'> {
  readonly inputs: readonly RunnerTensor[];
  readonly outputs: readonly RunnerTensor[];
  /** Whether an output may be late. */
  readonly needsAllocator: boolean;
  readonly streams: boolean;
  readonly loading: RunnerLoading;
  /** Whether the V2 methods of TensorRT 10.1 are there. */
  readonly hasV2: boolean;
}

/** Throws an error for people where the engine has no such profile or no streamable weights, or a tensor's type has no size. */
export function planRunner(facts: RunnerFacts, options: RunnerOptions): RunnerPlan {
  const { engine, product, version, debugTensors } = facts;
  const { profile } = options;
  if (profile >= facts.profileCount) {
    throw new Error(
      `The engine has no optimization profile ${profile}; it has ${facts.profileCount}, counted from 0.`,
    );
  }
  if (options.budgetPercent !== undefined && facts.streamable === 0) {
    throw new Error('The engine has no streamable weights: build it with allowWeightStreaming.');
  }
  const variables = identifiers(facts.tensors.map(({ name }) => name));
  const plan = facts.tensors.map((tensor, index) => ({
    tensor,
    planned: runnerTensor(tensor, profile, variables[index] ?? ''),
  }));
  const of = (mode: EngineTensor['mode']) =>
    plan.filter(({ tensor }) => tensor.mode === mode).map(({ planned }) => planned);
  const outputs = of('output');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return {
    ...options,
    engine,
    product,
    version,
    debugTensors,
    inputs: of('input'),
    outputs,
    needsAllocator: outputs.some(({ mayBeLate }) => mayBeLate),
    streams: facts.streamable > 0,
    loading: facts.loading ?? { pluginLibraries: [] },
    hasV2: product === 'TensorRT-RTX' || major > 10 || (major === 10 && minor >= 1),
  };
}

function runnerTensor(
  { name, type, dims, location, isShapeTensor, profiles, mode }: EngineTensor,
  profile: number,
  variable: string,
): RunnerTensor {
  const bits = onnxTypeOf(type)?.bits;
  if (bits === undefined) throw new Error(`${name} has the type ${type}, whose size is not known.`);
  const isDynamic = dims.includes(-1);
  const isOnHost = location === 'kHOST';
  const usual = profiles?.[profile]?.opt;
  const isValues = isShapeTensor && mode === 'input' && usual !== undefined;
  return {
    name,
    variable,
    type,
    bits,
    // What no profile tells is one element, for the user to set.
    dims: isValues
      ? dims.length === 0
        ? []
        : [usual.length]
      : dims.map((size, index) => (size === -1 ? (usual?.[index] ?? 1) : size)),
    isDynamic,
    isOnHost,
    mayBeLate: mode === 'output' && isDynamic && !isOnHost,
    ...(isValues && { values: usual }),
  };
}

/** Those that are copied. */
export function onDevice(tensors: readonly RunnerTensor[]): RunnerTensor[] {
  return tensors.filter(({ isOnHost }) => !isOnHost);
}
