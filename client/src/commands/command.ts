import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { BuildQueue } from '../builds/build-queue.ts';
import type { DebugValues } from '../debug-values.ts';
import { errorMessage, isCancellation } from '../errors.ts';
import type { OutputChannels } from '../output.ts';
import type { ProfileHeat } from '../profile-heat.ts';
import type { WorkDoneProgress } from '../work-done-progress.ts';

/** What commands work with. */
export interface CommandContext {
  readonly client: LanguageClient;
  readonly output: OutputChannels;
  readonly workDoneProgress: WorkDoneProgress;
  readonly builds: BuildQueue;
  readonly profileHeat: ProfileHeat;
  readonly debugValues: DebugValues;
  /** The folder docs/ of the extension. */
  readonly documentation: vscode.Uri;
}

export interface Command {
  /** As in package.json. */
  readonly id: string;
  /** Runs with what the menu or keybinding passes: a resource first, where there is one. */
  readonly run: (context: CommandContext, ...commandArguments: readonly unknown[]) => Promise<void> | void;
}

/** A failed command says why in a notification that leads to the log. */
export function registerCommands(context: CommandContext, commands: readonly Command[]): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map(({ id, run }) =>
      vscode.commands.registerCommand(id, async (...commandArguments: unknown[]) => {
        try {
          await run(context, ...commandArguments);
        } catch (error) {
          if (isCancellation(error)) return;
          context.output.server.error(error instanceof Error ? error : String(error));
          const showOutput = 'Show Output';
          const answer = await vscode.window.showErrorMessage(errorMessage(error), showOutput);
          if (answer === showOutput) context.output.server.show();
        }
      }),
    ),
  );
}
