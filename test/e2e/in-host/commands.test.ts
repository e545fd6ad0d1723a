import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, openModel, workspaceFile } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

describe('commands', () => {
  afterEach(closeAllEditors);

  it('of the manifest are all there once a model is open', async () => {
    await openModel('supported.onnx');
    const { packageJSON } =
      vscode.extensions.all.find(({ id }) => id.endsWith('.onnx-tensorrt-tools')) ??
      assert.fail('not installed');
    const contributed = packageJSON.contributes.commands.map(({ command }: { command: string }) => command);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributed.length >= 8);
    assert.deepEqual(
      contributed.filter((command: string) => !registered.has(command)),
      [],
    );
  });

  it('open a model as text from the explorer', async () => {
    await vscode.commands.executeCommand('tensorrt.openAsText', workspaceFile('supported.onnx'));
    await waitFor(
      'the text',
      () => vscode.window.activeTextEditor?.document.uri.scheme === 'onnx' || undefined,
    );
  });

  it('show outline and folding of the open model', async () => {
    const { document } = await openModel('nested-functions.onnx');
    const symbols = await waitFor('an outline', async () => {
      const found = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
        'vscode.executeDocumentSymbolProvider',
        document.uri,
      );
      return found !== undefined && found.length > 0 ? found : undefined;
    });
    assert.ok(
      symbols.some(({ name }) => name.includes('outer')),
      JSON.stringify(symbols.map(({ name }) => name)),
    );
  });

  it('show the calls that a lens counts', async () => {
    const editor = await openModel('nested-functions.onnx');
    const { document } = editor;
    const lens = await waitFor('a lens of calls', async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
      );
      return lenses.find(({ command }) => command?.title === '1 call');
    });
    const { command } = lens;
    assert.ok(command);
    assert.equal(command.command, 'tensorrt.showReferences');
    const declared = document.getText(lens.range);
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
    // The peek is open with the call in it: stepping through it leads there.
    await waitFor('the call in the editor', async () => {
      await vscode.commands.executeCommand('goToNextReference');
      const { selection } = vscode.window.activeTextEditor ?? editor;
      const isCall = !lens.range.contains(selection.active);
      return isCall && document.lineAt(selection.active.line).text.includes(`.${declared} `)
        ? true
        : undefined;
    });
    await vscode.commands.executeCommand('closeReferenceSearch');
  });
});
