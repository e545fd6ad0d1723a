import * as vscode from 'vscode';
import { type DocumentStatus, StatusNotification } from '../../server/src/protocol.ts';
import { BuildQueue } from './builds/build-queue.ts';
import { registerBuilds } from './builds/register-builds.ts';
import { registerCommands } from './commands/command.ts';
import { commands } from './commands/index.ts';
import { DebugValues } from './debug-values.ts';
import { registerEngineEditor } from './engine-editor.ts';
import { errorMessage } from './errors.ts';
import { registerInstallOffer } from './install-offer.ts';
import { createLanguageClient } from './language-client.ts';
import { registerOnnxEditor } from './onnx-editor.ts';
import { OnnxFileSystem, registerOnnxFileSystem } from './onnx-file-system.ts';
import { registerOnnxRevisions } from './onnx-revisions.ts';
import { createOutputChannels, forwardLogLines } from './output.ts';
import { ProfileHeat } from './profile-heat.ts';
import { registerStatus } from './status.ts';
import { createWorkDoneProgress } from './work-done-progress.ts';

export function activate(context: vscode.ExtensionContext): void {
  const output = createOutputChannels();
  const workDoneProgress = createWorkDoneProgress();
  const client = createLanguageClient(context, output, workDoneProgress.middleware);
  const fileSystem = new OnnxFileSystem(client);
  const builds = new BuildQueue(client);
  const profileHeat = new ProfileHeat(client);
  const debugValues = new DebugValues(client);
  const documentation = vscode.Uri.joinPath(context.extensionUri, 'docs');
  const statuses = new vscode.EventEmitter<DocumentStatus>();
  context.subscriptions.push(
    output,
    client,
    builds,
    profileHeat,
    debugValues,
    statuses,
    client.onNotification(StatusNotification, (status) => statuses.fire(status)),
    forwardLogLines(client, output),
    fileSystem,
    registerOnnxFileSystem(fileSystem),
    registerOnnxRevisions(client),
    registerOnnxEditor(fileSystem, client),
    registerEngineEditor(client),
    registerStatus(client, statuses.event),
    registerInstallOffer(context, statuses.event),
    registerBuilds(client, builds, context.extensionUri),
    registerCommands(
      { client, output, workDoneProgress, builds, profileHeat, debugValues, documentation },
      commands,
    ),
  );
  // Requests wait for the start; a failed one is told here, once.
  client.start().catch((error: unknown) => {
    output.server.error(error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(
      `The ONNX & TensorRT language server did not start: ${errorMessage(error)}`,
    );
  });
}
