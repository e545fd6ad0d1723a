/** Simulation: measurements in the workbench, on the recorded GPU (test/support/recorded-gpu). */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileText, nets } from '../../server/engine/support/models.ts';
import { writeBuiltEngine } from '../../support/recorded-gpu/engine-file.ts';
import { type EditorFixture, progressEnded, startEditorFixture, webview } from './workbench.ts';

describe('measurements in the workbench (simulated GPU)', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-measure-'));
  let editor: EditorFixture;
  const file = (name: string) => path.join(editor.workspace, name);
  before(async () => {
    editor = await startEditorFixture(folder, { recordedGpu: true });
    writeFileSync(file('transformer.onnxtxt'), fileText(nets.transformer));
    writeFileSync(
      file('transformer.trt.yaml'),
      '# For small GPUs.\nmodel: transformer.onnxtxt\nengine: transformer.engine\nstronglyTyped: true\nallowWeightStreaming: true # yes\nprofiles:\n  - x: { min: [1, 1, 256], opt: [2, 64, 256], max: [4, 128, 256] }\n',
    );
    await writeBuiltEngine(
      file('transformer.engine'),
      { net: 'transformer', flags: ['kWEIGHT_STREAMING'], debugTensors: [] },
      file('transformer.onnxtxt'),
      file('transformer.trt.yaml'),
    );
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a lens at the config profiles the engine: heat on the model, and a page with charts', async () => {
    await editor.inWindow('measure-profile', 'transformer.trt.yaml', async ({ page, ...workbench }) => {
      await page.locator('.codelens-decoration a', { hasText: /^Profile$/ }).click({ timeout: 60_000 });
      const text = page.locator('.monaco-editor[data-uri$="transformer.onnxtxt"]').first();
      await text.locator('.view-line', { hasText: /0\.0107\sms/ }).waitFor({ timeout: 60_000 });
      assert.ok(existsSync(file('transformer.engine.profile.json')));
      const view = webview(page);
      const frames = view.locator('.flame .frame');
      await frames.first().waitFor();
      // The inference as a whole, and its 16 layers.
      assert.equal(await frames.count(), 17);
      await progressEnded(page);
      await workbench.screenshot('measure-profile');

      // The keyboard goes down to the first layer and along the layers; what is focused says what it is.
      await frames.first().focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      const told = view.locator('.flame .told');
      await told.filter({ hasText: '__myl_MovMeaSubMulMea_myl0_1' }).waitFor();
      await page.keyboard.press('ArrowRight');
      await told.filter({ hasText: '4 nodes together' }).waitFor();
      await page.keyboard.press('Enter');
      assert.equal(await view.locator('.frame:focus').getAttribute('width'), '100%');
      // The name of what reaches beyond both ends stays in sight.
      const whole = view.locator('.frame.inference text');
      assert.ok(Number(await whole.getAttribute('x')) > 4);
      await workbench.screenshot('measure-flame');
      await page.keyboard.press('Escape');
    });
  });

  test('options of a profile are asked for: budget, profile, yes or no', async () => {
    await editor.inWindow('measure-options', 'transformer.trt.yaml', async ({ page, ...workbench }) => {
      const row = (words: string) => page.locator('.quick-input-list .monaco-list-row', { hasText: words });
      await workbench.command('TensorRT: Profile Engine with Options…');
      await row('Weight Streaming Budget').click({ timeout: 60_000 });
      const input = page.locator('.quick-input-box input');
      await input.fill('120%');
      await page.locator('.quick-input-message', { hasText: '512MiB, 50%, automatic or off.' }).waitFor();
      await input.fill('50%');
      await page.keyboard.press('Enter');
      await row('Copies to and from the GPU').click();
      await row('no').first().click();
      await row('Weight Streaming Budget').filter({ hasText: '50%' }).waitFor();
      await row('Copies to and from the GPU').filter({ hasText: 'no' }).waitFor();
      await workbench.screenshot('measure-options');
      await row('Run').first().click();
      const view = webview(page);
      await view.getByRole('heading', { name: 'How it was measured' }).waitFor({ timeout: 60_000 });
      await progressEnded(page);
      const { run } = JSON.parse(readFileSync(file('transformer.engine.profile.json'), 'utf8'));
      assert.deepEqual([run.weightStreamingBudget, run.timing.transfers], [1574080, false]);
      await view.getByText('1.57 MB').scrollIntoViewIfNeeded();
      await workbench.screenshot('measure-conditions');
    });
  });

  test('a sweep shows latency against memory, and a point keeps its budget in the config', async () => {
    await editor.inWindow('measure-sweep', 'transformer.engine', async ({ page, ...workbench }) => {
      await webview(page).getByRole('button', { name: 'Weight Streaming…' }).click({ timeout: 60_000 });
      await page.locator('.quick-input-list .monaco-list-row', { hasText: '5 budgets' }).click();
      await page
        .locator('.tab', { hasText: 'transformer.engine.weight-streaming' })
        .waitFor({ timeout: 60_000 });
      const view = webview(page);
      const points = view.locator('.plot .point');
      await points.first().waitFor();
      assert.equal(await points.count(), 5);
      assert.equal(await view.locator('.plot .point.knee').count(), 1);
      await progressEnded(page);
      await workbench.screenshot('measure-sweep');

      await points.nth(2).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Keep in the Config' }).click();
      const config = page.locator('.monaco-editor[data-uri$="transformer.trt.yaml"]').first();
      await config.locator('.view-line', { hasText: /weightStreamingBudget:\s50%/ }).waitFor();
      // Nothing else has changed, comments included, and it can be undone.
      await config.locator('.view-line', { hasText: /#\sFor\ssmall\sGPUs/ }).waitFor();
      await workbench.screenshot('measure-kept');
      await workbench.command('File: Revert File');
    });
  });

  test('memory of contexts, and code that runs the engine', async () => {
    await editor.inWindow('measure-memory', 'transformer.engine', async ({ page, ...workbench }) => {
      await webview(page).getByRole('button', { name: 'Context Memory' }).click({ timeout: 60_000 });
      await page
        .locator('.tab', { hasText: 'transformer.engine.context-memory' })
        .waitFor({ timeout: 60_000 });
      await webview(page).getByRole('cell', { name: 'x 2x64x256' }).waitFor();
      await progressEnded(page);
      await workbench.screenshot('measure-memory');
      await page.locator('.tab', { hasText: /transformer\.engine\s*$/ }).click();

      await webview(page).getByRole('button', { name: 'Generate Code…' }).click();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'C++' }).first().click();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'From the engine' }).click();
      const code = page.locator('.editor-group-container.active .view-lines').first();
      await code.locator('.view-line', { hasText: '#include <NvInfer.h>' }).waitFor({ timeout: 60_000 });
      await progressEnded(page);
      await workbench.screenshot('measure-code');
      await workbench.command('View: Revert and Close Editor');
    });
  });

  test('code for an engine with several optimization profiles: asks which', async () => {
    const sizes = (min: number, opt: number, max: number) => ({
      x: { min: [min, 64, 256], opt: [opt, 64, 256], max: [max, 64, 256] },
    });
    await writeBuiltEngine(
      file('profiles.engine'),
      { net: 'transformer', flags: [], debugTensors: [], profiles: [sizes(1, 1, 2), sizes(1, 4, 8)] },
      file('transformer.onnxtxt'),
    );
    await editor.inWindow('measure-code-profile', 'profiles.engine', async ({ page, ...workbench }) => {
      const row = (words: string) => page.locator('.quick-input-list .monaco-list-row', { hasText: words });
      await webview(page).getByRole('button', { name: 'Generate Code…' }).click({ timeout: 60_000 });
      await row('Python').first().click();
      await row('From the model').click();
      await row('Profile 0').waitFor({ timeout: 60_000 });
      await row('x 1x64x256 … 4x64x256 … 8x64x256').waitFor();
      await workbench.screenshot('measure-code-profile');
      await row('Profile 1').click();
      const code = page.locator('.editor-group-container.active .view-lines').first();
      await code.locator('.view-line', { hasText: 'import' }).first().waitFor({ timeout: 60_000 });
      await page.keyboard.press('Control+F');
      await page.keyboard.type('profile = 1');
      await code.locator('.view-line', { hasText: /profile\s=\s1/ }).waitFor();
      await workbench.command('View: Revert and Close Editor');
    });
  });

  test('a sweep that a real H200 made is shown from its file', async () => {
    cpSync(new URL('../../fixtures/engines/blocks-sweep.json', import.meta.url), file('blocks.sweep.json'));
    await editor.inWindow('measure-sweep-file', undefined, async ({ page, ...workbench }) => {
      await workbench.command('TensorRT: Show Measurement…');
      await workbench.answerFileDialog(file('blocks.sweep.json'));
      const view = webview(page);
      await view.locator('.plot .point').first().waitFor({ timeout: 60_000 });
      await view
        .getByText(/Keep all weights on the GPU if they fit/)
        .first()
        .waitFor();
      assert.equal(await view.locator('.plot .point').count(), 11);
      await workbench.screenshot('measure-sweep-file');
    });
  });

  test('two profiles are compared', async () => {
    await editor.inWindow('measure-compare', undefined, async ({ page, ...workbench }) => {
      await workbench.command('TensorRT: Show Measurement…');
      await workbench.answerFileDialog(file('transformer.engine.profile.json'));
      const view = webview(page);
      await view.locator('.flame .frame').first().waitFor({ timeout: 60_000 });
      await view.getByRole('button', { name: 'Compare with…' }).click();
      await workbench.answerFileDialog(file('transformer.engine.profile.json'));
      await page.locator('.tab', { hasText: '↔' }).waitFor();
      await webview(page).getByRole('heading', { name: 'ONNX nodes (ms)' }).waitFor();
      await workbench.screenshot('measure-compare');
    });
  });
});
