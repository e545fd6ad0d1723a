import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, diagnosticsOf, openModel, workspaceFile } from './editor-helpers.ts';

/** What a refusal shows: the text underlined, and the text that each call on the way to it leads to. */
function refusals(document: vscode.TextDocument, diagnostics: readonly vscode.Diagnostic[]) {
  return diagnostics
    .toSorted((a, b) => a.range.start.compareTo(b.range.start))
    .map(({ range, relatedInformation = [] }) => ({
      refused: document.getText(range),
      calledBy: relatedInformation.map(({ location }) => document.getText(location.range)),
    }));
}

/** The verdict; what the rules of ONNX say of the same nodes comes under the name of ONNX. */
const verdict = (diagnostics: readonly vscode.Diagnostic[]) =>
  diagnostics.filter(({ source }) => source === 'TensorRT-RTX 1.7.1');

const four = (diagnostics: readonly vscode.Diagnostic[]) => verdict(diagnostics).length === 4;

for (const name of ['nested-functions.onnx', 'nested-functions.onnxtxt']) {
  describe(`diagnostics in ${name}`, () => {
    afterEach(closeAllEditors);

    const open = async () =>
      name.endsWith('.onnx')
        ? openModel(name)
        : vscode.window.showTextDocument(await vscode.workspace.openTextDocument(workspaceFile(name)));

    it('underline the refused operators; inside functions with the calls that lead there', async () => {
      const { document } = await open();
      const diagnostics = verdict(await diagnosticsOf(document, four));
      assert.deepEqual(refusals(document, diagnostics), [
        { refused: 'DoesNotExist', calledBy: [] },
        { refused: 'Unique', calledBy: [] },
        { refused: 'Bernoulli', calledBy: ['outer', 'inner'] },
        { refused: 'Bar', calledBy: ['outer', 'inner'] },
      ]);
      for (const { source, code, severity } of diagnostics) {
        assert.equal(source, 'TensorRT-RTX 1.7.1');
        assert.match(typeof code === 'object' ? String(code.value) : '', /^trt\./);
        assert.equal(severity, vscode.DiagnosticSeverity.Error);
      }
    });

    it('follow unsaved edits', async () => {
      const editor = await open();
      await diagnosticsOf(editor.document, four);
      const text = editor.document.getText();
      const replace = (from: string, to: string) =>
        editor.edit((edit) => {
          const start = editor.document.positionAt(text.indexOf(from));
          edit.replace(new vscode.Range(start, start.translate(0, from.length)), to);
        });
      assert.ok(await replace('DoesNotExist', 'Identity    '));
      const three = (diagnostics: readonly vscode.Diagnostic[]) => verdict(diagnostics).length === 3;
      const fewer = verdict(await diagnosticsOf(editor.document, three));
      assert.equal(editor.document.isDirty, true);
      assert.deepEqual(
        refusals(editor.document, fewer).map(({ refused }) => refused),
        ['Unique', 'Bernoulli', 'Bar'],
      );
    });
  });
}

describe('diagnostics elsewhere', () => {
  afterEach(closeAllEditors);

  it('are given for a new, unnamed document', async () => {
    const document = await vscode.workspace.openTextDocument({
      language: 'onnx',
      content:
        '<ir_version: 8, opset_import: ["" : 17]>\ng (float[N] x) => (float[N] y) {\n  y = DoesNotExist (x)\n}\n',
    });
    await vscode.window.showTextDocument(document);
    const diagnostics = verdict(await diagnosticsOf(document, (found) => verdict(found).length === 1));
    assert.deepEqual(
      refusals(document, diagnostics).map(({ refused }) => refused),
      ['DoesNotExist'],
    );
  });

  it('are absent where TensorRT accepts the model', async () => {
    const { document } = await openModel('nested-functions.onnx');
    await diagnosticsOf(document, four);
    const supported = await openModel('supported.onnx');
    await vscode.commands.executeCommand('tensorrt.checkModel');
    assert.deepEqual(vscode.languages.getDiagnostics(supported.document.uri), []);
  });
});
