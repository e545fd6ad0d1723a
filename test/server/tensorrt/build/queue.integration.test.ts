/** Real builds with TensorRT for RTX on a plain CPU: what is written, when, and why something is built again. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { cacheDirectory } from '../../../../scripts/cache.mjs';
import { parseBuildConfig } from '../../../../server/src/build-config/parse.ts';
import { resolveBuildConfig } from '../../../../server/src/build-config/resolve/resolve.ts';
import { readTextFile } from '../../../../server/src/node/read-text-file.ts';
import { runtimeForBuild } from '../../../../server/src/tensorrt/build/choose-runtime.ts';
import type { Provenance } from '../../../../server/src/tensorrt/build/provenance.ts';
import {
  type BuildEnd,
  type BuildEvent,
  BuildQueue,
  type QueuedBuild,
} from '../../../../server/src/tensorrt/build/queue.ts';
import { buildsOfConfig } from '../../../../server/src/tensorrt/build/requested-builds.ts';
import { Runtimes } from '../../../../server/src/tensorrt/runtimes.ts';
import { temporaryFolder, writeFiles } from '../support/folders.ts';
import { testLibraries } from '../support/test-libraries.ts';

const libraries = testLibraries('tensorrt-rtx-1.7.1');
const runtimes = new Runtimes({ buildLogSeverity: 'info' });
after(() => runtimes.dispose());

const detector = path.join(cacheDirectory, 'models/real/rapidocr_onnxruntime-ch_PP-OCRv4_det_infer.onnx');
const detectorConfig = `model: ${detector}
engine: net.engine
profiles: [{ x: { min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] } }]
`;
const net = `<ir_version: 8, opset_import: ["" : 17]>
g (float[2,4] x) => (float[2,3] y) <float[4,3] w = {1,2,3,4,5,6,7,8,9,10,11,12}> { y = MatMul (x, w) }
`;
/** The same, with weights in a file beside it. */
const external = net.replace(
  '= {1,2,3,4,5,6,7,8,9,10,11,12}',
  '= ["location": "w.bin", "offset": "0", "length": "48"]',
);
const weights = (first: number) =>
  new Uint8Array(Float32Array.from({ length: 12 }, (_, index) => first + index).buffer);

function own(onEvent: (build: QueuedBuild, event: BuildEvent) => void = () => undefined): BuildQueue {
  return new BuildQueue({
    runtimeFor: async () => ({ runtimes, installation: await runtimeForBuild(runtimes, libraries) }),
    loadsLibraries: () => true,
    userData: '/nowhere',
    cancelGrace: 500,
    onEvent,
  });
}

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** A folder with the files, and how to build its `net.trt.yaml`. */
function project(context: Pick<TestContext, 'after'>, files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = temporaryFolder(context);
  const file = (name: string) => path.join(folder, name);
  writeFiles(folder, files);
  const requests = () => {
    const config = file('net.trt.yaml');
    return buildsOfConfig(resolveBuildConfig(parseBuildConfig(readTextFile(config), config), readTextFile));
  };
  const build = async (force = false) => {
    const events: BuildEvent[] = [];
    const queue = own((_, event) => events.push(event));
    const ends = await Promise.all(requests().map((request) => queue.add(request, { force }).end));
    const reason = events.flatMap((event) => (event.kind === 'reason' ? [event.reason] : [])).join('; ');
    return { ends, events, reason, said: ends.map(said).join('; ') };
  };
  const provenance = (engine = 'net.engine'): Provenance =>
    JSON.parse(readFileSync(file(`${engine}.json`), 'utf8'));
  return { folder, file, requests, build, provenance };
}

function said(end: BuildEnd): string {
  switch (end.kind) {
    case 'failed':
    case 'refused':
      return `${end.kind}: ${end.problems.map(({ message }) => message).join(' ')}`;
    case 'impossible':
      return `impossible: ${end.error instanceof Error ? end.error.message : end.error}`;
    default:
      return end.kind;
  }
}

