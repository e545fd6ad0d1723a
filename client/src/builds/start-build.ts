import * as path from 'node:path';
import * as vscode from 'vscode';
import type { BuildEngineParams, BuildStatus } from '../../../server/src/build-protocol.ts';
import type { CommandContext } from '../commands/command.ts';
import { isCancellation, reportErrors } from '../errors.ts';
import { outcomeOf, progressText } from './build-text.ts';
import { openEngine } from './open-engine.ts';
import { saveBeforeBuild } from './save-before-build.ts';

/** What of a config or model is built, and how. */
export type BuildWish = Pick<BuildEngineParams, 'builds' | 'force'>;

/**
 * Builds the engines of a config or a model, shows how far it is, and at the end what came of it. Is done when they are over: the message
 * stands as long as it likes. `resource`: a file.
 */
export async function startBuild(
  context: CommandContext,
  resource: vscode.Uri,
  wish: BuildWish,
): Promise<void> {
  if (!(await saveBeforeBuild(resource))) return;
  const builds = await buildWithProgress(context, resource, wish);
  if (builds !== undefined) void reportErrors(tell(context, resource, wish, builds));
}

/** Undefined where all of it was called off. */
async function buildWithProgress(
  { client, builds: queue }: CommandContext,
  resource: vscode.Uri,
  wish: BuildWish,
): Promise<readonly BuildStatus[] | undefined> {
  const uri = client.code2ProtocolConverter.asUri(resource);
  const isAskedFor = (build: BuildStatus) =>
    isSameUri(build.uri, resource) && (wish.builds?.includes(build.build) ?? true);
  return await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Building ${path.posix.basename(resource.path)}`,
      cancellable: true,
    },
    async (progress, token) => {
      const listener = queue.onDidChange(() => {
        const active = queue.active.filter(isAskedFor);
        const [current] = active;
        if (current === undefined) return;
        const name = current.build === '' ? '' : `${current.build}, `;
        const more = active.length > 1 ? `${active.length - 1} more to come, ` : '';
        progress.report({ message: `${name}${more}${progressText(current, queue.elapsedOf(current))}` });
      });
      try {
        return await queue.build({ uri, ...wish }, token);
      } catch (error) {
        if (isCancellation(error)) return undefined;
        throw error;
      } finally {
        listener.dispose();
      }
    },
  );
}

async function tell(
  context: CommandContext,
  resource: vscode.Uri,
  wish: BuildWish,
  builds: readonly BuildStatus[],
): Promise<void> {
  const { severity, text } = outcomeOf(builds);
  const engines = builds.map(({ engineUri }) => engineUri).filter((uri) => uri !== undefined);
  const openIt = 'Open Engine';
  const showBuilds = 'Show Builds';
  const showLog = 'Show Log';
  const anyway = 'Build Anyway';
  const trust = 'Manage Workspace Trust';
  const openers = engines.length === 1 ? [openIt] : [showBuilds];
  let answer: string | undefined;
  if (severity === 'information') {
    const isSame = builds.every(({ state }) => state === 'up-to-date');
    answer = await vscode.window.showInformationMessage(text, ...openers, ...(isSame ? [anyway] : []));
  } else if (severity === 'error') {
    // Plugin libraries are not loaded in a workspace that is not trusted.
    const trusting = vscode.workspace.isTrusted ? [] : [trust];
    answer = await vscode.window.showErrorMessage(text, ...trusting, showLog);
  }
  const [engine] = engines;
  if (answer === openIt && engine !== undefined) {
    await openEngine(vscode.Uri.parse(engine, true));
  } else if (answer === showBuilds) {
    await vscode.commands.executeCommand('tensorrt.builds.focus');
  } else if (answer === showLog) {
    context.output.builds.show();
  } else if (answer === trust) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  } else if (answer === anyway) {
    await startBuild(context, resource, { ...wish, force: true });
  }
}

/** The server may write a URI in another way than the editor does. */
function isSameUri(uri: string, resource: vscode.Uri): boolean {
  return vscode.Uri.parse(uri, true).toString() === resource.toString();
}
