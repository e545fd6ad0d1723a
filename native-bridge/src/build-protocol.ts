/**
 * Building an engine, as the language server asks for it and the native bridge answers. See protocol.ts for what holds for all
 * messages: TensorRT's own names, never numbers; paths, never tensors.
 */
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { LogRecord, ParserErrorRecord } from './protocol.ts';

export interface BuildParams {
  /** Absolute path of a serialized ModelProto; its relative external data is found beside it. */
  readonly modelPath: string;
  /** Absolute path of the folder where relative external data is found instead. */
  readonly externalDataDirectory?: string;
  /** nvonnxparser::OnnxParserFlag names to set beyond the version's defaults, and those of the defaults to clear. */
  readonly parserFlags: readonly string[];
  readonly clearedParserFlags?: readonly string[];
  /** Weakly typed networks exist on 10.x only; asking elsewhere is an error. */
  readonly stronglyTyped: boolean;
  readonly settings: BuilderSettings;
  /** Absolute paths of plugin libraries to load (IPluginRegistry::loadLibrary) before the model is parsed. */
  readonly pluginLibraries: readonly string[];
  /**
   * Absolute path of the timing cache: read where it exists, and replaced as a whole after the build with what was read, what
   * others wrote there meanwhile and what the build measured.
   */
  readonly timingCachePath?: string;
  /** Absolute path of the file that the plan is written to. It is created, and left half-written where the build fails. */
  readonly enginePath: string;
  /** Absolute path of the text of the kernels (kSAFETY engines of 10.13 and later), where it is wanted. */
  readonly kernelTextPath?: string;
}

/** nvinfer1::IBuilderConfig and what else decides on an engine. What is absent stays as TensorRT has it. */
export interface BuilderSettings {
  /** BuilderFlag names. */
  readonly flags?: readonly string[];
  readonly clearedFlags?: readonly string[];
  /** MemoryPoolType names to bytes. */
  readonly memoryPools?: Readonly<Record<string, number>>;
  readonly optimizationLevel?: number;
  readonly maxAuxStreams?: number;
  readonly averageTimingIterations?: number;
  readonly maxTactics?: number;
  /** TilingOptimizationLevel name. */
  readonly tilingOptimizationLevel?: string;
  /** Bytes; -1 is TensorRT's own choice. */
  readonly l2LimitForTiling?: number;
  /** TacticSource names; those not named stay as they are. */
  readonly tacticSources?: Readonly<Record<string, boolean>>;
  /** PreviewFeature names. */
  readonly previewFeatures?: Readonly<Record<string, boolean>>;
  /** ProfilingVerbosity name. */
  readonly profilingVerbosity?: string;
  /** EngineCapability name. */
  readonly engineCapability?: string;
  /** HardwareCompatibilityLevel name. */
  readonly hardwareCompatibilityLevel?: string;
  /** RuntimePlatform name. */
  readonly runtimePlatform?: string;
  /** ComputeCapability names (TensorRT for RTX): what the engine can run on. */
  readonly computeCapabilities?: readonly string[];
  /** DeviceType name. */
  readonly defaultDeviceType?: string;
  readonly dlaCore?: number;
  /** Paths as the plan names them. */
  readonly pluginsToSerialize?: readonly string[];
  readonly buildRoute?: string;
  readonly remoteAutoTuningConfig?: string;
  /** In the order of their indices. */
  readonly profiles?: readonly BuilderProfile[];
  /** The profile that calibration runs with (10.x). */
  readonly calibrationProfile?: BuilderProfile;
  /** Absolute path of an INT8 calibration cache (10.x). */
  readonly calibrationCachePath?: string;
  /** Network inputs and outputs by name. */
  readonly ioFormats?: Readonly<Record<string, TensorFormatSetting>>;
  /** Layer name, with at most one `*`, to DataType name (10.x). */
  readonly layerPrecisions?: readonly LayerSetting[];
  /** DataType names of the layer's outputs in order; one for all of them. */
  readonly layerOutputTypes?: readonly LayerTypesSetting[];
  /** DeviceType names. */
  readonly layerDeviceTypes?: readonly LayerSetting[];
  /** Tensors of the network that are to be outputs of the engine, too, by name. */
  readonly markedOutputs?: readonly string[];
  /** Tensors of the network to mark, by name. */
  readonly debugTensors?: readonly string[];
  readonly markUnfusedTensorsAsDebugTensors?: boolean;
  /** Weights of the network to mark, by name (10.2 and later, with kREFIT_INDIVIDUAL). A build fails where it has none of them. */
  readonly refittableWeights?: readonly string[];
}

