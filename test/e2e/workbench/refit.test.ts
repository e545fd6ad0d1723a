/** Simulation: refits in the workbench, on the recorded GPU (test/support/recorded-gpu). What TensorRT refuses is made up. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { loadModel } from '../../../server/src/node/load-model.ts';
import { identify, readProvenance, writeProvenance } from '../../../server/src/tensorrt/build/provenance.ts';
import { weightsRecord } from '../../../server/src/tensorrt/weights.ts';
import { writeConvolutions } from '../../server/engine/support/refit-models.ts';
import { writeBuiltEngine } from '../../support/recorded-gpu/engine-file.ts';
import { type EditorFixture, progressEnded, startEditorFixture, webview } from './workbench.ts';

const lensOf = (page: Page) =>
  page.locator('.codelens-decoration a', { hasText: 'Refit engine with this model…' });
const toast = (page: Page, words: string | RegExp) =>
  page.locator('.notification-toast', { hasText: words }).first();
const choice = (page: Page, words: string) =>
  page.locator('.quick-input-list .monaco-list-row', { hasText: words });
const modal = (page: Page, words: string) => page.locator('.monaco-dialog-box', { hasText: words });

/** What TensorRT 10.6 would answer, made up. */
const refused = {
  succeeded: false,
  missing: ['b1'],
  parserErrors: [
    {
      code: 8,
      codeName: 'kUNSUPPORTED_NODE',
      description: 'Assertion failed: inputs.at(1).is_weights()',
      file: 'ModelRefitter.cpp',
      line: 1,
      function: 'refit',
      nodeIndex: 3,
      nodeName: 'conv1',
      operator: 'Conv',
      localFunctionStack: [],
    },
  ],
  log: [],
  milliseconds: { parsing: 1, refitting: 1, writing: 0 },
};

