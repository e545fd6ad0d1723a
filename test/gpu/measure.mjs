/**
 * What a GPU alone can show of measurements, through `onnx-trt`: profiles with .npy inputs, weight streaming sweeps, memory of execution
 * contexts, and the generated programs, compiled and run.
 *
 *   npx tsx test/support/minimal-headers/write.mts HEADERS 10.6.0       where the machine has no NvInfer.h
 *   node test/gpu/measure.mjs DIST MODELS TENSORRT_FOLDER [HEADERS]     MODELS as make-models.py writes them
 *
 * Prints a record; exit code 1 where an expectation fails.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { difference, floatsOf, profiles as singleProfiles } from './nets.mjs';

const [dist = '', models = '', tensorrt = '', headers] = process.argv.slice(2);
const program = path.resolve(dist, 'onnx-trt.js');
const folder = mkdtempSync(path.join(tmpdir(), 'measure-'));
const at = (name) => path.join(folder, name);
const modelFile = (name, file = 'model.onnx') => path.resolve(models, name, file);
const failures = [];
const record = {};
const environment = {
  ...process.env,
  LD_LIBRARY_PATH: [path.resolve(tensorrt), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
};

function section(name, work) {
  const start = performance.now();
  try {
    record[name] = work();
  } catch (error) {
    failures.push(`${name}: ${error instanceof Error ? error.message : error}`);
  }
  process.stderr.write(`${((performance.now() - start) / 1000).toFixed(1)} s  ${name}\n`);
}

function expect(what, holds, actual) {
  if (!holds) failures.push(`${what}${actual === undefined ? '' : `: ${JSON.stringify(actual)}`}`);
}

function onnxTrt(...args) {
  const ran = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: 300_000,
  });
  return { code: ran.status ?? ran.signal, stdout: ran.stdout, stderr: ran.stderr.trim() };
}

/** Throws with the command's own words. */
function succeed(...args) {
  const ran = onnxTrt(...args);
  if (ran.code !== 0) throw new Error(`onnx-trt ${args.join(' ')}: ${ran.stderr.slice(-600)}`);
  return ran;
}

const json = (...args) =>
  JSON.parse(succeed(...args, '--runtime', path.resolve(tensorrt), '--format', 'json').stdout);

const profiles = {
  ...singleProfiles,
  layers: `${singleProfiles.layers}  - x: { min: [64, 256], opt: [128, 256], max: [1024, 256] }\n`,
};
const engines = [
  ['convolutions', 'convolutions', ''],
  ['layers', 'layers', ''],
  ['streamed', 'transformer', 'stronglyTyped: true\nallowWeightStreaming: true\n'],
  ['large', 'blocks', 'stronglyTyped: true\nallowWeightStreaming: true\n'],
  ['debug', 'transformer', 'markDebug: [n0, h]\n'],
];
section('builds', () =>
  Object.fromEntries(
    engines.map(([name, model, settings]) => {
      const config = at(`${name}.trt.yaml`);
      writeFileSync(
        config,
        `model: ${modelFile(model)}\nengine: ${name}.engine\nprofilingVerbosity: detailed\n${profiles[model]}${settings}`,
      );
      const { code, stderr } = onnxTrt('build', config, '--runtime', path.resolve(tensorrt));
      expect(`${name} is built`, code === 0, stderr.slice(-400));
      return [name, code];
    }),
  ),
);

/** A .npy file of floats, in either byte order. */
function npy(values, dims, order) {
  const dictionary = `{'descr': '${order === 'big' ? '>' : '<'}f4', 'fortran_order': False, 'shape': (${dims.join(', ')},), }`;
  const padded = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8]);
  const turned = order === 'big' ? Buffer.from(values).swap32() : values;
  return Buffer.concat([head, Buffer.from(padded), turned]);
}

function describedInput(model) {
  const { inputs } = JSON.parse(readFileSync(modelFile(model, 'model.json'), 'utf8'));
  const [[name, { file, dims }]] = Object.entries(inputs);
  return { name, dims, bytes: readFileSync(modelFile(model, file)) };
}