describe('a build writes', () => {
  test('the engine, and a note of what it was made of', async (context) => {
    const { file, build, provenance } = project(context, {
      'net.onnxtxt': external,
      'w.bin': weights(1),
      'net.trt.yaml': 'model: net.onnxtxt\nallowWeightStreaming: true\nunknownFlags: ["--new"]\n',
    });
    assert.equal((await build()).said, 'built');
    const note = provenance();
    assert.deepEqual(
      {
        format: note.format,
        formatVersion: note.formatVersion,
        engine: [note.engine.path, note.engine.bytes, note.engine.sha256],
        model: [note.model.path, note.model.bytes, note.model.sha256],
        inputs: note.inputs.map((input) => [input.path, input.bytes, input.sha256]),
        config: note.config,
        request: note.request,
        runtime: note.runtime,
        device: note.device,
        timingCache: note.timingCache,
        notes: note.notes,
      },
      {
        format: 'onnx-tensorrt-tools engine',
        formatVersion: 1,
        engine: [file('net.engine'), statSync(file('net.engine')).size, sha256(file('net.engine'))],
        model: [file('net.onnxtxt'), statSync(file('net.onnxtxt')).size, sha256(file('net.onnxtxt'))],
        inputs: [[file('w.bin'), 48, sha256(file('w.bin'))]],
        config: {
          file: file('net.trt.yaml'),
          build: '',
          trtexec: note.config.trtexec,
        },
        request: {
          parserFlags: [],
          clearedParserFlags: [],
          stronglyTyped: true,
          settings: { flags: ['kWEIGHT_STREAMING'] },
          pluginLibraries: [],
        },
        runtime: { product: 'TensorRT-RTX', version: '1.7.1', libraries },
        device: undefined,
        timingCache: undefined,
        notes: ['--new is unknown here and has no effect on this build; trtexec gets it.'],
      },
    );
    assert.match(note.config.trtexec, /^tensorrt_rtx .*--allowWeightStreaming.* --new/);
    assert.equal(readFileSync(file('net.engine')).toString('latin1', 0, 4), 'vtrt');
    assert.ok(Math.abs(Date.now() - Date.parse(note.built)) < 60_000);
    assert.ok(note.milliseconds.building > 0 && note.peakMemory.host > 50e6);
    assert.ok(note.phases.some(({ name, count }) => name === 'Building engine' && count === 1));
  });

  test('nothing else beside it, and makes the folder', async (context) => {
    const { folder, build } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\nengine: engines/new/net.engine\n',
    });
    assert.equal((await build()).said, 'built');
    assert.deepEqual(readdirSync(path.join(folder, 'engines/new')).sort(), ['net.engine', 'net.engine.json']);
    assert.deepEqual(readdirSync(folder).sort(), ['engines', 'net.onnxtxt', 'net.trt.yaml']);
  });

  test('through a link, which stays one', async (context) => {
    const { file, build } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\n',
      'store/real.engine': '',
    });
    symlinkSync('store/real.engine', file('net.engine'));
    assert.equal((await build()).said, 'built');
    assert.ok(lstatSync(file('net.engine')).isSymbolicLink());
    assert.ok(statSync(file('store/real.engine')).size > 0);
    assert.equal((await build()).said, 'up-to-date');
  });

  test('no timing cache, as nothing is timed without a GPU, and says so', async (context) => {
    const { file, build, provenance } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\ntimingCacheFile: caches/net.cache\n',
    });
    const { said: end, events } = await build();
    assert.equal(end, 'built');
    assert.ok(
      events.some(({ kind }) => kind === 'problems'),
      'the checks warn of it',
    );
    assert.deepEqual(provenance().notes, [
      'Nothing is timed without a GPU: the timing cache is neither read nor written.',
    ]);
    assert.equal(existsSync(file('caches/net.cache')), false);
  });

  test('no password anywhere', async (context) => {
    const { file, requests, provenance } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\nunknownFlags: ["--to=ssh://user:hunter2@host"]\n',
    });
    const queue = own();
    const [request] = requests();
    assert.ok(request);
    assert.equal((await queue.add(request).end).kind, 'built');
    assert.match(provenance().config.trtexec, /ssh:\/\/user:\*\*\*@host/);
    assert.doesNotMatch(readFileSync(file('net.engine.json'), 'utf8').replace(/"notes".*/s, ''), /hunter2/);
    assert.doesNotMatch(readFileSync(file('net.engine.json'), 'utf8'), /hunter2/);
  });
});

