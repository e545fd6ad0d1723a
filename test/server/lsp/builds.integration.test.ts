/** Builds as an editor asks for them, with the real TensorRT for RTX on a plain CPU. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CancellationTokenSource } from 'vscode-jsonrpc';
import { cacheDirectory } from '../../../scripts/cache.mjs';
import type {
  BuildEngineParams,
  BuildEngineResult,
  BuildLogLine,
  BuildStatus,
} from '../../../server/src/build-protocol.ts';
import { temporaryFolder, writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { LanguageClient } from './language-client.ts';

const libraries = testLibraries('tensorrt-rtx-1.7.1');
const detector = path.join(cacheDirectory, 'models/real/rapidocr_onnxruntime-ch_PP-OCRv4_det_infer.onnx');
const net = `<ir_version: 8, opset_import: ["" : 17]>
g (float[batch,4] x) => (float[batch,3] y) <float[4,3] w = {1,2,3,4,5,6,7,8,9,10,11,12}> { y = MatMul (x, w) }
`;
const uriOf = (file: string) => pathToFileURL(file).href;

/** An editor that keeps what it is told of builds. */
async function editor(workspaceTrusted = true) {
  const client = await LanguageClient.start({
    initializationOptions: { workspaceTrusted },
    environment: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
  const told: (readonly BuildStatus[])[] = [];
  const log: BuildLogLine[] = [];
  client.connection.onNotification('tensorrt/builds', ({ builds }: { builds: readonly BuildStatus[] }) => {
    told.push(builds);
  });
  client.connection.onNotification('tensorrt/buildLog', (line: BuildLogLine) => {
    log.push(line);
  });
  const build = (params: BuildEngineParams, cancellation = new CancellationTokenSource()) =>
    client.connection.sendRequest<BuildEngineResult>('tensorrt/build', params, cancellation.token);
  const until = async (fits: (builds: readonly BuildStatus[]) => boolean): Promise<void> => {
    for (let time = 0; !told.some(fits); time += 20) {
      if (time > 30_000) throw new Error(`Not told of: ${JSON.stringify(told.at(-1))}`);
      await setTimeout(20);
    }
  };
  return { client, told, log, build, until };
}

describe('builds of an editor', () => {
  let own: Awaited<ReturnType<typeof editor>>;
  before(async () => {
    own = await editor();
  });
  after(() => own.client.stop());

  test('all builds of a config, one after the other, told of as they go on', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': net,
      'net.trt.yaml': `model: net.onnxtxt
profiles: [{ x: { min: [1, 4], opt: [2, 4], max: [8, 4] } }]
builds:
  plain: {}
  streamed: { allowWeightStreaming: true }
`,
    });
    const uri = uriOf(path.join(folder, 'net.trt.yaml'));
    const { builds } = await own.build({ uri });
    assert.deepEqual(
      builds.map(({ title, build, state, runtime, engineUri }) => ({
        title,
        build,
        state,
        runtime,
        engineUri,
      })),
      ['plain', 'streamed'].map((name) => ({
        title: `net.trt.yaml · ${name}`,
        build: name,
        state: 'succeeded',
        runtime: 'TensorRT-RTX 1.7.1',
        engineUri: uriOf(path.join(folder, `net.${name}.engine`)),
      })),
    );
    assert.match(builds[0]?.message ?? '', /^[\d.]+ (kB|MB) in [\d.]+ s$/);
    await own.until((all) => all.some(({ build, state }) => build === 'streamed' && state === 'succeeded'));
    assert.ok(
      own.told.some((all) => all.some(({ state }) => state === 'waiting')),
      'the second one waits',
    );
    assert.ok(
      own.told.every((all) => all.filter(({ state }) => state === 'running').length <= 1),
      'never two at a time',
    );

    const again = await own.build({ uri, builds: ['streamed'] });
    assert.deepEqual(
      again.builds.map(({ state }) => state),
      ['up-to-date'],
    );
    const forced = await own.build({ uri, builds: ['streamed'], force: true });
    assert.deepEqual(
      forced.builds.map(({ state }) => state),
      ['succeeded'],
    );
  });

  test('a config as it is in the editor, not as it is on disk', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'net.onnxtxt': net, 'net.trt.yaml': 'model: net.onnxtxt\n' });
    const uri = uriOf(path.join(folder, 'net.trt.yaml'));
    const failed = await own.build({ uri });
    assert.equal(failed.builds[0]?.state, 'failed');
    assert.match(failed.builds[0]?.message ?? '', /needs a profile/);
    await own.client.connection.sendNotification('textDocument/didOpen', {
      textDocument: {
        uri,
        languageId: 'tensorrt-config',
        version: 1,
        text: 'model: net.onnxtxt\nprofiles: [{ x: [2, 4] }]\n',
      },
    });
    assert.equal((await own.build({ uri })).builds[0]?.state, 'succeeded');
    await own.client.close(uri);
  });

  test('a model by itself', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'net.onnxtxt': net.replaceAll('batch', '2') });
    const { builds } = await own.build({ uri: uriOf(path.join(folder, 'net.onnxtxt')) });
    assert.deepEqual(
      builds.map(({ title, state }) => [title, state]),
      [['net.onnxtxt', 'succeeded']],
    );
    const note: unknown = JSON.parse(readFileSync(path.join(folder, 'net.engine.json'), 'utf8'));
    assert.ok(typeof note === 'object' && note && 'engine' in note);
    assert.ok(statSync(path.join(folder, 'net.engine')).size > 0);
  });

  test('the config’s mistakes, where they are written; other builds go on', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': net,
      'net.trt.yaml':
        'model: net.onnxtxt\nprofiles: [{ x: [2, 4] }]\nbuilds:\n  good: {}\n  bad: { memPoolSize: { workspace: 4 apples } }\n',
    });
    const uri = uriOf(path.join(folder, 'net.trt.yaml'));
    const { builds } = await own.build({ uri });
    assert.deepEqual(
      builds.map(({ build, state }) => [build, state]),
      [
        ['good', 'succeeded'],
        ['bad', 'failed'],
      ],
    );
    const [problem] = builds[1]?.problems ?? [];
    assert.equal(problem?.location?.uri, uri);
    assert.equal(problem?.location?.range.start.line, 4);
  });

  test('a build that runs tells its stage and phases, and is cancelled within a second', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.trt.yaml': `model: ${detector}\nengine: net.engine\nprofiles: [{ x: { min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] } }]\n`,
    });
    const uri = uriOf(path.join(folder, 'net.trt.yaml'));
    const building = own.build({ uri });
    const isBuilding = (all: readonly BuildStatus[]) =>
      all.some((each) => each.uri === uri && each.stage === 'building' && each.phases.length > 0);
    await own.until(isBuilding);
    const running = own.told.find(isBuilding)?.find((each) => each.uri === uri);
    assert.equal(running?.phases[0]?.name, 'Building engine');
    const start = performance.now();
    await own.client.request('tensorrt/cancelBuild', { id: running?.id });
    const isTold = own.until((all) =>
      all.some(({ id, state }) => id === running?.id && state === 'cancelled'),
    );
    const { builds } = await building;
    assert.deepEqual(
      builds.map(({ state }) => state),
      ['cancelled'],
    );
    await isTold;
    assert.ok(performance.now() - start < 1000, `${performance.now() - start} ms`);
    assert.ok(
      own.told.some((all) =>
        all.some(
          ({ id, state, message }) => id === running?.id && state === 'running' && message === 'Cancelling',
        ),
      ),
      'told that it is being cancelled',
    );
    assert.equal(existsSync(path.join(folder, 'net.engine')), false);
  });

  test('a build that is cancelled twice ends at once', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.trt.yaml': `model: ${detector}\nengine: net.engine\nprofiles: [{ x: { min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] } }]\n`,
    });
    const uri = uriOf(path.join(folder, 'net.trt.yaml'));
    const building = own.build({ uri });
    const isDeep = (each: BuildStatus) => each.uri === uri && each.phases.length > 2;
    await own.until((all) => all.some(isDeep));
    const { id } = own.told.flat().find(isDeep) ?? {};
    const start = performance.now();
    await own.client.request('tensorrt/cancelBuild', { id });
    await own.client.request('tensorrt/cancelBuild', { id });
    assert.equal((await building).builds[0]?.state, 'cancelled');
    await own.until((all) => all.some((each) => each.id === id && each.state === 'cancelled'));
    assert.ok(performance.now() - start < 400, `${performance.now() - start} ms`);
  });

  test('a cancelled request cancels its builds, the waiting ones, too', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.trt.yaml': `model: ${detector}\nprofiles: [{ x: { min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] } }]
builds: { a: { engine: a.engine }, b: { engine: b.engine } }\n`,
    });
    const uri = uriOf(path.join(folder, 'net.trt.yaml'));
    const cancellation = new CancellationTokenSource();
    const building = own.build({ uri }, cancellation);
    await own.until((all) => all.some((each) => each.uri === uri && each.state === 'running'));
    cancellation.cancel();
    assert.deepEqual(
      (await building).builds.map(({ state }) => state),
      ['cancelled', 'cancelled'],
    );
    await own.until(
      (all) => all.filter((each) => each.uri === uri && each.state === 'cancelled').length === 2,
    );
    assert.deepEqual(
      [existsSync(path.join(folder, 'a.engine')), existsSync(path.join(folder, 'b.engine'))],
      [false, false],
    );
  });

  test('what is no config and no model is refused in words', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'a.trt.yaml': 'model: a.onnx\n', 'empty.trt.yaml': '' });
    const file = (name: string) => uriOf(path.join(folder, name));
    await assert.rejects(own.build({ uri: file('missing.trt.yaml') }), /missing\.trt\.yaml/);
    await assert.rejects(own.build({ uri: file('empty.trt.yaml') }), /no builds/);
    await assert.rejects(own.build({ uri: file('a.trt.yaml'), builds: ['x'] }), /no build x/);
    await assert.rejects(own.build({ uri: 'untitled:a' }), /Only files can be built/);
    const { builds } = await own.build({ uri: file('a.trt.yaml') });
    assert.match(builds[0]?.message ?? '', /a\.onnx does not exist/);
  });
});

describe('builds in a workspace that is not trusted', () => {
  test('load no plugin and no TensorRT that a config names', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': net.replaceAll('batch', '2'),
      'plugin.so': 'no library',
      'plugins.trt.yaml': 'model: net.onnxtxt\ndynamicPlugins: [plugin.so]\n',
      'runtime.trt.yaml': 'model: net.onnxtxt\nruntime: ./trt\n',
      'plain.trt.yaml': 'model: net.onnxtxt\n',
    });
    const { client, build } = await editor(false);
    try {
      const message = async (name: string) => {
        const { builds } = await build({ uri: uriOf(path.join(folder, name)) });
        return `${builds[0]?.state}: ${builds[0]?.message}`;
      };
      assert.match(await message('plugins.trt.yaml'), /^failed: .*plugin\.so.*not trusted/);
      assert.match(await message('runtime.trt.yaml'), /^failed: .*\.\/trt.*not trusted/);
      assert.match(await message('plain.trt.yaml'), /^succeeded/);
      // What the TensorRT of a config takes is known once it may be looked at.
      const uri = uriOf(path.join(folder, 'real.trt.yaml'));
      const text = `model: net.onnxtxt\nruntime: ${libraries}\nbest: true\n`;
      await client.connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'tensorrt-config', version: 1, text },
      });
      const isForOthers = ({ diagnostics }: { diagnostics: readonly { code?: unknown }[] }) =>
        diagnostics.some(({ code }) => code === 'config.not-for-rtx');
      await client.diagnostics(uri, (published) => !isForOthers(published));
      await setTimeout(500);
      assert.ok(!client.published.some(isForOthers));
      await client.connection.sendNotification('tensorrt/workspaceTrusted');
      await client.diagnostics(uri, isForOthers);
      assert.match(await message('plugins.trt.yaml'), /^failed: (?!.*not trusted)/);
    } finally {
      await client.stop();
    }
  });
});
