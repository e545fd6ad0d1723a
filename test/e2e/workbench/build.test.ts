import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { cacheDirectory } from '../../../scripts/cache.mjs';
import { type EditorFixture, startEditorFixture, webview } from './workbench.ts';

/** On a CPU it takes TensorRT for RTX long enough to be watched and cancelled. */
const detector = path.join(cacheDirectory, 'models/real/rapidocr_onnxruntime-ch_PP-OCRv4_det_infer.onnx');

/** Many profiles take long. */
const twoBuilds = `model: detector.onnx
profiles:
${Array.from({ length: 12 }, (_, index) => `  - x: { min: [1, 3, 32, 32], opt: [1, 3, 320, ${32 * (index + 1)}], max: [4, 3, 640, 640] }\n`).join('')}builds:
  plain: {}
  streamed: { allowWeightStreaming: true }
`;

describe('building in the workbench', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-build-'));
  let editor: EditorFixture;
  const file = (name: string) => path.join(editor.workspace, name);
  before(async () => {
    editor = await startEditorFixture(folder);
    copyFileSync(detector, file('detector.onnx'));
    writeFileSync(file('detector.trt.yaml'), '');
    writeFileSync(file('two.trt.yaml'), twoBuilds);
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a config is typed with completion, its profile put right by a quick fix, built, and the engine looked at', async () => {
    await editor.inWindow('build', 'detector.trt.yaml', async ({ page, ...workbench }) => {
      const lines = page.locator('.editor-group-container.active .view-lines').first();
      await lines.click();
      await page.keyboard.type('mod');
      // What is no key: the server is there.
      await workbench.squiggles.first().waitFor({ timeout: 30_000 });
      await page.keyboard.press('Control+Space');
      const suggestion = page.locator('.suggest-widget .monaco-list-row', { hasText: 'model' }).first();
      await suggestion.waitFor();
      await workbench.screenshot('build-completion');
      await page.keyboard.press('Enter');
      // At once: Enter would take what is offered behind a name.
      await page.keyboard.insertText(
        'detector.onnx\nprofiles: [{ x: { min: [4, 3, 320, 320], opt: [1, 3, 320, 320], max: [4, 3, 640, 640] } }]',
      );

      await workbench.command('View: Focus Problems (Errors, Warnings, Infos)');
      const problem = page.locator('.markers-panel .monaco-list-row', {
        hasText: 'min of x is greater than opt',
      });
      await problem.waitFor({ timeout: 20_000 });
      await workbench.screenshot('build-problem');
      await problem.dblclick();
      await page.locator('.editor-group-container.active .view-line', { hasText: 'profiles' }).click();
      await workbench.command('Go to Next Problem in Files (Error, Warning, Info)');
      const fix = await workbench.codeAction('Sort min, opt and max');
      await workbench.screenshot('build-quick-fix');
      await fix.click();
      await problem.waitFor({ state: 'detached' });
      await page.keyboard.press('Escape');
      await workbench.command('View: Toggle Panel Visibility');

      // It is saved by itself: the tab has no dot then.
      await page.locator('.editor-actions').getByRole('button', { name: 'Build Engine' }).click();
      const progress = page.locator('.notification-toast', { hasText: 'Building detector.trt.yaml' });
      await progress.filter({ hasText: /\d\.\d s · .+, \d+ of \d+/ }).waitFor({ timeout: 30_000 });
      await page.locator('.statusbar-item', { hasText: 'Building detector.trt.yaml' }).click();
      await page
        .locator('.pane', { hasText: 'TensorRT Builds' })
        .getByText('Building engine')
        .first()
        .waitFor();
      await workbench.screenshot('building');
      const done = page.locator('.notification-toast', { hasText: 'detector.trt.yaml was built' });
      await done.waitFor({ timeout: 90_000 });
      await workbench.screenshot('built');
      assert.ok(existsSync(file('detector.engine')));
      assert.match(readFileSync(file('detector.trt.yaml'), 'utf8'), /min: \[1, 3, 320, 320\], opt: \[4, 3/);
      await page.locator('.codelens-decoration a', { hasText: 'Build · up to date' }).waitFor();

      await done.getByRole('button', { name: 'Open Engine' }).click();
      await page.locator('.tab.active', { hasText: 'detector.engine' }).waitFor();
      await webview(page)
        .getByText(/Made by/)
        .first()
        .waitFor({ timeout: 60_000 });
      await workbench.screenshot('built-engine');
    });
  });

  test('of two builds one waits for the other; each is cancelled from its row', async () => {
    await editor.inWindow('builds', 'two.trt.yaml', async ({ page, ...workbench }) => {
      await page.locator('.codelens-decoration a', { hasText: 'Build all' }).click();
      await page.locator('.notification-toast', { hasText: 'Building two.trt.yaml' }).waitFor();
      await workbench.command('Explorer: Focus on TensorRT Builds View');
      const rows = page.locator('.pane', { hasText: 'TensorRT Builds' }).locator('.monaco-list-row');
      const running = rows.filter({ hasText: 'two.trt.yaml · plain' });
      const waiting = rows.filter({ hasText: 'two.trt.yaml · streamed' });
      await waiting.filter({ hasText: 'waiting' }).waitFor();
      await running.hover();
      await workbench.screenshot('builds');
      // As long as a finger takes: news of the phases must not take the button away from under it.
      await rows.filter({ hasText: 'Building engine' }).first().waitFor({ timeout: 30_000 });
      // Folded, its phases do not push the other row down as they come.
      await running.locator('.monaco-tl-twistie').click();
      await rows.filter({ hasText: 'Building engine' }).first().waitFor({ state: 'detached' });
      await waiting.hover();
      await waiting.getByRole('button', { name: 'Cancel Build' }).click({ delay: 300 });
      await waiting.filter({ hasText: 'cancelled' }).waitFor({ timeout: 3000 });
      await running.filter({ hasText: 'Building' }).hover();
      await running.getByRole('button', { name: 'Cancel Build' }).click({ delay: 300 });
      await running.filter({ hasText: 'cancelled' }).waitFor({ timeout: 3000 });
      await workbench.screenshot('builds-cancelled');
      assert.ok(!existsSync(file('detector.plain.engine')));
      assert.ok(!existsSync(file('detector.streamed.engine')));
      await workbench.command('TensorRT: Clear Finished Builds');
      await page.locator('.pane-header', { hasText: 'TensorRT Builds' }).waitFor({ state: 'detached' });
    });
  });
});
