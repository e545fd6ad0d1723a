import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, openModel, workspaceFile } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

describe('opening a model', () => {
  afterEach(closeAllEditors);

  it('shows the ONNX text of a binary file, in the language onnx and without unsaved changes', async () => {
    const { document } = await openModel('supported.onnx');
    assert.match(document.getText(), /y = Neg \(a\)/);
    assert.equal(document.languageId, 'onnx');
    assert.equal(document.isDirty, false);
  });

  it('takes the place of the binary editor, as a preview, in the same column', async () => {
    await vscode.commands.executeCommand('vscode.open', workspaceFile('nested-functions.onnxtxt'));
    await vscode.commands.executeCommand('vscode.open', workspaceFile('supported.onnx'), {
      viewColumn: vscode.ViewColumn.Two,
      preview: true,
    });
    const tab = await waitFor('the tab', () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === 'onnx'),
    );
    assert.equal(tab.group.viewColumn, vscode.ViewColumn.Two);
    assert.equal(tab.isPreview, true);
    assert.deepEqual(
      tab.group.tabs.map(({ label }) => label),
      ['supported.onnx'],
    );
  });
});
