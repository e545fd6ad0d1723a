/** `onnx-trt check`: ONNX's own rules, alone and beside TensorRT's verdict. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { runCommand } from './run-command.ts';

const rtx = testLibraries('tensorrt-rtx-1.7.1');

const header = '<ir_version: 8, opset_import: ["" : 17]>\n';
const good = `${header}g (float[N,4] x) => (float[N,4] y) {
  y = Relu (x)
}
`;
/** TensorRT passes over a wrong declaration. */
const misdeclared = `${header}g (float[2,4] x) => (float[2,5] y) {
  y = Relu (x)
}
`;
const broken = `${header}g (float[2,3] x, float[4,5] w) => (float[2,5] y) {
  y = MatMul (x, w)
}
`;

describe('check --runtime none', () => {
  test('prints what ONNX’s rules find as a compiler does, and asks no TensorRT', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'broken.onnxtxt': broken, 'good.onnxtxt': good });
    const [bad, fine] = ['broken.onnxtxt', 'good.onnxtxt'].map((name) => path.join(folder, name));
    const { code, stdout, stderr } = await runCommand('check', bad ?? '', fine ?? '', '--runtime', 'none');
    assert.equal(stderr, '');
    assert.equal(code, 1);
    assert.equal(
      stdout,
      `${bad}:3:15: error: Dimension 1 of 'x' is 3, but dimension 0 of 'w' is 4. [onnx.shape-mismatch]
    3 |   y = MatMul (x, w)
      |               ^
${bad}:3:18: note: w: float[4, 5]
    3 |   y = MatMul (x, w)
      |                  -
${bad}:2:15: note: x: float[2, 3]
    2 | g (float[2,3] x, float[4,5] w) => (float[2,5] y) {
      |               -

${bad}: ONNX's rules: 1 error
${fine}: ONNX's rules: no errors
`,
    );
    assert.equal((await runCommand('check', fine ?? '', '--runtime', 'none')).code, 0);
  });

  test('a binary model: places are those of its text form, weights outside are checked', async (context) => {
    const folder = temporaryFolder(context);
    const text = `${header}g (float[1000] x) => (float[1000] y) <float[1000] w = ["location": "w.bin"]> {
  y = Add (x, w)
}
`;
    writeFiles(folder, { 'm.onnxtxt': text, 'w.bin': new Uint8Array(4000) });
    const model = path.join(folder, 'm.onnx');
    assert.equal((await runCommand('encode', path.join(folder, 'm.onnxtxt'), '-o', model)).code, 0);
    assert.equal((await runCommand('check', model, '-r', 'none')).code, 0);
    writeFiles(folder, { 'w.bin': new Uint8Array(3000) });
    const { code, stdout } = await runCommand('check', model, '-r', 'none', '--format', 'json');
    assert.equal(code, 1);
    const [element] = JSON.parse(stdout);
    assert.deepEqual([element.runtime, element.supported, element.errors], [null, null, []]);
    assert.deepEqual(
      element.problems.map((problem: { code: string; severity: string }) => [problem.code, problem.severity]),
      [['onnx.external-data.out-of-bounds', 'error']],
    );
    assert.equal(element.problems[0].source, 'onnx');
    assert.equal(element.problems[0].location.file, model);
  });

  test('a file that cannot be read is exit code 2; so is another runtime beside', async () => {
    assert.equal((await runCommand('check', 'missing.onnx', '--runtime', 'none')).code, 2);
    const { code, stderr } = await runCommand('check', 'missing.onnx', '-r', 'none', '-r', rtx);
    assert.equal(code, 2);
    assert.match(stderr, /--runtime none asks no TensorRT/);
  });

  test('--format sarif has one run of ONNX’s rules', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'broken.onnxtxt': broken });
    const model = path.join(folder, 'broken.onnxtxt');
    const { stdout } = await runCommand('check', model, '-r', 'none', '--format', 'sarif');
    const [run, ...others] = JSON.parse(stdout).runs;
    assert.deepEqual(others, []);
    assert.equal(run.automationDetails.id, 'onnx/');
    const [result] = run.results;
    assert.deepEqual([result.ruleId, result.level], ['onnx.shape-mismatch', 'error']);
    assert.equal(result.locations[0].physicalLocation.region.startLine, 3);
    assert.equal(result.relatedLocations.length, 2);
  });
});

describe('check with a runtime', () => {
  test('what only ONNX’s rules find is reported beside, and TensorRT decides', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'misdeclared.onnxtxt': misdeclared });
    const model = path.join(folder, 'misdeclared.onnxtxt');
    const { code, stdout } = await runCommand('check', model, '-r', rtx);
    assert.equal(code, 0);
    assert.match(stdout, /error: 'y' has 4 as dimension 1, but is declared with 5. \[onnx.shape-mismatch\]/);
    assert.ok(stdout.endsWith(": supported, 1 node; ONNX's rules find 1 error\n"), stdout);
    const json = JSON.parse((await runCommand('check', model, '-r', rtx, '--format', 'json')).stdout);
    assert.equal(json[0].supported, true);
    assert.deepEqual(
      json[0].problems.map((problem: { code: string }) => problem.code),
      ['onnx.shape-mismatch'],
    );
  });

  test('a cause that both name is reported once', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'broken.onnxtxt': broken });
    const { code, stdout } = await runCommand('check', path.join(folder, 'broken.onnxtxt'), '-r', rtx);
    assert.equal(code, 1);
    assert.equal(stdout.match(/ error: /g)?.length, 1, stdout);
    assert.match(stdout, /trt\./);
  });
});
