/** Simulation: a native bridge that answers with captures of an H200 with TensorRT 10.6.0. It loads no TensorRT. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ResponseError } from 'vscode-jsonrpc/node';
import { BuildRequest } from '../../../native-bridge/src/build-protocol.ts';
import {
  CloseEngineRequest,
  ContextMemoryRequest,
  type EngineDescription,
  InitializeRuntimeRequest,
  LayerInformationRequest,
  OpenEngineRequest,
  RefitRequest,
  type RefitResult,
  type RefittableWeights,
  RefittableWeightsRequest,
  type RunParams,
  RunRequest,
  type RunResult,
  type TensorFile,
} from '../../../native-bridge/src/engine-protocol.ts';
import {
  BridgeErrorCode,
  type CudaDevice,
  InitializeRequest,
  type InitializeResult,
  OperationNotification,
  ParseRequest,
  protocolVersion,
} from '../../../native-bridge/src/protocol.ts';
import { connectToServer } from '../../../native-bridge/src/server-transport.ts';
import { endBuild, endOfMarks } from './bad-marks.ts';
import {
  type CapturedNet,
  type RecordedEngine,
  readRecordedEngine,
  recordedDevice,
  writeRecordedEngine,
} from './engine-file.ts';

/** Set by `recordedDistribution`. */
const captures = process.env['RECORDED_GPU_CAPTURES'] ?? '';

function captured<Content>(net: CapturedNet, what: string): Content {
  return JSON.parse(readFileSync(path.join(captures, `${net}-${what}.json`), 'utf8'));
}

const engines: RecordedEngine[] = [];

function engineOf({ engine }: { readonly engine: number }): RecordedEngine {
  const found = engines[engine];
  if (!found) throw new ResponseError(BridgeErrorCode.wrongOrder, `There is no engine ${engine}.`);
  return found;
}

const refitFlags = ['kREFIT', 'kREFIT_IDENTICAL', 'kREFIT_INDIVIDUAL'];

/** On the H200 TensorRT 10.6 answered false for engines of kREFIT_IDENTICAL and kREFIT_INDIVIDUAL, and refitted them. */
const refittableFlag = 'kREFIT';

function describeEngine(engine: RecordedEngine): EngineDescription {
  const { net, flags, debugTensors, outputs = [] } = engine;
  const description = withProfiles(captured<EngineDescription>(net, 'description'), engine);
  // The record of the H200, "weight streaming": bytes of the transformer.
  const streaming = { streamable: 3148160, budget: 3148160, automaticBudget: 3148160, scratch: 0 };
  return {
    ...description,
    isRefittable: flags.includes(refittableFlag),
    weights: flags.includes('kWEIGHT_STREAMING') ? streaming : description.weights,
    debugTensors,
    tensors: [
      ...description.tensors,
      ...tensorsOf(net, outputs)
        .filter(({ name }) => outputs.includes(name))
        .map(asOutput),
    ],
  };
}

function asOutput(tensor: Tensor): EngineDescription['tensors'][number] {
  return {
    ...tensor,
    mode: 'output',
    location: 'kDEVICE',
    isShapeTensor: false,
    formats: ['Row major linear FP32 format (kLINEAR)'],
  };
}

function withProfiles(description: EngineDescription, { profiles }: RecordedEngine): EngineDescription {
  if (!profiles) return description;
  const tensors = description.tensors.map((tensor) =>
    tensor.mode === 'input'
      ? { ...tensor, profiles: profiles.map((profile) => profile[tensor.name] ?? null) }
      : tensor,
  );
  return { ...description, tensors, profileCount: profiles.length };
}

function run(params: RunParams): RunResult {
  const engine = engineOf(params);
  const { net, debugTensors } = engine;
  const result = captured<RunResult>(net, 'run');
  const wanted = params.debug?.tensors;
  const caught = params.debug ? tensorsOf(net, debugTensors) : [];
  const debug = caught.filter(
    ({ name }) =>
      (params.debug?.unfused || debugTensors.includes(name)) && (wanted === 'all' || wanted?.includes(name)),
  );
  const { outputDirectory, weightStreamingBudget } = params;
  const outputs = describeEngine(engine)
    .tensors.filter(({ mode }) => mode === 'output')
    .map(({ name, type, dims }) => givenTensor(name) ?? { name, type, dims });
  return {
    ...result,
    iterations: slowedDown(result.iterations, weightStreamingBudget),
    layers: params.profileLayers ? result.layers : [],
    outputs: outputDirectory === undefined ? [] : outputs.map((tensor) => madeUp(tensor, outputDirectory)),
    debugTensors: params.debug
      ? debug.map((tensor) => madeUp(tensor, params.debug?.directory ?? '', 'debug-'))
      : [],
    cudaGraph: { used: params.timing.cudaGraph },
    // The record tells no scratch memory of budgets below all; before one was set, TensorRT said 0.
    memory: { ...result.memory, ...(weightStreamingBudget !== undefined && { scratch: 0 }) },
    log: [],
  };
}

