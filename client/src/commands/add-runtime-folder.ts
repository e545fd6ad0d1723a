import * as vscode from 'vscode';
import { RuntimesRequest, SelectRuntimeRequest } from '../../../server/src/protocol.ts';
import { runtimeName } from '../status-text.ts';
import type { Command } from './command.ts';

/** Adds a folder to the setting `tensorrt.libraryFolders` and uses the TensorRT found in it. */
export const addRuntimeFolder: Command = {
  id: 'tensorrt.addRuntimeFolder',
  run: async ({ client }) => {
    const [folder] =
      (await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: 'Use This TensorRT',
        title: 'Folder with the TensorRT Libraries',
      })) ?? [];
    if (folder === undefined) return;
    const settings = vscode.workspace.getConfiguration('tensorrt');
    const folders = settings.get<readonly string[]>('libraryFolders', []);
    if (!folders.includes(folder.fsPath))
      await settings.update('libraryFolders', [...folders, folder.fsPath], vscode.ConfigurationTarget.Global);
    const runtimes = await client.sendRequest(RuntimesRequest, { refresh: true });
    const found = runtimes.find(
      ({ directory, unusable }) => unusable === undefined && isInside(directory, folder.fsPath),
    );
    if (found === undefined)
      throw new Error(
        `No usable TensorRT was found in ${folder.fsPath}. Choose the folder that holds libnvinfer and libnvonnxparser.`,
      );
    await client.sendRequest(SelectRuntimeRequest, { id: found.id });
    void vscode.window.showInformationMessage(`${runtimeName(found)} judges your models now.`);
  },
};

function isInside(directory: string, folder: string): boolean {
  return directory === folder || directory.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
