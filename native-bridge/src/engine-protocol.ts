/**
 * Engines at run time, as the language server asks for them and a bridge in runtime mode answers. See protocol.ts for what holds for
 * all messages: TensorRT's own names, never numbers; paths, never tensors.
 */
import { RequestType } from 'vscode-jsonrpc';
import type { CudaDevice, LogRecord, ParserErrorRecord, Product } from './protocol.ts';

/** `lean` and `dispatch` run version-compatible engines only, and neither build nor refit from ONNX. */
export type RuntimeKind = 'full' | 'lean' | 'dispatch';

export interface InitializeRuntimeParams {
  readonly protocolVersion: number;
  /** Absolute path: `libnvinfer.so.N`, `libnvinfer_lean.so.N`, `libnvinfer_dispatch.so.N`, `libtensorrt_rtx.so.N`. */
  readonly infer: string;
  /** For refits from ONNX: `libnvonnxparser.so.N` of the same version. */
  readonly onnxParser?: string;
  readonly plugin?: string;
}

export interface InitializeRuntimeResult {
  readonly protocolVersion: number;
  readonly product: Product;
  readonly version: string;
  readonly kind: RuntimeKind;
  readonly device: CudaDevice;
  readonly notes: readonly string[];
}

export interface OpenEngineParams {
  readonly enginePath: string;
  /** Absolute paths of plugin libraries to load first. */
  readonly pluginLibraries: readonly string[];
  /** IRuntime::setEngineHostCodeAllowed: lets the plan's embedded lean runtime run. An act of trust. */
  readonly hostCodeAllowed: boolean;
  /** IRuntime::loadRuntime: an own lean runtime for a version-compatible plan, instead of the embedded one. */
  readonly leanRuntimePath?: string;
  readonly dlaCore?: number;
}

export interface EngineTensor {
  readonly name: string;
  readonly mode: 'input' | 'output';
  /** DataType name. */
  readonly type: string;
  /** -1 for dimensions known at run time. */
  readonly dims: readonly number[];
  /** TensorLocation name. */
  readonly location: string;
  /** Whether its values decide on shapes. */
  readonly isShapeTensor: boolean;
  /** TensorRT's words per profile: `Row major linear FP32 format (kLINEAR)`. */
  readonly formats: readonly string[];
  /** Of inputs, per profile; absent where the profile says nothing. For shape tensors, values. */
  readonly profiles?: readonly (EngineProfileShapes | null)[];
}

export interface EngineProfileShapes {
  readonly min: readonly number[];
  readonly opt: readonly number[];
  readonly max: readonly number[];
}

export interface EngineDescription {
  readonly name: string;
  readonly tensors: readonly EngineTensor[];
  readonly layerCount: number;
  readonly profileCount: number;
  /** EngineCapability, HardwareCompatibilityLevel and ProfilingVerbosity names. */
  readonly capability: string;
  readonly hardwareCompatibilityLevel: string;
  readonly profilingVerbosity: string;
  /** TacticSource names. */
  readonly tacticSources: readonly string[];
  readonly auxiliaryStreams: number;
  readonly isRefittable: boolean;
  /** Bytes. */
  readonly memory: {
    /** Of the activations of one context that serves all profiles, and per profile. */
    readonly activations: number;
    readonly profiles: readonly number[];
  };
  /** Bytes; absent where the version does not say. */
  readonly weights: {
    readonly total?: number;
    readonly stripped?: number;
    readonly streamable?: number;
    /** Of streaming: the budget in force, TensorRT's own choice, and the extra memory that streaming takes. */
    readonly budget?: number;
    readonly automaticBudget?: number;
    readonly scratch?: number;
  };
  readonly debugTensors: readonly string[];
}

export interface OpenEngineResult {
  /** Names the engine in other requests, until it is closed. */
  readonly engine: number;
  readonly description: EngineDescription;
  readonly milliseconds: number;
  readonly log: readonly LogRecord[];
}

export interface EngineParams {
  readonly engine: number;
}

export interface RefittableWeights {
  /** Names of weights; those of the ONNX model's initializers, as the parser named them. */
  readonly weights: readonly RefittableWeight[];
  /** Weights that are known by their layer only. */
  readonly layers: readonly { readonly layer: string; readonly role: string }[];
}

export interface RefittableWeight {
  readonly name: string;
  /** DataType name and element count, where TensorRT tells its prototype. */
  readonly type?: string;
  readonly count?: number;
  /** Whether a refit has to supply it (the plan has no value, or another one depends on it). */
  readonly isMissing: boolean;
}

export interface WeightSource {
  readonly name: string;
  /** DataType name. */
  readonly type: string;
  readonly count: number;
  readonly path: string;
  readonly offset: number;
  readonly byteLength: number;
}

export interface RefitParams extends EngineParams {
  /** From a model (IParserRefitter), or … */
  readonly model?: { readonly path: string; readonly externalDataDirectory?: string };
  /** … weight by weight (IRefitter::setNamedWeights). */
  readonly weights?: readonly WeightSource[];
  /** Where the refitted plan is written; absent: the engine in memory only. */
  readonly outputPath?: string;
  /** SerializationFlag names for the written plan; the engine's own choice where absent. */
  readonly serialization?: SerializationFlags;
}

/** A stripped engine leaves its weights out again unless `kEXCLUDE_WEIGHTS` is cleared. */
export interface SerializationFlags {
  readonly set: readonly string[];
  readonly cleared: readonly string[];
}

