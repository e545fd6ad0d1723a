import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, openModel } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

describe('refactorings', () => {
  afterEach(closeAllEditors);

  it('extract a function, which is inlined again', async () => {
    const { document } = await openModel('supported.onnx');
    const before = document.getText();
    const node = /^.*= Relu.*$/m.exec(before);
    assert.ok(node);
    const range = rangeOf(document, node.index, node.index + node[0].length);
    await apply(document, range, 'Extract 1 node to function');
    assert.match(document.getText(), /= local\.extracted \(x\)/);
    const call = document.getText().indexOf('extracted');
    await apply(document, rangeOf(document, call, call), 'Inline all calls of "extracted" and remove it');
    assert.match(document.getText(), /= Relu \(x\)\n/);
    assert.doesNotMatch(document.getText(), /extracted/);
  });

  it('extract a model, whose text opens', async () => {
    const { document } = await openModel('supported.onnx');
    const at = document.getText().indexOf('y = Neg');
    await apply(document, rangeOf(document, at, at), 'Extract the nodes leading to "y" as a new model');
    const shown = await waitFor('the new model', () => {
      const active = vscode.window.activeTextEditor?.document;
      return active?.uri.path.endsWith('supported-part.onnxtxt') ? active : undefined;
    });
    assert.equal(shown.languageId, 'onnx');
    assert.match(shown.getText(), /supported_part \(float\[N,4\] x\) => \(float\[N,4\] y\)/);
    await shown.save();
    await vscode.workspace.fs.delete(shown.uri);
  });
});

function rangeOf(document: vscode.TextDocument, start: number, end: number): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

async function apply(document: vscode.TextDocument, range: vscode.Range, title: string): Promise<void> {
  const action = await waitFor(title, async () => {
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[] | undefined>(
      'vscode.executeCodeActionProvider',
      document.uri,
      range,
      vscode.CodeActionKind.Refactor.value,
      20,
    );
    return actions?.find((candidate) => candidate.title === title);
  });
  assert.ok(action.edit, 'the action is resolved');
  assert.ok(await vscode.workspace.applyEdit(action.edit));
  const { command } = action;
  if (command?.command === 'tensorrt.showDocument') {
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
  }
}
