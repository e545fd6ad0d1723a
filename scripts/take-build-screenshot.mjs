/**
 * Takes the screenshot of a build anew: `npm run package && node scripts/take-build-screenshot.mjs`. A real model's config with two
 * builds in the test editor, the first of them under way.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hostVsix, launchBrowser, startEditor } from '../test/e2e/editor.mjs';
import { testSettings } from '../test/e2e/workspace.mjs';
import { cacheDirectory } from './cache.mjs';

const root = path.dirname(import.meta.dirname);
const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-screenshot-'));
const workspace = path.join(folder, 'detector');
mkdirSync(workspace);
copyFileSync(
  path.join(cacheDirectory, 'models/real/rapidocr_onnxruntime-ch_PP-OCRv4_det_infer.onnx'),
  path.join(workspace, 'detector.onnx'),
);
writeFileSync(
  path.join(workspace, 'detector.trt.yaml'),
  `model: detector.onnx
profiles:
  - x:
      min: [1, 3, 32, 32]
      opt: [1, 3, 640, 640]
      max: [4, 3, 960, 960]
builds:
  default: {}
  streaming: { allowWeightStreaming: true }
`,
);
const editor = await startEditor({
  vsix: hostVsix(),
  workspace,
  settings: {
    ...testSettings(),
    'breadcrumbs.enabled': false,
    'editor.minimap.enabled': false,
    'editor.lightbulb.enabled': 'off',
    'editor.renderLineHighlight': 'none',
    'workbench.activityBar.location': 'hidden',
  },
});
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 640 }, deviceScaleFactor: 1.5 });
  await page.goto(editor.url());
  await page.locator('.explorer-folders-view .onnx-lang-file-icon').first().waitFor({ timeout: 60_000 });
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'detector.trt.yaml' }).dblclick();
  const lens = page.locator('.codelens-decoration a', { hasText: 'Build all' });
  await lens.waitFor({ timeout: 60_000 });
  // The sidebar gets the room that the phases need.
  const sash = await page.locator('.monaco-sash.vertical:not(.disabled)').first().boundingBox();
  if (sash !== null) {
    await page.mouse.move(sash.x + sash.width / 2, 250);
    await page.mouse.down();
    await page.mouse.move(440, 250, { steps: 5 });
    await page.mouse.up();
  }
  await lens.click();
  const item = page.locator('.statusbar-item', { hasText: 'Building detector.trt.yaml' });
  await item.click({ timeout: 30_000 });
  const view = page.locator('.pane', { hasText: 'TensorRT Builds' });
  await view.getByText('Building engine').first().waitFor();
  await page.mouse.move(900, 60);
  const images = path.join(root, 'docs', 'images');
  mkdirSync(images, { recursive: true });
  await page.screenshot({ path: path.join(images, 'build.png') });
} finally {
  await browser.close();
  await editor.close();
  rmSync(folder, { recursive: true, force: true });
}
