import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../tensorrt/support/folders.ts';
import { runCommand } from './run-command.ts';

const compareWeights = path.join(import.meta.dirname, '../../support/compare-weights.py');

describe('encode --embed-external-data', () => {
  test('gives a model that needs no other file', async (context) => {
    const folder = temporaryFolder(context);
    const file = (name: string) => path.join(folder, name);
    const values = Array.from({ length: 3000 }, (_, index) => index).join(', ');
    writeFileSync(
      file('a.onnxtxt'),
      `<ir_version: 8, opset_import: ["" : 17]>
g (float[3000] x) => (float[3000] y) <float[3000] w = {${values}}> { y = Add (x, w) }`,
    );
    await runCommand('encode', file('a.onnxtxt'), '-o', file('whole.onnx'));
    await runCommand(
      'encode',
      file('a.onnxtxt'),
      '-o',
      file('outside.onnx'),
      '--external-data',
      file('w.data'),
    );
    await runCommand('print', file('outside.onnx'), '-o', file('outside.onnxtxt'));
    const embed = () =>
      runCommand('encode', file('outside.onnxtxt'), '-o', file('inside.onnx'), '--embed-external-data');
    const { code, stderr } = await embed();
    assert.equal(code, 0, stderr);
    const compared = execFileSync('python3', [compareWeights, file('whole.onnx'), file('inside.onnx')], {
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(compared), { external: [], same: true });
    rmSync(file('w.data'));
    const missing = await embed();
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /"w" is not where the model says/);
  });
});