describe('nothing is built when nothing changed, and it is where', () => {
  const files = {
    'net.onnxtxt': external,
    'w.bin': weights(1),
    'net.trt.yaml': 'model: net.onnxtxt\n',
  };
  type Project = ReturnType<typeof project>;
  const cases: readonly (readonly [string, (own: Project) => void, RegExp])[] = [
    ['the model changed', ({ file }) => appendFileSync(file('net.onnxtxt'), '\n'), /^net\.onnxtxt changed$/],
    ['weights changed', ({ file }) => writeFileSync(file('w.bin'), weights(2)), /^w\.bin changed$/],
    [
      'a setting changed',
      ({ file }) => appendFileSync(file('net.trt.yaml'), 'allowWeightStreaming: true\nmaxAuxStreams: 1\n'),
      /^other settings: flags, maxAuxStreams$/,
    ],
    ['the engine is gone', ({ file }) => rmSync(file('net.engine')), /^there is no engine yet$/],
    ['its note is gone', ({ file }) => rmSync(file('net.engine.json')), /^there is no net\.engine\.json/],
    [
      'its note is no note',
      ({ file }) => writeFileSync(file('net.engine.json'), '{'),
      /^there is no net\.engine\.json/,
    ],
    [
      'the engine was cut off',
      ({ file }) => truncateSync(file('net.engine'), 1000),
      /^the engine is not the one that was built$/,
    ],
    [
      'the engine is another of the same size',
      ({ file }) => {
        const bytes = readFileSync(file('net.engine'));
        bytes[1000] = (bytes[1000] ?? 0) ^ 1;
        writeFileSync(file('net.engine'), bytes);
      },
      /^the engine is not the one that was built$/,
    ],
    [
      'another version of TensorRT built it',
      ({ file, provenance }) => {
        const note = provenance();
        const older = { ...note, runtime: { ...note.runtime, version: '1.6.0' } };
        writeFileSync(file('net.engine.json'), JSON.stringify(older));
      },
      /^TensorRT-RTX 1\.7\.1 builds now, not TensorRT-RTX 1\.6\.0$/,
    ],
    [
      'it was built on a GPU',
      ({ file, provenance }) => {
        const device = { name: 'NVIDIA L4', computeCapability: '8.9', totalMemory: 1 };
        writeFileSync(file('net.engine.json'), JSON.stringify({ ...provenance(), device }));
      },
      /^it was built on NVIDIA L4, not on a CPU alone$/,
    ],
  ];
  for (const [name, change, reason] of cases) {
    test(name, async (context) => {
      const made = project(context, files);
      const first = await made.build();
      assert.deepEqual([first.said, first.reason], ['built', 'there is no engine yet']);
      const before = statSync(made.file('net.engine')).mtimeMs;
      assert.deepEqual(
        [(await made.build()).said, statSync(made.file('net.engine')).mtimeMs],
        ['up-to-date', before],
      );
      change(made);
      const again = await made.build();
      assert.equal(again.said, 'built');
      assert.match(again.reason, reason);
      assert.equal((await made.build()).said, 'up-to-date');
    });
  }

  test('files that were only touched are no change', async (context) => {
    const { file, build } = project(context, files);
    await build();
    for (const name of ['net.onnxtxt', 'w.bin', 'net.engine', 'net.trt.yaml']) utimesSync(file(name), 1, 2);
    assert.equal((await build()).said, 'up-to-date');
  });

  test('weights that a text refers to inside a binary model', async (context) => {
    const { file, build } = project(context, {
      'net.onnxtxt': net.replace(
        '= {1,2,3,4,5,6,7,8,9,10,11,12}',
        '= ["location": "store.onnx", "offset": "2", "length": "48", "field": "raw_data"]',
      ),
      // The tag of raw_data, its length, its bytes.
      'store.onnx': Uint8Array.from([0x4a, 48, ...weights(1)]),
      'net.trt.yaml': 'model: net.onnxtxt\n',
    });
    assert.equal((await build()).said, 'built');
    assert.equal((await build()).said, 'up-to-date');
    writeFileSync(file('store.onnx'), Uint8Array.from([0x4a, 48, ...weights(3)]));
    const again = await build();
    assert.deepEqual([again.said, again.reason], ['built', 'store.onnx changed']);
  });

  test('it is asked for', async (context) => {
    const { build } = project(context, files);
    await build();
    const forced = await build(true);
    assert.deepEqual([forced.said, forced.reason], ['built', 'it was asked for']);
  });
});

