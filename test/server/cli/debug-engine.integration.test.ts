/**
 * Simulation: `onnx-trt debug` on the recorded GPU (test/support/recorded-gpu). What the engine computes is what the real ONNX Runtime
 * computes of the same model and inputs, changed where a test says so.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type DebugCapture, readCapture } from '../../../server/src/engine/debug/capture.ts';
import { openValueFile } from '../../../server/src/engine/tensor-values/value-file.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import { temporaryFolder, writeModels } from '../../native-bridge/support/models.ts';
import { type RecordedDistribution, recordedDistribution } from '../../support/recorded-gpu/distribution.mts';

const folder = temporaryFolder();
const model = path.join(folder, 'convolutions.onnx');
const config = path.join(folder, 'convolutions.trt.yaml');
const valuesFolder = path.join(folder, 'values');
let recorded: RecordedDistribution;

function onnxTrt(...args: string[]) {
  const { commandLine, environment } = recorded;
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandLine, 'debug', ...args], {
    env: { ...environment, RECORDED_GPU_VALUES: valuesFolder },
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr, text: stdout.replaceAll(/\s+/g, ' ') };
}

/** What the engine is going to compute: the reference's values, each changed as given. */
function computes(changes: Readonly<Record<string, (value: number, index: number) => number>>): void {
  for (const name of ['c1', 'r0', 'y']) {
    const file = openValueFile(path.join(folder, 'alone', 'onnxruntime', `${name}.npy`), nodeFileAccess);
    const values = [...file.chunks()].flatMap((chunk) => [...chunk]);
    const change = changes[name] ?? ((value: number) => value);
    writeFileSync(
      path.join(valuesFolder, `${name}.bin`),
      new Uint8Array(Float32Array.from(values, change).buffer),
    );
  }
}

/** As on the H200 with TensorRT 10.6 in FP16: 2×16×64×64 and 2×32×32×32 with the channels last. */
function channelsLast(): void {
  for (const [name, channels, places] of [
    ['r0', 16, 64 * 64],
    ['c1', 32, 32 * 32],
  ] as const) {
    const file = path.join(valuesFolder, `${name}.bin`);
    const values = new Float32Array(readFileSync(file).buffer);
    const last = values.map((_, index) => {
      const [batch, rest] = [Math.floor(index / (channels * places)), index % (channels * places)];
      return values[(batch * channels + (rest % channels)) * places + Math.floor(rest / channels)] ?? 0;
    });
    writeFileSync(file, new Uint8Array(last.buffer));
  }
}

function capture(directory: string): DebugCapture {
  return readCapture(readFileSync(path.join(folder, directory, 'debug.json'), 'utf8'));
}

before(async () => {
  recorded = await recordedDistribution(path.join(folder, 'program'));
  const maker = fileURLToPath(new URL('../../gpu/make-models.py', import.meta.url));
  execFileSync('python3', [maker, path.join(folder, 'nets'), 'convolutions']);
  cpSync(path.join(folder, 'nets', 'convolutions', 'model.onnx'), model);
  writeFileSync(config, 'model: convolutions.onnx\nnoTF32: true\nmarkDebug: [r0, c1]\n');
  mkdirSync(valuesFolder);
  const alone = onnxTrt(model, '--no-engine', '-o', 'alone');
  assert.equal(alone.status, 0, alone.stderr);
});

