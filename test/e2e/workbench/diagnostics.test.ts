import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EditorFixture, startEditorFixture } from './workbench.ts';

describe('diagnostics in the workbench', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-workbench-'));
  let editor: EditorFixture;
  before(async () => {
    editor = await startEditorFixture(folder);
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a model opened from the explorer shows squiggles under its refused nodes', async () => {
    await editor.inWindow('squiggles', 'nested-functions.onnx', async (workbench) => {
      await workbench.squiggles.first().waitFor({ timeout: 60_000 });
      await workbench.screenshot('squiggles');
      assert.match(
        (await workbench.status.textContent()) ?? '',
        /TensorRT-RTX 1\.7\.1: \d of \d nodes refused/,
      );
    });
  });
});
