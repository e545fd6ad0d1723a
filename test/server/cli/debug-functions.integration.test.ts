/**
 * `onnx-trt debug` on a model whose work is inside of local functions: by the real ONNX Runtime, built by the real TensorRT for RTX, and on
 * the recorded GPU (test/support/recorded-gpu, a simulation: an engine computes what ONNX Runtime does, changed where a test says so).
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { type DebugCapture, readCapture } from '../../../server/src/engine/debug/capture.ts';
import { openValueFile } from '../../../server/src/engine/tensor-values/value-file.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import { writeInlinedFile } from '../../../server/src/tensorrt/engines/debug/inlined-file.ts';
import { debuggedModel } from '../../../server/src/tensorrt/engines/debug/target.ts';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { type RecordedDistribution, recordedDistribution } from '../../support/recorded-gpu/distribution.mts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { runCommand } from './run-command.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);
const badMarks = at('bad-marks.json');
const values = at('values');
let recorded: RecordedDistribution;

/** Inputs and outputs of the recorded net `layers`. Big enough weights are referred to, here those of a file beside it. */
const model = `<ir_version: 10, opset_import: ["" : 17, "pkg" : 1]>
g (float[N,256] x) => (float[N,128] y)
<float[256,128] w = ["location": "layers.weights"]> {
  [first] a = pkg.Block <slope = 0.5> (x)
  [second] b = pkg.Block (a)
  [head] y = MatMul (b, w)
}
<domain: "pkg", opset_import: ["" : 17, "pkg" : 1]>
Block <slope: float = 0.1> (v) => (o) {
  [square] s = Mul (v, v)
  [inner] i = pkg.Act <slope = @slope> (s)
  [log] l = Log (i)
  [down] o = Tanh (l)
}
<domain: "pkg", opset_import: ["" : 17]>
Act <slope> (v) => (o) {
  [leak] k = LeakyRelu <alpha = @slope> (v)
  one = Constant <value = float {1.0}> ()
  [shift] o = Add (k, one)
}
`;

function debug(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [recorded.commandLine, 'debug', ...args], {
    env: { ...recorded.environment, RECORDED_GPU_VALUES: values, RECORDED_GPU_BAD_MARKS: badMarks },
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stderr, text: stdout.replaceAll(/\s+/g, ' ') };
}

function capture(directory: string): DebugCapture {
  return readCapture(readFileSync(at(directory, 'debug.json'), 'utf8'));
}

/** What the recorded engine gives for a tensor from now on. */
function computes(name: string, change: (value: number) => number = (value) => value): void {
  const { reference } = capture('alone').tensors.find((tensor) => tensor.name === name) ?? assert.fail();
  const { file, dims } = reference ?? assert.fail(name);
  const numbers = [...openValueFile(at('alone', file), nodeFileAccess).chunks()].flatMap((chunk) => [
    ...chunk,
  ]);
  mkdirSync(path.dirname(path.join(values, name)), { recursive: true });
  writeFileSync(path.join(values, `${name}.bin`), new Uint8Array(Float32Array.from(numbers, change).buffer));
  writeFileSync(path.join(values, `${name}.json`), JSON.stringify({ type: 'kFLOAT', dims }));
}

const inside = ['s', 'inner/k', 'i', 'l'];
const all = ['first', 'second'].flatMap((call) => [
  ...inside.map((name) => `${call}/${name}`),
  call === 'first' ? 'a' : 'b',
]);

before(async () => {
  recorded = await recordedDistribution(at('program'));
  mkdirSync(at('nets'));
  writeFileSync(at('nets', 'layers.onnxtxt'), model);
  const weights = Float32Array.from({ length: 256 * 128 }, (_, index) => Math.sin(index) / 16);
  writeFileSync(at('nets', 'layers.weights'), new Uint8Array(weights.buffer));
  writeFileSync(
    at('layers.trt.yaml'),
    'model: nets/layers.onnxtxt\nengine: layers.engine\nnoTF32: true\nprofiles: [{ x: { min: [1, 256], opt: [8, 256], max: [64, 256] } }]\n',
  );
  writeFileSync(badMarks, '[]');
  const alone = debug('layers.trt.yaml', '--no-engine', '-o', 'alone');
  assert.equal(alone.status, 0, alone.stderr);
  for (const { name } of capture('alone').tensors) computes(name);
});

