import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllEditors, openModel } from './editor-helpers.ts';
import { waitFor } from './wait-for.ts';

describe('a model of 2 GB', () => {
  afterEach(closeAllEditors);

  it('opens as a short text within seconds, its weight by reference, and is judged', async () => {
    const start = performance.now();
    const { document } = await openModel('big.onnx');
    const milliseconds = performance.now() - start;
    assert.ok(milliseconds < 5000, `It took ${milliseconds} ms.`);
    assert.ok(document.getText().length < 2000);
    assert.match(document.getText(), /"location": "big\.onnx"/);
    assert.match(document.getText(), /"length": "1999998976"/);
    await vscode.commands.executeCommand('tensorrt.checkModel');
    await waitFor('a verdict without diagnostics', () =>
      vscode.languages.getDiagnostics(document.uri).length === 0 ? true : undefined,
    );
  });
});