describe('where no engine comes out, what was there stays', () => {
  test('after a build that failed', async (context) => {
    const { file, folder, build } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\n',
    });
    await build();
    const before = [sha256(file('net.engine')), sha256(file('net.engine.json'))];
    writeFileSync(file('net.onnxtxt'), net.replace('MatMul', 'DoesNotExist'));
    assert.match((await build()).said, /^failed: .*DoesNotExist/);
    assert.deepEqual([sha256(file('net.engine')), sha256(file('net.engine.json'))], before);
    assert.equal(readdirSync(folder).length, 4, 'no temporary file is left');
  });

  const isBuilding = (event: BuildEvent, depth: number) =>
    event.kind === 'progress' && event.progress.stage === 'building' && event.progress.phases.length >= depth;
  const moments: readonly (readonly [string, (event: BuildEvent) => boolean])[] = [
    ['as it began', ({ kind }) => kind === 'started'],
    ['when its TensorRT was known', ({ kind }) => kind === 'runtime'],
    ['before TensorRT was asked', ({ kind }) => kind === 'reason'],
    ['while its model was parsed', ({ kind }) => kind === 'progress'],
    ['as TensorRT began to build', (event) => isBuilding(event, 0)],
    ['deep in a phase', (event) => isBuilding(event, 3)],
  ];
  for (const [name, isMoment] of moments) {
    test(`after one that was cancelled ${name}, within a second`, async (context) => {
      const { folder, requests } = project(context, { 'net.trt.yaml': detectorConfig });
      const [request] = requests();
      assert.ok(request);
      let cancelledAt: number | undefined;
      const queue = own(({ id }, event) => {
        if (cancelledAt !== undefined || !isMoment(event)) return;
        cancelledAt = performance.now();
        queue.cancel(id);
      });
      const end = await queue.add(request).end;
      assert.equal(said(end), 'cancelled');
      assert.ok(cancelledAt !== undefined);
      const time = performance.now() - cancelledAt;
      assert.ok(time < 1000, `${time} ms`);
      assert.deepEqual(readdirSync(folder), ['net.trt.yaml']);
    });
  }

  test('cancelled twice, TensorRT ends at once, and the next build has a new one', async (context) => {
    const { requests } = project(context, { 'net.trt.yaml': detectorConfig });
    const [request] = requests();
    assert.ok(request);
    const phases: string[] = [];
    const queue = own((_, event) => {
      if (event.kind === 'progress') phases.push(...event.progress.phases.map(({ name }) => name));
    });
    const build = queue.add(request);
    while (phases.length === 0) await setTimeout(5);
    const start = performance.now();
    queue.cancel(build.id);
    queue.cancel(build.id);
    assert.equal(said(await build.end), 'cancelled');
    assert.ok(performance.now() - start < 300, `${performance.now() - start} ms`);
    const next = project(context, { 'net.onnxtxt': net, 'net.trt.yaml': 'model: net.onnxtxt\n' });
    assert.equal((await next.build()).said, 'built');
  });

  test('a file that is no engine is not replaced, unless that is asked for', async (context) => {
    const { file, build } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\nengine: notes.txt\n',
      'notes.txt': 'years of work',
    });
    assert.match((await build()).said, /^impossible: .*notes\.txt cannot be written: .*no TensorRT engine/);
    assert.equal(readFileSync(file('notes.txt'), 'utf8'), 'years of work');
    assert.equal((await build(true)).said, 'built');
  });

  test('a place that cannot be written to is told of before the build', async (context) => {
    const { file, build } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\nengine: file/net.engine\n',
      file: '',
    });
    const { said: sentence, events } = await build();
    assert.match(
      sentence,
      /^impossible: .*file\/net\.engine cannot be written: .*is no folder: a part of it is a file/,
    );
    assert.equal(
      events.some(({ kind }) => kind === 'progress'),
      false,
      'TensorRT was not asked',
    );
    writeFileSync(file('net.trt.yaml'), 'model: net.onnxtxt\nengine: folder\n');
    mkdirSync(file('folder'));
    assert.match((await build()).said, /folder cannot be written: it is a folder/);
    writeFileSync(file('net.trt.yaml'), 'model: net.onnxtxt\nengine: /proc/no/net.engine\n');
    assert.match(
      (await build()).said,
      /^impossible: \/proc\/no\/net\.engine cannot be written: .*(does not exist|read-only)/,
    );
  });

  test('a read-only folder', {
    skip: process.getuid?.() === 0 && 'root may write anywhere',
  }, async (context) => {
    const { file, folder, build } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\nengine: locked/net.engine\n',
    });
    mkdirSync(file('locked'));
    chmodSync(file('locked'), 0o500);
    context.after(() => chmodSync(path.join(folder, 'locked'), 0o700));
    assert.match((await build()).said, /^impossible: .*read-only, or its folder/);
  });

  test('input files that are missing are named', async (context) => {
    const { file, build } = project(context, {
      'net.onnxtxt': external,
      'net.trt.yaml': 'model: net.onnxtxt\n',
    });
    assert.match((await build()).said, /w\.bin/);
    writeFileSync(file('net.trt.yaml'), 'model: gone.onnx\n');
    assert.match((await build()).said, /^impossible: .*gone\.onnx does not exist/);
  });
});

