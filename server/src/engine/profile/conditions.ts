/** How a profile was measured: what its figures mean, and whether those of two compare. */
import type { RunMemory, RunParams } from '../../../../native-bridge/src/engine-protocol.ts';
import { productName } from '../compatibility.ts';
import { type RowSection, shapeText } from '../describe-engine.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../lenient-json.ts';
import { byteText, timeText } from '../sizes.ts';

/** What a file does not say is absent: trtexec's say none of it. */
export interface RunConditions {
  readonly runtime?: { readonly product: string; readonly version: string };
  readonly device?: { readonly name: string; readonly computeCapability: string };
  /** ISO 8601. */
  readonly measured?: string;
  readonly run?: ProfileRun;
  readonly usedCudaGraph?: boolean;
  readonly memory?: RunMemory;
}

export interface ProfileRun
  extends Pick<RunParams, 'profile' | 'allocationStrategy' | 'weightStreamingBudget' | 'timing'> {
  readonly inputs: readonly ProfileInput[];
}

export interface ProfileInput {
  readonly name: string;
  readonly shape: readonly number[];
  /** `random`, the path of a file, or the values of a shape tensor. */
  readonly values: string | readonly number[];
}

/** `shapes`: of inputs whose shape is the engine's. */
export function profileRun(
  { inputs, profile, allocationStrategy, weightStreamingBudget, timing }: Omit<RunParams, 'engine'>,
  shapes: ReadonlyMap<string, readonly number[]>,
): ProfileRun {
  return {
    inputs: Object.entries(inputs).map(([name, { dims, source }]) => ({
      name,
      shape: dims ?? shapes.get(name) ?? [],
      values: source?.kind === 'file' ? source.path : source?.kind === 'values' ? source.values : 'random',
    })),
    profile,
    allocationStrategy,
    ...(weightStreamingBudget !== undefined && { weightStreamingBudget }),
    timing,
  };
}

/** `TensorRT 10.6.0 on NVIDIA H200`; undefined where a file does not say. */
export function measuredWith({ runtime, device }: RunConditions): string | undefined {
  if (!runtime) return undefined;
  const product = productName(runtime.product === 'TensorRT-RTX' ? 'TensorRT-RTX' : 'TensorRT');
  return `${product} ${runtime.version}${device ? ` on ${device.name}` : ''}`;
}

/** Undefined where nothing is known. */
export function conditionSection(conditions: RunConditions): RowSection | undefined {
  const { measured, memory } = conditions;
  const rows: (readonly [string, string])[] = [
    ...decisiveRows(conditions),
    ...(memory ? [['Memory of a context', byteText(memory.context)] as const] : []),
    ...(memory?.device === undefined
      ? []
      : [['GPU memory in use at most', `${byteText(memory.device)}, by all processes`] as const]),
    ...(measured === undefined ? [] : [['When', timeText(measured)] as const]),
  ];
  return rows.length > 0 ? { kind: 'rows', title: 'How it was measured', rows } : undefined;
}

/** What makes the figures of one profile others than those of another one. */
export function decisiveRows(
  conditions: RunConditions,
): readonly (readonly [label: string, value: string])[] {
  const { run, usedCudaGraph } = conditions;
  const by = measuredWith(conditions);
  const graph = usedCudaGraph ?? run?.timing.cudaGraph;
  return [
    ...(by === undefined ? [] : [['With', by] as const]),
    ...(run?.inputs ?? []).map(
      ({ name, shape, values }) => [`Input ${name}`, inputText(shape, values)] as const,
    ),
    ...(run ? runRows(run) : []),
    ...(graph === undefined ? [] : [['CUDA graph', graph ? 'yes' : 'no'] as const]),
  ];
}

function inputText(shape: readonly number[], values: ProfileInput['values']): string {
  if (typeof values !== 'string') return `values ${values.join(', ')}`;
  return `${shapeText(shape)}, ${values === 'random' ? 'random values' : `values of ${values}`}`;
}

function runRows({ profile, allocationStrategy, weightStreamingBudget, timing }: ProfileRun) {
  const { iterations, duration, warmUp, streams, transfers } = timing;
  return [
    ['Optimization profile', String(profile)],
    ['Inferences', `at least ${iterations} and ${duration} s, after ${warmUp} ms of warm-up`],
    ['Streams', String(streams)],
    ['Copies to and from the GPU', transfers ? 'measured' : 'left out'],
    ['Memory strategy', allocationStrategy],
    [
      'Weight streaming budget',
      weightStreamingBudget === undefined ? 'off' : byteText(weightStreamingBudget),
    ],
  ] as const;
}

/** Of our own files; what is not as it should be is left out. */
export function readConditions(value: JsonObject): RunConditions {
  const { runtime, device, memory, cudaGraph, measured } = value;
  const [product, version] = [text(runtime, 'product'), text(runtime, 'version')];
  const [name, computeCapability] = [text(device, 'name'), text(device, 'computeCapability')];
  const [context, inUse] = [number(memory, 'context'), number(memory, 'device')];
  const run = readRun(value['run']);
  const used = isJsonObject(cudaGraph) ? cudaGraph['used'] : undefined;
  return {
    ...(product !== undefined && version !== undefined && { runtime: { product, version } }),
    ...(name !== undefined && computeCapability !== undefined && { device: { name, computeCapability } }),
    ...(typeof measured === 'string' && { measured }),
    ...(run && { run }),
    ...(typeof used === 'boolean' && { usedCudaGraph: used }),
    ...(context !== undefined && { memory: { context, ...(inUse !== undefined && { device: inUse }) } }),
  };
}

function readRun(value: JsonValue | undefined): ProfileRun | undefined {
  if (!isJsonObject(value)) return undefined;
  const { timing, inputs } = value;
  const [profile, strategy] = [number(value, 'profile'), text(value, 'allocationStrategy')];
  const budget = number(value, 'weightStreamingBudget');
  const [warmUp, iterations, duration, streams] = ['warmUp', 'iterations', 'duration', 'streams'].map((key) =>
    number(timing, key),
  );
  if (profile === undefined || strategy === undefined || !isJsonObject(timing)) return undefined;
  return {
    inputs: Array.isArray(inputs) ? inputs.flatMap(readInput) : [],
    profile,
    allocationStrategy: strategy,
    ...(budget !== undefined && { weightStreamingBudget: budget }),
    timing: {
      warmUp: warmUp ?? 0,
      iterations: iterations ?? 0,
      duration: duration ?? 0,
      streams: streams ?? 1,
      cudaGraph: timing['cudaGraph'] === true,
      transfers: timing['transfers'] === true,
    },
  };
}

function readInput(value: JsonValue): ProfileInput[] {
  const name = text(value, 'name');
  if (name === undefined || !isJsonObject(value)) return [];
  const values = value['values'];
  return [
    {
      name,
      shape: numbers(value['shape']),
      values: typeof values === 'string' ? values : numbers(values),
    },
  ];
}

function text(value: JsonValue | undefined, key: string): string | undefined {
  const found = isJsonObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

function number(value: JsonValue | undefined, key: string): number | undefined {
  const found = isJsonObject(value) ? value[key] : undefined;
  return typeof found === 'number' ? found : undefined;
}

function numbers(value: JsonValue | undefined): number[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'number') : [];
}
