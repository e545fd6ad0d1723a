import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type RuntimeDescription, RuntimesRequest } from '../../../server/src/protocol.ts';
import { runtimeName } from '../status-text.ts';
import { useRuntime } from '../use-runtime.ts';
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
    const found = await findIn(client, folder.fsPath);
    if (found === undefined)
      throw new Error(
        `No usable TensorRT was found in ${folder.fsPath}. Choose the folder that holds libnvinfer and libnvonnxparser.`,
      );
    await useRuntime(found.id);
    void vscode.window.showInformationMessage(`${runtimeName(found)} judges your models now.`);
  },
};

/** The server learns of the setting on its own, a moment after it was written. */
async function findIn(client: LanguageClient, folder: string): Promise<RuntimeDescription | undefined> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const runtimes = await client.sendRequest(RuntimesRequest, { refresh: true });
    const found = runtimes.find(
      ({ directory, unusable }) => unusable === undefined && isInside(directory, folder),
    );
    if (found !== undefined) return found;
    await delay(200);
  }
  return undefined;
}

function isInside(directory: string, folder: string): boolean {
  const way = path.relative(folder, directory);
  return !way.startsWith('..') && !path.isAbsolute(way);
}
