import type { InitializeResult } from '../../../../../native-bridge/src/protocol.ts';
import type { BuildConfig, Origin } from '../../../build-config/model.ts';

/** Stable codes of failed builds; each has a page docs/diagnostics/CODE.md. */
export type BuildCode =
  | 'build.calibration'
  | 'build.conditional'
  | 'build.crashed'
  | 'build.debug-tensors'
  | 'build.failed'
  | 'build.format'
  | 'build.internal-error'
  | 'build.missing-library'
  | 'build.missing-profile'
  | 'build.needs-gpu'
  | 'build.no-implementation'
  | 'build.not-written'
  | 'build.out-of-memory'
  | 'build.profile'
  | 'build.setting'
  | 'build.shapes'
  | 'build.timing-cache'
  | 'build.unsupported-gpu'
  | 'build.workspace';

export interface RuleInput {
  readonly match: RegExpExecArray;
  /** `TensorRT 10.6.0`. */
  readonly runtime: string;
  readonly info: InitializeResult;
  readonly build: BuildConfig;
}

/** What TensorRT's words about a build mean, and what to do. Texts are plain sentences. */
export interface FailureRule {
  readonly code: BuildCode;
  /** Of one error, or of the last words of a process that died. */
  readonly words: RegExp;
  readonly applies?: (input: Pick<RuleInput, 'info' | 'build'>) => boolean;
  readonly explanation: (input: RuleInput) => string;
  readonly advice: (input: RuleInput) => string;
  /** Whether the nodes that the words name are to be marked; they are where this is left out. */
  readonly marksNodes?: false;
  /** The nodes that are at fault where the words name none: all of this operator. */
  readonly operator?: string;
  /** The setting to look at. */
  readonly config?: (input: RuleInput) => Origin | undefined;
}
