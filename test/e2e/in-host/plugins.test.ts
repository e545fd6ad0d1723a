import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, diagnosticsOf, openModel, workspaceFile } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

describe('a node whose plugin is not loaded', () => {
  const setting = () =>
    vscode.workspace.getConfiguration('tensorrt').inspect('check.plugins')?.workspaceValue;
  afterEach(async () => {
    await closeAllEditors();
    await vscode.workspace
      .getConfiguration('tensorrt')
      .update('check.plugins', undefined, vscode.ConfigurationTarget.Workspace);
  });

  it('has a fix that adds its library to the workspace’s setting, and the model is judged again', async () => {
    const { document } = await openModel('nested-functions.onnx');
    const found = await diagnosticsOf(document, ({ length }) => length === 4);
    const missing = found.find(({ range }) => document.getText(range) === 'DoesNotExist');
    assert.ok(missing);
    const action = await waitFor('the fix', async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        missing.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      return actions.find(({ title }) => title === 'Choose the plugin’s library…');
    });
    assert.equal(action.command?.command, 'tensorrt.addPluginLibrary');
    // Instead of the dialog, which no test can answer: a file that is no library.
    const [model] = action.command.arguments ?? [];
    const file = workspaceFile('not-a-model.onnx').fsPath;
    await vscode.commands.executeCommand('tensorrt.addPluginLibrary', model, [file]);
    assert.deepEqual(setting(), ['not-a-model.onnx']);
    await diagnosticsOf(document, (diagnostics) =>
      diagnostics.some(({ message }) => message.includes(`The plugin library ${file} does not load: `)),
    );
  });
});
