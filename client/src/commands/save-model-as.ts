import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type ExportParams, ExportRequest, PrintRequest } from '../../../server/src/protocol.ts';
import { saveText } from '../save-text.ts';
import { onnxScheme, toModelUri } from '../uris.ts';
import type { Command } from './command.ts';

/** Saves the model or text of the active editor under another name, in the form that the name's ending says, and opens that. */
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
      filters: {
        'ONNX model': ['onnx'],
        'ONNX text': ['onnxtxt', 'onnxtext'],
        "protobuf's text format": ['textproto', 'pbtxt'],
        "protobuf's JSON": ['json'],
      },
      title: 'Save Model As',
    });
    if (target === undefined) return;
    if (await saveDocumentAs(client, document, target, folder ?? vscode.Uri.joinPath(target, '..'))) {
      await vscode.commands.executeCommand('vscode.open', target);
    }
  },
};

/** `folder`: what references in the text are relative to. False where the user has decided against it. */
async function saveDocumentAs(
  client: LanguageClient,
  document: vscode.TextDocument,
  target: vscode.Uri,
  folder: vscode.Uri,
): Promise<boolean> {
  const text = document.getText();
  switch (path.posix.extname(target.path).toLowerCase()) {
    case '.textproto':
    case '.pbtxt':
      return await exportText(client, { text, ...places(target, folder), format: 'textproto' });
    case '.json':
      return await exportText(client, { text, ...places(target, folder), format: 'json' });
    case '.onnxtxt':
    case '.onnxtext':
      await saveOnnxText(client, document, target, folder);
      return true;
    default: {
      const isModel = document.uri.scheme === onnxScheme;
      const written = await saveText(client, {
        uri: target.toString(),
        text,
        relativeTo: folder.toString(),
        ...(isModel ? { original: toModelUri(document.uri).toString() } : {}),
      });
      return written !== undefined;
    }
  }
}

function places(target: vscode.Uri, folder: vscode.Uri) {
  return { target: target.toString(), relativeTo: folder.toString() };
}

async function exportText(client: LanguageClient, params: ExportParams): Promise<boolean> {
  let result = await client.sendRequest(ExportRequest, params);
  if (result.bytes !== undefined) {
    const write = 'Write It';
    const answer = await vscode.window.showWarningMessage(
      `With all weights by value the file would take about ${Math.round(result.bytes / 1e6)} MB.`,
      { modal: true },
      write,
    );
    if (answer !== write) return false;
    result = await client.sendRequest(ExportRequest, { ...params, large: true });
  }
  if (result.lost !== undefined) void vscode.window.showWarningMessage(result.lost);
  return true;
}

/** The text itself where its references stay right; else that of a saved model, which refers to it from the new folder. */
async function saveOnnxText(
  client: LanguageClient,
  document: vscode.TextDocument,
  target: vscode.Uri,
  folder: vscode.Uri,
): Promise<void> {
  const targetFolder = vscode.Uri.joinPath(target, '..');
  let text = document.getText();
  if (targetFolder.toString() !== folder.toString() && document.uri.scheme === onnxScheme) {
    if (document.isDirty) {
      throw new Error(
        'Save the model first, or choose its own folder: in another folder the text has to refer to the weights of the saved model.',
      );
    }
    const uri = toModelUri(document.uri).toString();
    text = (await client.sendRequest(PrintRequest, { uri, relativeTo: targetFolder.toString() })).text;
  }
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}

function workspaceFolder(): vscode.Uri | undefined {
  return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
}
