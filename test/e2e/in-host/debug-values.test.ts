import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, workspaceFile } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

const net = `<ir_version: 8, opset_import: ["" : 17]>
g (float[batch,4] x) => (float[batch,4] y) {
  [absolute] a = Abs (x)
  [negative] n = Neg (a)
  [root] s = Sqrt (n)
  [end] y = Add (s, s)
}
`;

async function openText(name: string, text: string): Promise<vscode.TextDocument> {
  const uri = workspaceFile(name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const { document } = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  return document;
}

function marksOf(document: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ code }) => String(typeof code === 'object' ? code.value : code).startsWith('debug.'));
}

describe('values of tensors', () => {
  afterEach(closeAllEditors);

  it('are computed by ONNX Runtime; where NaN comes up is marked until it is cleared', async () => {
    const document = await openText('roots.onnxtxt', net);
    await vscode.commands.executeCommand('tensorrt.debugTensors', document.uri, undefined, 'onnxruntime');
    const [mark] = await waitFor('the mark', () => {
      const marks = marksOf(document);
      return marks.length > 0 ? marks : undefined;
    });
    assert.ok(mark);
    assert.equal(document.getText(mark.range), 's');
    assert.match(mark.message, /^First NaN or infinity of ONNX Runtime .*node root \(Sqrt\), output s/);
    assert.deepEqual(
      mark.relatedInformation?.map(({ message }) => message),
      ['n is finite.', 'y follows from it.'],
    );
    const index = JSON.parse(
      new TextDecoder().decode(await vscode.workspace.fs.readFile(workspaceFile('roots.debug/debug.json'))),
    );
    assert.equal(index.tensors.length, 4);

    // The mark goes with its value.
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(2, 0), '  # A comment.\n');
    await vscode.workspace.applyEdit(edit);
    await waitFor('the mark one line below', () => marksOf(document)[0]?.range.start.line === 5 || undefined);

    await vscode.commands.executeCommand('tensorrt.clearDebugCapture', document.uri);
    assert.deepEqual(marksOf(document), []);
    await vscode.commands.executeCommand(
      'tensorrt.showDebugCapture',
      document.uri,
      workspaceFile('roots.debug/debug.json'),
    );
    await waitFor('the mark of a stored capture', () => marksOf(document)[0]);
    await document.save();
  });

  it('are marked in the build config of their model, which is made', async () => {
    const document = await openText('marked.onnxtxt', net);
    await vscode.commands.executeCommand('tensorrt.markDebugTensor', document.uri, ['n']);
    const config = await waitFor('the config', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.path.endsWith('/marked.trt.yaml')),
    );
    await waitFor('the mark', () => config.getText().includes('markDebug: [n]\n') || undefined);
    await vscode.commands.executeCommand('tensorrt.markDebugTensor', document.uri, ['s']);
    await waitFor('the second mark', () => config.getText().includes('markDebug: [n, s]\n') || undefined);
    await vscode.commands.executeCommand('tensorrt.markDebugTensor', document.uri, 'unfused');
    await waitFor(
      'unfused tensors',
      () => config.getText().includes('\nmarkUnfusedTensorsAsDebugTensors: true\n') || undefined,
    );
    await config.save();
  });
});
