import * as vscode from 'vscode';
import type { Command } from './command.ts';

/** After a refactoring that made a new file: opens it. It is in no menu. */
export const showDocument: Command = {
  id: 'tensorrt.showDocument',
  run: async ({ client }, uri) => {
    if (typeof uri === 'string') {
      await vscode.window.showTextDocument(client.protocol2CodeConverter.asUri(uri));
    }
  },
};