describe('an engine against ONNX Runtime (simulated GPU)', () => {
  test('that agrees: exit code 0, and the values of both are there as .npy', () => {
    computes({});
    const { status, stderr, text } = onnxTrt(config, '-o', 'same');
    assert.equal(status, 0, stderr);
    assert.match(text, /Compared all 3 tensors agree/);
    assert.match(text, /\(TensorRT 10\.6\.0, NVIDIA H200\)/);
    const { tensors, inputs, precision } = capture('same');
    assert.equal(precision, 'float32');
    assert.deepEqual(
      tensors.map(({ name, engine, reference }) => [name, engine?.file, reference?.file]),
      ['r0', 'c1', 'y'].map((name) => [name, `tensorrt/${name}.npy`, `onnxruntime/${name}.npy`]),
    );
    assert.deepEqual(inputs[0]?.dims, [2, 3, 64, 64]);
  });

  test('that hands values over in a format of its kernels: they are told by the reference, and kept row by row', () => {
    computes({});
    channelsLast();
    const { status, text } = onnxTrt(config, '-o', 'formats');
    assert.equal(status, 0, text);
    assert.match(text, /Compared all 3 tensors agree/);
    const { notes } = capture('formats');
    assert.match(
      notes.join('\n'),
      /handed r0 over in the format of its kernels \(kHWC or kHWC8 or kHWC16 or kCHW16\).*\n.*handed c1 over/,
    );
    const [own, other] = ['tensorrt', 'onnxruntime'].map((side) => [
      ...openValueFile(path.join(folder, 'formats', side, 'c1.npy'), nodeFileAccess).chunks(),
    ]);
    assert.deepEqual(own, other);
  });

  test('that errs in a node: it is named with what was not captured before it, and what follows', () => {
    computes({ c1: (value) => value + 0.5, y: (value) => value * 2 });
    const { status, text } = onnxTrt(config, '-o', 'wrong');
    assert.equal(status, 1);
    assert.match(
      text,
      /First divergence of TensorRT 10\.6\.0 from ONNX Runtime \S+: node conv1 \(Conv\), output c1\. Values between it and r0 were not captured: it may as well be pool0\. One tensor follows from it: y\./,
    );
    assert.match(text, /r0 relu0 \(Relu\) agrees/);
    assert.match(text, /c1 worst \[/);
  });

  test('that makes NaN', () => {
    computes({ c1: (value, index) => (index === 7 ? Number.NaN : value) });
    const { text, status } = onnxTrt(config, '-o', 'nan');
    assert.equal(status, 1);
    assert.match(text, /First NaN or infinity of TensorRT 10\.6\.0: node conv1 \(Conv\), output c1\./);
    assert.match(text, /1 of 65536 differ, 1 NaN or Inf/);
    assert.equal(capture('nan').tensors.find(({ name }) => name === 'c1')?.engine?.statistics.nan, 1);
  });

  test('small errors of TF32 agree where the build allows it, and not where it does not', () => {
    computes({ c1: (value, index) => value * (1 + (index % 2 === 0 ? 1e-3 : -1e-3)) });
    assert.equal(onnxTrt(config, '-o', 'tf32').status, 1);
    writeFileSync(
      path.join(folder, 'plain.trt.yaml'),
      'model: convolutions.onnx\nengine: convolutions.plain.engine\nmarkDebug: [r0, c1]\n',
    );
    const { status, stderr } = onnxTrt('plain.trt.yaml', '-o', 'tf32');
    assert.equal(status, 0, stderr);
  });

  test('tensors that are named are marked in an engine of its own, beside the capture', () => {
    computes({});
    const { status, stderr } = onnxTrt(model, '--tensors', 'c1', '--reference', 'none', '-o', 'chosen');
    assert.equal(status, 0, stderr);
    const { tensors, engine } = capture('chosen');
    assert.deepEqual(
      tensors.map(({ name }) => name),
      ['c1', 'y'],
    );
    assert.equal(engine?.path, path.join(folder, 'chosen.engine', 'convolutions.engine'));
  });

  test('an engine file: its debug tensors, and the model that its note names', () => {
    computes({});
    const engine = path.join(folder, 'convolutions.engine');
    const { status, stderr, text } = onnxTrt(engine, '-o', 'file');
    assert.equal(status, 0, stderr);
    assert.match(text, /all 3 tensors agree/);
    const wrong = onnxTrt(engine, '--tensors', 'p0', '-o', 'file');
    assert.equal(wrong.status, 2);
    assert.match(
      wrong.stderr,
      /p0 is no debug tensor of convolutions\.engine: it has r0, c1\. Tensors are marked when an engine is built/,
    );
  });

  test('a capture without a reference is compared afterwards, without a GPU', () => {
    computes({ c1: (value) => value + 0.5 });
    assert.equal(onnxTrt(config, '--reference', 'none', '-o', 'later').status, 0);
    const { status, text } = onnxTrt('later', '--reference', 'onnxruntime');
    assert.equal(status, 1);
    assert.match(text, /First divergence of TensorRT 10\.6\.0 from ONNX Runtime \S+: node conv1/);
    assert.equal(onnxTrt('later', '--tolerance', '0,1').status, 0);
  });

  test('without a reference nothing tells the format, which is said; a later one shows it', () => {
    computes({});
    channelsLast();
    writeFileSync(
      path.join(folder, 'half.trt.yaml'),
      'model: convolutions.onnx\nengine: convolutions.half.engine\nfp16: true\nmarkDebug: [r0, c1]\n',
    );
    const unknown = /TensorRT does not say in which format debug tensors come.* values of r0, c1 may lie in/;
    const { status, stderr } = onnxTrt('half.trt.yaml', '--reference', 'none', '-o', 'half');
    assert.equal(status, 0, stderr);
    assert.match(stderr, unknown);
    const compared = onnxTrt('half', '--reference', 'onnxruntime');
    assert.equal(compared.status, 0, compared.text);
    assert.match(compared.stderr, /handed r0 over in the format of its kernels/);
    assert.doesNotMatch(compared.stderr, unknown);
    // Those of float32 came in rows.
    assert.doesNotMatch(onnxTrt(config, '--reference', 'none', '-o', 'rows').stderr, unknown);
  });

  test('what ONNX Runtime does not run keeps its values, exit code 2, and is compared with others later', () => {
    computes({});
    const special = writeModels({
      convolutions_special: `<ir_version: 8, opset_import: ["" : 17, "my" : 1]>
        g (float[2,3,64,64] x) => (float[2,10] y) { [special] r0 = my.Special (x) [c] c1 = Relu (r0) [m] y = my.Other (c1) }`,
    }).convolutions_special;
    const { status, stderr, text } = onnxTrt(special, '--tensors', 'r0,c1', '-o', 'special');
    assert.equal(status, 2, text);
    assert.match(
      stderr,
      /error: The values are compared with nothing: ONNX Runtime has no operator my:?\S*Special/,
    );
    assert.match(text, /Reference The values are compared with nothing/);
    assert.deepEqual(
      capture('special').tensors.map(({ name, engine }) => [name, engine?.file]),
      ['r0', 'c1', 'y'].map((name) => [name, `tensorrt/${name}.npy`]),
    );
    const later = onnxTrt('special', '--reference', 'alone');
    assert.equal(later.status, 0, later.stderr);
    assert.equal(capture('special').referenceFailure, undefined);
  });

  test('a folder of references that is not there is told before anything is built', () => {
    const { status, stderr } = onnxTrt(model, '--reference', 'nowhere', '-o', 'early');
    assert.equal(status, 2);
    assert.match(stderr, /The folder with reference values, .*nowhere, cannot be read/);
    assert.equal(existsSync(path.join(folder, 'early.engine')), false);
  });

  test('runs on the GPU that the config names', () => {
    computes({});
    writeFileSync(
      path.join(folder, 'second.trt.yaml'),
      'model: convolutions.onnx\nengine: convolutions.second.engine\nnoTF32: true\ndevice: 1\nmarkDebug: [r0]\n',
    );
    const { status, stderr } = onnxTrt('second.trt.yaml', '-o', 'second');
    assert.equal(status, 0, stderr);
    assert.equal(capture('second').engine?.device, 'NVIDIA H200 (1)');
  });

  test('values of another capture as the reference', () => {
    computes({});
    const { status, text } = onnxTrt(config, '--reference', 'alone', '-o', 'folder');
    assert.equal(status, 0);
    assert.match(text, /Reference ONNX Runtime \S+ \(.*alone/);
  });
});
