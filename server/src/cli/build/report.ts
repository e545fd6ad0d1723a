import type { LogSeverity } from '../../../../native-bridge/src/protocol.ts';
import type { ConfigProblem, ResolvedConfig } from '../../build-config/model.ts';
import type { BuildEvent, QueuedBuild } from '../../tensorrt/build/queue.ts';
import type { ExitCode } from '../command.ts';
import type { Terminal } from '../terminal.ts';

export interface BuildReportOptions {
  readonly terminal: Terminal;
  /** Undefined for a model by itself. */
  readonly config: ResolvedConfig | undefined;
  /** Which of TensorRT's messages are to be shown: this severity and worse; undefined where nobody said. */
  readonly logLevel: LogSeverity | undefined;
  /** How many builds there will be. */
  readonly count: number;
}

/** What is said of builds as they go on. */
export interface BuildReport {
  /** Of the config, before anything is built. */
  problems(problems: readonly ConfigProblem[]): void;
  event(build: QueuedBuild, event: BuildEvent): void;
  finished(code: ExitCode): void;
}
