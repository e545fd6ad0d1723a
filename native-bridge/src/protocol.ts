/**
 * What the language server and the native bridge say to each other: JSON-RPC (vscode-jsonrpc) over the pipes that
 * `client-transport.ts` describes. The bridge is one Node process per TensorRT installation; it may crash, hang or be
 * killed.
 *
 * Enums cross as TensorRT's own names (`kREPORT_CAPABILITY_DLA`), never as numbers: the numbers differ between versions
 * and a wrong one fails silently. Paths, offsets and sizes cross; tensors never do.
 */
import { NotificationType, RequestType } from 'vscode-jsonrpc';

/** Raised with every incompatible change; the handshake refuses a bridge of another number. */
export const protocolVersion = 1;

export type Product = 'TensorRT' | 'TensorRT-RTX';

/** `gpu`: a CUDA device is present and used. `cpu-only`: no device; parsing only (RTX also builds). */
export type RuntimeMode = 'gpu' | 'cpu-only';

/** Absolute paths of the shared libraries of one installation. */
export interface LibraryPaths {
  /** `libnvinfer.so.N`, `libtensorrt_rtx.so.N` or their Windows names. */
  readonly infer: string;
  /** `libnvonnxparser.so.N` or `libtensorrt_onnxparser_rtx.so.N`. */
  readonly onnxParser: string;
  /** `libnvinfer_plugin.so.N`, where the installation has it. */
  readonly plugin?: string;
  /** `libnvinfer_vc_plugin.so.N`, where the installation has it. */
  readonly vcPlugin?: string;
}

export interface InitializeParams {
  readonly protocolVersion: number;
  readonly libraries: LibraryPaths;
  /** Which of TensorRT's messages come as LogNotification: this severity and worse. Default `warning`. */
  readonly logSeverity?: LogSeverity;
}

/** The device that builds and runs happen on. */
export interface CudaDevice {
  readonly name: string;
  /** `9.0`. */
  readonly computeCapability: string;
  /** Bytes. */
  readonly totalMemory: number;
}

export interface InitializeResult {
  readonly protocolVersion: number;
  readonly product: Product;
  /** Dotted: `11.2.1`, `1.7.1`. */
  readonly version: string;
  /** What `getInferLibVersion` answers: 110201, 101501; RTX 1.7.1 says 10701. */
  readonly versionNumber: number;
  readonly mode: RuntimeMode;
  /** Why this mode, for people: `1 CUDA device`, or the CUDA driver's reason that there is none. */
  readonly modeReason: string;
  /** The first visible device, in `gpu` mode. */
  readonly device?: CudaDevice;
  /** Name of the chosen virtual-table family: `tensorrt-10`, `tensorrt-11`, `tensorrt-rtx-1`. */
  readonly abiFamily: string;
  /** nvonnxparser::OnnxParserFlag names that this version has. */
  readonly parserFlags: readonly string[];
  /** Whether the network can also be weakly typed (10.x). */
  readonly weaklyTypedNetworks: boolean;
  /** Whether initializers can be handed over as pointers (IParser::loadInitializer: 10.13+, RTX). */
  readonly loadsInitializers: boolean;
  /** Names of the registered plugin creators, `namespace::name@version`. */
  readonly pluginCreators: readonly string[];
  /** What does not work, a sentence each: a plugin library that does not load … */
  readonly notes: readonly string[];
}

/** An initializer whose values are never read: the parser gets a pointer to `byteLength` zero bytes. */
export interface ZeroInitializer {
  readonly name: string;
  readonly byteLength: number;
}

export interface ParseParams {
  /** Absolute path of a serialized ModelProto; its relative external data is found beside it. */
  readonly modelPath: string;
  /**
   * Absolute path of the folder where relative external data is found instead. So a stripped copy in a temporary file may
   * refer to weights inside the original `.onnx` file: TensorRT maps external data into memory and reads only the values it
   * looks at.
   */
  readonly externalDataDirectory?: string;
  /**
   * Top-level initializers handed over with IParser::loadInitializer as zeros; needs `loadsInitializers`. TensorRT does
   * not find initializers of subgraphs, nor the values of Constant nodes, this way.
   */
  readonly zeroInitializers: readonly ZeroInitializer[];
  /** nvonnxparser::OnnxParserFlag names to set beyond the version's defaults. */
  readonly parserFlags: readonly string[];
  /** Weakly typed networks exist on 10.x only; asking elsewhere is an error. */
  readonly stronglyTyped: boolean;
  /**
   * Absolute paths of plugin libraries to load before, each once in the life of the process, which keeps them: for another list there has to
   * be another process.
   */
  readonly pluginLibraries: readonly string[];
  /** Whether a successfully parsed network is walked and returned. */
  readonly walkNetwork: boolean;
}

