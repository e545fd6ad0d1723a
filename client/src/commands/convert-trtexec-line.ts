import * as vscode from 'vscode';
import { FromTrtexecRequest } from '../../../server/src/protocol.ts';
import type { Command } from './command.ts';

/** Opens the trtexec line at the cursor, or in the selection, as a new build config: from shell scripts, logs, documents. */
export const convertTrtexecLine: Command = {
  id: 'tensorrt.convertTrtexecLine',
  run: async ({ client }) => {
    const editor = vscode.window.activeTextEditor;
    const given = editor ? textOf(editor) : await askForLine();
    if (given === undefined) return;
    const { config, notes } = await client.sendRequest(FromTrtexecRequest, given);
    if (config === undefined) {
      throw new Error('There is no trtexec line here: select one, or put the cursor on it.');
    }
    const remarks = notes.map((note) => `# ${note}\n`).join('');
    const document = await vscode.workspace.openTextDocument({
      language: 'tensorrt-config',
      content: `${remarks}${config}`,
    });
    await vscode.window.showTextDocument(document);
  },
};

function textOf({ document, selection }: vscode.TextEditor): { text: string; offset?: number } {
  return selection.isEmpty
    ? { text: document.getText(), offset: document.offsetAt(new vscode.Position(selection.active.line, 0)) }
    : { text: document.getText(selection) };
}

async function askForLine(): Promise<{ text: string } | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Convert trtexec Line to Build Config',
    prompt: 'A command line of trtexec, as in a script or a log.',
    placeHolder: 'trtexec --onnx=model.onnx …',
  });
  return text === undefined || text === '' ? undefined : { text };
}