type Tensor = Pick<TensorFile, 'name' | 'type' | 'dims'>;

/** Those of the capture, and those of `marked` that a test has told of: NAME.json in RECORDED_GPU_VALUES, with type and dims. */
function tensorsOf(net: CapturedNet, marked: readonly string[]): Tensor[] {
  const known = existsSync(path.join(captures, `${net}-debug.json`)) ? captured<Tensor[]>(net, 'debug') : [];
  const others = marked.filter((name) => known.every((tensor) => tensor.name !== name));
  return [...known, ...others.flatMap((name) => givenTensor(name) ?? [])];
}

function givenTensor(name: string): Tensor | undefined {
  const file = path.join(process.env['RECORDED_GPU_VALUES'] ?? '', `${name}.json`);
  return existsSync(file) ? { name, ...JSON.parse(readFileSync(file, 'utf8')) } : undefined;
}

/** Compute times in milliseconds by share of the streamable weights on the device: the H200's record, "weight streaming". */
const streamed = [
  [1, 0.0548],
  [0.75, 0.0789],
  [0.5, 0.0605],
  [0.25, 0.095],
  [0, 0.1476],
] as const;

function slowedDown(
  iterations: RunResult['iterations'],
  budget: number | undefined,
): RunResult['iterations'] {
  if (budget === undefined) return iterations;
  const share = budget / 3148160;
  const [nearest] = streamed.toSorted((a, b) => Math.abs(a[0] - share) - Math.abs(b[0] - share));
  const factor = (nearest?.[1] ?? 0.0548) / 0.0548;
  return iterations.map((times) => ({
    ...times,
    endComputeMs: times.startComputeMs + (times.endComputeMs - times.startComputeMs) * factor,
  }));
}

/** Values are made up: 1, 2, 3 … of kFLOAT, zeros of all other types; unless the test put some into RECORDED_GPU_VALUES. */
function madeUp({ name, type, dims }: Tensor, folder: string, prefix = ''): TensorFile {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const file = path.join(folder, `${prefix}${name.replaceAll(/[^\w.-]/g, '_')}.bin`);
  const bytes =
    givenValues(name) ??
    new Uint8Array(
      Float32Array.from({ length: count }, (_, index) => (type === 'kFLOAT' ? index + 1 : 0)).buffer,
    );
  writeFileSync(file, bytes);
  return { name, type, dims, path: file, byteLength: bytes.byteLength };
}

function givenValues(name: string): Uint8Array | undefined {
  const folder = process.env['RECORDED_GPU_VALUES'];
  if (folder === undefined) return undefined;
  try {
    return readFileSync(path.join(folder, `${name}.bin`));
  } catch {
    return undefined;
  }
}

