import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EditorFixture, startEditorFixture, type Workbench } from './workbench.ts';

/** Unnamed nodes, one that nothing uses, constants, a weight, and operators that changed after opset 12. */
const makeModel = `
import sys, numpy, onnx
model = onnx.parser.parse_model('''
<ir_version: 8, opset_import: ["" : 12]>
refactor (float[N,512] x) => (float[N,512] y) {
  unused = Neg (x)
  two = Constant <value_float = 2.0> ()
  four = Mul (two, two)
  scaled = Mul (x, four)
  shifted = Add (scaled, bias)
  column = Unsqueeze <axes = [0]> (shifted)
  y = Squeeze <axes = [0]> (column)
}
''')
weight = numpy.arange(512, dtype=numpy.float32)
model.graph.initializer.append(onnx.numpy_helper.from_array(weight, 'bias'))
onnx.save(model, sys.argv[1])
`;

/** Whether two models compute the same in onnxruntime, and what the second one is now. */
const judge = `
import sys, numpy, onnx, onnxruntime
x = numpy.random.default_rng(4).random((3, 512), dtype=numpy.float32)
run = lambda file: onnxruntime.InferenceSession(file, providers=['CPUExecutionProvider']).run(None, {'x': x})[0]
before, after = map(run, sys.argv[1:])
model = onnx.load(sys.argv[2], load_external_data=False)
external = sum(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer)
print(numpy.array_equal(before, after), model.opset_import[0].version, external, ' '.join(node.op_type for node in model.graph.node))
`;

