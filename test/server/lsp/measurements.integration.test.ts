/** Simulation: what the editor asks for, on the recorded GPU (test/support/recorded-gpu). */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeLens, TextEdit } from 'vscode-languageserver-types';
import type { ModelEngine } from '../../../server/src/engine-protocol.ts';
import type {
  CompareProfilesResult,
  GenerateRunnerResult,
  KeepBudgetResult,
  Measurement,
  MeasureResult,
} from '../../../server/src/measure-protocol.ts';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { recordedDistribution } from '../../support/recorded-gpu/distribution.mts';
import { writeBuiltEngine } from '../../support/recorded-gpu/engine-file.ts';
import { nets } from '../engine/support/models.ts';
import { LanguageClient } from './language-client.ts';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const uri = (name: string) => pathToFileURL(at(name)).href;
const config =
  '# For small GPUs.\nmodel: transformer.onnxtxt\nengine: net.engine\nstronglyTyped: true\nallowWeightStreaming: true # yes\n';
let client: LanguageClient;

const request = <Result>(method: string, params: unknown) => client.request<Result>(method, params);
const read = (files: readonly string[]) => request<Measurement>('engine/readMeasurement', { files });

before(async () => {
  writeFileSync(at('transformer.onnxtxt'), nets.transformer.trimStart());
  writeFileSync(at('transformer.trt.yaml'), config);
  await writeBuiltEngine(
    at('net.engine'),
    { net: 'transformer', flags: ['kWEIGHT_STREAMING'], debugTensors: [] },
    at('transformer.onnxtxt'),
    at('transformer.trt.yaml'),
  );
  const { server, environment } = await recordedDistribution(at('program'));
  client = await LanguageClient.start({
    server,
    environment,
    settings: { check: { automatically: false } },
  });
});
after(() => client.stop());

