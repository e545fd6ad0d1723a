import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { isPosition } from './position.ts';

/** After a refactoring that made up a name: lets the user give a better one. It is in no menu. */
export const renameAt: Command = {
  id: 'tensorrt.renameAt',
  run: async ({ client }, ...[uri, position]) => {
    const editor = vscode.window.activeTextEditor;
    if (typeof uri !== 'string' || !isPosition(position) || !editor) {
      return;
    }
    const target = client.protocol2CodeConverter.asUri(uri);
    if (editor.document.uri.toString() !== target.toString()) {
      return;
    }
    const at = client.protocol2CodeConverter.asPosition(position);
    await vscode.commands.executeCommand('editor.action.rename', [target, at]);
  },
};