/** Of an input: its dimensions, or its values where it is a shape tensor. */
export interface ProfileInput {
  readonly min: readonly number[];
  readonly opt: readonly number[];
  readonly max: readonly number[];
}
export type BuilderProfile = Readonly<Record<string, ProfileInput>>;

export interface TensorFormatSetting {
  /** DataType name; absent leaves the type of the model. */
  readonly type?: string;
  /** TensorFormat names. */
  readonly formats: readonly string[];
}

export interface LayerSetting {
  readonly layer: string;
  readonly value: string;
}

export interface LayerTypesSetting {
  readonly layer: string;
  readonly values: readonly string[];
}

/** How far a build came that did not give an engine. */
export type BuildStage = 'parsing' | 'configuring' | 'building' | 'writing';

export interface BuildFailure {
  readonly stage: BuildStage;
  /** TensorRT's words, or ours, in sentences. */
  readonly message: string;
  /** The setting that was refused: a key of BuilderSettings, `profiles.0.images` … */
  readonly setting?: string;
}

export interface BuildResult {
  /** Absent where an engine was written. */
  readonly failure?: BuildFailure;
  /** What the ONNX parser said; not empty where it refused the model. */
  readonly parserErrors: readonly ParserErrorRecord[];
  /** Messages of severity warning and worse. */
  readonly log: readonly LogRecord[];
  /** Bytes of the plan. */
  readonly engineBytes?: number;
  readonly milliseconds: {
    readonly parsing: number;
    readonly configuring: number;
    readonly building: number;
    readonly writing: number;
  };
  /** By phase of TensorRT's own: how often, and how long in all. Phases inside others are counted in both. */
  readonly phases: readonly {
    readonly name: string;
    readonly count: number;
    readonly milliseconds: number;
  }[];
  /** Highest memory of the process and of the device (all processes on it) while building, in bytes. */
  readonly peakMemory: { readonly host: number; readonly device?: number };
  /** Bytes of the timing cache before and after. */
  readonly timingCache?: { readonly read: number; readonly written: number };
  /** Of `BuilderSettings.refittableWeights` those that were marked; absent where none were asked for. */
  readonly markedWeights?: readonly string[];
  /** What was asked for and had no effect, a sentence each: a layer name that no layer has … */
  readonly notes: readonly string[];
}

/** A phase of TensorRT's that is under way. */
export interface ActivePhase {
  readonly name: string;
  /** How many steps are done, and are to be. */
  readonly step: number;
  readonly steps: number;
  /** Milliseconds since it began. */
  readonly elapsed: number;
}

/** At most some ten times a second. */
export interface BuildProgress {
  readonly stage: BuildStage;
  /** Milliseconds since the build began. */
  readonly elapsed: number;
  /** Outermost first. */
  readonly phases: readonly ActivePhase[];
}

/**
 * Builds an engine. Cancelled by JSON-RPC's cancellation, which TensorRT follows at its next step; its process may be killed at any
 * time instead.
 */
export const BuildRequest = new RequestType<BuildParams, BuildResult, void>('bridge/build');
export const BuildProgressNotification = new NotificationType<BuildProgress>('bridge/buildProgress');
