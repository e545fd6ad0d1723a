import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { chooseAbi } from '../../../native-bridge/src/abi/families.ts';
import type { EngineDescription, EngineTensor } from '../../../native-bridge/src/engine-protocol.ts';
import {
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

const defaultRunnerOptions: RunnerOptions = { profile: 0, userManaged: false };

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
  debugTensors: ['h', 'a"b', '??/'],
  loading: {
    kind: 'lean',
    runsHostCode: true,
    leanRuntimePath: '/opt/lean 10.6/libnvinfer_lean.so.10',
    pluginLibraries: ['/opt/plugins/my "nms".so'],
  },
};

/** Tensors that are named as `names`, each an input and an output whose shape depends on values. */
const named = (names: readonly string[]): Partial<RunnerFacts> => ({
  tensors: names.flatMap((name) => [
    odd(name, { dims: [2] }),
    odd(name, { mode: 'output', dims: [-1] }),
    odd(name, { dims: [2], ...shapeTensor([4, 5]) }),
  ]),
});

const shapeTensor = (values: readonly number[]): Partial<EngineTensor> => ({
  type: 'kINT64',
  location: 'kHOST',
  isShapeTensor: true,
  profiles: [{ min: values, opt: values, max: values }],
});

const everyType = [
  ...['kFLOAT', 'kHALF', 'kBF16', 'kINT8', 'kUINT8', 'kINT32'],
  ...['kINT64', 'kBOOL', 'kFP8', 'kE8M0', 'kINT4', 'kFP4'],
].flatMap((type) => [
  odd(`in ${type}`, { type, dims: [2, 3] }),
  odd(`out ${type}`, { type, dims: [-1, 2], mode: 'output' }),
]);

const smallest: Partial<RunnerFacts> = {
  tensors: [
    odd('scalar', {}),
    odd('scalar values', { dims: [], ...shapeTensor([7]) }),
    odd('no values', { dims: [0], ...shapeTensor([]) }),
    odd('empty', { dims: [0, 3] }),
    odd('y', { mode: 'output', dims: [0] }),
  ],
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
  ['transformer', { ...everything, tensors: everyType }, { budgetPercent: 33.3 }],
  ['transformer', smallest, {}],
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

  test('tensors may have any word of the program as name', () => {
    const [, version] = versions;
    const program = runnerOf(facts('transformer', everything), 'cpp', {
      ...defaultRunnerOptions,
      userManaged: true,
    });
    const words = program.replace(/\/\/.*|"(?:[^"\\]|\\.)*"/g, '').match(/\b[A-Za-z]\w*/g) ?? [];
    const names = [...new Set([...words, ...keywords])];
    assert.ok(names.length > 150);
    assert.equal(
      compile(runnerOf(facts('transformer', named(names)), 'cpp', defaultRunnerOptions), version),
      '',
    );
  });

  test('all of the weights are all of them, to the byte', () => {
    const text = (budgetPercent: number, language: RunnerLanguage) =>
      runnerOf(facts('transformer', { streamable: 29 }), language, {
        ...defaultRunnerOptions,
        budgetPercent,
      });
    assert.match(
      text(100, 'cpp'),
      /static_cast<std::int64_t>\(engine->getStreamableWeightsSize\(\) \* 100 \/ 100\)/,
    );
    assert.match(text(33.3, 'python'), /= int\(engine\.streamable_weights_size \* 33\.3 \/ 100\)/);
  });

  test('load the engine as it was loaded', () => {
    const text = runnerOf(facts('transformer', everything), 'cpp', defaultRunnerOptions);
    assert.match(text, /-lnvinfer_lean -lcudart/);
    assert.match(text, /runtime\{loader->loadRuntime\("\/opt\/lean 10\.6\/libnvinfer_lean\.so\.10"\)\}/);
    assert.match(text, /runtime->setEngineHostCodeAllowed\(true\)/);
    assert.match(text, /getPluginRegistry\(\)->loadLibrary\("\/opt\/plugins\/my \\"nms\\"\.so"\)/);
    const plain = runnerOf(facts('transformer'), 'cpp', defaultRunnerOptions);
    assert.doesNotMatch(plain, /loadRuntime|HostCode|loadLibrary/);
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

/** Words of both languages, and what the programs may call things of a tensor `x`. */
const keywords = [
  ...['default', 'delete', 'static', 'goto', 'export', 'extern', 'register', 'sizeof', 'typename', 'nullptr'],
  ...[
    'private',
    'throw',
    'catch',
    'constexpr',
    'stderr',
    'NULL',
    'EOF',
    'x',
    'x_values',
    'x_shape',
    'x_allocator',
  ],
  ...['assert', 'async', 'await', 'elif', 'except', 'finally', 'nonlocal', 'raise', 'yield', 'None'],
  ...['', '1', '%d', '*/', 'a b', 'a/b', 'a.b', '日本語', '\u2028'],
];

/** What `main` of a program in Python has as locals, and takes from outside. */
function namesOfMain(program: string): string[] {
  const reader = `
import dis, json, sys
module = compile(sys.stdin.read(), "run.py", "exec", dont_inherit=True)
[main] = [each for each in module.co_consts if getattr(each, "co_name", "") == "main"]
outside = {step.argval for step in dis.get_instructions(main) if step.opname == "LOAD_GLOBAL"}
print(json.dumps(sorted(outside | set(main.co_varnames))))
`;
  const { status, stdout, stderr } = spawnSync('python3', ['-c', reader], {
    input: program,
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stderr}\n${program}`);
  return JSON.parse(stdout);
}

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

  test('tensors may have any name that the program uses, and any word of Python', () => {
    const options = { ...defaultRunnerOptions, userManaged: true };
    const names = namesOfMain(runnerOf(facts('transformer', everything), 'python', options));
    assert.ok(names.includes('np') && names.includes('to_device') && names.includes('open'));
    const all = [...names, ...keywords];
    const { inputs, outputs } = planRunner(facts('transformer', named(all)), options);
    const variables = [...inputs, ...outputs].flatMap(({ variable }) => [
      ...[variable, `${variable}_shape`, `${variable}_allocator`],
    ]);
    assert.equal(new Set(variables).size, variables.length);
    const own = new Set(names.filter((name) => !/^(tensor_|class|a_b|size|boxes|brig)/.test(name)));
    for (const variable of variables) assert.ok(!own.has(variable), `${variable} has two meanings`);
    namesOfMain(runnerOf(facts('transformer', named(all)), 'python', options));
  });

  test('load the engine as it was loaded', () => {
    const text = runnerOf(facts('transformer', everything), 'python', defaultRunnerOptions);
    assert.match(text, /import tensorrt_lean as trt/);
    assert.match(text, /pip install tensorrt-lean /);
    const order = [
      'load_library("/opt/',
      'loader.load_runtime("/opt/',
      'engine_host_code_allowed = True',
      'deserialize_cuda_engine(file',
    ];
    const places = order.map((word) => text.indexOf(word));
    assert.ok(places.every((place) => place > 0));
    assert.deepEqual(
      places,
      [...places].sort((left, right) => left - right),
    );
  });

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

  test('a budget for an engine that streams no weights is refused', () => {
    assert.throws(
      () =>
        planRunner(facts('transformer', { streamable: 0 }), { ...defaultRunnerOptions, budgetPercent: 30 }),
      /no streamable weights: build it with allowWeightStreaming/,
    );
  });

  test('a profile that the engine does not have is refused', () => {
    assert.throws(
      () => planRunner(facts('transformer'), { profile: 2, userManaged: false }),
      /no optimization profile 2; it has 1/,
    );
  });
});
