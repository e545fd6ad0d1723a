import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { EngineDescription, RunParams } from '../../../../../native-bridge/src/engine-protocol.ts';
import type { ConfigKey } from '../../../../../server/src/build-config/flags/index.ts';
import type { BuildConfig } from '../../../../../server/src/build-config/model.ts';
import { npyHeader } from '../../../../../server/src/engine/npy/write-header.ts';
import { openValueFile } from '../../../../../server/src/engine/tensor-values/value-file.ts';
import { nodeFileAccess } from '../../../../../server/src/node/file-access.ts';
import { buildOfModel } from '../../../../../server/src/tensorrt/build/without-config.ts';
import { debugBuild, debugBuildError } from '../../../../../server/src/tensorrt/engines/debug/build.ts';
import {
  debugRun,
  debugTensorsOf,
  storeRun,
} from '../../../../../server/src/tensorrt/engines/debug/engine.ts';
import { whyNotOn } from '../../../../../server/src/tensorrt/engines/debug/runs-here.ts';
import { temporaryFolder } from '../../support/folders.ts';

const params: RunParams = {
  engine: 0,
  inputs: {
    x: { dims: [2, 3], source: { kind: 'random', seed: 0 } },
    size: { dims: [2], source: { kind: 'values', values: [4, 5] } },
  },
  profile: 0,
  allocationStrategy: 'kSTATIC',
  timing: { warmUp: 200, iterations: 10, duration: 3, streams: 2, cudaGraph: true, transfers: false },
  profileLayers: true,
};

describe('the run that catches debug tensors', () => {
  test('takes the stored inputs behind the header of their files, and measures nothing', (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(path.join(folder, 'inputs'));
    const header = npyHeader('<f4', [2, 3]);
    writeFileSync(path.join(folder, 'inputs', 'x.npy'), Buffer.concat([header, Buffer.alloc(24)]));
    const inputs = [
      { name: 'x', type: 'float', dims: [2, 3], file: 'inputs/x.npy' },
      { name: 'size', type: 'int64', dims: [2], file: 'inputs/size.npy' },
    ];
    const run = debugRun(params, inputs, { tensors: ['h'], unfused: false }, folder);
    assert.deepEqual(run.inputs, {
      x: {
        dims: [2, 3],
        source: {
          kind: 'file',
          path: path.join(folder, 'inputs', 'x.npy'),
          offset: header.length,
          byteLength: 24,
        },
      },
      size: { dims: [2], source: { kind: 'values', values: [4, 5] } },
    });
    assert.deepEqual([run.timing.iterations, run.timing.streams, run.profileLayers], [0, 1, false]);
    assert.equal(run.debug?.directory, path.join(folder, 'tensorrt'));
  });

  test('only catches what the engine has', () => {
    const tensors = [{ name: 'y', mode: 'output' }];
    const description = { debugTensors: ['a', 'b'], tensors } as unknown as EngineDescription;
    assert.equal(debugTensorsOf(description, undefined, 'net.engine'), 'all');
    assert.deepEqual(debugTensorsOf(description, ['b', 'y'], 'net.engine'), ['b']);
    assert.throws(
      () => debugTensorsOf(description, ['c', 'd'], 'net.engine'),
      /c, d are no debug tensors of net\.engine: it has a, b\./,
    );
  });

  test('raw values become .npy files, two to a byte become two bytes, and what cannot be read is told', async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(path.join(folder, 'tensorrt'));
    const raw = (name: string, ...bytes: number[]) => {
      const file = path.join(folder, 'tensorrt', name);
      writeFileSync(file, Uint8Array.from(bytes));
      return { path: file, byteLength: bytes.length };
    };
    const { values, notes } = await storeRun(
      {
        debugTensors: [
          { name: 'a/b', type: 'kHALF', dims: [2], ...raw('0.bin', 0, 0x3c, 0, 0xc0) },
          { name: 'a/b', type: 'kHALF', dims: [2], ...raw('1.bin', 0, 0, 0, 0) },
          { name: 'q', type: 'kINT4', dims: [3], ...raw('2.bin', 0x8f, 0x07) },
          { name: 'odd', type: 'kSOMETHING', dims: [1], ...raw('3.bin', 0) },
        ],
        outputs: [{ name: 'a_b', type: 'kBOOL', dims: [], ...raw('4.bin', 1) }],
      },
      folder,
    );
    assert.deepEqual(
      values.map(({ name, type, file }) => [name, type, file]),
      [
        ['a/b', 'float16', 'tensorrt/a_b.npy'],
        ['q', 'int4', 'tensorrt/q.npy'],
        ['a_b', 'bool', 'tensorrt/a_b-2.npy'],
      ],
    );
    const numbers = (file: string, type: string) =>
      [...openValueFile(path.join(folder, file), nodeFileAccess, type).chunks()].flatMap((chunk) => [
        ...chunk,
      ]);
    assert.deepEqual(numbers('tensorrt/a_b.npy', 'float16'), [1, -2]);
    assert.deepEqual(numbers('tensorrt/q.npy', 'int4'), [-1, -8, 7]);
    assert.deepEqual(numbers('tensorrt/a_b-2.npy', 'bool'), [1]);
    assert.match(notes.join(), /odd is of type kSOMETHING/);
    assert.equal(existsSync(path.join(folder, 'tensorrt', '1.bin')), false);
    assert.match(
      readFileSync(path.join(folder, 'tensorrt', 'a_b.npy'), 'latin1'),
      /'descr': '<f2'.*'shape': \(2,\)/,
    );
  });
});