const quick = ['--iterations', '50', '--duration', '0.5'];
section('profiles with .npy inputs', () => {
  const { dims, bytes } = describedInput('transformer');
  writeFileSync(at('little.npy'), npy(bytes, dims, 'little'));
  writeFileSync(at('big.npy'), npy(bytes, dims, 'big'));
  writeFileSync(at('wide.npy'), npy(bytes, [dims[0], dims[1] / 2, dims[2] * 2], 'little'));
  const median = (file) =>
    json('profile', 'streamed.engine', '--load-inputs', `x:${at(file)}`, ...quick).statistics.latency.median;
  const wide = onnxTrt(
    'profile',
    'streamed.engine',
    '--load-inputs',
    `x:${at('wide.npy')}`,
    '--runtime',
    tensorrt,
  );
  expect('a wrong shape is refused', wide.code === 2 && /takes \?x\?x256/.test(wide.stderr), wide.stderr);
  const times = { little: median('little.npy'), big: median('big.npy') };
  expect('both byte orders are measured', times.little > 0 && times.big > 0, times);
  return { ...times, refused: wide.stderr };
});

section('a profile with a budget', () => {
  const median = (budget) =>
    json('profile', 'large.engine', '--weight-streaming-budget', budget, ...quick).statistics.latency.median;
  const times = { '0%': median('0%'), '50%': median('50%'), auto: median('auto') };
  expect('no weights on the GPU take longer than the automatic budget', times['0%'] > times.auto, times);
  return times;
});

section('weight streaming sweep', () => {
  const sweep = json(
    'weight-streaming',
    'large.trt.yaml',
    '--steps',
    '11',
    ...quick,
    '--export',
    at('sweep.json'),
  );
  const { points, weights, recommended } = sweep;
  expect('every budget is measured', points.length >= 11 && points.every(({ latency }) => latency), points);
  const again = succeed('weight-streaming', at('sweep.json'));
  return {
    weights,
    recommended,
    text: again.stdout.split('\n'),
    points: points.map(({ budget, isAutomatic, latency, context, scratch, device, failure }) => ({
      budget,
      isAutomatic,
      latency,
      context,
      scratch,
      device,
      failure,
    })),
  };
});

section('memory of execution contexts', () => {
  const [fixed, dynamic, transformer] = [
    json('context-memory', 'convolutions.engine'),
    json('context-memory', 'layers.engine', '--shapes', 'x:3x256', '--shapes', 'x:17x256'),
    json('context-memory', 'streamed.engine', '--shapes', 'x:1x64x256'),
  ].map(({ rows }) => rows);
  const bytes = (rows, label) => rows.find((row) => row.label === label)?.kUSER_MANAGED;
  expect(
    'min takes at most what max takes',
    bytes(transformer, 'min') <= bytes(transformer, 'max'),
    transformer,
  );
  expect('both profiles are there', new Set(dynamic.map(({ profile }) => profile)).size === 2, dynamic);
  expect('a fixed engine has one row', fixed.length === 1, fixed);
  return { fixed, dynamic, transformer };
});

const programs = [
  ['convolutions', 'convolutions', []],
  ['layers', 'layers', ['--user-managed']],
  ['streamed', 'transformer', ['--user-managed', '--weight-streaming-budget', '25%']],
  ['large', 'blocks', ['--weight-streaming-budget', '25%']],
  ['debug', 'transformer', []],
];

/** Where NVIDIA's own headers are, or those made from our tables. */
function includes() {
  const installed = ['/usr/include/x86_64-linux-gnu', '/usr/include', '/usr/local/tensorrt/include'].find(
    (place) => existsSync(path.join(place, 'NvInfer.h')),
  );
  const cuda = ['/usr/local/cuda/include', '/usr/include'].find((place) =>
    existsSync(path.join(place, 'cuda_runtime_api.h')),
  );
  if (installed && cuda) return { kind: 'NVIDIA’s', folders: [installed, cuda], libraries: ['-lcudart'] };
  if (headers === undefined) return undefined;
  const driver = [
    '/usr/lib/x86_64-linux-gnu/libcuda.so.1',
    '/usr/lib64/libcuda.so.1',
    '/usr/local/nvidia/lib64/libcuda.so.1',
    '/usr/local/cuda/compat/libcuda.so.1',
  ].find((file) => existsSync(file));
  return {
    kind: 'made from our tables',
    folders: [path.resolve(headers)],
    libraries: [driver ?? '-l:libcuda.so.1'],
  };
}

