/**
 * Simulation: `onnx-trt debug` on the recorded GPU (test/support/recorded-gpu) where TensorRT fails over debug tensors, as 10.6 did on an
 * H200. What engines compute is what the real ONNX Runtime computes, changed where a test says so.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type DebugCapture, readCapture } from '../../../server/src/engine/debug/capture.ts';
import { openValueFile } from '../../../server/src/engine/tensor-values/value-file.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import { profiles } from '../../gpu/nets.mjs';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import type { BadMarks } from '../../support/recorded-gpu/bad-marks.ts';
import { type RecordedDistribution, recordedDistribution } from '../../support/recorded-gpu/distribution.mts';

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);
const badMarks = at('bad-marks.json');
const nets = ['convolutions', 'layers', 'transformer'] as const;
let recorded: RecordedDistribution;

function environment(net: string): NodeJS.ProcessEnv {
  return {
    ...recorded.environment,
    RECORDED_GPU_VALUES: at(`${net}.values`),
    RECORDED_GPU_BAD_MARKS: badMarks,
  };
}

function debug(net: (typeof nets)[number], ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [recorded.commandLine, 'debug', `${net}.trt.yaml`, ...args],
    { env: environment(net), encoding: 'utf8', cwd: folder },
  );
  return { status, stdout, stderr, text: stdout.replaceAll(/\s+/g, ' ') };
}

/** As debug tensors alone, in several engines where they have to be. */
function marked(net: (typeof nets)[number], ...args: string[]) {
  return debug(net, '--mark', 'debug', ...args);
}

/** What TensorRT fails at from now on; nothing was built before. */
function fails(...bad: BadMarks[]): void {
  writeFileSync(badMarks, JSON.stringify(bad));
  writeFileSync(`${badMarks}.log`, '');
}

/** The marks of each build, in order. */
function builds(): string[] {
  return readFileSync(`${badMarks}.log`, 'utf8').split('\n').slice(0, -1);
}

/** The net computes what ONNX Runtime computes, changed as given. */
function computes(
  net: string,
  changes: Readonly<Record<string, (value: number, index: number) => number>> = {},
): void {
  const values = at(`${net}.values`);
  mkdirSync(values, { recursive: true });
  for (const { name, reference } of capture(`${net}.alone`).tensors) {
    const { file, dims } = reference ?? assert.fail();
    const change = changes[name] ?? ((value: number) => value);
    const numbers = [...openValueFile(at(`${net}.alone`, file), nodeFileAccess).chunks()].flatMap((chunk) => [
      ...chunk,
    ]);
    writeFileSync(
      path.join(values, `${name}.bin`),
      new Uint8Array(Float32Array.from(numbers, change).buffer),
    );
    writeFileSync(path.join(values, `${name}.json`), JSON.stringify({ type: 'kFLOAT', dims }));
  }
}

function capture(directory: string): DebugCapture {
  return readCapture(readFileSync(at(directory, 'debug.json'), 'utf8'));
}

before(async () => {
  recorded = await recordedDistribution(at('program'));
  const maker = fileURLToPath(new URL('../../gpu/make-models.py', import.meta.url));
  execFileSync('python3', [maker, at('nets'), ...nets]);
  for (const net of nets) {
    writeFileSync(
      at(`${net}.trt.yaml`),
      `model: nets/${net}/model.onnx\nengine: ${net}.engine\n${profiles[net]}`,
    );
    const alone = debug(net, '--no-engine', '-o', `${net}.alone`);
    assert.equal(alone.status, 0, alone.stderr);
    computes(net);
  }
});

