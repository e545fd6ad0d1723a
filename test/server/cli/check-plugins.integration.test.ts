import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Log } from 'sarif';
import { compilePlugin } from '../../support/plugins/compile-plugin.mjs';
import { writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { runCommand } from './run-command.ts';

const tensorrt = testLibraries('tensorrt-10.15');
const rtx = testLibraries('tensorrt-rtx-1.7.1');

describe('--plugin', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'onnx-trt-test-'));
  const model = path.join(folder, 'model.onnxtxt');
  const letter = path.join(folder, 'letter.so');
  const sentence = `The plugin library ${letter} does not load: file too short.`;
  let library = '';
  before(() => {
    writeFiles(folder, {
      'model.onnxtxt': `<ir_version: 8, opset_import: ["" : 17, "my.plugins" : 1]>
g (float[N,4] x) => (float[N,4] y) { y = my.plugins.Scaled <factor = 3.0> (x) }
`,
      'letter.so': 'Not a library, but a letter.',
    });
    library = compilePlugin(folder, path.join(tensorrt, 'libnvinfer.so.10'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const check = (...more: string[]) => runCommand('check', model, '-r', tensorrt, ...more);

  test('has check know the operators of a plugin, which it refuses otherwise', async () => {
    const without = await check();
    assert.equal(without.code, 1);
    assert.match(without.stdout, /error: Scaled \(domain my\.plugins\) .* \[trt\.plugin-not-found\]/);
    assert.match(without.stdout.replaceAll(/\s+/g, ' '), /have its library loaded \(.*option --plugin/);
    const having = await check('--plugin', library);
    assert.deepEqual(
      [having.code, having.stderr, having.stdout],
      [0, '', `${model}: TensorRT 10.15.1 (CPU only): supported, 1 node\n`],
    );
  });

  test('is relative to the working folder', async () => {
    assert.equal((await check('--plugin', path.relative(process.cwd(), library))).code, 0);
  });

  test('of what does not load is a note, and the model is judged without it', async () => {
    const { code, stderr } = await check(model, '--plugin', letter, '--plugin', library);
    assert.equal(code, 0);
    assert.equal(stderr, `note: TensorRT 10.15.1: ${sentence}\n`, 'once, of two models');
    assert.equal((await check('--plugin', letter)).code, 1);
  });

  test('notes stand in JSON with each verdict', async () => {
    const { code, stdout } = await runCommand(
      ...['check', model, '-r', tensorrt, '-r', rtx, '--plugin', letter, '--plugin', library],
      ...['--format', 'json'],
    );
    assert.equal(code, 1);
    const [ofTensorRT, ofRtx] = JSON.parse(stdout);
    assert.deepEqual([ofTensorRT.supported, ofTensorRT.notes], [true, [sentence]]);
    // It is linked with the libnvinfer of TensorRT, which TensorRT for RTX does not bring.
    assert.equal(ofRtx.supported, false);
    assert.equal(ofRtx.notes.length, 2);
    assert.match(ofRtx.notes[1], /libscale-plugin\.so does not load: libnvinfer\.so\.10: cannot open/);
  });

  test('notes are warnings of the run in SARIF, which is a success', async () => {
    const { stdout } = await check('--plugin', letter, '--format', 'sarif');
    const [run]: Log['runs'] = JSON.parse(stdout).runs;
    assert.deepEqual(run?.invocations, [
      {
        executionSuccessful: true,
        toolExecutionNotifications: [{ level: 'warning', message: { text: sentence } }],
      },
    ]);
  });

  test('has shapes show what TensorRT makes of a plugin’s node', async () => {
    const shapes = (...more: string[]) => runCommand('shapes', model, '-r', tensorrt, ...more);
    const without = await shapes('--plugin', letter);
    assert.equal(without.code, 0);
    assert.deepEqual(without.stderr.split('\n'), [
      `note: TensorRT 10.15.1: ${sentence}`,
      "note: TensorRT 10.15.1 (CPU only) refuses the model, so the shapes are not TensorRT's.",
      '',
    ]);
    const having = await shapes('--plugin', library);
    assert.equal(having.stderr, '');
    assert.match(having.stdout, /^y {2}float32\[N, 4\] {2}tensorrt$/m);
  });
});
