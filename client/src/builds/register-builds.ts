import * as vscode from 'vscode';
import { type LanguageClient, State } from 'vscode-languageclient/node';
import { WorkspaceTrustedNotification } from '../../../server/src/build-protocol.ts';
import type { BuildQueue } from './build-queue.ts';
import { registerBuildStatusItem } from './build-status-item.ts';
import { registerBuildTasks } from './build-tasks.ts';
import { registerBuildsView } from './builds-view.ts';

/** All of building but its commands. */
export function registerBuilds(
  client: LanguageClient,
  queue: BuildQueue,
  extensionUri: vscode.Uri,
): vscode.Disposable {
  return vscode.Disposable.from(
    registerBuildsView(queue),
    registerBuildStatusItem(queue),
    registerBuildTasks(client, extensionUri),
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped) queue.forget();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() =>
      client
        .sendNotification(WorkspaceTrustedNotification)
        .catch((error: unknown) => client.error(String(error))),
    ),
  );
}