describe('values inside of functions', () => {
  test('by ONNX Runtime, named by the calls that lead to them', () => {
    const { tensors } = capture('alone');
    assert.deepEqual(
      tensors.map(({ name }) => name),
      [...all, 'y'],
    );
    assert.equal(tensors[1]?.node?.name, 'first/inner/leak');
    assert.deepEqual(tensors[1]?.reference?.dims, [8, 256]);
    assert.ok(readdirSync(at('alone', 'onnxruntime')).length === tensors.length);
  });

  test('attributes of the calls count', () => {
    writeFileSync(at('nets', 'minus.onnxtxt'), model.replace('Mul (v, v)', 'Neg (v)'));
    writeFileSync(at('ones.bin'), new Uint8Array(new Float32Array(8 * 256).fill(1).buffer));
    const run = debug(
      ...['nets/minus.onnxtxt', '--no-engine', '--shapes', 'x:8x256', '--load-inputs', 'x:ones.bin'],
      ...['--tensors', 'first/inner/k', '-o', 'minus'],
    );
    assert.equal(run.status, 0, run.stderr);
    // -1 · 0.5: the call's slope, not the default.
    assert.equal(capture('minus').tensors[0]?.reference?.statistics.finite?.mean, -0.5);
  });

  test('the first NaN is found at the node of the function', () => {
    writeFileSync(at('nets', 'nan.onnxtxt'), model.replace('Log (i)', 'Log (v)'));
    const { status, text } = debug('nets/nan.onnxtxt', '--no-engine', '--shapes', 'x:8x256', '-o', 'nan');
    assert.equal(status, 1);
    assert.match(
      text,
      /First NaN or infinity of ONNX Runtime \S+: node first\/log \(Log\), output first\/l\./,
    );
  });

  test('a name without its calls is told with them', () => {
    const { status, stderr } = debug('layers.trt.yaml', '--tensors', 'k', '-o', 'unknown');
    assert.equal(status, 2);
    assert.match(
      stderr,
      /has no tensor k outside of functions\. By the calls that lead to it, it is first\/inner\/k, second\/inner\/k\./,
    );
  });
});

test('TensorRT builds from the model with its calls written out, and knows the values by those names', async () => {
  const folderOfModel = at('rtx');
  mkdirSync(folderOfModel);
  const inlined = await writeInlinedFile(debuggedModel(at('nets', 'layers.onnxtxt')), folderOfModel);
  const config = at('rtx', 'net.trt.yaml');
  for (const key of ['markDebug', 'markOutputs']) {
    writeFileSync(
      config,
      `model: ${inlined}\nengine: net.engine\n${key}: [first/s, first/inner/k, second/l]\nprofiles: [{ x: { min: [1, 256], opt: [8, 256], max: [64, 256] } }]\n`,
    );
    const { code, stderr } = await runCommand(
      'build',
      config,
      '--runtime',
      testLibraries('tensorrt-rtx-1.7.1'),
    );
    assert.equal(code, 0, stderr);
    const { notes, model: built } = JSON.parse(readFileSync(at('rtx', 'net.engine.json'), 'utf8'));
    assert.deepEqual([notes, built.path], [[], inlined]);
  }
});

describe('values inside of functions against an engine (simulated GPU)', () => {
  test('which is built of the model with its calls written out', () => {
    computes('second/i', (value) => value + 0.5);
    computes('second/l', (value) => value + 0.5);
    const { status, text, stderr } = debug('layers.trt.yaml', '-o', 'all');
    assert.equal(status, 1, stderr);
    assert.match(
      text,
      /First divergence of TensorRT 10\.6\.0 from ONNX Runtime \S+: node second\/inner\/shift \(Add\), output second\/i\. All that goes into it agrees: second\/inner\/k\./,
    );
    assert.deepEqual(readFileSync(`${badMarks}.log`, 'utf8').split('\n')[0], all.join(' '));
    assert.deepEqual(readdirSync(at('all.engine')).sort(), [
      'layers.engine',
      'layers.engine.json',
      'layers.inlined.onnxtxt',
    ]);
    const text2 = readFileSync(at('all.engine', 'layers.inlined.onnxtxt'), 'utf8');
    assert.match(text2, /"location": "\.\.\/nets\/layers\.weights"/);
    assert.doesNotMatch(text2, /pkg\.Block/);
    const { model: built } = JSON.parse(readFileSync(at('all.engine', 'layers.engine.json'), 'utf8'));
    assert.equal(built.path, at('all.engine', 'layers.inlined.onnxtxt'));
    assert.equal(existsSync(at('layers.engine')), false);
    const { mtimeMs } = statSync(at('all.engine', 'layers.engine'));
    assert.equal(debug('layers.trt.yaml', '-o', 'all').status, 1);
    assert.equal(statSync(at('all.engine', 'layers.engine')).mtimeMs, mtimeMs, 'it is up to date');
    for (const name of ['second/i', 'second/l']) computes(name);
  });

  test('values of the main graph need none of that', () => {
    const { status, stderr } = debug('layers.trt.yaml', '--tensors', 'a,b', '-o', 'main');
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(at('main.engine')).sort(), ['layers.engine', 'layers.engine.json']);
  });

  test('nothing is left of it where no engine is built', () => {
    writeFileSync(badMarks, JSON.stringify([{ together: ['first/l'], end: 'refused', asOutputs: true }]));
    const { status, stderr } = debug('layers.trt.yaml', '--tensors', 'first/l', '-o', 'none');
    writeFileSync(badMarks, '[]');
    assert.equal(status, 2, stderr);
    assert.equal(existsSync(at('none.engine')), false);
  });
});
