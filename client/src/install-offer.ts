import * as vscode from 'vscode';
import type { DocumentStatus } from '../../server/src/protocol.ts';

export const installTitle = 'Install TensorRT for RTX (146 MB)';
const chooseFolder = 'Choose Folder…';
const notNow = 'Not Now';

const declinedKey = 'installOfferDeclined';

/** Where no TensorRT is found, offers one: once per session, and never again after "Not Now". */
export function registerInstallOffer(
  context: vscode.ExtensionContext,
  statusChanged: vscode.Event<DocumentStatus>,
): vscode.Disposable {
  let offered = false;
  return statusChanged(({ state }) => {
    if (state !== 'no-runtime' || offered || context.globalState.get<boolean>(declinedKey) === true) return;
    offered = true;
    void offer(context);
  });
}

async function offer(context: vscode.ExtensionContext): Promise<void> {
  const answer = await vscode.window.showInformationMessage(
    'No TensorRT was found on this machine, so models are shown but not judged. NVIDIA TensorRT for RTX judges them, also without a GPU.',
    installTitle,
    chooseFolder,
    notNow,
  );
  if (answer === installTitle) await vscode.commands.executeCommand('tensorrt.installRtx');
  if (answer === chooseFolder) await vscode.commands.executeCommand('tensorrt.addRuntimeFolder');
  if (answer === notNow) await context.globalState.update(declinedKey, true);
}
