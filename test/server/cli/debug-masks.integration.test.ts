/**
 * `onnx-trt debug` on decoder blocks whose attention is masked, made by Python's onnx package: with the real ONNX Runtime, and (simulation)
 * on the recorded GPU, where the engine computes what ONNX Runtime computes, changed where a test says so.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCapture } from '../../../server/src/engine/debug/capture.ts';
import { npyHeader } from '../../../server/src/engine/npy/write-header.ts';
import { openValueFile } from '../../../server/src/engine/tensor-values/value-file.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { recordedDistribution } from '../../support/recorded-gpu/distribution.mts';
import { runCommand } from './run-command.ts';

const folder = temporaryFolder();
const masks: Readonly<Record<string, readonly string[]>> = {
  constant: ['masked'],
  folded: ['masked'],
  where: ['masked'],
  trilu: ['full', 'upper', 'mask', 'masked'],
  cast: ['half_masked', 'masked'],
  function: ['mask/full', 'mask', 'masked'],
  choice: ['mask', 'masked'],
};

before(() => {
  const maker = fileURLToPath(new URL('../../support/decoder-blocks.py', import.meta.url));
  const others = ['product', 'input', 'row', 'logarithm', 'overflow'];
  execFileSync('python3', [maker, folder, ...Object.keys(masks), ...others]);
});

function capture(directory: string) {
  const { tensors, findings } = readCapture(readFileSync(path.join(folder, directory, 'debug.json'), 'utf8'));
  const maskedOf = (side: 'engine' | 'reference') =>
    tensors.filter((tensor) => tensor[side]?.masked).map(({ name }) => name);
  return {
    tensors,
    masked: maskedOf('reference'),
    maskedOfEngine: maskedOf('engine'),
    found: findings.map(({ kind, tensor, side, masks: own }) => [kind, tensor, side, own]),
  };
}

async function debug(model: string, ...args: string[]) {
  const [file, out] = [path.join(folder, `${model}.onnx`), path.join(folder, `${model}.debug`)];
  const { code, stdout, stderr } = await runCommand('debug', file, '--no-engine', '-o', out, ...args);
  return { code, stderr, text: stdout.replaceAll(/\s+/g, ' '), ...capture(`${model}.debug`) };
}

describe('-inf of the model’s own masks', () => {
  for (const [model, expected] of Object.entries(masks)) {
    test(`is no finding: ${model}`, async () => {
      const { code, text, stderr, masked, found, tensors } = await debug(model);
      assert.equal(code, 0, text + stderr);
      assert.deepEqual([masked, found], [expected, []]);
      const last = tensors.find(({ name }) => name === 'masked')?.reference;
      assert.equal(last?.statistics.negativeInfinity, 2 * 6);
      assert.match(text, / 12 masked float 2x4x4/);
      assert.match(
        text,
        /Masks (one tensor has|\d tensors have) -inf that comes from the model’s own constants or inputs/,
      );
    });
  }

  test('nor where nothing between the mask and an output is captured', async () => {
    const { code, masked } = await debug('trilu', '--tensors', 'masked');
    assert.deepEqual([code, masked], [0, ['masked']]);
  });

  test('nor of an input that was given, which is told', async () => {
    const file = path.join(folder, 'mask.npy');
    const mask = Float32Array.from({ length: 16 }, (_, at) => (at % 4 > at / 4 ? -Infinity : 0));
    writeFileSync(file, Buffer.concat([npyHeader('<f4', [4, 4]), new Uint8Array(mask.buffer)]));
    const { code, stderr, masked } = await debug('input', '--load-inputs', `mask:${file}`);
    assert.deepEqual([code, masked], [0, ['masked']]);
    assert.match(
      stderr,
      /note: 6 of the 16 values of the input mask \(\S+\) are -inf, as those of masks are\./,
    );
  });

  test('that makes NaN is found where NaN is first: zero times infinity', async () => {
    const { code, text, masked, found } = await debug('product');
    assert.deepEqual([code, masked], [1, []]);
    assert.deepEqual(found, [['not-finite', 'mask', 'reference', ['infinity']]]);
    assert.match(
      text,
      /: node mask \(Mul\), output mask\. The model’s own -inf goes into it, as masks have it: infinity\. All else that goes into it is finite: upper\. 4 tensors follow/,
    );
  });

  test('that makes NaN of a row that is masked as a whole: found at the softmax', async () => {
    const { code, text, masked, found } = await debug('row');
    assert.deepEqual([code, masked], [1, ['masked']]);
    assert.deepEqual(found, [['not-finite', 'probabilities', 'reference', ['masked']]]);
    assert.match(
      text,
      /\(Softmax\), output probabilities\. The model’s own -inf goes into it, as masks have it: masked\. 2 tensors follow/,
    );
  });
});

describe('-inf that comes up in a computation', () => {
  test('is a finding, and what it meets a mask in follows: Log(0)', async () => {
    const { code, masked, found } = await debug('logarithm');
    assert.deepEqual([code, masked], [1, []]);
    assert.deepEqual(found, [['not-finite', 'logs', 'reference', undefined]]);
  });

  test('is a finding: overflow', async () => {
    const { tensors, found } = await debug('overflow');
    const beyond = tensors.find(({ name }) => name === 'beyond')?.reference?.statistics;
    assert.deepEqual([beyond?.nan, beyond?.positiveInfinity, beyond?.negativeInfinity], [0, 0, 32]);
    assert.deepEqual(found, [['not-finite', 'beyond', 'reference', undefined]]);
  });
});

describe('an engine with a mask against ONNX Runtime (simulated GPU)', async () => {
  const recorded = await recordedDistribution(path.join(folder, 'program'));
  const values = path.join(folder, 'values');
  mkdirSync(values);

  function onnxTrt(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [recorded.commandLine, 'debug', ...args], {
      env: { ...recorded.environment, RECORDED_GPU_VALUES: values },
      encoding: 'utf8',
      cwd: folder,
    });
    return { status, stderr, text: stdout.replaceAll(/\s+/g, ' ') };
  }

  async function computes(changes: Readonly<Record<string, (value: number, index: number) => number>>) {
    const { tensors } = await debug('constant', '--shapes', 'x:2x4x256');
    for (const { name, reference } of tensors) {
      const { file, dims } = reference ?? assert.fail();
      const { chunks } = openValueFile(path.join(folder, 'constant.debug', file), nodeFileAccess);
      const numbers = Float32Array.from([...chunks()].flatMap((chunk) => [...chunk]));
      writeFileSync(
        path.join(values, `${name}.bin`),
        new Uint8Array(numbers.map(changes[name] ?? ((value) => value)).buffer),
      );
      writeFileSync(path.join(values, `${name}.json`), JSON.stringify({ type: 'kFLOAT', dims }));
    }
  }

  const run = (out: string, ...args: string[]) =>
    onnxTrt(
      'constant.onnx',
      '--tensors',
      'scores,masked,probabilities',
      '--shapes',
      'x:2x4x256',
      '-o',
      out,
      ...args,
    );

  test('that masks the same places: no finding, also without a reference', async () => {
    await computes({});
    const { status, text, stderr } = run('same');
    assert.equal(status, 0, stderr);
    assert.match(text, /Compared all 4 tensors agree/);
    assert.match(text, /masked masked \(Add\) agrees .* 12 masked float/);
    assert.deepEqual(capture('same').maskedOfEngine, ['masked']);
    const alone = run('alone', '--reference', 'none');
    assert.equal(alone.status, 0, alone.stderr);
    assert.deepEqual(capture('alone').maskedOfEngine, ['masked']);
    assert.equal(onnxTrt('alone', '--reference', 'onnxruntime').status, 0);
  });

  test('that has -inf where the reference has none: both are told, of the engine alone', async () => {
    await computes({ masked: (value, index) => (index === 0 ? -Infinity : value) });
    assert.equal(run('more').status, 1);
    const { masked, maskedOfEngine, found } = capture('more');
    assert.deepEqual([masked, maskedOfEngine], [['masked'], []]);
    assert.deepEqual(
      found.map(([kind, tensor, side]) => [kind, tensor, side]),
      [
        ['divergence', 'masked', undefined],
        ['not-finite', 'masked', 'engine'],
      ],
    );
  });

  test('that makes NaN behind the mask: found at the softmax', async () => {
    await computes({ probabilities: (value, index) => (index === 5 ? Number.NaN : value) });
    assert.equal(run('nan').status, 1);
    assert.deepEqual(capture('nan').found, [
      ['divergence', 'probabilities', undefined, undefined],
      ['not-finite', 'probabilities', 'engine', ['masked']],
    ]);
  });
});
