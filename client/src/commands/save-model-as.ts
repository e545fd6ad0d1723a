import * as path from 'node:path';
import * as vscode from 'vscode';
import { saveText } from '../save-text.ts';
import { onnxScheme, toModelUri } from '../uris.ts';
import type { Command } from './command.ts';

/**
 * Writes the text of the active editor, a model's or an ONNX text file's, as a new binary model and opens that. The editor's own
 * *Save As* would write the text.
 */
export const saveModelAs: Command = {
  id: 'tensorrt.saveModelAs',
  run: async ({ client }) => {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId !== 'onnx') throw new Error('Open an ONNX model or its text first.');
    const source = document.uri.scheme === onnxScheme ? toModelUri(document.uri) : document.uri;
    const folder = source.scheme === 'file' ? vscode.Uri.joinPath(source, '..') : workspaceFolder();
    const name = path.posix.basename(source.path, path.posix.extname(source.path));
    const target = await vscode.window.showSaveDialog({
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `${name}.onnx`) }),
      filters: { 'ONNX model': ['onnx'] },
      title: 'Save as Binary ONNX Model',
    });
    if (target === undefined) return;
    const written = await saveText(client, {
      uri: target.toString(),
      text: document.getText(),
      ...(folder === undefined ? {} : { relativeTo: folder.toString() }),
      ...(document.uri.scheme === onnxScheme ? { original: source.toString() } : {}),
    });
    if (written === undefined) return;
    await vscode.commands.executeCommand('vscode.open', target);
  },
};

function workspaceFolder(): vscode.Uri | undefined {
  return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
}
