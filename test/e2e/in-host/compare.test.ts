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
      [`onnx-revision:${left.path}`, `onnx:${right.path}`],
    );
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 1);
  });

  it('shows a revision that is no file, as git has them, read-only beside the file', async () => {
    const file = workspaceFile('supported.onnx');
    const revisions = revisionsOf(await vscode.workspace.fs.readFile(workspaceFile('nested-functions.onnx')));
    try {
      const revision = file.with({ scheme: 'revisions' });
      await vscode.commands.executeCommand('vscode.diff', revision, file, 'supported.onnx (HEAD)');
      const { original, modified } = await waitFor('a comparison of texts', () => {
        const { activeTab } = vscode.window.tabGroups.activeTabGroup;
        return activeTab?.input instanceof vscode.TabInputTextDiff ? activeTab.input : undefined;
      });
      assert.equal(modified.toString(), file.with({ scheme: 'onnx' }).toString());
      const text = (await vscode.workspace.openTextDocument(original)).getText();
      assert.match(text, /DoesNotExist/);
      assert.deepEqual(vscode.languages.getDiagnostics(original), []);
    } finally {
      revisions.dispose();
    }
  });
});

/** A file system that has these bytes under every name. */
function revisionsOf(bytes: Uint8Array): vscode.Disposable {
  const refuse = () => {
    throw vscode.FileSystemError.NoPermissions();
  };
  return vscode.workspace.registerFileSystemProvider(
    'revisions',
    {
      onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
      watch: () => new vscode.Disposable(() => {}),
      stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.byteLength }),
      readFile: () => bytes,
      readDirectory: refuse,
      createDirectory: refuse,
      writeFile: refuse,
      delete: refuse,
      rename: refuse,
    },
    { isReadonly: true },
  );
}