describe('debug tensors that TensorRT does not mark in one engine (simulated GPU)', () => {
  beforeEach(() => fails());

  test('are marked in several, and compared as one capture', () => {
    fails({ together: ['c1', 'r1'], end: 'refused' });
    const { status, text, stderr } = marked('convolutions', '--tensors', 'all', '-o', 'all');
    assert.equal(status, 0, stderr);
    assert.deepEqual(builds(), ['c0 r0 p0 c1 r1 g f', 'c0 p0 r1 f', 'r0 c1 g']);
    assert.match(text, /Compared all 8 tensors agree/);
    assert.match(
      text,
      /Engine 1 \S+all\.engine\/convolutions\.part1\.engine \(TensorRT 10\.6\.0, NVIDIA H200\): 5 tensors/,
    );
    assert.match(text, /Builds 3, as TensorRT does not mark all debug tensors in one engine/);
    assert.match(
      text,
      /Tensor Node Engine Verdict .* c0 conv0 \(Conv\) 1 agrees .* r0 relu0 \(Relu\) 2 agrees/,
    );
    assert.match(
      stderr,
      /note: TensorRT 10\.6\.0 does not mark all 7 debug tensors in one engine, so 2 engines were built, each with some of them \(3 builds in all\)\. What TensorRT fuses, .* may differ between these engines\./,
    );
    assert.match(stderr, /note: Why not in one: .*slice of isDebug for r1' is listed more than once/);
    const { parts, engine, tensors } = capture('all');
    assert.deepEqual(parts?.engines, [
      { path: at('all.engine', 'convolutions.part1.engine'), tensors: ['c0', 'p0', 'r1', 'f', 'y'] },
      { path: at('all.engine', 'convolutions.part2.engine'), tensors: ['c1', 'r0', 'g'] },
    ]);
    assert.equal(engine?.path, parts?.engines[0]?.path);
    assert.deepEqual([parts?.builds, parts?.wanted, parts?.leftOut], [3, 7, []]);
    assert.deepEqual(
      tensors.map(({ name }) => name),
      ['c0', 'r0', 'p0', 'c1', 'r1', 'g', 'f', 'y'],
    );
    assert.deepEqual(
      readdirSync(at('all', 'tensorrt')).sort(),
      tensors.map(({ name }) => `${name}.npy`).sort(),
    );
  });

  test('the first node where values part ways is found across engines; the capture is shown again', () => {
    fails({ together: ['c1', 'r1'], end: 'corrupted double-linked list' });
    computes('convolutions', { c1: (value) => value + 0.5, r1: (value) => value + 0.5 });
    const { status, text } = marked('convolutions', '--tensors', 'all', '-o', 'wrong');
    computes('convolutions');
    assert.equal(status, 1);
    const found =
      /First divergence of TensorRT 10\.6\.0 from ONNX Runtime \S+: node conv1 \(Conv\), output c1\. All that goes into it agrees: p0\. One tensor follows from it: r1\./;
    assert.match(text, found);
    const again = spawnSync(
      process.execPath,
      [recorded.commandLine, 'debug', 'wrong', '--tolerance', '0.001'],
      {
        env: environment('convolutions'),
        encoding: 'utf8',
        cwd: folder,
      },
    );
    assert.match(again.stdout.replaceAll(/\s+/g, ' '), found);
    assert.equal(capture('wrong').parts?.builds, 3);
  });

  test('one that TensorRT dies of alone is left out, with its words', () => {
    fails({ together: ['m0'], end: 'LLVM ERROR: out of memory' });
    const { status, stderr, text } = marked('layers', '--tensors', 'r0,m0', '-o', 'fused');
    assert.equal(status, 0, stderr);
    assert.deepEqual(builds(), ['r0 m0', 'm0', 'r0']);
    assert.match(
      stderr,
      /note: m0 is left out: TensorRT 10\.6\.0 ended unexpectedly \(signal SIGABRT\)\. Its last words: LLVM ERROR: out of memory/,
    );
    assert.match(stderr, /so an engine with some of them was built \(3 builds in all\)\.\n/);
    assert.match(text, /Compared all 2 tensors agree .*Left out m0/);
    const { parts } = capture('fused');
    assert.equal(parts?.leftOut[0]?.tensor, 'm0');
    assert.deepEqual(readdirSync(at('fused.engine')).sort(), [
      'layers.part1.engine',
      'layers.part1.engine.json',
    ]);
  });

  test('inputs are the same for all engines, also where shapes vary', () => {
    fails({ together: ['scaled', 'probabilities'], end: 'refused' });
    const { status, stderr } = marked(
      'transformer',
      '--tensors',
      'n0,scaled,probabilities,h,n1',
      '-o',
      'attention',
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(builds(), ['n0 scaled probabilities h n1', 'n0 probabilities n1', 'scaled h']);
    assert.deepEqual(readdirSync(at('attention', 'inputs')), ['x.npy']);
    assert.equal(capture('attention').tensors.length, 6);
  });

  test('of a config that marks them itself, whose own engine stays as it is', () => {
    writeFileSync(
      at('marked.trt.yaml'),
      'model: nets/convolutions/model.onnx\nengine: convolutions.engine\nmarkDebug: [r1, y, c1, c0]\n',
    );
    fails({ together: ['c1', 'r1'], end: 'refused' });
    const { status, stderr } = spawnSync(
      process.execPath,
      [recorded.commandLine, 'debug', 'marked.trt.yaml', '--mark', 'debug', '-o', 'marked'],
      { env: environment('convolutions'), encoding: 'utf8', cwd: folder },
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(builds(), ['r1 y c1 c0', 'c0 r1', 'c1']);
    assert.equal(existsSync(at('convolutions.engine')), false);
  });

  test('a second run finds the engines up to date; parts that are none any more go', () => {
    fails({ together: ['c1', 'r1'], end: 'refused' });
    assert.equal(marked('convolutions', '--tensors', 'c1,r1,g', '-o', 'twice').status, 0);
    fails({ together: ['c1', 'r1'], end: 'refused' });
    assert.equal(marked('convolutions', '--tensors', 'c1,r1,g', '-o', 'twice').status, 0);
    assert.deepEqual(builds(), ['c1 r1 g']);
    fails();
    assert.equal(marked('convolutions', '--tensors', 'c1,r1,g', '-o', 'twice').status, 0);
    assert.deepEqual(readdirSync(at('twice.engine')).sort(), [
      'convolutions.engine',
      'convolutions.engine.json',
    ]);
    assert.equal(capture('twice').parts, undefined);
  });

  test('a crash without marks, too, is no matter of marks: reported after four builds', () => {
    fails({ together: [], end: 'corrupted double-linked list' });
    const { status, stderr } = marked('convolutions', '--tensors', 'all', '-o', 'crash');
    assert.equal(status, 2);
    assert.deepEqual(builds(), ['c0 r0 p0 c1 r1 g f', 'c0 p0 r1 f', 'r0 c1 g', '']);
    assert.match(stderr, /ended unexpectedly \(signal SIGABRT\).*corrupted double-linked list/);
    assert.match(stderr, /This is of a build without debug tensors: the marks are not why it fails\./);
    assert.doesNotMatch(stderr, /To get around the marks/);
    assert.equal(existsSync(at('crash.engine')), false);
  });

  test('crashes over both halves, and none without marks: the engine that showed it is gone', () => {
    fails(
      { together: ['c0', 'p0'], end: 'LLVM ERROR: out of memory' },
      { together: ['r0', 'c1'], end: 'LLVM ERROR: out of memory' },
    );
    const { status, stderr } = marked('convolutions', '--tensors', 'c0,r0,p0,c1', '-o', 'halves');
    assert.equal(status, 0, stderr);
    assert.deepEqual(builds(), ['c0 r0 p0 c1', 'c0 p0', 'r0 c1', '', 'c0', 'p0', 'r0', 'c1']);
    assert.deepEqual(
      readdirSync(at('halves.engine'))
        .filter((name) => name.endsWith('.engine'))
        .sort(),
      [1, 2, 3, 4].map((number) => `convolutions.part${number}.engine`),
    );
  });

  test('no more than --max-builds; with 1 there is one engine, or none', () => {
    fails({ together: ['c1', 'r1'], end: 'refused' });
    const limited = marked('convolutions', '--tensors', 'all', '--max-builds', '2', '-o', 'limited');
    assert.equal(limited.status, 0, limited.stderr);
    assert.match(
      limited.stderr,
      /note: r0, c1, g are left out: the limit of 2 builds \(--max-builds\) was reached\n/,
    );
    const single = marked('convolutions', '--tensors', 'all', '--max-builds', '1', '-o', 'single');
    assert.equal(single.status, 2);
    assert.match(single.stderr, /To get around the marks: leave out /);
    assert.match(
      debug('convolutions', '--max-builds', '0').stderr,
      /--max-builds takes a whole number from 1 on, not 0\./,
    );
  });

  test('none of which can be marked: each is told with why', () => {
    fails({ together: ['c1'], end: 'refused' }, { together: ['r1'], end: 'LLVM ERROR: out of memory' });
    const { status, stderr } = marked('convolutions', '--tensors', 'c1,r1', '-o', 'none');
    assert.equal(status, 2);
    assert.match(stderr, /TensorRT built no engine with any of the 2 debug tensors, in 3 builds/);
    assert.match(stderr, /c1: .*slice of isDebug for c1' .*\nr1: .*LLVM ERROR: out of memory/);
    assert.equal(existsSync(at('none.engine')), false);
  });

  test('a build that the system kills is not tried again', { skip: process.platform === 'win32' }, () => {
    fails({ together: ['c1', 'r1'], end: 'killed' });
    const { status, stderr } = marked('convolutions', '--tensors', 'c1,r1', '-o', 'killed');
    assert.equal(status, 2);
    assert.match(stderr, /was killed from outside/);
    assert.deepEqual(builds(), ['c1 r1']);
  });

  test('Ctrl-C ends it in the middle', { skip: process.platform === 'win32' }, async () => {
    fails({ together: ['c1', 'r1'], end: 'refused' }, { together: ['r0', 'c1'], end: 'hangs' });
    const child = spawn(
      process.execPath,
      [
        recorded.commandLine,
        ...['debug', 'convolutions.trt.yaml', '--mark', 'debug', '--tensors', 'all', '-o', 'stopped'],
      ],
      { env: environment('convolutions'), cwd: folder, stdio: 'ignore' },
    );
    const end = once(child, 'exit');
    for (let tries = 0; builds().length < 3 && tries < 200; tries++) await setTimeout(100);
    assert.equal(builds().length, 3);
    child.kill('SIGINT');
    assert.deepEqual(await end, [130, null]);
    assert.deepEqual(readdirSync(at('stopped.engine')).sort(), [
      'convolutions.part1.engine',
      'convolutions.part1.engine.json',
    ]);
    rmSync(at('stopped.engine'), { recursive: true });
  });
});

describe('debug tensors that TensorRT does not mark (simulated GPU)', () => {
  beforeEach(() => fails());

  test('are outputs of the engine instead, of which a note tells', () => {
    fails({ together: ['c1', 'r1'], end: 'refused' });
    const { status, text, stderr } = debug('convolutions', '--tensors', 'all', '-o', 'instead');
    assert.equal(status, 0, stderr);
    assert.deepEqual(builds(), ['c0 r0 p0 c1 r1 g f', 'outputs: c0 r0 p0 c1 r1 g f']);
    assert.match(text, /Compared all 8 tensors agree/);
    assert.match(
      text,
      /Engine \S+instead\.engine\/convolutions\.outputs\.engine \(TensorRT 10\.6\.0, NVIDIA H200\): 8 tensors Tensors outputs of the engine, not debug tensors Builds 2, as TensorRT does not mark all debug tensors in one engine/,
    );
    assert.match(
      stderr,
      /note: TensorRT 10\.6\.0 does not mark all 7 debug tensors in one engine, so they are outputs of the engine instead \(2 builds in all\)\. Nothing is fused over an output/,
    );
    assert.match(
      stderr,
      /note: Why not as debug tensors: .*slice of isDebug for r1' is listed more than once/,
    );
    const { parts, asOutputs, tensors } = capture('instead');
    assert.equal(asOutputs, true);
    assert.deepEqual(parts?.leftOut, []);
    assert.deepEqual(
      tensors.filter(({ isOutput }) => isOutput).map(({ name }) => name),
      ['y'],
    );
  });

  test('in which the first node where values part ways is found, and no format is guessed', () => {
    fails({ together: ['c1', 'r1'], end: 'corrupted double-linked list' });
    // The channels last: of a debug tensor, a format; of an output, wrong values.
    const channelsLast = (values: Float32Array, index: number) => {
      const [, channels, places] = [2, 32, 32 * 32];
      const batch = Math.floor(index / (channels * places));
      const rest = index % (channels * places);
      return (
        values[batch * channels * places + (rest % channels) * places + Math.floor(rest / channels)] ?? 0
      );
    };
    const { file } =
      capture('convolutions.alone').tensors.find(({ name }) => name === 'c1')?.reference ?? assert.fail();
    const whole = Float32Array.from(
      [...openValueFile(at('convolutions.alone', file), nodeFileAccess).chunks()].flatMap((chunk) => [
        ...chunk,
      ]),
    );
    computes('convolutions', { c1: (_, index) => channelsLast(whole, index) });
    const { status, text, stderr } = debug('convolutions', '--tensors', 'p0,c1,r1', '-o', 'instead-wrong');
    computes('convolutions');
    assert.equal(status, 1);
    assert.match(
      text,
      /First divergence of TensorRT 10\.6\.0 from ONNX Runtime \S+: node conv1 \(Conv\), output c1\./,
    );
    assert.doesNotMatch(stderr, /format/);
  });

  test('one that does not come out is told', () => {
    fails();
    const shape = at('convolutions.values', 'r1.json');
    const text = readFileSync(shape, 'utf8');
    rmSync(shape);
    const { status, stderr } = debug(
      'convolutions',
      '--tensors',
      'c1,r1',
      '--mark',
      'outputs',
      '-o',
      'folded',
    );
    writeFileSync(shape, text);
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      /note: r1 did not come out of the engine: TensorRT has no such tensor in its network/,
    );
  });

  test('a single one, too', () => {
    fails({ together: ['m0'], end: 'LLVM ERROR: out of memory' });
    const { status, stderr, text } = debug('layers', '--tensors', 'm0', '-o', 'one');
    assert.equal(status, 0, stderr);
    assert.deepEqual(builds(), ['m0', 'outputs: m0']);
    assert.match(
      stderr,
      /does not mark the debug tensor in one engine, so it is an output of the engine instead/,
    );
    assert.match(text, /Compared all 2 tensors agree/);
  });

  test('where TensorRT fails at outputs, too, parts are marked', () => {
    fails({ together: ['c1', 'r1'], end: 'LLVM ERROR: out of memory', asOutputs: true });
    const { status, stderr } = debug('convolutions', '--tensors', 'c0,c1,r1', '-o', 'neither');
    assert.equal(status, 0, stderr);
    assert.deepEqual(builds(), ['c0 c1 r1', 'outputs: c0 c1 r1', 'c0 r1', 'c1']);
    assert.match(stderr, /so 2 engines were built, each with some of them \(4 builds in all\)/);
    assert.equal(capture('neither').asOutputs, undefined);
    assert.deepEqual(
      readdirSync(at('neither.engine'))
        .filter((name) => name.endsWith('.engine'))
        .sort(),
      ['convolutions.part1.engine', 'convolutions.part2.engine'],
    );
    fails({ together: ['c1'], end: 'LLVM ERROR: out of memory', asOutputs: true });
    const single = debug('convolutions', '--tensors', 'c1', '-o', 'neither-alone');
    assert.equal(single.status, 2);
    assert.match(single.stderr, /With outputs of the engine in the place of debug tensors it fails, too\./);
    assert.doesNotMatch(single.stderr, /--mark outputs/);
    assert.equal(existsSync(at('neither-alone.engine')), false);
  });

  test('a second run finds the engine up to date; it goes where marks do, and the config’s own stays', () => {
    writeFileSync(
      at('instead.trt.yaml'),
      'model: nets/convolutions/model.onnx\nengine: convolutions.engine\nmarkDebug: [r1, y, c1, c0]\n',
    );
    const again = () =>
      spawnSync(process.execPath, [recorded.commandLine, 'debug', 'instead.trt.yaml', '-o', 'own'], {
        env: environment('convolutions'),
        encoding: 'utf8',
        cwd: folder,
      });
    fails({ together: ['c1', 'r1'], end: 'refused' });
    assert.equal(again().status, 0);
    assert.deepEqual(builds(), ['r1 y c1 c0', 'outputs: c0 c1 r1']);
    assert.equal(again().status, 0);
    assert.deepEqual(builds(), ['r1 y c1 c0', 'outputs: c0 c1 r1', 'r1 y c1 c0']);
    assert.deepEqual(readdirSync(at('own.engine')).sort(), [
      'convolutions.outputs.engine',
      'convolutions.outputs.engine.json',
    ]);
    fails();
    const { status, stderr } = again();
    assert.equal(status, 0, stderr);
    assert.equal(existsSync(at('own.engine')), false);
    for (const name of ['convolutions.engine', 'convolutions.engine.json']) rmSync(at(name));
  });

  test('--mark outputs makes them outputs at once; with an engine of float16 nothing is said of formats', () => {
    writeFileSync(
      at('half.trt.yaml'),
      'model: nets/convolutions/model.onnx\nengine: convolutions.half.engine\nfp16: true\n',
    );
    const half = (...args: string[]) =>
      spawnSync(
        process.execPath,
        [
          recorded.commandLine,
          'debug',
          'half.trt.yaml',
          '--tensors',
          'c0,c1',
          '--reference',
          'none',
          '-o',
          'half',
          ...args,
        ],
        { env: environment('convolutions'), encoding: 'utf8', cwd: folder },
      );
    fails();
    const outputs = half('--mark', 'outputs');
    assert.equal(outputs.status, 0, outputs.stderr);
    assert.deepEqual(builds(), ['outputs: c0 c1']);
    assert.doesNotMatch(outputs.stderr, /note:/);
    assert.equal(capture('half').asOutputs, true);
    assert.match(half('--mark', 'debug').stderr, /TensorRT does not say in which format debug tensors come/);
    const refused = half('--mark', 'outputs', '--unfused');
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /--unfused marks debug tensors: leave it or --mark outputs out\./);
  });

  test('--mark outputs, where TensorRT fails at some: parts of them', () => {
    fails({ together: ['c1', 'r1'], end: 'refused', asOutputs: true });
    const { status, stderr } = debug(
      'convolutions',
      '--mark',
      'outputs',
      '--tensors',
      'c0,c1,r1',
      '-o',
      'parts',
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(builds(), ['outputs: c0 c1 r1', 'outputs: c0 r1', 'outputs: c1']);
    assert.match(stderr, /does not mark all 3 outputs in one engine, so 2 engines were built/);
  });
});
