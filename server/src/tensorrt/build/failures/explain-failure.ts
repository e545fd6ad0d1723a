/** Why a build gave no engine: TensorRT's answer, or its end, as problems that people can act on. */
import type { BuildFailure, BuildResult } from '../../../../../native-bridge/src/build-protocol.ts';
import type { InitializeResult } from '../../../../../native-bridge/src/protocol.ts';
import type { BuildConfig, Origin } from '../../../build-config/model.ts';
import { redactSecrets } from '../../../build-config/trtexec/secrets.ts';
import type { LoadedModel } from '../../../node/load-model.ts';
import type { BridgeError } from '../../bridge/bridge-error.ts';

export interface BuildProblem {
  /** `build.failed` …; each has a page in docs/diagnostics. */
  readonly code: string;
  /** For people: what went wrong, with TensorRT's own words. */
  readonly message: string;
  /** What to do. */
  readonly advice?: string;
  /** The setting that it is about. */
  readonly config?: Origin;
  /** Names of the ONNX nodes that it is about; unnamed ones as TensorRT names them (`node_of_y`). */
  readonly nodes?: readonly string[];
}

/** A build without an engine, with all that is known of it. */
export interface FailedBuild {
  readonly build: BuildConfig;
  readonly model: LoadedModel;
  readonly info: InitializeResult;
  /** What TensorRT answered, or how its process ended: a crash, an abort, a message of the bridge's own. */
  readonly cause:
    | { readonly kind: 'refused'; readonly result: BuildResult & { readonly failure: BuildFailure } }
    | { readonly kind: 'ended'; readonly error: BridgeError };
}

/** At least one; the first is the cause, where the others follow from it. */
export function explainFailure({ cause }: FailedBuild): readonly BuildProblem[] {
  const words = cause.kind === 'refused' ? cause.result.failure.message : cause.error.message;
  return [{ code: 'build.failed', message: redactSecrets(words) }];
}