describe('the queue', () => {
  test('builds in the order of asking, one at a time; what waits can be cancelled', async (context) => {
    const { requests } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\nbuilds: { a: {}, b: {}, c: {} }\n',
    });
    const order: string[] = [];
    const queue = own(({ request }, { kind }) => {
      if (kind === 'started' || kind === 'ended') order.push(`${request.build.name} ${kind}`);
    });
    const builds = requests().map((request) => queue.add(request));
    queue.cancel(builds[1]?.id ?? 0);
    const ends = await Promise.all(builds.map(({ end }) => end));
    assert.deepEqual(
      ends.map(({ kind }) => kind),
      ['built', 'cancelled', 'built'],
    );
    assert.deepEqual(order, ['b ended', 'a started', 'a ended', 'c started', 'c ended']);
  });

  test('goes on after a build whose config is wrong', async (context) => {
    const { build } = project(context, {
      'net.onnxtxt': net,
      'net.trt.yaml':
        'model: net.onnxtxt\nbuilds:\n  a: { maxAuxStreams: many }\n  b: { fp16: true }\n  c: { profiles: [{ z: [1] }] }\n  d: {}\n',
    });
    const { ends } = await build();
    assert.deepEqual(
      ends.map(({ kind }) => kind),
      ['refused', 'refused', 'refused', 'built'],
    );
  });

  test('tells TensorRT’s messages and its phases while it builds', async (context) => {
    const { build } = project(context, { 'net.trt.yaml': detectorConfig });
    const { events, said: end } = await build();
    assert.equal(end, 'built');
    const kinds = events.map(({ kind }) => kind);
    assert.deepEqual([...new Set(kinds)].sort(), [
      'ended',
      'log',
      'progress',
      'reason',
      'runtime',
      'started',
    ]);
    assert.deepEqual([kinds[0], kinds[1], kinds[2], kinds.at(-1)], ['started', 'runtime', 'reason', 'ended']);
    const depth = Math.max(
      ...events.map((event) => (event.kind === 'progress' ? event.progress.phases.length : 0)),
    );
    assert.ok(depth > 1, 'phases nest');
  });
});