section('generated C++', () => {
  const compiler = spawnSync('g++', ['--version'], { encoding: 'utf8' });
  const found = includes();
  if (compiler.error || !found)
    return { skipped: compiler.error ? 'there is no g++' : 'there are no headers' };
  const library = readdirSync(tensorrt).find((file) => /^libnvinfer\.so/.test(file)) ?? 'libnvinfer.so';
  const outcomes = {};
  for (const [name, model, options] of programs) {
    const place = at(`cpp-${name}`);
    mkdirSync(place);
    succeed(
      ...['snippet', `${name}.engine`, '--language', 'cpp', '--output', path.join(place, 'run.cpp')],
      ...['--runtime', path.resolve(tensorrt), ...options],
    );
    const built = spawnSync(
      'g++',
      [
        ...['-std=c++17', '-Wall', '-Wextra', 'run.cpp', '-o', 'run'],
        ...found.folders.flatMap((include) => ['-I', include]),
        path.resolve(tensorrt, library),
        ...found.libraries,
        '-Wl,--unresolved-symbols=ignore-in-shared-libs',
      ],
      { cwd: place, encoding: 'utf8' },
    );
    expect(`the program of ${name} compiles`, built.status === 0, built.stderr.slice(0, 600));
    if (built.status !== 0) continue;
    outcomes[name] = runProgram(name, model, place, './run', []);
  }
  return { compiler: compiler.stdout.split('\n')[0], headers: found.kind, outcomes };
});

section('generated Python', () => {
  const there = spawnSync('python3', ['-c', 'import tensorrt, numpy, cuda'], {
    env: environment,
    encoding: 'utf8',
  });
  if (there.status !== 0)
    return { skipped: there.stderr?.trim().split('\n').at(-1) ?? 'there is no python3' };
  return Object.fromEntries(
    programs.map(([name, model, options]) => {
      const place = at(`python-${name}`);
      mkdirSync(place);
      succeed(
        ...['snippet', `${name}.engine`, '--language', 'python', '--output', path.join(place, 'run.py')],
        ...['--runtime', path.resolve(tensorrt), ...options],
      );
      return [name, runProgram(name, model, place, 'python3', ['run.py'])];
    }),
  );
});

/** Inputs and outputs are NAME.bin in the folder: what comes out is compared with ONNX Runtime's. */
function runProgram(name, model, place, command, args) {
  const { name: input } = describedInput(model);
  copyFileSync(modelFile(model, `input-${input}.bin`), path.join(place, `${input}.bin`));
  const ran = spawnSync(command, [...args, at(`${name}.engine`), place], {
    cwd: place,
    env: environment,
    encoding: 'utf8',
    timeout: 120_000,
  });
  const output = path.join(place, 'y.bin');
  const error = existsSync(output)
    ? difference(floatsOf(output), floatsOf(modelFile(model, 'model-y.bin')))
    : 'no output';
  expect(`${command} ${name} computes what ONNX Runtime computes`, error < 2e-3, {
    error,
    stderr: ran.stderr,
  });
  return {
    code: ran.status ?? ran.signal,
    error,
    output: ran.stdout.replaceAll(folder, 'FOLDER').trim().split('\n'),
    ...(ran.stderr !== '' && { stderr: ran.stderr.slice(-400) }),
  };
}

rmSync(folder, { recursive: true });
console.log(JSON.stringify({ node: process.version, record, failures }, null, 1));
process.exit(failures.length === 0 ? 0 : 1);
