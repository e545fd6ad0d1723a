import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, workspaceFile } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

describe('comparing two models', () => {
  afterEach(closeAllEditors);

  it('compares their texts, older side left', async () => {
    const [left, right] = [workspaceFile('supported.onnx'), workspaceFile('nested-functions.onnx')];
    await vscode.commands.executeCommand('vscode.diff', left, right);
    const input = await waitFor(
      'a comparison of texts',
      () => {
        const { activeTab } = vscode.window.tabGroups.activeTabGroup;
        return activeTab?.input instanceof vscode.TabInputTextDiff ? activeTab.input : undefined;
      },
      () => JSON.stringify(vscode.window.tabGroups.activeTabGroup.tabs),
    );
    assert.deepEqual(
      [input.original, input.modified].map(({ scheme, path }) => `${scheme}:${path}`),
      [left, right].map(({ path }) => `onnx:${path}`),
    );
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 1);
  });
});
