/** Custom requests between editor and language server, beside the Language Server Protocol. */
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { Product, RuntimeMode } from '../../native-bridge/src/protocol.ts';
import type { Shell } from './build-config/trtexec/shells.ts';

/** `initializationOptions` of our own extension's `initialize` request; it understands the notifications below. */
export interface InitializationOptions {
  /** As the editor says; it ignores a workspace's settings of machine scope either way. */
  readonly workspaceTrusted: boolean;
}

/** An ONNX file's text form, for the editor's virtual documents (`onnx:` URIs). */
export interface PrintParams {
  /** `file:` URI of the binary model. */
  readonly uri: string;
  /** `file:` URI of the folder that references to weights are relative to; that of the model where absent. */
  readonly relativeTo?: string;
  /**
   * For comparing. `none`: of weights that stay in the file, length and fingerprint without their place. Or the `file:` URI of the other
   * model: weights that it has, too, are shown as its text shows them, so that texts differ where models do.
   */
  readonly places?: 'none' | { readonly of: string };
}
export interface PrintResult {
  readonly text: string;
}
export const PrintRequest = new RequestType<PrintParams, PrintResult, void>('onnx/print');

/** Writes the text form to a binary file, atomically. Of a model on disk only what the text changed is written anew. */
export interface SaveParams {
  /** `file:` URI of the binary model. */
  readonly uri: string;
  readonly text: string;
  /** `file:` URI of the folder that references in the text are relative to; that of the model where absent. */
  readonly relativeTo?: string;
  /** `file:` URI of the model that the text was opened from; `uri` where absent. What the text leaves alone is taken from it. */
  readonly original?: string;
  /** Moves the weights to a file of external data. The user has been asked. */
  readonly externalData?: boolean;
}
/** `tooLarge`: nothing was written, as no ONNX file can be that long; with `externalData` it can be saved. */
export type SaveResult =
  | (PrintResult & { readonly tooLarge?: never })
  | { readonly tooLarge: { readonly message: string; readonly externalData: string } };
export const SaveRequest = new RequestType<SaveParams, SaveResult, void>('onnx/save');

/** Writes a model in one of protobuf's own text forms, with all weights by value. */
export interface ExportParams {
  readonly text: string;
  /** `file:` URI of the folder that references in the text are relative to. */
  readonly relativeTo: string;
  /** `file:` URI of the file to be written. */
  readonly target: string;
  readonly format: 'textproto' | 'json';
  /** The user has been asked whether to write so much. */
  readonly large?: boolean;
}
export interface ExportResult {
  /** Nothing was written; about so many bytes long would the file be. */
  readonly bytes?: number;
  /** What the form has no place for, as a sentence. */
  readonly lost?: string;
}
export const ExportRequest = new RequestType<ExportParams, ExportResult, void>('onnx/export');

/** A TensorRT found on this machine. */
export interface RuntimeDescription {
  /** `tensorrt-11.2.1`, `tensorrt-rtx-1.7.1`; a suffix tells equal versions apart. */
  readonly id: string;
  readonly product: Product;
  /** Dotted; `unknown` until a bridge has asked the library. */
  readonly version: string;
  /** Known once a bridge has started. */
  readonly mode?: RuntimeMode;
  /** Folder of the libraries. */
  readonly directory: string;
  /** How it was found: `setting`, `LD_LIBRARY_PATH`, `ldconfig`, `pip`, `tar`, `installed` … */
  readonly origin: string;
  /** Runs version-compatible engines, and cannot check, build or refit from a model: `unusable` says so. */
  readonly kind?: 'lean' | 'dispatch';
  /** Why it cannot be used, in one sentence. */
  readonly unusable?: string;
}

export const RuntimesRequest = new RequestType<
  { readonly refresh?: boolean },
  readonly RuntimeDescription[],
  void
>('tensorrt/runtimes');
/** Chooses the runtime for this session; undefined chooses automatically. */
export const SelectRuntimeRequest = new RequestType<{ readonly id?: string }, void, void>(
  'tensorrt/selectRuntime',
);
/** Installs TensorRT for RTX with pip into the user's data folder; progress by `$/progress`. */
export const InstallRtxRequest = new RequestType<void, RuntimeDescription, void>('tensorrt/installRtx');
/** Ends the bridge process; the next check starts a new one. */
export const RestartBridgeRequest = new RequestType<void, void, void>('tensorrt/restartBridge');
/** Checks a document again, whatever the cache says. */
export const CheckRequest = new RequestType<{ readonly uri: string }, void, void>('tensorrt/check');

/** What the status item shows for a document. */
export interface DocumentStatus {
  readonly uri: string;
  readonly state: /** No TensorRT on this machine: offer an install. */
    | 'no-runtime'
    | 'starting'
    | 'checking'
    | 'supported'
    | 'refused'
    /** Syntax problems keep the model from being checked. */
    | 'not-checked'
    /** The check itself failed: `message` says why. */
    | 'failed';
  readonly runtime?: RuntimeDescription;
  /** One line: `TensorRT 11.2.1: 4 of 312 nodes refused`. */
  readonly summary: string;
  /** More words for the tooltip, in Markdown. */
  readonly message?: string;
}
export const StatusNotification = new NotificationType<DocumentStatus>('tensorrt/status');

/** Lines for the output channels. */
export interface LogLine {
  readonly channel: 'server' | 'bridge';
  readonly level: 'error' | 'warning' | 'info' | 'debug' | 'trace';
  readonly message: string;
}
export const LogLineNotification = new NotificationType<LogLine>('tensorrt/log');

/** A trtexec command line, in a text around it (a shell script, a log), as a build config. */
export interface FromTrtexecParams {
  readonly text: string;
  /** Offset in the text: of several lines the one there, or the next, is taken. The first where absent. */
  readonly offset?: number;
}
export interface FromTrtexecResult {
  /** YAML, passwords left out; undefined where the text has no trtexec line. */
  readonly config?: string;
  /** What a person should know: flags without a key, variables that were not expanded … */
  readonly notes: readonly string[];
}
export const FromTrtexecRequest = new RequestType<FromTrtexecParams, FromTrtexecResult, void>(
  'config/fromTrtexec',
);

/** An open build config as trtexec command lines, one for each of its builds. */
export interface ToTrtexecParams {
  readonly uri: string;
  /** `10.6`, `11.1`. */
  readonly version: string;
  /** The shell that the lines are for; the platform's where absent. */
  readonly shell?: Shell;
}
export interface TrtexecCommandLine {
  /** Of the build; empty for the only one of a file. */
  readonly build: string;
  /** To be run in the folder of the config; passwords are left out. */
  readonly line: string;
  /** What the line says otherwise than the config, or not at all. */
  readonly notes: readonly string[];
}
export const ToTrtexecRequest = new RequestType<ToTrtexecParams, readonly TrtexecCommandLine[], void>(
  'config/toTrtexec',
);
