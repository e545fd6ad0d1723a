import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { testSettings } from '../workspace.mjs';
import { type EditorFixture, startEditorFixture } from './workbench.ts';

describe('on a machine without TensorRT, in a workspace that is not trusted', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-first-use-'));
  let editor: EditorFixture;
  before(async () => {
    editor = await startEditorFixture(folder, {
      settings: {
        'tensorrt.libraryFolders': [],
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.banner': 'never',
      },
    });
    // What a stranger's repository may bring along: it must not decide what is loaded.
    mkdirSync(path.join(editor.workspace, '.vscode'));
    writeFileSync(path.join(editor.workspace, '.vscode', 'settings.json'), JSON.stringify(testSettings()));
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a model is shown, a runtime is offered once and installed on demand, and the workspace cannot name one', async () => {
    await editor.inWindow('offer', 'supported.onnx', async ({ page, ...workbench }) => {
      await page.locator('.view-line', { hasText: 'Relu' }).first().waitFor({ timeout: 30_000 });
      const offer = page.locator('.notification-toast', { hasText: 'No TensorRT was found' });
      await offer.waitFor({ timeout: 30_000 });
      // It slides in.
      await page.waitForTimeout(1000);
      await workbench.screenshot('offer');
      const buttons = await offer.getByRole('button').allInnerTexts();
      assert.deepEqual(
        buttons.filter((label) => /Install|Choose|Not Now/.test(label)),
        ['Install TensorRT for RTX (146 MB)', 'Choose Folder…', 'Not Now'],
      );
      assert.match(await workbench.statusText(/TensorRT/), /No TensorRT/);
      await offer.getByRole('button', { name: 'Not Now' }).click();
      await offer.waitFor({ state: 'detached' });
      // A browser writes the window's state every five seconds; a desktop VS Code does so when it closes.
      await page.waitForTimeout(6000);
      await page.reload();
      // The model's text is opened again by itself.
      await workbench.statusText(/No TensorRT/);
      // The offer would come with the status.
      await page.waitForTimeout(1000);
      assert.equal(
        await page.locator('.notification-toast', { hasText: 'No TensorRT was found' }).count(),
        0,
      );

      // The offer stays open in the command.
      await workbench.command('TensorRT: Install TensorRT for RTX');
      const progress = page.locator('.notification-toast', { hasText: 'Installing TensorRT for RTX' });
      await progress.filter({ hasText: /\d+ of 146 MB/ }).waitFor();
      await workbench.screenshot('installing');
      await page
        .locator('.notification-toast', { hasText: 'TensorRT-RTX 1.7.1 is installed' })
        .waitFor({ timeout: 120_000 });
      await workbench.statusText(/TensorRT-RTX 1\.7\.1: all 2 nodes are supported/);
    });
  });
});
