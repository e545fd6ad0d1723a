import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EditorFixture, startEditorFixture } from './workbench.ts';

const example = path.resolve(import.meta.dirname, '../../../examples/classifier.onnxtxt');

describe('a config in the workbench', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-config-'));
  let editor: EditorFixture;
  const file = (name: string) => path.join(editor.workspace, name);
  before(async () => {
    editor = await startEditorFixture(folder);
    copyFileSync(example, file('classifier.onnxtxt'));
    writeFileSync(file('typed.trt.yaml'), '');
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is typed from nothing with what the model and the machine have, and builds', async () => {
    await editor.inWindow('config-values', 'typed.trt.yaml', async ({ page, ...workbench }) => {
      const lines = page.locator('.editor-group-container.active .view-lines').first();
      const complete = async (label: string, screenshot?: string) => {
        const row = page.locator('.suggest-widget .monaco-list-row', { hasText: label }).first();
        // The server may still be reading the model, and a list that is shown anew is gone under the pointer.
        for (let attempt = 0; ; attempt++) {
          try {
            if (!(await row.isVisible())) await page.keyboard.press('Control+Space');
            await row.waitFor({ timeout: 3000 });
            if (screenshot !== undefined) await workbench.screenshot(screenshot);
            await row.click({ timeout: 3000 });
            break;
          } catch (error) {
            if (attempt === 15) throw error;
            await page.keyboard.press('Escape');
          }
        }
        await row.waitFor({ state: 'detached' });
        await page.keyboard.press('Escape');
      };
      await lines.click();
      await page.keyboard.type('mod');
      await workbench.squiggles.first().waitFor({ timeout: 30_000 });
      await complete('model');
      await complete('classifier.onnxtxt', 'config-files');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.keyboard.insertText('runtime: ');
      await complete('tensorrt-rtx', 'config-runtimes');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      // Enter would take a value that is offered behind the colon, if it is there already.
      await page.keyboard.insertText('profiles:\n  ');
      await complete('- images', 'config-profile');
      await page.keyboard.press('Control+S');
      await workbench.squiggles.first().waitFor({ state: 'detached', timeout: 20_000 });
      await workbench.pointAt('images');
      await page.locator('.monaco-hover', { hasText: 'input of' }).first().waitFor({ timeout: 20_000 });
      await workbench.screenshot('config-hover');
      await page.keyboard.press('Escape');
      await page
        .locator('.codelens-decoration a', { hasText: /^Build/ })
        .first()
        .click();
      for (let attempt = 0; attempt < 120 && !existsSync(file('classifier.engine')); attempt++) {
        await page.waitForTimeout(500);
      }
      await workbench.screenshot('config-built');
      assert.ok(existsSync(file('classifier.engine')));
    });
  });
});
