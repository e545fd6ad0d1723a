import * as vscode from 'vscode';
import { CheckRequest } from '../../../server/src/protocol.ts';
import { modelOfCommand, toTextUri } from '../uris.ts';
import type { Command } from './command.ts';

export const checkModel: Command = {
  id: 'tensorrt.checkModel',
  run: async ({ client }, resource) => {
    const model = modelOfCommand(resource);
    const active = vscode.window.activeTextEditor?.document;
    if (model !== undefined) {
      const document = await vscode.workspace.openTextDocument(toTextUri(model));
      await vscode.window.showTextDocument(document, { preserveFocus: true });
      await check(document);
    } else if (active?.languageId === 'onnx') {
      await check(active);
    } else {
      throw new Error('Open an ONNX model first: there is nothing to check in the active editor.');
    }

    async function check(document: vscode.TextDocument): Promise<void> {
      await client.sendRequest(CheckRequest, {
        uri: client.code2ProtocolConverter.asUri(document.uri),
      });
    }
  },
};
