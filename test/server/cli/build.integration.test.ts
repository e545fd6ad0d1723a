/** `onnx-trt build` with the real TensorRT for RTX on a plain CPU, as a process of its own. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../../../scripts/cache.mjs';
import { temporaryFolder, writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';

const libraries = testLibraries('tensorrt-rtx-1.7.1');
const tsx = fileURLToPath(new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url));
const main = fileURLToPath(new URL('../../../server/src/cli/main.ts', import.meta.url));
const real = (name: string) => path.join(cacheDirectory, 'models/real', `${name}.onnx`);
const detectorConfig = `model: ${real('rapidocr_onnxruntime-ch_PP-OCRv4_det_infer')}
engine: net.engine
profiles: [{ x: { min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] } }]
`;
const fixed = `<ir_version: 8, opset_import: ["" : 17]>
g (float[2,4] x) => (float[2,3] y) <float[4,3] w = {1,2,3,4,5,6,7,8,9,10,11,12}> { y = MatMul (x, w) }
`;
const dynamic = fixed.replaceAll('float[2,', 'float[batch,');

interface Run {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Starts the command in a folder, as the leader of a process group, as a shell does. */
function start(folder: string, ...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', tsx, main, 'build', ...args], {
    cwd: folder,
    detached: true,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: libraries,
      NO_COLOR: '1',
      XDG_DATA_HOME: path.join(folder, '.data'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

const run = (folder: string, ...args: string[]) => start(folder, ...args).ended;

interface Event {
  readonly event: string;
  readonly [part: string]: unknown;
}
const eventsOf = (stdout: string): Event[] =>
  stdout
    .trim()
    .split('\n')
    .map((line): Event => JSON.parse(line));

describe('onnx-trt build', () => {
  test('a model by itself: built, then up to date, then built on demand', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'net.onnxtxt': fixed });
    const first = await run(folder, 'net.onnxtxt');
    assert.deepEqual(
      [first.code, first.stdout.replace(/[\d.]+ (kB|s)/g, 'N')],
      [0, 'net.engine: built, N in N\n'],
    );
    assert.match(first.stderr, /building with TensorRT-RTX 1\.7\.1, as there is no engine yet/);
    // trtexec cannot build it: TensorRT for RTX has a program of its own.
    assert.match(
      JSON.parse(readFileSync(path.join(folder, 'net.engine.json'), 'utf8')).config.trtexec,
      /^tensorrt_rtx --onnx=\S+net\.onnx /,
    );
    const second = await run(folder, 'net.onnxtxt');
    assert.deepEqual([second.code, /^net\.engine: up to date, /.test(second.stdout)], [0, true]);
    assert.match((await run(folder, 'net.onnxtxt', '--force')).stdout, /^net\.engine: built/);
    const other = await run(folder, 'net.onnxtxt', '-o', 'out/other.engine');
    assert.equal(other.code, 0);
    assert.ok(statSync(path.join(folder, 'out/other.engine')).size > 0);
  });

  test('a model with open sizes: says what is missing, with a config that builds', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'net.onnxtxt': dynamic });
    const { code, stdout, stderr } = await run(folder, 'net.onnxtxt');
    assert.deepEqual([code, stdout], [2, 'net.onnxtxt: not built\n']);
    const config = stderr.slice(stderr.indexOf('model:'));
    assert.match(config, /^model: net\.onnxtxt\n[\s\S]*profiles:\n {2}- x: \{ min: \[1, 4\]/);
    writeFiles(folder, { 'net.trt.yaml': config });
    assert.equal((await run(folder, 'net.trt.yaml')).code, 0);
  });

  test('several builds, several profiles, weight streaming: all built, with a summary; wrong ones stop themselves only', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': dynamic,
      'net.trt.yaml': `model: net.onnxtxt
profiles: [{ x: { min: [1, 4], opt: [2, 4], max: [8, 4] } }]
builds:
  plain: {}
  two: { profiles: [{ x: [1, 4] }, { x: { min: [2, 4], opt: [4, 4], max: [64, 4] } }] }
  streamed: { allowWeightStreaming: true }
  mistyped: { memPoolSize: { workspace: 4 apples } }
  narrow: { profiles: [{ x: { min: [1, 5], opt: [2, 5], max: [8, 5] } }] }
`,
    });
    const { code, stdout } = await run(folder, 'net.trt.yaml');
    assert.equal(code, 2);
    assert.match(
      stdout,
      /^net\.trt\.yaml:7:41: error: .*apples.*\[config\.bad-unit\]\n {4}7 \| {3}mistyped: .*\n +\| +\^\^\^\^\^\^/,
    );
    assert.match(stdout, /net\.trt\.yaml:8:\d+: error: .*\[config\./);
    for (const name of ['plain', 'two', 'streamed'])
      assert.match(stdout, new RegExp(`net\\.${name}\\.engine: built`));
    assert.match(stdout, /· mistyped: not built.*\n[\s\S]*· narrow: not built/);
    assert.match(stdout, /5 builds: 3 built, 2 not built\n$/);
    assert.deepEqual(
      readdirSync(folder)
        .filter((name) => name.endsWith('.engine'))
        .sort(),
      ['net.plain.engine', 'net.streamed.engine', 'net.two.engine'],
    );

    const chosen = await run(folder, 'net.trt.yaml', '--build', 'two', '-b', 'plain');
    assert.deepEqual(
      [chosen.code, /2 builds: 2 up to date\n$/.test(chosen.stdout)],
      [0, true],
      chosen.stdout,
    );
    assert.doesNotMatch(chosen.stdout, /apples/, 'problems of other builds are not told of');
  });

  test('several configs and a model: all built, one after the other; what is wrong with a file stops it alone', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': fixed,
      'base.trt.yaml': 'builderOptimizationLevel: 2\n',
      'a.trt.yaml': 'extends: base.trt.yaml\nmodel: net.onnxtxt\nengine: a.engine\n',
      'b.trt.yaml':
        'extends: base.trt.yaml\nmodel: net.onnxtxt\nbuilds: { one: { engine: b1.engine }, two: { engine: b2.engine } }\n',
      'c.trt.yaml': 'engine: c.engine\nmodel: net.onnxtxt\nmemPoolSize: { workspace: 4 apples }\n',
      'd.trt.yaml': 'model: net.onnxtxt\nengine: b2.engine\n',
    });
    const good = ['a.trt.yaml', 'b.trt.yaml', 'base.trt.yaml', './a.trt.yaml'];
    const first = await run(folder, ...good);
    assert.equal(first.code, 0, first.stderr);
    assert.match(
      first.stdout,
      /^a\.engine: built.*\nb1\.engine: built.*\nb2\.engine: built.*\n3 builds: 3 built\n$/,
    );
    assert.match(first.stderr, /note: base\.trt\.yaml is extended by others and has no model of its own/);

    const all = [...good, 'c.trt.yaml', 'd.trt.yaml', 'missing.trt.yaml', 'net.onnxtxt'];
    const second = await run(folder, ...all);
    assert.equal(second.code, 2);
    assert.match(second.stdout, /^c\.trt\.yaml:3:27: error: .*apples/);
    assert.match(second.stdout, /\nnet\.engine: built/);
    assert.match(
      second.stdout,
      /\n5 builds: 3 up to date, 1 not built, 1 built; see above for d\.trt\.yaml, missing\.trt\.yaml\n$/,
    );
    assert.match(
      second.stderr,
      /error: d\.trt\.yaml is not built: its engine would be b2\.engine, as that of b\.trt\.yaml · two is\./,
    );
    assert.match(second.stderr, /error: .*missing\.trt\.yaml does not exist/);

    const json = await run(folder, ...all, '--format', 'json');
    assert.equal(json.code, 2);
    const events = eventsOf(json.stdout);
    assert.deepEqual(
      events.filter(({ event }) => event === 'error').map(({ file }) => file),
      ['d.trt.yaml', 'missing.trt.yaml'],
    );
    assert.deepEqual(
      events.filter(({ event }) => event === 'started').map(({ id, title }) => [id, title]),
      [
        [1, 'a.trt.yaml'],
        [2, 'b.trt.yaml · one'],
        [3, 'b.trt.yaml · two'],
        [4, 'c.trt.yaml'],
        [5, 'net.onnxtxt'],
      ],
    );
    assert.deepEqual(events.at(-1), {
      event: 'summary',
      exitCode: 2,
      outcomes: { built: 0, 'up-to-date': 4, failed: 0, 'not-built': 1, cancelled: 0 },
    });

    const chosen = await run(folder, 'a.trt.yaml', 'b.trt.yaml', '--build', 'two');
    assert.deepEqual([chosen.code, /^b2\.engine: up to date/.test(chosen.stdout)], [2, true]);
    assert.match(chosen.stderr, /a\.trt\.yaml has no build two: it has a single build, without a name/);
  });

  test('what TensorRT refuses: exit code 1, its words, at the setting', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': dynamic,
      'net.trt.yaml': 'model: net.onnxtxt\nprofiles: [{ x: { min: [4, 4], opt: [2, 4], max: [8, 4] } }]\n',
    });
    assert.equal((await run(folder, 'net.trt.yaml')).code, 2, 'the checks find it first');
    const { code, stdout } = await run(folder, 'net.trt.yaml', '--no-check');
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^net\.trt\.yaml:2:\d+: error: [\s\S]*MIN<=OPT<=MAX[\s\S]*net\.trt\.yaml: failed\n$/,
    );
  });

  test('a real model with If nodes that parses and does not build', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.trt.yaml': `model: ${real('silero_vad-silero_vad')}\nengine: net.engine\nprofiles: [{ input: [1, 512], state: [2, 1, 128] }]\n`,
    });
    const { code, stdout } = await run(folder, 'net.trt.yaml');
    assert.equal(code, 1, stdout);
    assert.match(stdout, /error: /);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('engine')),
      [],
    );
  });

  test('a real detector, and a text that refers to its weights, give engines of the same size', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.trt.yaml': detectorConfig,
      'text.trt.yaml': detectorConfig
        .replace(/model: .*/, 'model: net.onnxtxt')
        .replace('net.engine', 'text.engine'),
    });
    const printing = spawn(
      process.execPath,
      [
        '--import',
        tsx,
        main,
        'print',
        real('rapidocr_onnxruntime-ch_PP-OCRv4_det_infer'),
        '-o',
        'net.onnxtxt',
      ],
      { cwd: folder, stdio: 'inherit' },
    );
    assert.equal(await new Promise((resolve) => printing.on('close', resolve)), 0);
    assert.deepEqual(
      [(await run(folder, 'net.trt.yaml')).code, (await run(folder, 'text.trt.yaml')).code],
      [0, 0],
    );
    const size = (name: string) => statSync(path.join(folder, name)).size;
    assert.ok(
      Math.abs(size('net.engine') / size('text.engine') - 1) < 0.01,
      `${size('net.engine')} ${size('text.engine')}`,
    );
    const note: { inputs: { path: string }[] } = JSON.parse(
      readFileSync(path.join(folder, 'text.engine.json'), 'utf8'),
    );
    assert.deepEqual(
      note.inputs.map((input) => input.path),
      [real('rapidocr_onnxruntime-ch_PP-OCRv4_det_infer')],
    );
  });

  test('what cannot be begun: exit code 2 and a sentence', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': fixed,
      'net.trt.yaml': 'model: net.onnxtxt\nbuilds: { a: {}, b: {} }\n',
      'broken.onnxtxt': 'g (',
      'empty.trt.yaml': '',
    });
    const cases: readonly (readonly [string[], RegExp])[] = [
      [['missing.trt.yaml'], /missing\.trt\.yaml does not exist/],
      [['missing.onnx'], /missing\.onnx does not exist/],
      [['broken.onnxtxt'], /broken\.onnxtxt:1:\d+: error/],
      [['empty.trt.yaml'], /empty\.trt\.yaml has no builds\. A config needs a `model` at least/],
      [['net.txt'], /neither a build config .* nor a model/],
      [['net.trt.yaml', '--build', 'c'], /no build c: there are a, b/],
      [['net.trt.yaml', '-o', 'x.engine'], /One engine cannot be that of 2 builds: a, b/],
      [['net.onnxtxt', '--build', 'a'], /is a model/],
      [['.'], /^error: \. is a folder\. Name its build configs: \*\.trt\.yaml\.$/m],
      [
        ['net.trt.yaml', 'net.onnxtxt', '-o', 'x.engine'],
        /--output names one engine, and there are 2 files to build\..*\nSee onnx-trt build --help/,
      ],
      [['net.onnxtxt', '--runtime', 'tensorrt-9.9'], /no runtime tensorrt-9\.9/],
      [['net.onnxtxt', '--runtime', '>=99'], /No TensorRT on this machine is `>=99`/],
      [['net.onnxtxt', '--log-level', 'loud'], /error, warning, info or verbose, not loud/],
    ];
    for (const [args, words] of cases) {
      const { code, stderr } = await run(folder, ...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, words);
    }
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.engine')),
      [],
    );
  });

  test('what several builds have in common is told once', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': fixed,
      'net.trt.yaml':
        'model: net.onnxtxt\ntimingCacheFile: a.cache\nbuilds:\n  a: {}\n  b: {}\n  c: { fp16: true }\n  d: { fp16: true }\n',
    });
    const { code, stdout } = await run(folder, 'net.trt.yaml');
    assert.equal(code, 2);
    assert.equal(stdout.match(/`timingCacheFile` has no effect/g)?.length, 1, stdout);
    assert.equal(stdout.match(/has no `fp16`/g)?.length, 2, stdout);
    assert.match(stdout, /4 builds: 2 built, 2 not built\n$/);
  });

  test('an engine never takes the place of what it is made of, nor its note that of another file', async (context) => {
    const folder = temporaryFolder(context);
    const [model, config, other] = ['net.onnxtxt', 'a.trt.yaml', 'taken.json'];
    writeFiles(folder, { [model]: fixed, [other]: '{"mine": true}', 'link/x': '' });
    symlinkSync(path.join(folder, model), path.join(folder, 'link/net.engine'));
    for (const [engine, words] of [
      [model, `would replace ${path.join(folder, model)}, which the build needs`],
      ['link/net.engine', `would replace ${path.join(folder, model)}, which the build needs`],
      [config, `would replace ${path.join(folder, config)}, which the build needs`],
    ] as const) {
      writeFiles(folder, { [config]: `model: ${model}\nengine: ${engine}\n` });
      const before = [model, config].map((file) => readFileSync(path.join(folder, file), 'utf8'));
      const { code, stderr } = await run(folder, config, '--force', '--no-check');
      assert.equal(code, 2, stderr);
      assert.ok(stderr.includes(words), stderr);
      assert.deepEqual(
        [model, config].map((file) => readFileSync(path.join(folder, file), 'utf8')),
        before,
      );
    }
    writeFiles(folder, { [config]: `model: ${model}\nengine: taken\n` });
    const refused = await run(folder, config);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /its note would replace .*taken\.json, which is a file of another kind/);
    assert.equal(readFileSync(path.join(folder, other), 'utf8'), '{"mine": true}');
    assert.equal((await run(folder, config, '--force')).code, 0);
    assert.match(readFileSync(path.join(folder, other), 'utf8'), /onnx-tensorrt-tools engine/);
  });

  test('JSON: an event on each line', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': dynamic,
      'net.trt.yaml': `model: net.onnxtxt
profiles: [{ x: { min: [1, 4], opt: [2, 4], max: [8, 4] } }]
builds: { good: {}, bad: { fp16: true } }
`,
    });
    const { code, stdout } = await run(folder, 'net.trt.yaml', '--format', 'json', '--log-level', 'info');
    assert.equal(code, 2);
    const events = eventsOf(stdout);
    const kinds = events.filter(({ id }) => id === 1).map(({ event }) => event);
    assert.deepEqual([...new Set(kinds)].sort(), [
      'finished',
      'log',
      'progress',
      'reason',
      'runtime',
      'started',
    ]);
    const { time, ...started } = events[0] ?? { event: '' };
    assert.deepEqual(started, {
      event: 'started',
      id: 1,
      title: 'net.trt.yaml · good',
      build: 'good',
      config: path.join(folder, 'net.trt.yaml'),
      model: path.join(folder, 'net.onnxtxt'),
      engine: path.join(folder, 'net.good.engine'),
    });
    assert.ok(typeof time === 'string' && !Number.isNaN(Date.parse(time)));
    const finished = events.filter(({ event }) => event === 'finished');
    const engine = path.join(folder, 'net.good.engine');
    const { milliseconds, ...good } = finished[0] ?? { event: '' };
    assert.ok(typeof milliseconds === 'number' && milliseconds > 0);
    assert.deepEqual(good, {
      event: 'finished',
      id: 1,
      outcome: 'built',
      engine,
      bytes: statSync(engine).size,
      provenance: `${engine}.json`,
      warnings: good['warnings'],
      notes: [],
      problems: [],
    });
    assert.equal(finished[1]?.['outcome'], 'not-built');
    assert.match(JSON.stringify(finished[1]?.['problems']), /"code":"config\.not-for-rtx".*"line":2/);
    assert.deepEqual(events.at(-1), {
      event: 'summary',
      exitCode: 2,
      outcomes: { built: 1, 'up-to-date': 0, failed: 0, 'not-built': 1, cancelled: 0 },
    });
  });
});

