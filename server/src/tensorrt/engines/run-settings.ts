/** What a profile run is told: options of the command line, or the inference keys of a build config. */
import type {
  EngineDescription,
  EngineTensor,
  InputSource,
  RunInput,
  RunParams,
} from '../../../../native-bridge/src/engine-protocol.ts';
import type { BuildConfig, WeightStreamingBudget } from '../../build-config/model.ts';
import { nodeFileAccess } from '../../node/file-access.ts';
import { isNpy, npyInput } from './npy-input.ts';

export interface RunSettings {
  /** By input: dimensions, or values of a shape tensor. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** By input: absolute paths of raw values, or of `.npy` files, which tell their shape, too. */
  readonly files: ReadonlyMap<string, string>;
  readonly iterations: number;
  /** Milliseconds. */
  readonly warmUp: number;
  /** Seconds. */
  readonly duration: number;
  readonly streams: number;
  readonly profile: number;
  /** Absent: what trtexec of the engine's version does. */
  readonly cudaGraph?: boolean;
  readonly transfers?: boolean;
  /** ExecutionContextAllocationStrategy name. */
  readonly allocationStrategy: string;
  readonly weightStreamingBudget?: WeightStreamingBudget;
}

/** trtexec's. */
export const defaultRunSettings: RunSettings = {
  shapes: new Map(),
  files: new Map(),
  iterations: 10,
  warmUp: 200,
  duration: 3,
  streams: 1,
  profile: 0,
  allocationStrategy: 'kSTATIC',
};

const strategies: Readonly<Record<string, string>> = {
  static: 'kSTATIC',
  profile: 'kON_PROFILE_CHANGE',
  runtime: 'kUSER_MANAGED',
};

/** ExecutionContextAllocationStrategy name of trtexec's word; undefined for another. */
export function allocationStrategy(word: string): string | undefined {
  return strategies[word];
}

export function settingsOfConfig(build: BuildConfig): RunSettings {
  const cudaGraph = build.get('useCudaGraph')?.value || negated(build.get('noCudaGraph')?.value);
  const transfers = build.get('includeDataTransfers')?.value || negated(build.get('noDataTransfers')?.value);
  const budget = build.get('weightStreamingBudget')?.value;
  const { iterations, warmUp, duration, streams, profile } = defaultRunSettings;
  return {
    shapes: new Map(build.get('shapes')?.value.map(({ name, value }) => [name.value, value.value])),
    files: new Map(build.get('loadInputs')?.value.map(({ name, value }) => [name.value, value.value.path])),
    iterations: build.get('iterations')?.value ?? iterations,
    warmUp: build.get('warmUp')?.value ?? warmUp,
    duration: build.get('duration')?.value ?? duration,
    streams: build.get('infStreams')?.value ?? streams,
    profile: build.get('useProfile')?.value ?? profile,
    allocationStrategy:
      allocationStrategy(build.get('allocationStrategy')?.value ?? '') ??
      defaultRunSettings.allocationStrategy,
    ...(cudaGraph !== undefined && { cudaGraph }),
    ...(transfers !== undefined && { transfers }),
    ...(budget !== undefined && { weightStreamingBudget: budget }),
  };
}