describe('refactorings in the workbench', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-refactorings-'));
  const file = (name: string) => path.join(editor.workspace, name);
  let editor: EditorFixture;
  before(async () => {
    editor = await startEditorFixture(folder);
    execFileSync('python3', ['-c', makeModel, file('refactor.onnx')]);
  });
  after(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('of the whole model are commands, and what is saved computes the same', async () => {
    copyFileSync(file('refactor.onnx'), file('before.onnx'));
    await editor.inWindow('refactor', 'refactor.onnx', async (workbench) => {
      const { page, command } = workbench;
      await shows(workbench, /unused.* = Neg \(x\)/);
      await command('ONNX: Remove Dead Code');
      await said(workbench, 'Removed 1 node.');
      await command('ONNX: Fold All Constants');
      await shows(workbench, /four.* = Constant <value = float \{4\}>/);
      await command('ONNX: Name All Unnamed Nodes');
      await shows(workbench, /Squeeze_0\] y = Squeeze/);
      await command('ONNX: Move All Weights to External Data');
      await shows(workbench, /bias = .*refactor\.onnx\.data/);
      await command('ONNX: Change Opset…');
      const action = page.locator('.action-widget .monaco-list-row', { hasText: 'to 17' });
      await action.waitFor();
      await workbench.screenshot('refactor-opset');
      await action.click();
      await shows(workbench, /opset_import: .* : 17\]/);
      await shows(workbench, /Squeeze \(column, \w+\)/);
      await workbench.screenshot('refactor-done');
      await save(workbench);
    });
    assert.ok(existsSync(file('refactor.onnx.data')));
    assert.equal(
      judged(file('before.onnx'), file('refactor.onnx')),
      'True 17 1 Constant Mul Add Constant Unsqueeze Constant Squeeze',
    );
  });

  test('of a selection: a function is made, and given its name at once', async () => {
    await editor.inWindow('extract', 'refactor.onnx', async (workbench) => {
      const { page } = workbench;
      await shows(workbench, /Mul/);
      // The menu closes where lenses or hints come at that moment.
      const extract = await workbench.codeAction('Extract 2 nodes to function', async () => {
        await lineWith(workbench, 'Mul').click();
        await page.keyboard.press('Home');
        await page.keyboard.press('Shift+ArrowDown');
        await page.keyboard.press('Shift+End');
        await workbench.command('Refactor...');
      });
      await extract.click();
      const rename = page.locator('.rename-box input:visible').first();
      await rename.waitFor();
      await workbench.screenshot('refactor-rename');
      await rename.fill('scale_and_shift');
      await page.keyboard.press('Enter');
      await shows(workbench, /= local\.scale_and_shift \(/);
      await shows(workbench, /^scale_and_shift \(.*\) => \(shifted\)/);
      await workbench.screenshot('refactor-extracted');
      await save(workbench);
    });
    assert.match(judged(file('before.onnx'), file('refactor.onnx')), /^True 17 1 Constant scale_and_shift /);
  });

  test('problems have their fixes at the light bulb', async () => {
    await editor.inWindow('quick-fix', 'supported.onnx', async (workbench) => {
      const { page } = workbench;
      await shows(workbench, /Relu/);
      await lineWith(workbench, 'Relu').click();
      await page.keyboard.press('End');
      await page.keyboard.type('\nb = Sigmod (a)');
      await workbench.squiggles.first().waitFor();
      await page
        .locator('.editor-group-container.active .view-line span span', { hasText: /^\s*Sigmod\s*$/ })
        .first()
        .click();
      const fix = await workbench.codeAction('Sigmoid');
      await workbench.screenshot('quick-fix');
      await fix.click();
      await shows(workbench, /b.* = Sigmoid \(a\)/);
      await workbench.command('File: Revert File');
    });
  });

  test('two models side by side differ where they were edited, not where weights have moved', async () => {
    copyFileSync(file('weights.onnx'), file('weights-edited.onnx'));
    await editor.inWindow('compare', 'weights-edited.onnx', async (workbench) => {
      const { page } = workbench;
      await lineWith(workbench, 'Relu').click({ timeout: 20_000 });
      await page.keyboard.press('End');
      await page.keyboard.type('\n[a_node_with_a_name] other = Neg (y)');
      await save(workbench);
      const entry = (name: string) =>
        page.locator('.explorer-folders-view .monaco-list-row', { hasText: new RegExp(`^\\s*${name}\\s*$`) });
      const choose = async (name: string, item: string) => {
        await entry(name).click({ button: 'right' });
        const choice = page.locator('.monaco-menu .action-item:visible', { hasText: item }).first();
        await choice.waitFor();
        // A click right after the menu opened is taken for the one that opened it.
        for (let attempt = 0; attempt < 20 && (await choice.isVisible()); attempt++) {
          await choice.click({ timeout: 2000 }).catch(() => undefined);
          await page.waitForTimeout(250);
        }
      };
      await choose('weights.onnx', 'Select for Compare');
      await choose('weights-edited.onnx', 'Compare with Selected');
      const inserted = page.locator('.monaco-diff-editor .modified .view-line', {
        hasText: 'a_node_with_a_name',
      });
      await inserted.first().waitFor({ timeout: 20_000 });
      await page.locator('.monaco-diff-editor .line-insert').first().waitFor();
      await workbench.screenshot('compare');
      // The weight's line is on both sides, and marked on none.
      assert.equal(await page.locator('.monaco-diff-editor .line-delete').count(), 0);
    });
  });
});

async function save({ page }: Workbench): Promise<void> {
  await page.keyboard.press('Control+S');
  await page.locator('.tab.active:not(.dirty)').waitFor();
}

async function said({ page }: Workbench, sentence: string): Promise<void> {
  await page.locator('.notification-toast', { hasText: sentence }).first().waitFor();
}

function lineWith({ page }: Workbench, word: string) {
  return page.locator('.editor-group-container.active .view-line', { hasText: word }).first();
}

/** Waits until a line in sight matches; hints stand in the lines, too. The editor's blanks are not the keyboard's. */
async function shows({ page }: Workbench, line: RegExp): Promise<void> {
  await page
    .locator('.editor-group-container.active .view-line', {
      hasText: new RegExp(line.source.replaceAll(' ', '\\s')),
    })
    .first()
    .waitFor({ timeout: 20_000 });
}

function judged(before: string, after: string): string {
  return execFileSync('python3', ['-c', judge, before, after], { encoding: 'utf8' }).trim();
}
