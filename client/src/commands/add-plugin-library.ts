import * as path from 'node:path';
import * as vscode from 'vscode';
import { reportErrors } from '../errors.ts';
import { settingWith } from '../plugin-setting.ts';
import { onnxScheme, toModelUri } from '../uris.ts';
import type { Command } from './command.ts';

/**
 * Adds plugin libraries to the setting `tensorrt.check.plugins`, of the workspace where a folder is open. From a code action it is called
 * with the model as the server writes it, and with the paths of the libraries; asks for them where they are not given.
 */
export const addPluginLibrary: Command = {
  id: 'tensorrt.addPluginLibrary',
  run: async ({ client }, resource, libraries) => {
    if (!vscode.workspace.isTrusted) {
      throw new Error(
        'A plugin library is a program, and this workspace is not trusted. Trust the workspace to check models with plugins.',
      );
    }
    const model = modelOf(
      typeof resource === 'string' ? client.protocol2CodeConverter.asUri(resource) : undefined,
    );
    const chosen = isPaths(libraries) ? libraries : await chooseLibraries(model);
    if (chosen.length === 0) return;
    await addToSetting(model, chosen);
    // The message stands as long as it likes.
    void reportErrors(tell(chosen));
  },
};

async function tell(libraries: readonly string[]): Promise<void> {
  const names = libraries.map((library) => path.basename(library)).join(', ');
  const showSetting = 'Show Setting';
  const answer = await vscode.window.showInformationMessage(
    `Models are checked with ${names} now.`,
    showSetting,
  );
  if (answer === showSetting)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'tensorrt.check.plugins');
}

async function addToSetting(model: vscode.Uri | undefined, libraries: readonly string[]): Promise<void> {
  const { workspaceFolders = [] } = vscode.workspace;
  const folder = (model && vscode.workspace.getWorkspaceFolder(model)) ?? workspaceFolders[0];
  const settings = vscode.workspace.getConfiguration('tensorrt', folder?.uri ?? model ?? null);
  const known = settings.get<readonly string[]>('check.plugins', []);
  // What is relative is so to the folder of the model: of several, each has its own list.
  const target =
    folder === undefined
      ? vscode.ConfigurationTarget.Global
      : workspaceFolders.length > 1
        ? vscode.ConfigurationTarget.WorkspaceFolder
        : vscode.ConfigurationTarget.Workspace;
  await settings.update('check.plugins', settingWith(known, libraries, folder?.uri.fsPath), target);
}

async function chooseLibraries(model: vscode.Uri | undefined): Promise<readonly string[]> {
  const chosen = await vscode.window.showOpenDialog({
    ...(model && { defaultUri: vscode.Uri.joinPath(model, '..') }),
    canSelectMany: true,
    filters: {
      'Plugin libraries': [process.platform === 'win32' ? 'dll' : 'so'],
      // `libplugin.so.2`
      'All files': ['*'],
    },
    openLabel: 'Check with This Library',
    title: 'Plugin Library (Its Code Will Run)',
  });
  return (chosen ?? []).map(({ fsPath }) => fsPath);
}

/** The file of a model, from a command's argument or the active editor. */
function modelOf(given: vscode.Uri | undefined): vscode.Uri | undefined {
  const active = vscode.window.activeTextEditor?.document;
  const uri = given ?? (active?.languageId === 'onnx' ? active.uri : undefined);
  if (uri?.scheme === onnxScheme) return toModelUri(uri);
  return uri?.scheme === 'file' ? uri : undefined;
}

function isPaths(libraries: unknown): libraries is readonly string[] {
  return Array.isArray(libraries) && libraries.every((library) => typeof library === 'string');
}