function withSettings(build: BuildConfig, settings: Readonly<Record<string, unknown>>): BuildConfig {
  const origin = {
    file: 'test',
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  };
  return {
    ...build,
    get: ((key: ConfigKey) =>
      key in settings
        ? { value: settings[key], origin, keyOrigin: origin }
        : build.get(key)) as BuildConfig['get'],
  };
}

describe('whether an engine of TensorRT for RTX could run on the GPU that is here', () => {
  const plain = buildOfModel('/models/net.onnx');
  const on = (computeCapability: string, name: string, targets?: readonly string[]) =>
    whyNotOn(
      targets ? withSettings(plain, { computeCapabilities: targets.map((value) => ({ value })) }) : plain,
      { name, computeCapability, totalMemory: 1 },
    );

  test('is told before it is built', () => {
    assert.match(
      on('9.0', 'NVIDIA H200', ['sm86']) ?? '',
      /^Engines of TensorRT for RTX do not run on NVIDIA H200 \(compute capability 9\.0\), but on GeForce and RTX GPUs\. Use TensorRT/,
    );
    assert.equal(on('8.9', 'NVIDIA L4'), undefined);
    assert.equal(on('8.9', 'NVIDIA L4', ['sm86', 'sm89']), undefined);
    assert.equal(on('12.0', 'NVIDIA GeForce RTX 5090', ['current']), undefined);
    assert.match(
      on('8.9', 'NVIDIA L4', ['sm86', 'sm120']) ?? '',
      /^The engine would be built for sm86, sm120 \(`computeCapabilities`\), and not for NVIDIA L4/,
    );
  });
});

describe('the build whose engine is debugged', () => {
  const plain = buildOfModel('/models/net.onnx');
  const marked = debugBuild(plain, { names: ['a'], unfused: false }, '/models/net.debug.engine').build;

  test('marks what is asked for, in an engine of its own', () => {
    assert.deepEqual(
      marked.get('markDebug')?.value.map(({ value }) => value),
      ['a'],
    );
    assert.equal(marked.get('engine')?.value.path, path.resolve('/models/net.debug.engine/net.engine'));
    assert.equal(marked.get('model'), plain.get('model'));
  });

  test('is the config’s own where that marks tensors and nothing else is asked for', () => {
    assert.equal(debugBuild(marked, { names: undefined, unfused: false }, '/elsewhere').build, marked);
    const other = debugBuild(marked, { names: undefined, unfused: true }, '/elsewhere');
    assert.equal(other.unfused, true);
    assert.equal(other.build.get('markUnfusedTensorsAsDebugTensors')?.value, true);
  });

  test('has its weights where the config leaves them out: one without computes nothing', () => {
    const stripped = withSettings(marked, { stripWeights: true });
    const { build } = debugBuild(stripped, { names: undefined, unfused: false }, '/elsewhere');
    assert.equal(build.get('stripWeights')?.value, false);
    assert.equal(build.get('engine')?.value.path, path.resolve('/elsewhere/net.engine'));
    const all = debugBuild(
      withSettings(plain, { stripAllWeights: true }),
      { names: ['a'], unfused: false },
      '/elsewhere',
    ).build;
    assert.equal(all.get('stripAllWeights')?.value, false);
    // It stands for both: what is refittable is fused otherwise.
    assert.equal(all.get('refit')?.value, true);
  });

  const failed = (code: string, message: string, names: readonly string[], unfused = false) =>
    debugBuildError({ kind: 'failed', problems: [{ code, message }] } as never, { names, unfused }).message;

  test('that fails at a mark says which tensor to leave out', () => {
    assert.match(
      failed('build.debug-tensors', 'slice of isDebug for m0 is listed more than once', ['m0', 'r0']),
      /To get around the marks: leave out m0 \(--tensors r0\), make them outputs of the engine \(--mark outputs\), or mark only what fusions leave \(--unfused/,
    );
    assert.match(failed('build.crashed', 'TensorRT crashed.', ['m0']), /name fewer tensors \(--tensors\)/);
    assert.match(
      failed('build.crashed', 'TensorRT crashed.', [], true),
      /name a few tensors with --tensors instead/,
    );
    assert.equal(failed('build.profile', 'The profile is wrong.', ['m0']), 'The profile is wrong.');
  });
});
