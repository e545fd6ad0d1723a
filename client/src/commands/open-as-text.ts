import * as vscode from 'vscode';
import { modelOfCommand, toTextUri } from '../uris.ts';
import type { Command } from './command.ts';

export const openAsText: Command = {
  id: 'tensorrt.openAsText',
  run: async (_context, resource) => {
    const model = modelOfCommand(resource);
    if (model === undefined) throw new Error('Select an .onnx file first.');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(toTextUri(model)));
  },
};