export interface RefitResult {
  readonly succeeded: boolean;
  /** TensorRT's words where it did not. */
  readonly message?: string;
  readonly parserErrors: readonly ParserErrorRecord[];
  /** Names of weights that are still missing. */
  readonly missing: readonly string[];
  readonly engineBytes?: number;
  readonly milliseconds: { readonly parsing: number; readonly refitting: number; readonly writing: number };
  readonly log: readonly LogRecord[];
}

export type InputSource =
  /** Floats in [-1, 1), integers in [-128, 128), booleans: as trtexec's. */
  | { readonly kind: 'random'; readonly seed: number }
  | { readonly kind: 'zeros' }
  /** Bytes of a file, in the tensor's own layout. */
  | { readonly kind: 'file'; readonly path: string; readonly offset: number; readonly byteLength: number }
  /** Of shape tensors. */
  | { readonly kind: 'values'; readonly values: readonly number[] };

export interface RunInput {
  /** Absent for inputs of fixed shape. */
  readonly dims?: readonly number[];
  /** Random with seed 0 by default. */
  readonly source?: InputSource;
}

export interface RunParams extends EngineParams {
  readonly inputs: Readonly<Record<string, RunInput>>;
  readonly profile: number;
  /** ExecutionContextAllocationStrategy name. */
  readonly allocationStrategy: string;
  /** Bytes on the device; absent leaves all weights there. */
  readonly weightStreamingBudget?: number;
  readonly timing: RunTiming;
  /** Whether IProfiler times the layers, in a run of its own of `timing.iterations` at least. */
  readonly profileLayers: boolean;
  /** Folder for outputs as raw files; absent: they are not kept. */
  readonly outputDirectory?: string;
  /** Which debug tensors to catch, in one run of their own. */
  readonly debug?: {
    readonly tensors: readonly string[] | 'all';
    readonly unfused: boolean;
    readonly directory: string;
  };
}

export interface RunTiming {
  /** Milliseconds. */
  readonly warmUp: number;
  /** At least so many, and at least so long (seconds). */
  readonly iterations: number;
  readonly duration: number;
  /** Contexts that run side by side. */
  readonly streams: number;
  readonly cudaGraph: boolean;
  /** Whether copies to and from the device are part of an iteration. */
  readonly transfers: boolean;
}

/** Milliseconds since the first iteration began; as trtexec's exportTimes. */
export interface IterationTimes {
  readonly startEnqMs: number;
  readonly endEnqMs: number;
  readonly startH2dMs: number;
  readonly endH2dMs: number;
  readonly startComputeMs: number;
  readonly endComputeMs: number;
  readonly startD2hMs: number;
  readonly endD2hMs: number;
}

export interface TensorFile {
  readonly name: string;
  /** DataType name. */
  readonly type: string;
  readonly dims: readonly number[];
  /** Raw bytes. */
  readonly path: string;
  readonly byteLength: number;
}

export interface RunResult {
  readonly iterations: readonly IterationTimes[];
  /** Whether a CUDA graph was used; a reason where it was wanted and could not be. */
  readonly cudaGraph: { readonly used: boolean; readonly reason?: string };
  /** Layers in the order of the first run, with the milliseconds of each run. */
  readonly layers: readonly { readonly name: string; readonly milliseconds: readonly number[] }[];
  readonly outputs: readonly TensorFile[];
  readonly debugTensors: readonly TensorFile[];
  readonly memory: RunMemory;
  readonly log: readonly LogRecord[];
  readonly notes: readonly string[];
}

/** Bytes. */
export interface RunMemory {
  /** Of the activations of one context. */
  readonly context: number;
  /** Of the device in use at most, by all processes. */
  readonly device?: number;
  /** What weight streaming takes beside its budget, where one was set and the version says it. */
  readonly scratch?: number;
}

export interface ContextMemoryParams extends EngineParams {
  readonly shapes: readonly {
    readonly profile: number;
    readonly inputs: Readonly<Record<string, RunInput>>;
  }[];
}

export interface ContextMemoryResult {
  /** Bytes per set of shapes; a reason instead where a strategy is not to be had. */
  readonly rows: readonly {
    readonly profile: number;
    readonly kSTATIC: number;
    readonly kON_PROFILE_CHANGE: number;
    readonly kUSER_MANAGED: number | string;
  }[];
}

/** In place of `bridge/initialize`: loads what engines need to run, and nothing that builds. Needs a GPU. */
export const InitializeRuntimeRequest = new RequestType<
  InitializeRuntimeParams,
  InitializeRuntimeResult,
  void
>('bridge/initializeRuntime');
export const OpenEngineRequest = new RequestType<OpenEngineParams, OpenEngineResult, void>('engine/open');
export const CloseEngineRequest = new RequestType<EngineParams, void, void>('engine/close');
/** IEngineInspector's JSON, as it is: control characters and all. */
export const LayerInformationRequest = new RequestType<EngineParams, { readonly json: string }, void>(
  'engine/layerInformation',
);
export const RefittableWeightsRequest = new RequestType<EngineParams, RefittableWeights, void>(
  'engine/refittableWeights',
);
export const RefitRequest = new RequestType<RefitParams, RefitResult, void>('engine/refit');
/** Cancelled between two iterations. */
export const RunRequest = new RequestType<RunParams, RunResult, void>('engine/run');
export const ContextMemoryRequest = new RequestType<ContextMemoryParams, ContextMemoryResult, void>(
  'engine/contextMemory',
);
