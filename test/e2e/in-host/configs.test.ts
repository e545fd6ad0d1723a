import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, workspaceFile } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

async function openText(name: string, text: string): Promise<vscode.TextEditor> {
  const uri = workspaceFile(name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

function problemsOf({ document }: vscode.TextEditor, accept: (codes: readonly unknown[]) => boolean) {
  return waitFor(
    'the problems of the config',
    () => {
      const diagnostics = vscode.languages.getDiagnostics(document.uri);
      const codes = diagnostics.map(({ code }) => (typeof code === 'object' ? code.value : code));
      return accept(codes) ? diagnostics : undefined;
    },
    () => JSON.stringify(vscode.languages.getDiagnostics(document.uri)),
  );
}

describe('build configs', () => {
  afterEach(closeAllEditors);

  it('are completed, checked as one types, and mended by a quick fix', async () => {
    const editor = await openText('typed.trt.yaml', 'model: supported.onnx\nfp61: true\nsparsity: \n');
    const { document } = editor;
    assert.equal(document.languageId, 'tensorrt-config');
    await problemsOf(editor, (codes) => codes.includes('config.unknown-key'));
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(2, 10),
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const word of ['disable', 'enable', 'force']) assert.ok(labels.includes(word), labels.join());
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(1, 1, 1, 1),
    );
    const fix = actions.find(({ title }) => title === 'Replace by fp16');
    assert.ok(fix?.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.equal(document.lineAt(1).text, 'fp16: true');
    await problemsOf(editor, (codes) => !codes.includes('config.unknown-key'));
  });

  it('are made of the trtexec line at the cursor of a script', async () => {
    const script = 'set -e\ntrtexec --onnx=a.onnx \\\n  --fp16 --new\necho done\n';
    const editor = await openText('build.sh', script);
    editor.selection = new vscode.Selection(2, 3, 2, 3);
    await vscode.commands.executeCommand('tensorrt.convertTrtexecLine');
    const document = await waitFor('the new config', () => {
      const shown = vscode.window.activeTextEditor?.document;
      return shown?.languageId === 'tensorrt-config' && shown.isUntitled ? shown : undefined;
    });
    assert.equal(
      document.getText(),
      '# --new is no flag that this extension knows. It is kept under unknownFlags.\nmodel: a.onnx\nfp16: true\nunknownFlags: [--new]\n',
    );
  });

  it('are copied as a trtexec line for the version that is picked', async () => {
    await openText('copied.trt.yaml', 'model: a.onnx\nfp16: true\nskipInference: true\n');
    await vscode.env.clipboard.writeText('before');
    const copying = vscode.commands.executeCommand('tensorrt.copyTrtexecLine');
    // The newest version is the first of the list, and 11.1 has no fp16.
    const line = await waitFor('the line on the clipboard', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      const text = await vscode.env.clipboard.readText();
      return text === 'before' ? undefined : text;
    });
    assert.equal(line, 'trtexec --onnx=a.onnx --skipInference');
    await copying;
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});