describe('Ctrl-C', () => {
  /** As a terminal does it: to the command and to its helper processes. */
  const interrupt = ({ child }: Run) => process.kill(-(child.pid ?? 0), 'SIGINT');
  const until = async (fits: () => boolean) => {
    for (let time = 0; !fits(); time += 20) {
      if (time > 30_000) throw new Error('It did not come to that.');
      await setTimeout(20);
    }
  };
  /** What the build has come to say when it is interrupted. */
  const moments: readonly (readonly [string, RegExp])[] = [
    ['before TensorRT has started', /"event":"started"/],
    ['while the model is parsed', /"event":"reason"/],
    ['while it is built', /"stage":"building"/],
    ['deep in a phase', /"phases":\[\{.*\},\{.*\},\{/],
  ];
  for (const [name, moment] of moments) {
    test(`ends a build ${name}, within a second, with exit code 130 and without a trace`, async (context) => {
      const folder = temporaryFolder(context);
      writeFiles(folder, { 'net.trt.yaml': detectorConfig });
      const running = start(folder, 'net.trt.yaml', '--format', 'json');
      await until(() => moment.test(running.stdout()));
      const begin = performance.now();
      interrupt(running);
      const { code, stdout } = await running.ended;
      const time = performance.now() - begin;
      assert.equal(code, 130);
      assert.ok(time < 1000, `${time} ms`);
      assert.equal(eventsOf(stdout).at(-2)?.['outcome'], 'cancelled');
      assert.deepEqual(
        readdirSync(folder).filter((file) => file.includes('engine')),
        [],
      );
    });
  }

  test('ends a build while a text of 50,000 nodes is read, within a second', async (context) => {
    const folder = temporaryFolder(context);
    const nodes = Array.from({ length: 50_000 }, (_, index) => `  t${index + 1} = Neg (t${index})\n`);
    const text = `<ir_version: 8, opset_import: ["" : 17]>\ng (float[2,4] t0) => (float[2,4] t50000) {\n${nodes.join('')}}\n`;
    writeFiles(folder, { 'net.onnxtxt': text, 'net.trt.yaml': 'model: net.onnxtxt\n' });
    const running = start(folder, 'net.trt.yaml', '--format', 'json');
    await until(() => /"event":"started"/.test(running.stdout()));
    // The text is begun with, and not done.
    await setTimeout(200);
    const begin = performance.now();
    interrupt(running);
    const { code } = await running.ended;
    const time = performance.now() - begin;
    assert.equal(code, 130);
    assert.ok(time < 1000, `${time} ms`);
  });

  test('stops the builds that wait, too, also those of other configs', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.trt.yaml': `${detectorConfig.replace('engine: net.engine\n', '')}builds: { a: { engine: a.engine }, b: { engine: b.engine } }\n`,
    });
    writeFiles(folder, { 'other.trt.yaml': detectorConfig });
    const running = start(folder, 'net.trt.yaml', 'other.trt.yaml', 'missing.trt.yaml');
    await until(() => running.stderr().includes('building with'));
    interrupt(running);
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 130);
    assert.match(stdout, /3 builds: 3 cancelled/);
    assert.match(stderr, /Stopping\. Ctrl-C again ends TensorRT at once\./);
    assert.deepEqual(
      [existsSync(path.join(folder, 'a.engine')), existsSync(path.join(folder, 'b.engine'))],
      [false, false],
    );
  });

  test('twice ends TensorRT at once', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'net.trt.yaml': detectorConfig });
    const running = start(folder, 'net.trt.yaml', '--format', 'json');
    await until(() => /"phases":\[\{/.test(running.stdout()));
    const begin = performance.now();
    interrupt(running);
    await setTimeout(30);
    interrupt(running);
    assert.equal((await running.ended).code, 130);
    assert.ok(performance.now() - begin < 700, `${performance.now() - begin} ms`);
  });
});
