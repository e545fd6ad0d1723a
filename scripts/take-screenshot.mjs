/**
 * Takes the README's screenshot anew: `npm run package && node scripts/take-screenshot.mjs`. The example model, as a binary, in
 * the test editor; the first refusal selected in the Problems panel, and a pointer on nothing.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hostVsix, launchBrowser, startEditor } from '../test/e2e/editor.mjs';
import { testSettings } from '../test/e2e/workspace.mjs';
import { run } from './run.mjs';

const root = path.dirname(import.meta.dirname);
const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-screenshot-'));
const workspace = path.join(folder, 'detector');
mkdirSync(workspace);
copyFileSync(path.join(root, 'examples', 'detector.weights'), path.join(workspace, 'detector.weights'));
run(process.execPath, [
  path.join(root, 'dist', 'onnx-trt.js'),
  'encode',
  path.join(root, 'examples', 'detector.onnxtxt'),
  '-o',
  path.join(workspace, 'detector.onnx'),
]);
const editor = await startEditor({
  vsix: hostVsix(),
  workspace,
  settings: {
    ...testSettings(),
    'breadcrumbs.enabled': false,
    'editor.minimap.enabled': false,
    'editor.stickyScroll.enabled': false,
    'editor.matchBrackets': 'never',
    'editor.renderLineHighlight': 'none',
    'editor.lightbulb.enabled': 'off',
    'workbench.activityBar.location': 'hidden',
  },
});
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, deviceScaleFactor: 1.5 });
  await page.goto(editor.url());
  const model = page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'detector.onnx' });
  await page.locator('.explorer-folders-view .onnx-lang-file-icon').first().waitFor({ timeout: 60_000 });
  await model.dblclick();
  await page.locator('.statusbar', { hasText: 'nodes refused' }).waitFor({ timeout: 60_000 });
  await page.keyboard.press('Control+Shift+M');
  const problem = page.locator('.markers-panel .monaco-list-row', { hasText: 'Bernoulli' }).first();
  await problem.click();
  await page.locator('.squiggly-error').first().waitFor();
  // The sidebar has done its work, and a sash gives the panel more room.
  await page.keyboard.press('Control+B');
  const sash = await page.locator('.monaco-sash.horizontal:not(.disabled)').last().boundingBox();
  if (sash !== null) {
    await page.mouse.move(sash.x + 400, sash.y + sash.height / 2);
    await page.mouse.down();
    await page.mouse.move(sash.x + 400, 470, { steps: 5 });
    await page.mouse.up();
  }
  // The problem has selected its operator, which hides the underline.
  await page.locator('.view-line', { hasText: 'Bernoulli' }).click({ position: { x: 700, y: 8 } });
  await page.mouse.move(1000, 60);
  await page.waitForTimeout(1500);
  const images = path.join(root, 'docs', 'images');
  mkdirSync(images, { recursive: true });
  await page.screenshot({ path: path.join(images, 'diagnostics.png') });
} finally {
  await browser.close();
  await editor.close();
  rmSync(folder, { recursive: true, force: true });
}
