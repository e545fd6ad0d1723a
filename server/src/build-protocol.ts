/** Custom requests between editor and language server for builds, beside protocol.ts. */
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { Range } from 'vscode-languageserver-types';
import type { ActivePhase, BuildStage } from '../../native-bridge/src/build-protocol.ts';

export interface BuildEngineParams {
  /**
   * `file:` URI of a build config (`NAME.trt.yaml`), as it is in the editor where it is open; or of a model, which is built with
   * TensorRT's defaults. Models are read from disk, so the editor saves them first.
   */
  readonly uri: string;
  /** Names of builds of the config; all where absent. */
  readonly builds?: readonly string[];
  /** Build though nothing changed. */
  readonly force?: boolean;
}

export type BuildState =
  | 'waiting'
  | 'running'
  | 'succeeded'
  /** Nothing changed since the engine was built. */
  | 'up-to-date'
  | 'failed'
  | 'cancelled';

/** A reason why a build failed. */
export interface BuildStatusProblem {
  /** A page of docs/diagnostics. */
  readonly code: string;
  readonly message: string;
  /** What to do. */
  readonly advice?: string;
  /** The setting in a build config that it is about. */
  readonly location?: { readonly uri: string; readonly range: Range };
  /** `file:` URI of the model, and names of its nodes that it is about. */
  readonly nodes?: { readonly uri: string; readonly names: readonly string[] };
}

/** One build of the queue. */
export interface BuildStatus {
  /** Of this session, never used again. */
  readonly id: number;
  /** `detector · fp16`. */
  readonly title: string;
  /** `file:` URI of the config, or of the model where there is none. */
  readonly uri: string;
  /** Name of the build in the config; empty for the only one. */
  readonly build: string;
  readonly state: BuildState;
  /** `TensorRT-RTX 1.7.1`, once it is known. */
  readonly runtime?: string;
  readonly stage?: BuildStage;
  /** TensorRT's phases under way, outermost first. */
  readonly phases: readonly ActivePhase[];
  /** Milliseconds since it began to run. */
  readonly elapsed: number;
  /** In words: why it is built, or waits for another process; once it is over, `2.3 MB in 4.1 s`, or what went wrong. */
  readonly message?: string;
  /** Why it failed; at least one problem then, the cause first. */
  readonly problems?: readonly BuildStatusProblem[];
  /** `file:` URI of the engine, once it is written. */
  readonly engineUri?: string;
}

export interface BuildEngineResult {
  readonly builds: readonly BuildStatus[];
}

/**
 * Builds the engines of a config, one after the other; answers when all are over. JSON-RPC's cancellation cancels those that are not
 * over yet, and the answer says so.
 */
export const BuildEngineRequest = new RequestType<BuildEngineParams, BuildEngineResult, void>(
  'tensorrt/build',
);
/** Cancels one build; a second time, its process is ended at once. */
export const CancelBuildRequest = new RequestType<{ readonly id: number }, void, void>(
  'tensorrt/cancelBuild',
);
/** A message of TensorRT's during a build. */
export interface BuildLogLine {
  /** Of the build. */
  readonly id: number;
  readonly title: string;
  readonly level: 'error' | 'warning' | 'info' | 'trace';
  readonly message: string;
}
/** For our own extension; other editors get `window/logMessage`. */
export const BuildLogNotification = new NotificationType<BuildLogLine>('tensorrt/buildLog');
/** All builds of this session, waiting and running ones first; whenever something changes, some times a second at most. */
export const BuildsNotification = new NotificationType<{ readonly builds: readonly BuildStatus[] }>(
  'tensorrt/builds',
);

/** A build that a config stands for. */
export interface PlannedBuild {
  /** In the config; empty for the only one. */
  readonly name: string;
  /** `file:` URI of the engine that it writes. */
  readonly engineUri: string;
  /** `file:` URI of its model. */
  readonly modelUri: string;
}
/** The builds of a config as the editor shows it or as it is on disk, in their order; nothing is built. */
export const PlannedBuildsRequest = new RequestType<{ readonly uri: string }, readonly PlannedBuild[], void>(
  'tensorrt/plannedBuilds',
);

export interface NewBuildConfigResult {
  /** YAML: the model, its engine, and a profile where inputs are dynamic. */
  readonly text: string;
  /** Whether an engine needs a profile, so that the model cannot be built without a config. */
  readonly isDynamic: boolean;
}
/** A config for a model (`file:` URI, binary or text), to be written beside it. */
export const NewBuildConfigRequest = new RequestType<{ readonly uri: string }, NewBuildConfigResult, void>(
  'tensorrt/newBuildConfig',
);

/** The user has come to trust the workspace: builds may load the plugin libraries that its configs name. */
export const WorkspaceTrustedNotification = new NotificationType<void>('tensorrt/workspaceTrusted');
