import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EditorFixture, startEditorFixture } from './workbench.ts';

describe('models as files', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-files-'));
  let editor: EditorFixture;
  before(async () => {
    editor = await startEditorFixture(folder);
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a model is exported as text, and the text saved as an equal model in another folder', async () => {
    await editor.inWindow('export', 'weights.onnx', async ({ page, ...workbench }) => {
      const line = (text: string) =>
        page.locator('.editor-group-container.active .view-line', { hasText: text }).first();
      await line('MatMul').waitFor({ timeout: 20_000 });
      await workbench.command('TensorRT: Export Model as ONNX Text…');
      await workbench.answerFileDialog(path.join(editor.workspace, 'exported.onnxtxt'));
      await page.locator('.tab.active', { hasText: 'exported.onnxtxt' }).waitFor();
      await line('MatMul').waitFor();

      const copy = path.join(editor.workspace, 'folder.onnx', 'copy.onnx');
      await workbench.command('TensorRT: Save as Binary Model…');
      await workbench.answerFileDialog(copy);
      await page.locator('.tab.active', { hasText: 'copy.onnx' }).waitFor();
      await line('MatMul').waitFor();
      const equal = execFileSync('python3', [
        '-c',
        'import sys, onnx; a, b = map(onnx.load, sys.argv[1:]); print(a == b)',
        path.join(editor.workspace, 'weights.onnx'),
        copy,
      ]);
      assert.equal(String(equal).trim(), 'True');
    });
  });
});