describe('measurements for the editor (simulated GPU)', () => {
  test('a profile is written beside the engine, and shown with charts and tables', async () => {
    const { file, model } = await request<MeasureResult>('engine/profile', {
      uri: uri('net.engine'),
      options: { iterations: 3, shapes: 'x:1x8x256' },
    });
    assert.equal(file, uri('net.engine.profile.json'));
    assert.equal(model, uri('transformer.onnxtxt'));
    assert.ok(
      client.progress.some((entry) => JSON.stringify(entry).includes('Profiling net.engine')),
      JSON.stringify(client.progress),
    );
    const shown = await read([file]);
    assert.ok(shown.kind === 'profile');
    assert.deepEqual(
      shown.sections.map(({ title }) => title.split(':')[0]?.replace(/,.*/, '')),
      ['20 inferences', 'ONNX nodes', 'Layers', 'How it was measured'],
    );
    assert.ok(shown.notes.includes('Measured with TensorRT 10.6.0 on NVIDIA H200.'), shown.notes.join());
    assert.ok(shown.histogram && shown.flame && shown.flame.frames.length === 17);
    assert.equal(shown.model, uri('transformer.onnxtxt'));
  });

  test('on the model: heat, and the same page', async () => {
    await client.open(uri('transformer.onnxtxt'), nets.transformer.trimStart());
    const shown = await request<{ nodes: { share: string }[]; flame?: object }>('engine/profileOnModel', {
      uri: uri('transformer.onnxtxt'),
      files: [uri('net.engine.profile.json')],
    });
    assert.ok(shown.flame);
    assert.ok(shown.nodes.some(({ share }) => share === '8.6 %'));
  });

  test('a profile that does not fit the engine is refused with a sentence', async () => {
    const refused = (options: object) =>
      request('engine/profile', { uri: uri('net.engine'), options }).then(
        () => assert.fail('It was not refused.'),
        (error: Error) => error.message,
      );
    assert.match(await refused({ shapes: 'z:1' }), /has no input z; it has x/);
    assert.match(await refused({ shapes: 'x=1' }), /NAME:VALUE|like 8x3x224x224/);
    assert.match(await refused({ loadInputs: `x:${at('nowhere.npy')}` }), /nowhere\.npy/);
    const beside = await refused({ loadInputs: 'x:nowhere.npy' });
    assert.ok(beside.includes(at('nowhere.npy')), beside);
    assert.match(await refused({ profile: 7 }), /has no optimization profile 7; it has 1/);
    assert.match(await refused({ weightStreamingBudget: 'much' }), /512MiB, 50%, automatic or off, not much/);
  });

  test('two profiles are compared, and a trace is made', async () => {
    const profile = uri('net.engine.profile.json');
    writeFileSync(
      at('slower.profile.json'),
      readFileSync(at('net.engine.profile.json'), 'utf8').replace(
        /"endComputeMs": (\d)/,
        '"endComputeMs": 9$1',
      ),
    );
    const { sections } = await request<CompareProfilesResult>('engine/compareProfiles', {
      before: profile,
      after: uri('slower.profile.json'),
    });
    assert.deepEqual(
      sections.map(({ title }) => title),
      ['Inferences (ms)', 'ONNX nodes (ms)', 'Layers (ms)'],
    );
    const { text } = await request<{ text: string }>('engine/profileTrace', { files: [profile] });
    const { traceEvents } = JSON.parse(text);
    assert.ok(
      traceEvents.some(({ args }: { args: object }) =>
        JSON.stringify(args).includes('q_proj, k_proj, v_proj'),
      ),
    );
  });

  test('a sweep is written and shown; a budget of it is kept in the config that the engine was built with', async () => {
    const { file } = await request<MeasureResult>('engine/sweepWeightStreaming', {
      uri: uri('transformer.trt.yaml'),
      build: '',
      options: {},
      steps: 5,
    });
    const shown = await read([file]);
    assert.ok(shown.kind === 'weight-streaming');
    assert.equal(shown.sweep.points.length, 5);
    assert.equal(shown.engine, uri('net.engine'));
    const { edit, config: changed } = await request<KeepBudgetResult>('engine/keepBudget', {
      engine: shown.engine,
      budget: '50%',
    });
    assert.equal(changed, uri('transformer.trt.yaml'));
    const edits: readonly TextEdit[] = edit.changes?.[changed] ?? [];
    assert.deepEqual(
      edits.map(({ range, newText }) => [range.start.line, range.end.line, newText]),
      [[4, 4, '\nweightStreamingBudget: 50%']],
    );
  });

  test('memory of execution contexts is written and shown', async () => {
    const { file } = await request<MeasureResult>('engine/measureContextMemory', { uri: uri('net.engine') });
    assert.equal(file, uri('net.engine.context-memory.json'));
    const shown = await read([file]);
    assert.ok(shown.kind === 'context-memory' && shown.sections[0]?.rows.length === 3);
    assert.equal(shown.notes[0], 'Told by TensorRT 10.6.0 on NVIDIA H200.');
  });

  test('code that runs the engine, from the engine or from its model', async () => {
    const code = (load: boolean) =>
      request<GenerateRunnerResult>('engine/generateRunner', {
        uri: uri('net.engine'),
        language: 'cpp',
        load,
      });
    const loaded = await code(true);
    assert.equal(loaded.programs.length, 1);
    assert.match(loaded.programs[0]?.text ?? '', /dims\(\{2, 64, 256\}\)/);
    assert.deepEqual(loaded.notes, []);
    const { programs, notes } = await code(false);
    assert.match(programs[0]?.text ?? '', /enqueueV3/);
    assert.match(notes.join(), /was not loaded/);
  });

  test('code for each optimization profile, the one that the config runs first', async () => {
    const sizes = (min: number, opt: number, max: number) => ({
      x: { min: [min, 8, 256], opt: [opt, 8, 256], max: [max, 8, 256] },
    });
    await writeBuiltEngine(
      at('profiles.engine'),
      { net: 'transformer', flags: [], debugTensors: [], profiles: [sizes(1, 1, 1), sizes(1, 4, 8)] },
      at('transformer.onnxtxt'),
    );
    writeFileSync(
      at('profiles.trt.yaml'),
      'model: transformer.onnxtxt\nengine: profiles.engine\nuseProfile: 1\n',
    );
    for (const load of [true, false]) {
      const { programs, usualProfile } = await request<GenerateRunnerResult>('engine/generateRunner', {
        uri: uri('profiles.trt.yaml'),
        language: 'python',
        load,
      });
      assert.equal(usualProfile, 1);
      assert.deepEqual(
        programs.map(({ profile, shapes }) => [profile, shapes]),
        [
          [0, ''],
          [1, 'x 1x8x256 … 4x8x256 … 8x8x256'],
        ],
      );
      assert.match(programs[0]?.text ?? '', /set_input_shape\("x", \(1, 8, 256\)\)/);
      assert.match(programs[1]?.text ?? '', /set_input_shape\("x", \(4, 8, 256\)\)/);
      assert.match(programs[1]?.text ?? '', /^ {4}profile = 1\b/m);
    }
    for (const name of ['profiles.engine', 'profiles.engine.json', 'profiles.trt.yaml']) rmSync(at(name));
  });

  test('lenses profile what is built: at a config and at a model', async () => {
    const text = readFileSync(at('transformer.trt.yaml'), 'utf8');
    await client.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: uri('transformer.trt.yaml'), languageId: 'tensorrt-config', version: 1, text },
    });
    const lenses = async (name: string) =>
      (await request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: uri(name) } }))
        .filter(({ command }) => command?.command === 'tensorrt.profileEngine')
        .map(({ command }) => [command?.title, ...(command?.arguments ?? [])]);
    assert.deepEqual(await lenses('transformer.trt.yaml'), [['Profile', uri('transformer.trt.yaml'), '']]);
    assert.deepEqual(await lenses('transformer.onnxtxt'), [
      ['Profile engine', uri('transformer.trt.yaml'), ''],
    ]);
    // One that nobody's note is of, and one whose note names the model.
    writeFileSync(at('transformer.plan'), 'whatever');
    const named = { net: 'transformer', flags: [], debugTensors: [] } as const;
    await writeBuiltEngine(at('named.engine'), named, at('transformer.onnxtxt'));
    assert.deepEqual(await lenses('transformer.onnxtxt'), [['Profile engine…', uri('transformer.onnxtxt')]]);
    const model = uri('transformer.onnxtxt');
    assert.deepEqual(await request<ModelEngine[]>('engine/ofModel', { uri: model }), [
      { uri: uri('named.engine'), isRefittable: false },
      { uri: uri('net.engine'), isRefittable: false, config: uri('transformer.trt.yaml'), build: '' },
      { uri: uri('transformer.plan'), isRefittable: false },
    ]);
  });

  test('a profile that was moved with its model finds it', async () => {
    mkdirSync(at('moved'));
    const text = readFileSync(at('net.engine.profile.json'), 'utf8');
    const elsewhere = text.replace(at('transformer.onnxtxt'), 'C:\\\\work\\\\transformer.onnxtxt');
    assert.notEqual(elsewhere, text);
    writeFileSync(at('moved/net.engine.profile.json'), elsewhere);
    const shown = async () =>
      (await read([uri('moved/net.engine.profile.json')])) as Measurement & { kind: 'profile' };
    assert.equal((await shown()).model, undefined);
    writeFileSync(at('moved/transformer.onnxtxt'), nets.transformer.trimStart());
    assert.equal((await shown()).model, uri('moved/transformer.onnxtxt'));
  });

  test('a file that is no measurement says so', async () => {
    writeFileSync(at('other.json'), '{"a": 1}');
    await assert.rejects(read([uri('other.json')]), /other\.json: It is no profile/);
  });
});

test('nothing is loaded in a workspace that is not trusted, whatever is asked for (simulated GPU)', async () => {
  const { server, environment } = await recordedDistribution(at('untrusted'));
  const stranger = await LanguageClient.start({
    server,
    environment,
    settings: { check: { automatically: false } },
    initializationOptions: { workspaceTrusted: false },
  });
  try {
    const engine = { uri: uri('net.engine'), trust: { hostCode: true, plugins: true } };
    for (const [method, params] of [
      ['engine/profile', { ...engine, options: {} }],
      ['engine/sweepWeightStreaming', engine],
      ['engine/measureContextMemory', engine],
      ['engine/generateRunner', { ...engine, language: 'cpp', load: true }],
    ] as const) {
      await assert.rejects(stranger.request(method, params), /this workspace is not trusted/, method);
    }
  } finally {
    await stranger.stop();
  }
});