describe('refits in the workbench (simulated GPU)', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-refit-'));
  const refusal = path.join(folder, 'refusal.json');
  let editor: EditorFixture;
  const file = (name: string) => path.join(editor.workspace, name);
  const writeEngine = (name: string, model: string, ...flags: string[]) =>
    writeBuiltEngine(file(name), { net: 'convolutions', flags, debugTensors: [] }, model);
  before(async () => {
    editor = await startEditorFixture(folder, {
      recordedGpu: true,
      env: { RECORDED_GPU_REFUSAL: refusal },
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.banner': 'never',
      },
    });
    const model = writeConvolutions(editor.workspace, 'net', 1);
    const changed = writeConvolutions(editor.workspace, 'changed', 2);
    await writeEngine('net.engine', model, 'kREFIT');
    await writeEngine('stripped.engine', model, 'kSTRIP_PLAN', 'kREFIT_IDENTICAL');
    const stripped = (await readProvenance(file('stripped.engine'))) ?? assert.fail();
    await writeProvenance(file('stripped.engine'), {
      ...stripped,
      inputs: [await identify(file('net.bin'))],
      weights: await weightsRecord(loadModel(model)),
    });
    // As of an older TensorRT than the one that is here, with a plugin of its own.
    await writeEngine('compatible.engine', changed, 'kVERSION_COMPATIBLE', 'kREFIT');
    const compatible = (await readProvenance(file('compatible.engine'))) ?? assert.fail();
    const bytes = readFileSync(file('compatible.engine'));
    bytes.set([10, 5, 0, 1], 24);
    writeFileSync(file('compatible.engine'), bytes);
    const request = { ...compatible.request, pluginLibraries: ['/plugins/own.so'] };
    await writeProvenance(file('compatible.engine'), { ...compatible, request });
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('nothing is loaded before the workspace is trusted', async () => {
    const before = readFileSync(path.join(editor.workspace, 'net.engine'));
    await editor.inWindow('refit-untrusted', 'net.engine', async ({ page, ...workbench }) => {
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
      const view = webview(page);
      await view.getByRole('button', { name: 'Refit with Model…' }).waitFor({ timeout: 60_000 });
      assert.equal(await view.getByRole('button', { name: 'Load Engine on the GPU' }).count(), 0);
      await view.getByText('Engines are loaded only in workspaces that are trusted').waitFor();

      await workbench.open('net.onnxtxt');
      await lensOf(page).click({ timeout: 60_000 });
      await choice(page, 'net.engine').click({ timeout: 60_000 });
      const refusalToast = toast(page, /this workspace is not trusted/);
      await refusalToast.waitFor({ timeout: 60_000 });
      await workbench.screenshot('refit-untrusted');
      assert.deepEqual(readFileSync(file('net.engine')), before);

      await refusalToast.getByRole('button', { name: 'Manage Workspace Trust' }).click();
      await page
        .locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust/ })
        .first()
        .click();
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' });
      await page.locator('.monaco-modal-editor-block .codicon-close').first().click();
      await page.locator('.workspace-trust-editor').waitFor({ state: 'detached' });
    });
  });

  test('a lens at a model refits its engine, into a new one that opens', async () => {
    await editor.inWindow('refit-lens', 'net.onnxtxt', async ({ page, ...workbench }) => {
      await lensOf(page).click({ timeout: 60_000 });
      await choice(page, 'stripped.engine').waitFor({ timeout: 60_000 });
      // One lens for each thing to do, however many engines there are.
      assert.equal(await page.locator('.codelens-decoration').first().locator('a').count(), 3);
      await workbench.screenshot('refit-engines');
      await choice(page, 'net.engine').click({ timeout: 60_000 });
      await choice(page, 'Only Try It').waitFor({ timeout: 60_000 });
      await workbench.screenshot('refit-target');
      await choice(page, 'Write a New Engine').click();
      await workbench.answerFileDialog(file('net.refitted.engine'));
      const done = toast(page, 'net.engine was refitted with all weights of net.onnxtxt');
      await done.waitFor({ timeout: 60_000 });
      await progressEnded(page);
      await workbench.screenshot('refit-done');
      assert.ok(existsSync(file('net.refitted.engine.json')));
      await done.getByRole('button', { name: 'Open Engine' }).click();
      await page.locator('.tab.active', { hasText: 'net.refitted.engine' }).waitFor();
      await webview(page).getByRole('heading', { name: 'net.refitted.engine' }).waitFor({ timeout: 60_000 });
      await workbench.command('Notifications: Clear All Notifications');
    });
  });

  test('a button where an engine is open tries a refit with another model', async () => {
    await editor.inWindow('refit-button', 'net.engine', async ({ page, ...workbench }) => {
      const before = readFileSync(file('net.engine'));
      await webview(page).getByRole('button', { name: 'Refit with Model…' }).click({ timeout: 60_000 });
      await choice(page, 'net.onnxtxt').waitFor();
      await choice(page, 'Another Model…').click();
      await workbench.answerFileDialog(file('changed.onnxtxt'));
      await choice(page, 'Only Try It').click({ timeout: 60_000 });
      await toast(
        page,
        'net.engine can be refitted with all weights of changed.onnxtxt. Nothing was written.',
      ).waitFor({ timeout: 60_000 });
      assert.deepEqual(readFileSync(file('net.engine')), before);
      await workbench.command('Notifications: Clear All Notifications');
    });
  });

  test('a refusal lists the weights that lack, and is marked at the node that TensorRT refused', async () => {
    writeFileSync(refusal, JSON.stringify(refused));
    await editor.inWindow('refit-refused', 'net.onnxtxt', async ({ page, ...workbench }) => {
      await lensOf(page).click({ timeout: 60_000 });
      await choice(page, 'net.engine').click({ timeout: 60_000 });
      await choice(page, 'Only Try It').click({ timeout: 60_000 });
      await toast(page, 'net.engine was not refitted').waitFor({ timeout: 60_000 });
      const view = webview(page);
      await view.getByRole('heading', { name: 'Missing weights' }).waitFor({ timeout: 60_000 });
      await view.getByRole('cell', { name: 'conv1 kBIAS' }).waitFor();
      await page.locator('.monaco-editor[data-uri$="net.onnxtxt"] .squiggly-error').first().waitFor();
      await progressEnded(page);
      await workbench.screenshot('refit-refused');

      // A refit that works takes the mark away.
      rmSync(refusal);
      await workbench.command('Notifications: Clear All Notifications');
      await lensOf(page).click();
      await choice(page, 'net.engine').click();
      await choice(page, 'Only Try It').click({ timeout: 60_000 });
      await toast(page, 'Nothing was written').waitFor({ timeout: 60_000 });
      await page
        .locator('.monaco-editor[data-uri$="net.onnxtxt"] .squiggly-error')
        .first()
        .waitFor({ state: 'detached' });
      await workbench.command('Notifications: Clear All Notifications');
    });
  });

  test('an engine without weights tells what it ships as', async () => {
    await editor.inWindow('ship-size', 'stripped.engine', async ({ page, ...workbench }) => {
      const view = webview(page);
      const ship = view.locator('section', { has: view.getByRole('heading', { name: 'Ship size' }) });
      await ship.getByText('Weights left out').waitFor({ timeout: 60_000 });
      assert.match((await ship.textContent()) ?? '', /onnx-trt refit stripped\.engine net\.onnxtxt/);
      await workbench.screenshot('ship-size');
    });
  });

  test('two engines are compared, and loaded for it when the user says so', async () => {
    await editor.inWindow('engines-loaded', 'net.engine', async ({ page, ...workbench }) => {
      await webview(page).getByRole('button', { name: 'Compare with…' }).click({ timeout: 60_000 });
      await workbench.answerFileDialog(file('stripped.engine'));
      await page.locator('.tab.active', { hasText: 'net.engine ↔ stripped.engine' }).waitFor();
      const view = webview(page);
      await view.getByRole('cell', { name: 'Flags' }).waitFor();
      const refittable = view.getByRole('cell', { name: 'Refittable' });
      assert.equal(await refittable.count(), 0, 'which the engines tell when they are loaded');
      await view.getByRole('button', { name: 'Load Both on the GPU' }).click();
      await refittable.waitFor({ timeout: 60_000 });
      await workbench.screenshot('engines-loaded');
    });
  });

  test('an engine that does not load keeps what its file tells', async () => {
    const bytes = readFileSync(file('net.engine'));
    writeFileSync(
      file('spoilt.engine'),
      Buffer.concat([bytes.subarray(0, 88), Buffer.alloc(bytes.length - 88)]),
    );
    await editor.inWindow('engine-spoilt', 'spoilt.engine', async ({ page, ...workbench }) => {
      const view = webview(page);
      await view.getByRole('button', { name: 'Load Engine on the GPU' }).click({ timeout: 60_000 });
      await view.locator('.lead.no', { hasText: 'It did not load.' }).waitFor({ timeout: 60_000 });
      await view.getByText('TensorRT 10.6.0').first().waitFor();
      await view.getByRole('button', { name: 'Load Engine on the GPU' }).waitFor();
      await workbench.screenshot('engine-spoilt');
    });
  });

  test('code inside an engine and plugins beside it are asked for, each by itself', async () => {
    await editor.inWindow('consent', 'compatible.engine', async ({ page, ...workbench }) => {
      const view = webview(page);
      const load = view.getByRole('button', { name: 'Load Engine on the GPU' });
      const tensors = view.getByRole('heading', { name: 'Tensors', exact: true });
      await load.click({ timeout: 60_000 });
      const code = modal(page, 'Run the code inside compatible.engine?');
      await code.waitFor();
      await workbench.screenshot('consent-code');
      await code.getByRole('button', { name: 'Cancel' }).click();
      await code.waitFor({ state: 'detached' });
      assert.equal(await tensors.count(), 0);

      await load.click();
      await code.getByRole('button', { name: 'Run Its Code' }).click();
      const plugins = modal(page, 'Load the plugin libraries of compatible.engine?');
      await plugins.filter({ hasText: '/plugins/own.so' }).waitFor();
      await workbench.screenshot('consent-plugins');
      await plugins.getByRole('button', { name: 'Load Without Them' }).click();
      await tensors.waitFor({ timeout: 60_000 });
      await workbench.screenshot('engine-loaded');
    });
  });
});
