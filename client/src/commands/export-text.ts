import * as path from 'node:path';
import * as vscode from 'vscode';
import { PrintRequest } from '../../../server/src/protocol.ts';
import { modelOfCommand } from '../uris.ts';
import type { Command } from './command.ts';

/** Writes the text form beside the binary; its elided weights refer to the model by a path relative to the text. */
export const exportText: Command = {
  id: 'tensorrt.exportText',
  run: async ({ client }, resource) => {
    const model = modelOfCommand(resource);
    if (model === undefined) throw new Error('Open an .onnx model first, or select one in the explorer.');
    const name = `${path.posix.basename(model.path, path.posix.extname(model.path))}.onnxtxt`;
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(model, '..', name),
      filters: { 'ONNX text': ['onnxtxt', 'onnxtext'] },
      title: 'Export Model as ONNX Text',
    });
    if (target === undefined) return;
    const { text } = await client.sendRequest(PrintRequest, {
      uri: model.toString(),
      relativeTo: vscode.Uri.joinPath(target, '..').toString(),
    });
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    await vscode.window.showTextDocument(target);
  },
};
