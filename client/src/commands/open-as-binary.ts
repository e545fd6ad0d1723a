import * as vscode from 'vscode';
import { modelOfCommand } from '../uris.ts';
import type { Command } from './command.ts';

const hexEditorExtension = 'ms-vscode.hexeditor';

/** VS Code has no binary editor of its own; Microsoft's is an extension. */
export const openAsBinary: Command = {
  id: 'tensorrt.openAsBinary',
  run: async (_context, resource) => {
    const model = modelOfCommand(resource);
    if (model === undefined) throw new Error('Select an .onnx file first.');
    if (vscode.extensions.getExtension(hexEditorExtension) !== undefined) {
      await vscode.commands.executeCommand('vscode.openWith', model, 'hexEditor.hexedit');
      return;
    }
    const find = 'Find Hex Editor';
    const answer = await vscode.window.showInformationMessage(
      'The bytes of a file are shown by the extension Hex Editor, which is not installed.',
      find,
    );
    if (answer === find)
      await vscode.commands.executeCommand('workbench.extensions.search', `@id:${hexEditorExtension}`);
  },
};
