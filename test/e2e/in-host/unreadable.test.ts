import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { workspaceFile } from './editor-helpers.ts';

/** The sentence with which opening the text of a file fails. */
async function refusal(name: string): Promise<string> {
  const uri = workspaceFile(name).with({ scheme: 'onnx' });
  try {
    await vscode.workspace.openTextDocument(uri);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new assert.AssertionError({ message: `${name} was opened.` });
}

describe('what is no model', () => {
  it('is refused with a sentence that names the file: text in a file named .onnx', async () => {
    assert.match(await refusal('not-a-model.onnx'), /not-a-model\.onnx.*(not|no) an? .*(model|ModelProto)/i);
  });

  it('is refused with a sentence: a truncated model', async () => {
    assert.match(await refusal('truncated.onnx'), /truncated\.onnx.*(truncated|ends|end)/i);
  });

  it('is refused with a sentence: a folder', async () => {
    assert.match(await refusal('folder.onnx'), /folder\.onnx.* (folder|directory)/i);
  });

  it('is refused with a sentence: a file that is gone', async () => {
    assert.match(await refusal('nowhere.onnx'), /nowhere\.onnx/i);
  });
});
