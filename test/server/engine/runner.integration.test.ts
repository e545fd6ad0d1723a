import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { chooseAbi } from '../../../native-bridge/src/abi/families.ts';
import type { EngineDescription, EngineTensor } from '../../../native-bridge/src/engine-protocol.ts';
import {
  defaultRunnerOptions,
  factsOfDescription,
  type RunnerFacts,
  type RunnerLanguage,
  type RunnerOptions,
} from '../../../server/src/engine/runner/facts.ts';
import { runnerOf } from '../../../server/src/engine/runner/index.ts';
import { planRunner } from '../../../server/src/engine/runner/plan.ts';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { writeMinimalHeaders } from '../../support/minimal-headers/make-headers.ts';
import { captured } from './support/models.ts';

const versions = [
  ['TensorRT', { major: 10, minor: 0, patch: 1 }],
  ['TensorRT', { major: 10, minor: 6, patch: 0 }],
  ['TensorRT', { major: 11, minor: 2, patch: 1 }],
  ['TensorRT-RTX', { major: 1, minor: 7, patch: 1 }],
] as const;

function facts(net: string, more: Partial<RunnerFacts> = {}): RunnerFacts {
  const description: EngineDescription = JSON.parse(captured(`${net}-description`));
  return {
    ...factsOfDescription(description, { engine: `${net}.engine`, product: 'TensorRT', version: '10.6.0' }),
    ...more,
  };
}

const odd = (name: string, more: Partial<EngineTensor>): EngineTensor => ({
  name,
  mode: 'input',
  type: 'kFLOAT',
  dims: [],
  location: 'kDEVICE',
  isShapeTensor: false,
  formats: [],
  ...more,
});

/** All that a program may have to deal with at once. Made up: no engine has all of it. */
const everything: Partial<RunnerFacts> = {
  tensors: [
    odd('class', { dims: [-1, 3], type: 'kHALF', profiles: [{ min: [1, 3], opt: [4, 3], max: [8, 3] }] }),
    odd('a/b', { dims: [2, 8], type: 'kINT4' }),
    odd('a b"\\\n', { dims: [2], type: 'kBOOL' }),
    odd('size', {
      dims: [2],
      type: 'kINT64',
      location: 'kHOST',
      isShapeTensor: true,
      profiles: [{ min: [1, 1], opt: [4, 5], max: [9, 9] }],
    }),
    odd('boxes', { mode: 'output', dims: [-1, 4] }),
    odd('übrig', { mode: 'output', dims: [], type: 'kINT64' }),
  ],
  streamable: 1000,
  debugTensors: ['h', 'a"b'],
};

const everyFolder = temporaryFolder();

function compile(text: string, [product, version]: (typeof versions)[number]): string {
  const folder = mkdtempSync(path.join(everyFolder, 'headers-'));
  writeMinimalHeaders(folder, product, version);
  const file = path.join(folder, 'run.cpp');
  writeFileSync(file, text);
  const { status, stderr, error } = spawnSync(
    'g++',
    ['-std=c++17', '-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-I', folder, file],
    { encoding: 'utf8' },
  );
  assert.equal(error, undefined, 'This test needs g++.');
  return status === 0 ? '' : stderr;
}

const cases: readonly (readonly [string, Partial<RunnerFacts>, Partial<RunnerOptions>])[] = [
  ['convolutions', {}, {}],
  ['transformer', {}, {}],
  ['transformer', { streamable: 3148160 }, { budgetPercent: 50, userManaged: true }],
  ['transformer', everything, { userManaged: true }],
];

function programs(language: RunnerLanguage, version: (typeof versions)[number]) {
  const [product, { major, minor, patch }] = version;
  return cases.map(([net, more, options]) =>
    runnerOf(facts(net, { ...more, product, version: `${major}.${minor}.${patch}` }), language, {
      ...defaultRunnerOptions,
      ...options,
    }),
  );
}