/** What a test wants to be refused with: a RefitResult, made up, in the file RECORDED_GPU_REFUSAL. */
function givenRefusal(): RefitResult | undefined {
  const file = process.env['RECORDED_GPU_REFUSAL'];
  return file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** There was one H200; of others, which a process is to see alone, the name is made up. */
function visibleDevice(): CudaDevice {
  const { CUDA_VISIBLE_DEVICES: visible = '0' } = process.env;
  return visible === '0'
    ? recordedDevice
    : { ...recordedDevice, name: `${recordedDevice.name} (${visible})` };
}

const connection = connectToServer();

connection.onRequest(InitializeRuntimeRequest, ({ infer }) => ({
  protocolVersion,
  product: 'TensorRT',
  version: '10.6.0',
  kind: infer.includes('_lean') ? 'lean' : infer.includes('_dispatch') ? 'dispatch' : 'full',
  device: visibleDevice(),
  notes: [],
}));
connection.onRequest(OpenEngineRequest, ({ enginePath }) => {
  const engine = engines.push(readRecordedEngine(enginePath)) - 1;
  return { engine, description: describeEngine(engineOf({ engine })), milliseconds: 23, log: [] };
});
connection.onRequest(CloseEngineRequest, () => undefined);
connection.onRequest(LayerInformationRequest, (params) => ({
  json: readFileSync(path.join(captures, `${engineOf(params).net}-layers.json`), 'utf8'),
}));
connection.onRequest(RefittableWeightsRequest, (params) => {
  const { net, flags, markedWeights } = engineOf(params);
  if (!flags.some((flag) => refitFlags.includes(flag))) {
    throw new ResponseError(BridgeErrorCode.tensorrtFailed, 'TensorRT cannot refit this engine.');
  }
  // Of a stripped engine, too, nothing was missing before any weights were set.
  const all = captured<RefittableWeights>(net, 'weights');
  // Made up: the capture's engine was built with kREFIT. Layers and roles are those of all weights.
  return markedWeights
    ? { weights: all.weights.filter(({ name }) => markedWeights.includes(name)), layers: [] }
    : all;
});
connection.onRequest(RefitRequest, (params) => {
  const engine = engineOf(params);
  const refusal = givenRefusal();
  if (refusal) return refusal;
  if (params.outputPath !== undefined) {
    const isFull = params.serialization?.cleared.includes('kEXCLUDE_WEIGHTS') === true;
    // A full plan of a stripped engine was refitted no second time.
    const spent = isFull ? ['kSTRIP_PLAN', 'kREFIT_IDENTICAL'] : [];
    const flags = engine.flags.filter((flag) => !spent.includes(flag));
    writeRecordedEngine(params.outputPath, { ...engine, flags });
  }
  return {
    succeeded: true,
    parserErrors: [],
    missing: [],
    ...(params.outputPath !== undefined && { engineBytes: readFileSync(params.outputPath).length }),
    milliseconds: { parsing: 4, refitting: 37, writing: 8 },
    log: [],
  };
});
connection.onRequest(RunRequest, run);
/** Of the transformer's `opt`. */
const usualElements = 2 * 64 * 256;

function elements(inputs: Readonly<Record<string, { readonly dims?: readonly number[] }>>): number {
  const [first] = Object.values(inputs);
  return first?.dims?.reduce((product, dim) => product * dim, 1) ?? usualElements;
}

connection.onRequest(ContextMemoryRequest, (params) => {
  const { activations } = captured<EngineDescription>(engineOf(params).net, 'description').memory;
  return {
    rows: params.shapes.map(({ profile, inputs }) => ({
      profile,
      kSTATIC: activations,
      kON_PROFILE_CHANGE: activations,
      // The H200 was asked for `opt` only, which takes all; what other shapes take is made up: as much less as they are smaller.
      kUSER_MANAGED: Math.ceil(activations * Math.min(1, elements(inputs) / usualElements)),
    })),
  };
});

connection.onRequest(
  InitializeRequest,
  (): InitializeResult => ({
    protocolVersion,
    product: 'TensorRT',
    version: '10.6.0',
    versionNumber: 100600,
    mode: 'gpu',
    modeReason: '1 CUDA device',
    device: recordedDevice,
    abiFamily: 'tensorrt-10',
    parserFlags: [],
    weaklyTypedNetworks: true,
    loadsInitializers: false,
    pluginCreators: [],
    notes: [],
  }),
);
/** No model is refused. */
connection.onRequest(ParseRequest, () => ({
  succeeded: true,
  errors: [],
  log: [],
  pluginProblems: [],
  parseMilliseconds: 1,
}));
/** The net is the one that the engine's path names, or the transformer. */
connection.onRequest(BuildRequest, async ({ modelPath, enginePath, settings }) => {
  const outputs = settings.markedOutputs ?? [];
  const bad = endOfMarks(settings.debugTensors ?? [], outputs);
  if (bad) {
    await connection.sendNotification(OperationNotification, {
      operation: `building an engine of ${modelPath}`,
    });
    return await endBuild(bad);
  }
  const nets: readonly CapturedNet[] = ['convolutions', 'layers', 'transformer'];
  const net = nets.find((name) => path.basename(enginePath).includes(name)) ?? 'transformer';
  const { weights } = captured<RefittableWeights>(net, 'weights');
  const markedWeights = settings.refittableWeights?.filter((wanted) =>
    weights.some(({ name }) => name === wanted),
  );
  writeRecordedEngine(enginePath, {
    net,
    flags: settings.flags ?? [],
    debugTensors: settings.debugTensors ?? [],
    outputs,
    ...(markedWeights && { markedWeights }),
  });
  return {
    parserErrors: [],
    log: [],
    engineBytes: readFileSync(enginePath).length,
    milliseconds: { parsing: 1, configuring: 1, building: 2, writing: 1 },
    phases: [],
    peakMemory: { host: 0 },
    ...(markedWeights && { markedWeights }),
    notes: [],
  };
});
connection.listen();
