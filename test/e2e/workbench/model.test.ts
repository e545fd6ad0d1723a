import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type EditorFixture, startEditorFixture, webview } from './workbench.ts';

describe('a model in the workbench', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-workbench-'));
  let editor: EditorFixture;
  before(async () => {
    editor = await startEditorFixture(folder);
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('opened from the explorer shows squiggles, problems with the calls, hover and status', async () => {
    await editor.inWindow('diagnostics', 'nested-functions.onnx', async ({ page, ...workbench }) => {
      await workbench.squiggles.nth(3).waitFor({ timeout: 60_000 });
      assert.match(await workbench.statusText(/refused/), /TensorRT-RTX 1\.7\.1.*: 4 of \d nodes refused/);

      // The reason of a refusal is in the hover on the underlined operator.
      await workbench.pointAt('DoesNotExist');
      const hover = page.locator('.monaco-hover:visible');
      await hover.getByText('DoesNotExist').first().waitFor();
      assert.match((await hover.textContent()) ?? '', /DoesNotExist[\s\S]*TensorRT-RTX 1\.7\.1/);
      await workbench.screenshot('hover-refused');
      await page.keyboard.press('Escape');

      await workbench.command('View: Focus Problems (Errors, Warnings, Infos)');
      const problems = page.locator('.markers-panel .monaco-list-row');
      await problems.first().waitFor();
      const inner = problems.filter({ hasText: 'Bernoulli' });
      await inner.first().waitFor();
      await workbench.screenshot('diagnostics');
      await workbench.command('View: Toggle Maximized Panel');
      await problems.filter({ hasText: 'node_of_y' }).first().waitFor();
      const rows = await problems.allTextContents();
      await workbench.command('View: Toggle Maximized Panel');
      // Calls are rows of their own under the problem.
      assert.ok(
        rows.some((row) => /node_of_b|outer/.test(row) && !/Bernoulli|Bar/.test(row)),
        rows.join('\n'),
      );

      // A problem leads to its node, in the text editor.
      await inner.first().dblclick();
      await page.locator('.editor-group-container.active .view-line', { hasText: 'Bernoulli' }).waitFor();
      assert.equal(await page.locator('.tab').count(), 1);
    });
  });

  test('shows what a value is when the pointer rests on it', async () => {
    await editor.inWindow('hover', 'supported.onnx', async ({ page, ...workbench }) => {
      await workbench.statusText(/TensorRT-RTX 1\.7\.1/);
      await workbench.pointAt('Relu');
      const hover = page.locator('.monaco-hover:visible');
      await hover.getByText('Relu').first().waitFor();
      await workbench.screenshot('hover-node');
    });
  });

  test('of 2 GB opens as text, its weight by reference', async () => {
    await editor.inWindow('big', 'big.onnx', async ({ page, ...workbench }) => {
      await page.locator('.view-line', { hasText: 'MatMul' }).first().waitFor({ timeout: 15_000 });
      await workbench.statusText(/TensorRT-RTX 1\.7\.1/);
      await workbench.screenshot('big');
    });
  });

  test('lets the user choose its judge from the status item', async () => {
    await editor.inWindow('runtimes', 'supported.onnx', async ({ page, ...workbench }) => {
      await workbench.statusText(/TensorRT-RTX 1\.7\.1/);
      await workbench.status.click();
      const rows = page.locator('.quick-input-list .monaco-list-row');
      await rows.filter({ hasText: 'TensorRT-RTX 1.7.1' }).waitFor();
      await workbench.screenshot('runtimes');
      await rows.filter({ hasText: 'TensorRT-RTX 1.7.1' }).click();
      await workbench.statusText(/TensorRT-RTX 1\.7\.1/);
    });
  });

  for (const [file, sentence] of [
    ['not-a-model.onnx', /not-a-model\.onnx/],
    ['truncated.onnx', /truncated\.onnx/],
  ] as const)
    test(`${file}: the editor says why there is no text, and tries again when the file changes`, async () => {
      await editor.inWindow(file, file, async ({ page, ...workbench }) => {
        const content = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
        await content.getByRole('alert').waitFor({ timeout: 20_000 });
        const text = (await content.locator('p').textContent()) ?? '';
        assert.match(text, sentence);
        assert.match(text, /\w+ \w+ \w+.*\./);
        await workbench.screenshot(file.replace('.onnx', ''));

        copyFileSync(path.join(editor.workspace, 'supported.onnx'), path.join(editor.workspace, file));
        await page.locator('.view-line', { hasText: 'Relu' }).first().waitFor({ timeout: 20_000 });
      });
    });

  test('whose weights are missing says which file is not there', async () => {
    await editor.inWindow('missing-data', 'missing-data.onnx', async ({ page, ...workbench }) => {
      await page.locator('.view-line', { hasText: 'MatMul' }).first().waitFor({ timeout: 20_000 });
      await workbench.command('View: Focus Problems (Errors, Warnings, Infos)');
      await page.locator('.markers-panel .monaco-list-row', { hasText: 'nowhere.bin' }).first().waitFor();
      await workbench.screenshot('missing-data');
    });
  });

  test('is exported as text, and the text saved as an equal model in another folder', async () => {
    await editor.inWindow('export', 'weights.onnx', async ({ page, ...workbench }) => {
      const line = (text: string) =>
        page.locator('.editor-group-container.active .view-line', { hasText: text }).first();
      await line('MatMul').waitFor({ timeout: 20_000 });
      await workbench.command('TensorRT: Export Model as ONNX Text…');
      await workbench.answerFileDialog(path.join(editor.workspace, 'exported.onnxtxt'));
      await page.locator('.tab.active', { hasText: 'exported.onnxtxt' }).waitFor();
      await line('MatMul').waitFor();

      const copy = path.join(editor.workspace, 'folder.onnx', 'copy.onnx');
      await workbench.command('TensorRT: Save Model As…');
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

  test('is saved under another name as a model by the editor itself', async () => {
    await editor.inWindow('save-as', 'weights.onnx', async ({ page, ...workbench }) => {
      const line = page.locator('.editor-group-container.active .view-line', { hasText: 'MatMul' }).first();
      await line.waitFor({ timeout: 20_000 });
      const copy = path.join(editor.workspace, 'folder.onnx', 'saved-as.onnx');
      await workbench.command('File: Save As...');
      await workbench.answerFileDialog(copy);
      await page.locator('.tab.active', { hasText: 'saved-as.onnx' }).waitFor();
      await line.waitFor();
      await waitUntil(() => existsSync(copy));
      assert.ok(readFileSync(copy).equals(readFileSync(path.join(editor.workspace, 'weights.onnx'))));
    });
  });

  test('has the pages of the documentation at hand, which lead to each other', async () => {
    await editor.inWindow('documentation', undefined, async ({ page, ...workbench }) => {
      await workbench.command('TensorRT: Open Documentation…');
      const pages = page.locator('.quick-input-list .monaco-list-row');
      await pages.filter({ hasText: 'Values of tensors' }).click();
      const shown = webview(page);
      await shown.getByRole('heading', { name: 'Values of tensors' }).waitFor({ timeout: 20_000 });
      await workbench.screenshot('documentation');
      await shown.getByRole('link', { name: 'debug.divergence' }).first().click();
      await page
        .locator('.tab.active', { hasText: 'Preview debug.divergence.md' })
        .waitFor({ timeout: 20_000 });
    });
  });

  test('whose edit was not saved has it still when the window is opened anew', async () => {
    const file = path.join(editor.workspace, 'hot-exit.onnx');
    copyFileSync(path.join(editor.workspace, 'weights.onnx'), file);
    await editor.inWindow('hot-exit', 'hot-exit.onnx', async ({ page, ...workbench }) => {
      const relu = page.locator('.editor-group-container.active .view-line', { hasText: 'Relu' }).first();
      await relu.click({ timeout: 20_000 });
      await page.keyboard.press('End');
      await page.keyboard.type('\nunsaved = Neg (y)');
      const typed = page.locator('.editor-group-container.active .view-line', { hasText: 'unsaved' }).first();
      await typed.waitFor();
      // Unsaved texts are kept a second after the last key.
      await page.waitForTimeout(2500);
      await workbench.command('Developer: Reload Window');
      await page.waitForEvent('load');
      await typed.waitFor({ timeout: 60_000 });
      await page.locator('.tab.active.dirty', { hasText: 'hot-exit.onnx' }).waitFor();
      await typed.click();
      await page.keyboard.press('Control+S');
      await page.locator('.tab.active:not(.dirty)', { hasText: 'hot-exit.onnx' }).waitFor();
      const nodes = execFileSync('python3', [
        '-c',
        'import sys, onnx; print(" ".join(node.op_type for node in onnx.load(sys.argv[1]).graph.node))',
        file,
      ]);
      assert.equal(String(nodes).trim(), 'MatMul Relu Neg');
    });
  });

  test('that is text under the name of a model is made a binary model with a click', async () => {
    const file = path.join(editor.workspace, 'really-text.onnx');
    writeFileSync(
      file,
      '# mine\n<ir_version: 8, opset_import: ["" : 17]>\ng (float[2] x) => (float[2] y) { y = Softplus (x) }\n',
    );
    await editor.inWindow('really-text', 'really-text.onnx', async ({ page, ...workbench }) => {
      const content = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
      await content.getByRole('button', { name: 'Convert to Binary' }).click({ timeout: 20_000 });
      await page.locator('.view-line', { hasText: 'Softplus' }).first().waitFor({ timeout: 20_000 });
      await workbench.screenshot('converted');
      execFileSync('python3', [
        '-c',
        'import sys, onnx; onnx.checker.check_model(onnx.load(sys.argv[1]))',
        file,
      ]);
      assert.match(readFileSync(file.replace('.onnx', '.onnxtxt'), 'utf8'), /^# mine/);
    });
  });
});

async function waitUntil(holds: () => boolean): Promise<void> {
  for (let attempt = 0; !holds(); attempt++) {
    assert.ok(attempt < 100, 'It did not happen within ten seconds.');
    await setTimeout(100);
  }
}