describe('generated programs in C++', () => {
  for (const version of versions) {
    const [product, { major, minor }] = version;
    test(`compile with what ${product} ${major}.${minor} has (headers made from our tables)`, () => {
      for (const program of programs('cpp', version)) assert.equal(compile(program, version), '');
    });
  }

  test('what a version lacks would not compile', () => {
    const [old] = versions;
    assert.ok(old);
    const [, , later] = programs('cpp', ['TensorRT', { major: 11, minor: 2, patch: 1 }]);
    assert.match(compile(later ?? '', old), /getWeightStreamingAutomaticBudget|setWeightStreamingBudgetV2/);
  });

  test('one stream and one synchronization, with what the engine asks for', () => {
    const text = runnerOf(facts('transformer', everything), 'cpp', {
      ...defaultRunnerOptions,
      userManaged: true,
    });
    assert.equal(text.match(/cudaStreamSynchronize\(stream\)/g)?.length, 1);
    assert.equal(text.match(/cudaStreamCreateWithFlags\(&stream/g)?.length, 1);
    const order = [
      'setWeightStreamingBudgetV2',
      'createExecutionContext',
      'setInputShape("class", dims({4, 3}))',
      'inferShapes',
      'setOutputAllocator',
      'updateDeviceMemorySizeForShapes',
      'setDebugListener',
      'setInputConsumedEvent',
      'enqueueV3(stream)',
      'cudaStreamSynchronize(stream)',
    ].map((word) => text.indexOf(word, text.indexOf('int main')));
    assert.ok(order.every((place) => place > 0));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  });

  test('an engine of fixed shapes needs no allocator, no debug listener, no budget', () => {
    const text = runnerOf(facts('convolutions'), 'cpp', defaultRunnerOptions);
    assert.doesNotMatch(text, /OutputAllocator|DebugListener|WeightStreaming|setInputShape|setDeviceMemory/);
  });
});

/** Python's names of what the tables know: `set_input_shape`, and properties without `get_`. */
function pythonNames(version: (typeof versions)[number]): Set<string> {
  const [product, numbers] = version;
  const { classes } = chooseAbi(product, numbers, 'linux');
  const snake = (name: string) => name.replace(/[A-Z]+/g, (upper) => `_${upper.toLowerCase()}`);
  const names = (
    ['VRuntime', 'VCudaEngine', 'VExecutionContext', 'IOutputAllocator', 'IDebugListener'] as const
  )
    .flatMap((name) => classes[name])
    .map(([name]) => snake(name.replace(/\(.*/, '')).replace('enqueue_v3', 'execute_async_v3'));
  // Overloads and properties of the Python API, by what stands behind them.
  const overloads: Readonly<Record<string, string>> = {
    set_device_memory_v2: 'set_device_memory',
    set_device_memory: 'device_memory',
  };
  return new Set([
    ...names,
    ...names.map((name) => name.replace(/^[gs]et_/, '')),
    ...names.flatMap((name) => overloads[name] ?? []),
  ]);
}

describe('generated programs in Python', () => {
  for (const version of versions) {
    const [product, { major, minor }] = version;
    test(`are Python, and call what ${product} ${major}.${minor} has`, () => {
      const known = pythonNames(version);
      for (const program of programs('python', version)) {
        const { status, stderr } = spawnSync(
          'python3',
          ['-c', 'import sys; compile(sys.stdin.read(), "run.py", "exec", dont_inherit=True)'],
          { input: program, encoding: 'utf8' },
        );
        assert.equal(status, 0, `${stderr}\n${program}`);
        const called = [...program.matchAll(/\b(?:engine|context|runtime)\.(\w+)/g)].map(
          ([, name]) => name ?? '',
        );
        const overridden = [...program.matchAll(/ {4}def (\w+)\(self, (?:tensor_name|addr)/g)].map(
          ([, name]) => name ?? '',
        );
        assert.ok(called.length > 8);
        for (const name of [...called, ...overridden]) {
          assert.ok(known.has(name), `${name} is in no table of ${product} ${major}.${minor}`);
        }
      }
    });
  }

  test('for TensorRT for RTX, its own package', () => {
    const text = runnerOf(
      facts('transformer', { product: 'TensorRT-RTX', version: '1.7.1' }),
      'python',
      defaultRunnerOptions,
    );
    assert.match(text, /import tensorrt_rtx as trt/);
    assert.match(text, /pip install tensorrt-rtx /);
  });
});

describe('what a program is made of', () => {
  test('names of tensors become identifiers, each its own', () => {
    const { inputs, outputs } = planRunner(facts('transformer', everything), defaultRunnerOptions);
    const names = [...inputs, ...outputs].map(({ variable }) => variable);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[A-Za-z]\w*$/);
    assert.notEqual(names[0], 'class');
  });

  test('a profile that the engine does not have is refused', () => {
    assert.throws(
      () => planRunner(facts('transformer'), { profile: 2, userManaged: false }),
      /no optimization profile 2; it has 1/,
    );
  });
});