function negated(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

/** Throws an error for people where an input or a profile is not the engine's. */
export function runParams(
  engine: number,
  description: EngineDescription,
  version: string,
  settings: RunSettings,
): RunParams {
  const { profile, iterations, warmUp, duration, streams, shapes, files } = settings;
  if (profile >= description.profileCount) {
    throw new Error(
      `The engine has no optimization profile ${profile}; it has ${description.profileCount}, counted from 0.`,
    );
  }
  if (duration < 0) {
    throw new Error('A profile has an end: give the duration in seconds, at least 0.');
  }
  const inputs = description.tensors.filter(({ mode }) => mode === 'input');
  for (const name of [...shapes.keys(), ...files.keys()]) {
    if (!inputs.some((input) => matches(name, input.name))) {
      throw new Error(
        `The engine has no input ${name}; it has ${inputs.map((input) => input.name).join(', ')}.`,
      );
    }
  }
  // From 11.0 trtexec uses CUDA graphs and leaves transfers out; before, it was the other way round.
  const later = Number(version.split('.')[0]) >= 11;
  const budget = budgetBytes(settings.weightStreamingBudget, description.weights);
  return {
    engine,
    inputs: Object.fromEntries(
      inputs.map((input) => [
        input.name,
        inputOf(input, profile, find(shapes, input.name), find(files, input.name)),
      ]),
    ),
    profile,
    allocationStrategy: settings.allocationStrategy,
    timing: {
      warmUp,
      iterations,
      duration,
      streams,
      cudaGraph: settings.cudaGraph ?? later,
      transfers: settings.transfers ?? !later,
    },
    profileLayers: true,
    ...(budget !== undefined && { weightStreamingBudget: budget }),
  };
}

/** What is not given is the profile's `opt`, for shape tensors their values. */
function inputOf(
  tensor: EngineTensor,
  profile: number,
  shape: readonly number[] | undefined,
  file: string | undefined,
): RunInput {
  const { name, dims, isShapeTensor, profiles } = tensor;
  if (file !== undefined && isNpy(file)) return withShape(npyInput(tensor, file), name, file, shape);
  const usual = shape ?? profiles?.[profile]?.opt;
  if (isShapeTensor) {
    if (usual === undefined)
      throw new Error(`The values of the shape tensor ${name} are missing: --shapes ${name}:…`);
    return { dims: dims.length === 0 ? [] : [usual.length], source: { kind: 'values', values: usual } };
  }
  const isDynamic = dims.includes(-1);
  if (isDynamic && usual === undefined)
    throw new Error(`The shape of ${name} is missing: --shapes ${name}:…`);
  if (!isDynamic && shape !== undefined && shape.join() !== dims.join()) {
    throw new Error(`${name} has the fixed shape ${dims.join('x')}, not ${shape.join('x')}.`);
  }
  const source: InputSource = file === undefined ? { kind: 'random', seed: 0 } : fileSource(name, file);
  return { source, ...(isDynamic && usual !== undefined && { dims: usual }) };
}

/** A shape that is given beside the file's own has to be the same. */
function withShape(
  input: RunInput,
  name: string,
  file: string,
  shape: readonly number[] | undefined,
): RunInput {
  if (shape === undefined || input.dims === undefined || shape.join() === input.dims.join()) return input;
  throw new Error(
    `${name} has the shape ${shape.join('x')} by --shapes, but ${input.dims.join('x')} in ${file}: leave --shapes out for it.`,
  );
}

function fileSource(name: string, path: string): InputSource {
  const byteLength = nodeFileAccess.size(path);
  if (byteLength === undefined) throw new Error(`${path}, the values of ${name}, does not exist.`);
  return { kind: 'file', path, offset: 0, byteLength };
}

/** trtexec takes one `*` in a name; an exact name wins. */
function find<Value>(given: ReadonlyMap<string, Value>, name: string): Value | undefined {
  const exact = given.get(name);
  if (exact !== undefined) return exact;
  return [...given].find(([pattern]) => matches(pattern, name))?.[1];
}

function matches(pattern: string, name: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0 || pattern === name) return pattern === name;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
}

/** Undefined for `off`. Throws an error for people where the engine has no streamable weights. */
export function budgetBytes(
  budget: WeightStreamingBudget | undefined,
  { streamable, automaticBudget }: EngineDescription['weights'],
): number | undefined {
  if (budget === undefined || budget.kind === 'off') return undefined;
  if (streamable === undefined || streamable === 0) {
    throw new Error('The engine has no streamable weights: build it with allowWeightStreaming.');
  }
  switch (budget.kind) {
    case 'automatic':
      return automaticBudget ?? streamable;
    case 'percent':
      return Math.floor((streamable * budget.percent) / 100);
    case 'size':
      return budget.size.bytes;
  }
}
