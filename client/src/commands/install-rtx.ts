import * as vscode from 'vscode';
import { InstallRtxRequest } from '../../../server/src/protocol.ts';
import { runtimeName } from '../status-text.ts';
import type { Command } from './command.ts';

/** As the server titles its progress. */
const title = 'Installing TensorRT for RTX';

export const installRtx: Command = {
  id: 'tensorrt.installRtx',
  run: async ({ client, workDoneProgress }) => {
    const runtime = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title,
        cancellable: true,
      },
      (progress, token) =>
        workDoneProgress.redirect(title, progress, () =>
          client.sendRequest(InstallRtxRequest, undefined, token),
        ),
    );
    void vscode.window.showInformationMessage(
      `${runtimeName(runtime)} is installed and judges your models now.`,
    );
  },
};
