import type { ConfigFile, ConfigProblem } from '../../build-config/model.ts';
import type { BuildEvent, QueuedBuild } from '../../tensorrt/build/queue.ts';
import type { ExitCode } from '../command.ts';
import type { Terminal } from '../terminal.ts';

export interface BuildReportOptions {
  readonly terminal: Terminal;
  /** How many builds there will be. */
  readonly count: number;
}

/** What is said of builds as they go on. */
export interface BuildReport {
  /** Of a config, before anything is built; `files` are its texts and those of what it extends. */
  problems(problems: readonly ConfigProblem[], files: readonly ConfigFile[]): void;
  /** Nothing of this file of the command line, or not all, is built: told before anything is. The error is for people. */
  error(file: string, error: unknown): void;
  event(build: QueuedBuild, event: BuildEvent): void;
  finished(code: ExitCode): void;
}
