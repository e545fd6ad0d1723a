import * as vscode from 'vscode';
import { InstallRtxRequest } from '../../../server/src/protocol.ts';
import { runtimeName } from '../status-text.ts';
import type { Command } from './command.ts';

export const installRtx: Command = {
  id: 'tensorrt.installRtx',
  run: async ({ client }) => {
    const runtime = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: 'Installing TensorRT for RTX with pip',
        cancellable: true,
      },
      (_progress, token) => client.sendRequest(InstallRtxRequest, undefined, token),
    );
    void vscode.window.showInformationMessage(
      `${runtimeName(runtime)} is installed and judges your models now.`,
    );
  },
};
