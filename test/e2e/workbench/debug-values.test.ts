/**
 * Values of tensors in the workbench: those of ONNX Runtime are real. Simulation: the engine runs on the recorded GPU
 * (test/support/recorded-gpu), and computes what ONNX Runtime does, changed where the test says so.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { openValueFile } from '../../../server/src/engine/tensor-values/value-file.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import type { BadMarks } from '../../support/recorded-gpu/bad-marks.ts';
import {
  type EditorFixture,
  progressEnded,
  startEditorFixture,
  type Workbench,
  webview,
} from './workbench.ts';

const choice = (page: Page, words: string) =>
  page.locator('.quick-input-list .monaco-list-row', { hasText: words });

/** The name of a value where a node defines it: a click in the middle of a long line would scroll the text. */
function valueIn(text: Locator, node: string, value: string): Locator {
  return text
    .locator('.view-line', { hasText: `[${node}]` })
    .locator('span span', { hasText: new RegExp(`^\\s*${value}\\s*$`) })
    .first();
}

describe('values of tensors in the workbench (simulated GPU)', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-values-'));
  const engineValues = path.join(folder, 'engine-values');
  const badMarks = path.join(folder, 'bad-marks.json');
  let editor: EditorFixture;
  const file = (name: string) => path.join(editor.workspace, name);
  before(async () => {
    mkdirSync(engineValues);
    editor = await startEditorFixture(folder, {
      recordedGpu: true,
      env: { RECORDED_GPU_VALUES: engineValues, RECORDED_GPU_BAD_MARKS: badMarks },
    });
    const maker = fileURLToPath(new URL('../../gpu/make-models.py', import.meta.url));
    execFileSync('python3', [maker, path.join(folder, 'nets'), 'convolutions']);
    cpSync(path.join(folder, 'nets', 'convolutions', 'model.onnx'), file('convolutions.onnx'));
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The engine computes what ONNX Runtime did, but `c1` is off by a half. */
  function engineErrsInConv1(): void {
    for (const name of ['r0', 'c1', 'y']) {
      const npy = openValueFile(file(`convolutions.debug/onnxruntime/${name}.npy`), nodeFileAccess);
      const values = [...npy.chunks()].flatMap((chunk) => [...chunk]);
      const changed = Float32Array.from(values, (value) => (name === 'c1' ? value + 0.5 : value));
      writeFileSync(path.join(engineValues, `${name}.bin`), new Uint8Array(changed.buffer));
    }
  }

  async function showValues({ page, command }: Workbench, of: string): Promise<void> {
    await command('TensorRT: Show Values of Tensors…');
    await choice(page, 'Unfused Tensors').waitFor({ timeout: 60_000 });
    await choice(page, of).first().click();
  }

  test('of a real model by ONNX Runtime, on the CPU', async () => {
    await editor.inWindow('values-model', 'convolutions.onnx', async (workbench) => {
      const { page } = workbench;
      await page.locator('.view-line', { hasText: 'GlobalAveragePool' }).first().waitFor();
      await showValues(workbench, 'ONNX Runtime alone');
      const view = webview(page);
      // The page is narrow beside the model: what it has no place for is below the row, when that is unfolded.
      await view.getByRole('button', { name: 'More of c1' }).click({ timeout: 60_000 });
      await view.locator('.details dd', { hasText: 'conv1 (Conv)' }).waitFor();
      assert.equal(await view.getByRole('cell', { name: 'conv1 (Conv)', exact: true }).count(), 0);
      assert.ok(await view.getByRole('columnheader', { name: 'Inf' }).isVisible());
      const fits = await view
        .locator('.scroll')
        .first()
        .evaluate((e) => e.scrollWidth <= e.clientWidth);
      assert.ok(fits, 'nothing is to be scrolled');
      assert.equal(await view.locator('.figures figure').count(), 8);
      await progressEnded(page);
      await workbench.screenshot('values-model');

      // Values from elsewhere; here the same, but for one.
      const elsewhere = path.join(folder, 'elsewhere');
      cpSync(file('convolutions.debug/onnxruntime'), elsewhere, { recursive: true });
      const bytes = readFileSync(path.join(elsewhere, 'r1.npy'));
      bytes.writeFloatLE(100, bytes.length - 4);
      writeFileSync(path.join(elsewhere, 'r1.npy'), bytes);
      await view.getByRole('button', { name: 'Compare with…' }).click();
      const input = page.locator('.quick-input-box input');
      // The dialog writes the folder that it begins in when it has listed it, over what is there.
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'convolutions.debug' }).waitFor();
      await input.fill(`${elsewhere}/`);
      await page
        .locator('.quick-input-list .monaco-list-row', { hasText: 'convolutions.debug' })
        .waitFor({ state: 'detached' });
      await page.locator('.quick-input-widget').getByRole('button', { name: 'Compare' }).click();
      await webview(page)
        .getByText(/First divergence of ONNX Runtime .* from .*elsewhere: node relu1 \(Relu\), output r1/)
        .first()
        .waitFor({ timeout: 60_000 });
      await workbench.screenshot('values-compared');
    });
  });

  test('marked from the text, and an engine that errs: the node where it parts from ONNX Runtime', async () => {
    await editor.inWindow('values-divergence', 'convolutions.onnx', async (workbench) => {
      const { page } = workbench;
      const text = page.locator('.monaco-editor[data-uri*="convolutions.onnx"]').first();
      for (const [node, value, marks] of [
        ['relu0', 'r0', 'markDebug: [r0]'],
        ['conv1', 'c1', 'markDebug: [r0, c1]'],
      ] as const) {
        await valueIn(text, node, value).click();
        await (await workbench.codeAction(`Mark "${value}" as debug tensor`)).click();
        await page
          .locator('.monaco-editor[data-uri$="convolutions.trt.yaml"] .view-line')
          .filter({ hasText: new RegExp(marks.replace(/[[\]]/g, '\\$&').replaceAll(' ', '\\s')) })
          .first()
          .waitFor({ timeout: 60_000 });
      }
      await workbench.screenshot('values-marked');
      await workbench.command('File: Save All Files');
      engineErrsInConv1();

      await valueIn(text, 'mean', 'g').click();
      await showValues(workbench, 'TensorRT and ONNX Runtime');
      const view = webview(page);
      await view
        .getByText(/First divergence of TensorRT 10\.6\.0 from ONNX Runtime .*node conv1 \(Conv\), output c1/)
        .first()
        .waitFor({ timeout: 60_000 });
      const squiggle = text.locator('.squiggly-warning').first();
      await squiggle.waitFor();
      const line = await text.locator('.view-line', { hasText: '[conv1]' }).boundingBox();
      const mark = await squiggle.boundingBox();
      assert.ok(
        line && mark && mark.y >= line.y - 1 && mark.y < line.y + line.height,
        'the mark is at conv1',
      );
      await progressEnded(page);
      await workbench.screenshot('values-divergence');
      assert.match(readFileSync(file('convolutions.trt.yaml'), 'utf8'), /markDebug: \[r0, c1\]/);
    });
  });

  test('that TensorRT does not mark in one engine: outputs instead, else several builds; one page', async () => {
    const fails = (asOutputs: boolean) => {
      const bad: readonly BadMarks[] = [
        { together: ['r0', 'c1'], end: 'corrupted double-linked list', asOutputs },
      ];
      writeFileSync(badMarks, JSON.stringify(bad));
    };
    fails(false);
    // There is an engine with both marks, from before.
    rmSync(file('convolutions.engine'));
    await editor.inWindow('values-several', 'convolutions.onnx', async (workbench) => {
      const { page } = workbench;
      const text = page.locator('.monaco-editor[data-uri*="convolutions.onnx"]').first();
      await text.locator('.view-line', { hasText: 'GlobalAveragePool' }).first().waitFor();
      await showValues(workbench, 'TensorRT and ONNX Runtime');
      const view = webview(page);
      await view
        .getByText(/so they are outputs of the engine instead/)
        .first()
        .waitFor({ timeout: 60_000 });
      await progressEnded(page);
      await workbench.screenshot('values-as-outputs');
      fails(true);
      rmSync(file('convolutions.debug.engine'), { recursive: true });
      await showValues(workbench, 'TensorRT and ONNX Runtime');
      await view
        .getByText(/so 2 engines were built/)
        .first()
        .waitFor({ timeout: 60_000 });
      await progressEnded(page);
      await workbench.command('Explorer: Focus on TensorRT Builds View');
      await page.getByText('convolutions.trt.yaml (1 of 2 debug tensors)').first().waitFor();
      await workbench.screenshot('values-several');
    });
  });

  test('inside of a function: marked in its body, with the calls that lead there', async () => {
    writeFileSync(
      file('calls.onnxtxt'),
      `<ir_version: 10, opset_import: ["" : 17, "pkg" : 1]>
g (float[4] x) => (float[4] y) {
  [first] a = pkg.Block (x)
  [second] y = pkg.Block (a)
}
<domain: "pkg", opset_import: ["" : 17, "pkg" : 1]>
Block (v) => (o) {
  [shift] s = pkg.Shift (v)
  [root] o = Sqrt (s)
}
<domain: "pkg", opset_import: ["" : 17]>
Shift (v) => (o) {
  [square] q = Mul (v, v)
  [negative] o = Neg (q)
}
`,
    );
    await editor.inWindow('values-functions', 'calls.onnxtxt', async (workbench) => {
      const { page } = workbench;
      const text = page.locator('.monaco-editor[data-uri$="calls.onnxtxt"]').first();
      await text.locator('.view-line', { hasText: 'Sqrt' }).first().waitFor();
      await showValues(workbench, 'ONNX Runtime alone');
      const view = webview(page);
      await view
        .getByText(/node first\/root \(Sqrt\), output a\. All that goes into it is finite: first\/s/)
        .first()
        .waitFor({ timeout: 60_000 });
      await view.getByRole('button', { name: 'More of second/shift/q' }).waitFor();
      await text.locator('.squiggly-warning').first().waitFor();
      await progressEnded(page);
      await text.locator('.view-line', { hasText: 'Sqrt' }).first().click();
      await workbench.command('View: Focus Problems (Errors, Warnings, Infos)');
      await page.getByText('Called by first').first().waitFor();
      await workbench.screenshot('values-functions');
    });
  });
});
