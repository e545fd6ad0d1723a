/** Simulation: measurements on the recorded GPU (test/support/recorded-gpu), and what is shown of them without one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { type RecordedDistribution, recordedDistribution } from '../../support/recorded-gpu/distribution.mts';
import { writeBuiltEngine } from '../../support/recorded-gpu/engine-file.ts';
import { nets } from '../engine/support/models.ts';
import { npy } from '../engine/support/npy.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { runCommand } from './run-command.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
let recorded: RecordedDistribution;

function onnxTrt(...args: string[]) {
  const { commandLine, environment } = recorded;
  return spawnSync(process.execPath, [commandLine, ...args], {
    env: environment,
    encoding: 'utf8',
    cwd: folder,
  });
}

before(async () => {
  recorded = await recordedDistribution(at('program'));
  writeFileSync(at('transformer.onnxtxt'), nets.transformer);
  const engine = { net: 'transformer', debugTensors: [] } as const;
  await writeBuiltEngine(at('plain.engine'), { ...engine, flags: [] }, at('transformer.onnxtxt'));
  await writeBuiltEngine(
    at('streamed.engine'),
    { ...engine, flags: ['kWEIGHT_STREAMING'] },
    at('transformer.onnxtxt'),
  );
  writeFileSync(
    at('streamed.trt.yaml'),
    'model: transformer.onnxtxt\nengine: streamed.engine\nallowWeightStreaming: true\nstronglyTyped: true\n',
  );
});

describe('how a profile was measured (simulated GPU)', () => {
  const sizes = (shape: string, ...more: string[]) =>
    onnxTrt('profile', 'plain.engine', '--shapes', `x:${shape}`, ...more);

  test('is told after a run, and again from its file', () => {
    const run = sizes('1x8x256', '--streams', '2', '--export', 'small.json');
    assert.equal(run.status, 0, run.stderr);
    const again = onnxTrt('profile', 'small.json');
    for (const { stdout } of [run, again]) {
      assert.match(stdout, /With +TensorRT 10\.6\.0 on NVIDIA H200\n/);
      assert.match(stdout, /Input x +1x8x256, random values\n/);
      assert.match(stdout, /Inferences +at least 10 and 3 s, after 200 ms of warm-up\n/);
      assert.match(stdout, /Streams +2\n/);
      assert.match(stdout, /Memory of a context +4\.72 MB\n/);
    }
    assert.match(again.stderr, /Several inferences run side by side/);
  });

  test('is compared with that of another one, where figures would not compare', () => {
    sizes('4x8x256', '--no-transfers', '--export', 'big.json');
    const { stdout, stderr } = onnxTrt('profile', 'big.json', '--compare', 'small.json');
    assert.match(stdout, /^small\.json \(before\) ↔ big\.json \(after\)/);
    assert.match(
      stdout,
      /Measured otherwise\n.*\n +Input x +1x8x256, random values +4x8x256, random values\n/,
    );
    assert.match(stdout, /Copies to and from the GPU +measured +left out/);
    assert.match(stderr, /They were measured otherwise/);
    assert.doesNotMatch(stdout, /Optimization profile/, 'which is the same');
    const same = onnxTrt('profile', 'big.json', '--compare', 'big.json');
    assert.doesNotMatch(same.stdout + same.stderr, /otherwise/);
  });
});

describe('inputs from .npy files (simulated GPU)', () => {
  test('are taken with their shape', () => {
    writeFileSync(at('x.npy'), npy({ shape: '(1, 2, 256)', values: new Uint8Array(2048) }));
    const { status, stderr } = onnxTrt('profile', 'plain.engine', '--load-inputs', 'x:x.npy');
    assert.equal(status, 0, stderr);
  });

  test('of another type or shape stop the run with a sentence', () => {
    writeFileSync(
      at('double.npy'),
      npy({ descr: '<f8', shape: '(1, 2, 256)', values: new Uint8Array(4096) }),
    );
    const { status, stderr } = onnxTrt('profile', 'plain.engine', '--load-inputs', 'x:double.npy');
    assert.equal(status, 2);
    assert.match(stderr, /double\.npy holds float64, but the input x is kFLOAT/);
    writeFileSync(at('wide.npy'), npy({ shape: '(1, 2, 255)', values: new Uint8Array(2040) }));
    assert.match(
      onnxTrt('profile', 'plain.engine', '--load-inputs', 'x:wide.npy').stderr,
      /has the shape 1x2x255, but the input x takes \?x\?x256/,
    );
  });
});

describe('weight streaming (simulated GPU)', () => {
  test('a profile takes a budget', () => {
    const slow = onnxTrt('profile', 'streamed.engine', '--weight-streaming-budget', '0%', '--format', 'json');
    const fast = onnxTrt(
      'profile',
      'streamed.engine',
      '--weight-streaming-budget',
      'auto',
      '--format',
      'json',
    );
    assert.equal(slow.status, 0, slow.stderr);
    const compute = ({ stdout }: typeof slow) => JSON.parse(stdout).statistics.compute.median;
    assert.ok(compute(slow) > 2 * compute(fast));
    const none = onnxTrt('profile', 'plain.engine', '--weight-streaming-budget', '50%');
    assert.match(none.stderr, /has no streamable weights: build it with allowWeightStreaming/);
    assert.match(
      onnxTrt('profile', 'streamed.engine', '--weight-streaming-budget', 'much').stderr,
      /takes sizes like 512MiB, parts like 50%, auto or off, not much/,
    );
  });

  test('a sweep tells latency and memory by budget, recommends one, and is shown again without a GPU', async () => {
    const run = onnxTrt('weight-streaming', 'streamed.trt.yaml', '--steps', '5', '--export', 'sweep.json');
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /streamed\.engine on NVIDIA H200/);
    assert.match(run.stdout, /3\.15 MB of weights can be streamed/);
    assert.match(run.stdout, /\n +50 % +1\.57 MB +0 bytes +4\.72 MB /);
    assert.match(run.stdout, /TensorRT’s own choice \(automatic\)/);
    assert.match(run.stdout, /In a config: weightStreamingBudget: /);
    const again = await runCommand('weight-streaming', at('sweep.json'));
    assert.equal(again.code, 0);
    assert.equal(again.stdout, run.stdout);
    const lax = await runCommand('weight-streaming', at('sweep.json'), '--within', '50', '--format', 'json');
    assert.equal(JSON.parse(lax.stdout).recommended.weightStreamingBudget, '50%');
    assert.equal(JSON.parse(lax.stdout).points.length, 5);
  });

  test('budgets may be named, and what is none is refused', () => {
    const run = onnxTrt('weight-streaming', 'streamed.engine', '--budgets', '1MiB,auto', '--format', 'json');
    const { points } = JSON.parse(run.stdout);
    assert.deepEqual(
      points.map(({ budget, isAutomatic }: { budget: number; isAutomatic: boolean }) => [
        budget,
        isAutomatic,
      ]),
      [
        [1048576, false],
        [3148160, true],
      ],
    );
    assert.match(
      onnxTrt('weight-streaming', 'streamed.engine', '--steps', '1').stderr,
      /whole number from 2 to 1000/,
    );
    const plain = onnxTrt('weight-streaming', 'plain.engine');
    assert.equal(plain.status, 2);
    assert.match(plain.stderr, /build it with allowWeightStreaming/);
  });

  test('a file that is no sweep says so', async () => {
    writeFileSync(at('other.json'), '{"a": 1}');
    assert.match((await runCommand('weight-streaming', at('other.json'))).stderr, /other\.json is no sweep/);
    writeFileSync(at('broken.json'), '{"a": ');
    assert.match((await runCommand('context-memory', at('broken.json'))).stderr, /broken\.json is no JSON/);
  });
});

describe('memory of execution contexts (simulated GPU)', () => {
  test('by strategy, for min, opt, max and shapes that are given; shown again without a GPU', async () => {
    const run = onnxTrt(
      ...['context-memory', 'plain.engine', '--shapes', 'x:1x32x256', '--export', 'memory.json'],
    );
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /Shapes +kSTATIC +kON_PROFILE_CHANGE +kUSER_MANAGED/);
    for (const line of [
      /\n +min +x 1x1x256 /,
      /\n +opt +x 2x64x256 /,
      /\n +max +x 4x128x256 /,
      /\n +given +x 1x32x256 /,
    ])
      assert.match(run.stdout, line);
    const again = await runCommand('context-memory', at('memory.json'));
    assert.equal(again.stdout, run.stdout);
  });

  test('shapes of an input that there is not are refused', () => {
    const { status, stderr } = onnxTrt('context-memory', 'plain.engine', '--shapes', 'z:1');
    assert.equal(status, 2);
    assert.match(stderr, /has no input z; it has x/);
  });
});

describe('a file that cannot be written', () => {
  for (const command of ['profile', 'weight-streaming', 'context-memory']) {
    test(`is told by ${command} before anything is measured`, () => {
      // Were it measured, that there is no such engine would be said.
      for (const [file, words] of [
        ['no-folder/result.json', /cannot be written: there is no folder .*no-folder\. Make it first/],
        ['program', /program cannot be written: it is a folder/],
        ['', /The name of a file to write is empty/],
      ] as const) {
        const { status, stderr } = onnxTrt(command, 'no.engine', '--export', file);
        assert.equal(status, 2);
        assert.match(stderr, words);
      }
    });
  }

  test('is told by snippet', async () => {
    const { code, stderr } = await runCommand(
      ...['snippet', at('plain.engine'), '--no-load', '--output', at('no-folder/run.cpp')],
    );
    assert.equal(code, 2);
    assert.match(stderr, /run\.cpp cannot be written: there is no folder/);
  });
});

describe('programs that run an engine', () => {
  test('from the engine (simulated GPU), and from what inspect said of it', async () => {
    const asked = onnxTrt('snippet', 'streamed.engine', '--weight-streaming-budget', '50%');
    assert.equal(asked.status, 0, asked.stderr);
    assert.match(asked.stdout, /setInputShape\("x", dims\(\{2, 64, 256\}\)\)/);
    assert.match(asked.stdout, /getStreamableWeightsSize\(\) \* 50 \/ 100/);
    const inspected = onnxTrt('inspect', 'streamed.engine', '--format', 'json');
    writeFileSync(at('inspected.json'), inspected.stdout);
    const again = await runCommand('snippet', at('inspected.json'), '--weight-streaming-budget', '50%');
    assert.equal(again.stdout, asked.stdout);
    const none = onnxTrt('snippet', 'plain.engine', '--weight-streaming-budget', '50%');
    assert.equal(none.status, 2);
    assert.match(none.stderr, /no streamable weights: build it with allowWeightStreaming/);
  });

  test('loads plugins and the code inside the engine as the command did (simulated GPU)', async () => {
    const plugin = at('my "plugin".so');
    writeFileSync(plugin, '');
    const engine = { net: 'transformer', debugTensors: [], flags: ['kVERSION_COMPATIBLE'] } as const;
    await writeBuiltEngine(at('compatible.engine'), engine, at('transformer.onnxtxt'));
    const { status, stdout, stderr } = onnxTrt(
      ...['snippet', 'compatible.engine', '--plugin', plugin, '--trust-host-code'],
      ...['--runtime', testLibraries('tensorrt-lean-10.15')],
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /-lnvinfer_lean /);
    assert.match(stdout, /runtime->setEngineHostCodeAllowed\(true\);/);
    assert.match(stdout, /loadLibrary\("[^\n]*my \\"plugin\\"\.so"\)/);
  });

  test('from the model that ENGINE.json names, where nothing is loaded', async () => {
    const { code, stdout, stderr } = await runCommand(
      ...['snippet', at('plain.engine'), '--no-load', '--language', 'python', '--output', at('run.py')],
    );
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /was not loaded: its inputs and outputs are those of its model/);
    assert.ok(existsSync(at('run.py')));
    assert.match(readFileSync(at('run.py'), 'utf8'), /context\.set_input_shape\("x", \(1, 1, 256\)\)/);
  });

  test('for the profile that is named, else that of the config; several are told', async () => {
    const sizes = (min: number, opt: number, max: number) => ({
      x: { min: [min, 8, 256], opt: [opt, 8, 256], max: [max, 8, 256] },
    });
    const profiles = [sizes(1, 1, 2), sizes(1, 4, 8)];
    const engine = { net: 'transformer', debugTensors: [], flags: [], profiles } as const;
    await writeBuiltEngine(at('profiles.engine'), engine, at('transformer.onnxtxt'));
    const config = 'model: transformer.onnxtxt\nengine: profiles.engine\n';
    writeFileSync(at('profiles.trt.yaml'), config);
    writeFileSync(at('second.trt.yaml'), `${config}useProfile: 1\n`);
    const snippet = (...args: string[]) => onnxTrt('snippet', '--language', 'python', ...args);
    const usual = snippet('profiles.trt.yaml');
    assert.match(usual.stdout, /set_input_shape\("x", \(1, 8, 256\)\)/);
    assert.match(
      usual.stderr,
      /note: The engine has several optimization profiles: 0 \(x 1x8x256 … 1x8x256 … 2x8x256\); 1 \(x 1x8x256 … 4x8x256 … 8x8x256\)\. The program takes 0; --use-profile takes another\./,
    );
    const ofConfig = snippet('second.trt.yaml');
    assert.match(ofConfig.stdout, /set_input_shape\("x", \(4, 8, 256\)\)/);
    assert.match(ofConfig.stderr, /The program takes 1;/);
    const named = snippet('second.trt.yaml', '--use-profile', '0');
    assert.equal(named.stdout, usual.stdout);
    assert.equal(named.stderr, '');
    assert.match(
      snippet('second.trt.yaml', '--use-profile', '2').stderr,
      /has no optimization profile 2; it has 2/,
    );
  });

  test('what nobody tells the inputs of is refused', async () => {
    writeFileSync(at('alone.engine'), readFileSync(at('plain.engine')));
    const { code, stderr } = await runCommand('snippet', at('alone.engine'), '--no-load');
    assert.equal(code, 2);
    assert.match(stderr, /there is no alone\.engine\.json that tells of its model/);
  });
});
