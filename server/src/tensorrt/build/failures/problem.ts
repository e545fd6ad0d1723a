import type {
  BuildFailure,
  BuildProgress,
  BuildResult,
} from '../../../../../native-bridge/src/build-protocol.ts';
import type { InitializeResult } from '../../../../../native-bridge/src/protocol.ts';
import type { BuildConfig, Origin } from '../../../build-config/model.ts';
import type { LoadedModel } from '../../../node/load-model.ts';
import type { BridgeError } from '../../bridge/bridge-error.ts';

export interface BuildProblem {
  /** `build.failed` …; each has a page in docs/diagnostics. That of a model which the parser refuses is one of `trt.…`. */
  readonly code: string;
  /** For people: what went wrong, with TensorRT's own words. */
  readonly message: string;
  /** What to do. */
  readonly advice?: string;
  /** The setting that it is about. */
  readonly config?: Origin;
  /**
   * Names of the ONNX nodes that it is about, in the model's order; unnamed ones as TensorRT names them (`node_of_y`). Where
   * TensorRT names a range of them, all of it.
   */
  readonly nodes?: readonly string[];
  /** How TensorRT's process ended, where it did not live through the build. */
  readonly death?: BuildDeath;
}

export interface BuildDeath {
  /** `SIGKILL` comes from outside, mostly from a system that runs out of memory. */
  readonly signal: NodeJS.Signals | null;
  /** With its last words: a sentence. */
  readonly sentence: string;
}

/** A build without an engine, with all that is known of it. */
export interface FailedBuild {
  readonly build: BuildConfig;
  readonly model: LoadedModel;
  readonly info: InitializeResult;
  /** What TensorRT answered, or how its process ended: a crash, an abort, a message of the bridge's own. */
  readonly cause:
    | { readonly kind: 'refused'; readonly result: BuildResult & { readonly failure: BuildFailure } }
    /** `progress` is the last that was told before. */
    | { readonly kind: 'ended'; readonly error: BridgeError; readonly progress?: BuildProgress };
}
