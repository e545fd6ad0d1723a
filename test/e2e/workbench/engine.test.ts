import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startReadyBridge } from '../../native-bridge/support/bridge.ts';
import { captured, fileText, nets } from '../../server/engine/support/models.ts';
import { type EditorFixture, progressEnded, startEditorFixture, webview } from './workbench.ts';

describe('engines and profiles in the workbench', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-engine-'));
  let editor: EditorFixture;
  const file = (name: string) => path.join(editor.workspace, name);
  before(async () => {
    editor = await startEditorFixture(folder);
    const bridge = await startReadyBridge('tensorrt-rtx-1.7.1');
    await bridge.build(file('supported.onnx'), {
      enginePath: file('net.engine'),
      settings: { profiles: [{ x: { min: [1, 4], opt: [2, 4], max: [8, 4] } }] },
    });
    bridge.kill();
    copyFileSync(file('net.engine'), file('other.plan'));
    writeFileSync(file('net.engine.layers.json'), captured('convolutions-layers'));
    writeFileSync(file('broken.trt'), 'Not an engine, but a letter to the editor.\n');
    writeFileSync(file('transformer.onnxtxt'), fileText(nets.transformer));
    // What `onnx-trt profile --export` writes: captured on an H200.
    const run = JSON.parse(captured('transformer-run'));
    const own = { format: 'onnx-tensorrt-tools profile', formatVersion: 1, ...run };
    writeFileSync(
      file('profile.json'),
      JSON.stringify({ ...own, layerInformation: captured('transformer-layers') }),
    );
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('an engine opens in an editor that says who made it and whether it runs here', async () => {
    await editor.inWindow('engine', 'net.engine', async ({ page, ...workbench }) => {
      const view = webview(page);
      await view.getByText('TensorRT for RTX 1.7.1 (build 116)').waitFor({ timeout: 30_000 });
      assert.match((await view.locator('.lead').textContent()) ?? '', /cannot run here.*NVIDIA GPU/);
      await view.getByRole('cell', { name: 'conv0 + relu0' }).waitFor();
      await workbench.screenshot('engine');

      // A column sorts by a click on its head.
      await view.getByRole('button', { name: 'Type', exact: true }).click();
      const types = await view.locator('th:has-text("Type")').first().getAttribute('aria-sort');
      assert.equal(types, 'descending');

      await view.getByRole('button', { name: 'Compare with…' }).click();
      await workbench.answerFileDialog(file('other.plan'));
      await page.locator('.tab', { hasText: 'net.engine ↔ other.plan' }).waitFor();
      // Layers lie beside one of them only.
      await webview(page).getByText('Layers').first().waitFor();
      await workbench.screenshot('engine-comparison');
    });
  });

  test('the explorer has what can be done with an engine in one menu', async () => {
    await editor.inWindow('engine-menu', undefined, async ({ page, ...workbench }) => {
      await page
        .locator('.explorer-folders-view .monaco-list-row', { hasText: /^\s*net\.engine\s*$/ })
        .click({ button: 'right' });
      const item = (label: string) =>
        page.locator('.monaco-menu .action-label:visible', { hasText: label }).last();
      await item('Compare Engines…').waitFor();
      await item('TensorRT').hover();
      await item('Show Memory of Execution Contexts').waitFor();
      await item('Refit Engine with Model…').waitFor();
      await workbench.screenshot('engine-menu');
    });
  });

  test('a file that is no engine says what it is', async () => {
    await editor.inWindow('no-engine', 'broken.trt', async ({ page }) => {
      await webview(page).getByText('It is text, not an engine.').waitFor({ timeout: 30_000 });
    });
  });

  test('a profile shows at the nodes of its model, and goes again', async () => {
    await editor.inWindow('profile', 'transformer.onnxtxt', async ({ page, ...workbench }) => {
      const text = page.locator('.monaco-editor[data-uri$="transformer.onnxtxt"]').first();
      await text.locator('.view-line', { hasText: 'LayerNormalization' }).first().waitFor();
      await workbench.command('TensorRT: Show Profile on Model…');
      await workbench.answerFileDialog(file('profile.json'));

      const hint = text.locator('.view-line', { hasText: /0\.0107\sms/ });
      await hint.waitFor({ timeout: 30_000 });
      assert.match(
        (await hint.textContent())?.replaceAll('\u00a0', ' ') ?? '',
        /\[down\].*0\.0107 ms · 8\.6 %/,
      );
      // A column of shares is in front of the statements, whatever is out of sight behind them.
      const shares: string[] = await page.evaluate(
        `[...document.querySelectorAll('.view-line span')].map((span) => getComputedStyle(span, '::before').content)`,
      );
      assert.ok(
        shares.some((content) => /\u00a08\.6\u00a0%/.test(content)),
        shares.filter((content) => content !== 'none').join('|'),
      );
      const view = webview(page);
      await view.getByText('20 inferences').waitFor();
      assert.equal(await view.locator('.histogram rect').count(), 6);
      await view.getByRole('cell', { name: 'q_proj + k_proj + v_proj', exact: true }).waitFor();
      await workbench.screenshot('profile');

      // Times stay with their nodes while the text is edited.
      await text.locator('.view-line', { hasText: 'LayerNormalization' }).first().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('# A comment.\n');
      await page.waitForTimeout(1500);
      assert.match((await hint.textContent()) ?? '', /\[down\]/);
      assert.equal(await hint.count(), 1);

      await workbench.command('TensorRT: Clear Profile from Model');
      await hint.waitFor({ state: 'detached' });
      await page.keyboard.press('Control+z');
      await workbench.command('File: Revert File');
      assert.equal(readFileSync(file('transformer.onnxtxt'), 'utf8'), fileText(nets.transformer));
    });
  });

  test('values of tensors by ONNX Runtime: a table, histograms, and a mark where NaN comes up', async () => {
    writeFileSync(
      file('roots.onnxtxt'),
      `<ir_version: 8, opset_import: ["" : 17]>
g (float[batch,4] x) => (float[batch,4] y) {
  [absolute] a = Abs (x)
  [negative] n = Neg (a)
  [root] s = Sqrt (n)
  [end] y = Add (s, s)
}
`,
    );
    await editor.inWindow('values', 'roots.onnxtxt', async ({ page, ...workbench }) => {
      const text = page.locator('.monaco-editor[data-uri$="roots.onnxtxt"]').first();
      await text.locator('.view-line', { hasText: 'Sqrt' }).first().waitFor();
      await workbench.command('TensorRT: Show Values of Tensors…');
      const view = webview(page);
      await view.getByText('First NaN or infinity of ONNX Runtime').first().waitFor({ timeout: 60_000 });
      // The page is narrow beside the model: the node is below the row, when that is unfolded.
      await view.getByRole('button', { name: 'More of s', exact: true }).click();
      await view.locator('.details dd', { hasText: 'root (Sqrt)' }).waitFor();
      assert.equal(await view.locator('.figures figure').count(), 2);
      await text.locator('.squiggly-warning').first().waitFor();
      await progressEnded(page);
      await workbench.screenshot('values');
      // The command is for the model that has the focus.
      await text.locator('.view-line').first().click();
      await workbench.command('TensorRT: Clear Captured Values from Model');
      await text.locator('.squiggly-warning').waitFor({ state: 'detached' });
    });
  });
});