/** nvonnxparser::IParserError, every value unchanged. */
export interface ParserErrorRecord {
  /** nvonnxparser::ErrorCode. */
  readonly code: number;
  /** `kUNSUPPORTED_NODE` … */
  readonly codeName: string;
  readonly description: string;
  /** The parser's own source file, line and function. */
  readonly file: string;
  readonly line: number;
  readonly function: string;
  /** Index of the top-level node; -1 where the error is of no node. */
  readonly nodeIndex: number;
  readonly nodeName: string;
  readonly operator: string;
  /** Outermost call first: `node_of_b (outer)`. Empty for top-level nodes. */
  readonly localFunctionStack: readonly string[];
}

export type LogSeverity = 'internal-error' | 'error' | 'warning' | 'info' | 'verbose';

export interface LogRecord {
  readonly severity: LogSeverity;
  readonly message: string;
}

export interface NetworkTensor {
  readonly name: string;
  /** nvinfer1::DataType name: `kFLOAT`. */
  readonly type: string;
  /** -1 for a dimension known only at run time. Undefined when TensorRT could not compute the shape. */
  readonly dims?: readonly number[];
  /** Per dimension: its ONNX name, or empty. */
  readonly dimensionNames: readonly string[];
  readonly isInput: boolean;
  readonly isOutput: boolean;
}

export interface NetworkLayer {
  readonly name: string;
  /** nvinfer1::LayerType name: `kCONVOLUTION`, or the number where it has no known name. */
  readonly type: string;
  /** Indices into `tensors`; -1 for an absent optional input. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Names of the ONNX nodes this layer came from, from its metadata. */
  readonly onnxNodes: readonly string[];
}

export interface Network {
  readonly tensors: readonly NetworkTensor[];
  readonly layers: readonly NetworkLayer[];
}

export interface ParseResult {
  /** What IParser::parse answered. */
  readonly succeeded: boolean;
  readonly errors: readonly ParserErrorRecord[];
  /** Messages of severity warning and worse. */
  readonly log: readonly LogRecord[];
  readonly network?: Network;
  /** A sentence for each of the `pluginLibraries` that does not load; the model was judged without it. */
  readonly pluginProblems: readonly string[];
  /** Milliseconds inside TensorRT's parser alone. */
  readonly parseMilliseconds: number;
}

/** Codes of ResponseErrors that the bridge answers with, beside JSON-RPC's own. */
export const BridgeErrorCode = {
  /** A library could not be loaded; the data is a LibraryNotLoadedData. */
  libraryNotLoaded: 1,
  /** The library is not TensorRT's, or of an unsupported major version. */
  unsupportedLibrary: 2,
  /** No usable GPU and this version cannot do without. */
  needsGpu: 3,
  /** A known answer came back wrong: the table does not fit this library. */
  selfCheckFailed: 4,
  /** The running version lacks the method or flag; the message says since which version it exists. */
  notAvailable: 5,
  /** TensorRT answered null or false where it must not. */
  tensorrtFailed: 6,
  /** The model file cannot be read; the message says why. */
  modelNotReadable: 7,
  /** A timing cache of another version or GPU, or one that cannot be read. */
  timingCacheRefused: 9,
  /** An output file cannot be written; the message says why. */
  fileNotWritten: 10,
  /** A request came before `bridge/initialize`, or a second `bridge/initialize`. */
  wrongOrder: 8,
} as const;

/** The data of a `libraryNotLoaded` error. */
export interface LibraryNotLoadedData {
  /** Every path that was tried, with the loader's own words. */
  readonly tried: readonly { readonly path: string; readonly reason: string }[];
}

export const InitializeRequest = new RequestType<InitializeParams, InitializeResult, void>(
  'bridge/initialize',
);
export const ParseRequest = new RequestType<ParseParams, ParseResult, void>('bridge/parse');
/** TensorRT's log as it happens, and the bridge's own notes. */
export const LogNotification = new NotificationType<LogRecord>('bridge/log');
/**
 * What the bridge is about to do inside native code, written before it does: the last one names the crash if the process
 * dies. An empty operation says that native code was left.
 */
export const OperationNotification = new NotificationType<{ readonly operation: string }>('bridge/operation');
/** The code of a ResponseError to a request that was cancelled, as in the Language Server Protocol. */
export const requestCancelled = -32800;
