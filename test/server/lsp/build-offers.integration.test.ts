/** What an editor with our extension is offered to build: lenses, source actions, new configs; with TensorRT for RTX on a CPU. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeAction, CodeLens } from 'vscode-languageserver-types';
import type {
  BuildEngineResult,
  NewBuildConfigResult,
  PlannedBuild,
} from '../../../server/src/build-protocol.ts';
import { temporaryFolder, writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { LanguageClient } from './language-client.ts';

const net = `<ir_version: 8, opset_import: ["" : 17]>
g (float[batch,4] x) => (float[batch,3] y) <float[4,3] w = {1,2,3,4,5,6,7,8,9,10,11,12}> { y = MatMul (x, w) }
`;
const config = `model: net.onnxtxt
profiles: [{ x: [2, 4] }]
builds:
  plain: {}
  streamed: { allowWeightStreaming: true }
`;
const everything = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
const environment = { ...process.env, LD_LIBRARY_PATH: testLibraries('tensorrt-rtx-1.7.1') };

describe('what there is to build', () => {
  let client: LanguageClient;
  before(async () => {
    client = await LanguageClient.start({ environment });
  });
  after(() => client.stop());

  async function open(context: TestContext, name: string, text: string, languageId = 'tensorrt-config') {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'net.onnxtxt': net, [name]: text });
    const uri = pathToFileURL(path.join(folder, name)).href;
    await client.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
    return { folder, uri, textDocument: { uri } };
  }
  /** Line, title and what is built. */
  const lenses = async (textDocument: { uri: string }) =>
    (await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument })).map(
      ({ range, command }) => [range.start.line, command?.title, command?.arguments?.[1]],
    );

  test('a lens for all builds of a config and one for each; engines that are as they would become are said to be', async (context) => {
    const { uri, textDocument, folder } = await open(context, 'net.trt.yaml', config);
    const all = ['plain', 'streamed'];
    assert.deepEqual(await lenses(textDocument), [
      [0, 'Build all', all],
      [3, 'Build', ['plain']],
      [4, 'Build', ['streamed']],
    ]);
    await client.connection.sendRequest<BuildEngineResult>('tensorrt/build', { uri, builds: ['plain'] });
    assert.deepEqual(await lenses(textDocument), [
      [0, 'Build all', all],
      [3, 'Build · up to date', ['plain']],
      [4, 'Build', ['streamed']],
    ]);
    // Another model, and the engine is not of it.
    writeFileSync(path.join(folder, 'net.onnxtxt'), net.replace('12}', '13}'));
    assert.deepEqual((await lenses(textDocument))[1], [3, 'Build', ['plain']]);
    writeFileSync(path.join(folder, 'net.onnxtxt'), net);
  });

  test('another setting, typed and not saved, makes an engine out of date', async (context) => {
    const text = 'model: net.onnxtxt\nprofiles: [{ x: [2, 4] }]\n';
    const { uri, textDocument } = await open(context, 'net.trt.yaml', text);
    await client.connection.sendRequest<BuildEngineResult>('tensorrt/build', { uri });
    assert.deepEqual(await lenses(textDocument), [[0, 'Build · up to date', ['']]]);
    await client.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: text.replace('2, 4', '3, 4') }],
    });
    assert.deepEqual(await lenses(textDocument), [[0, 'Build', ['']]]);
  });

  test('builds of a matrix are built from the place that they come from', async (context) => {
    const matrix =
      'model: net.onnxtxt\nmatrix:\n  size:\n    a: { profiles: [{ x: [1, 4] }] }\n    b: { profiles: [{ x: [2, 4] }] }\n  streaming:\n    off: {}\n    on: { allowWeightStreaming: true }\n';
    const { textDocument } = await open(context, 'net.trt.yaml', matrix);
    assert.deepEqual(await lenses(textDocument), [
      [0, 'Build all', ['a-off', 'a-on', 'b-off', 'b-on']],
      [3, 'Build 2', ['a-off', 'a-on']],
      [4, 'Build 2', ['b-off', 'b-on']],
    ]);
  });

  test('source actions build, and no light bulb shows for them', async (context) => {
    const { textDocument } = await open(context, 'net.trt.yaml', config);
    const actions = async (document: { uri: string }, only?: string[]) =>
      (
        await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
          textDocument: document,
          range: everything,
          context: { diagnostics: [], ...(only && { only }) },
        })
      )
        .filter(({ command }) => command?.command === 'tensorrt.build')
        .map(({ title }) => title);
    assert.deepEqual(await actions(textDocument, ['source']), [
      'Build all 2 engines',
      'Build engine "plain"',
      'Build engine "streamed"',
    ]);
    assert.deepEqual(await actions(textDocument), []);
    const model = await open(context, 'other.onnxtxt', net, 'onnx');
    assert.deepEqual(await actions(model.textDocument, ['source.buildEngine']), ['Build engine…']);
    assert.deepEqual(await lenses(model.textDocument), [[0, 'Build engine…', undefined]]);
  });

  test('the builds of a config are listed with model and engine, open or not', async (context) => {
    const { uri, folder } = await open(context, 'net.trt.yaml', config);
    await client.close(uri);
    const planned = await client.connection.sendRequest<PlannedBuild[]>('tensorrt/plannedBuilds', { uri });
    const file = (name: string) => pathToFileURL(path.join(folder, name)).href;
    assert.deepEqual(
      planned,
      ['plain', 'streamed'].map((name) => ({
        name,
        engineUri: file(`net.${name}.engine`),
        modelUri: file('net.onnxtxt'),
      })),
    );
  });

  test('a new config has profiles where the model needs them, and builds', async (context) => {
    const { folder } = await open(context, 'other.trt.yaml', '');
    writeFiles(folder, { 'fixed.onnxtxt': net.replaceAll('batch', '2') });
    const ask = (name: string) =>
      client.connection.sendRequest<NewBuildConfigResult>('tensorrt/newBuildConfig', {
        uri: pathToFileURL(path.join(folder, name)).href,
      });
    const dynamic = await ask('net.onnxtxt');
    assert.ok(dynamic.isDynamic);
    assert.match(
      dynamic.text,
      /^model: net\.onnxtxt\nengine: net\.engine\n# .*\nprofiles:\n {2}- x: \{ min: \[1, 4\]/,
    );
    assert.deepEqual(await ask('fixed.onnxtxt'), {
      text: 'model: fixed.onnxtxt\nengine: fixed.engine\n',
      isDynamic: false,
    });
    writeFiles(folder, { 'net.trt.yaml': dynamic.text });
    const uri = pathToFileURL(path.join(folder, 'net.trt.yaml')).href;
    const { builds } = await client.connection.sendRequest<BuildEngineResult>('tensorrt/build', { uri });
    assert.deepEqual(
      builds.map(({ state, message }) => (state === 'succeeded' ? state : message)),
      ['succeeded'],
    );
  });

  test('other editors, which have no command for it, get no lenses', async (context) => {
    const other = await LanguageClient.start({ environment, initializationOptions: {} });
    try {
      const folder = temporaryFolder(context);
      const uri = pathToFileURL(path.join(folder, 'net.trt.yaml')).href;
      await other.connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'tensorrt-config', version: 1, text: config },
      });
      const found = await other.connection.sendRequest('textDocument/codeLens', { textDocument: { uri } });
      assert.deepEqual(found, []);
    } finally {
      await other.stop();
    }
  });
});

test('a workspace that comes to be trusted builds what it refused before', async (context) => {
  const client = await LanguageClient.start({
    environment,
    initializationOptions: { workspaceTrusted: false },
  });
  try {
    const folder = temporaryFolder(context);
    writeFiles(folder, {
      'net.onnxtxt': net,
      'net.trt.yaml': 'model: net.onnxtxt\nprofiles: [{ x: [2, 4] }]\nruntime: ./trt\n',
    });
    const uri = pathToFileURL(path.join(folder, 'net.trt.yaml')).href;
    const message = async () =>
      (await client.connection.sendRequest<BuildEngineResult>('tensorrt/build', { uri })).builds[0]?.message;
    assert.match((await message()) ?? '', /not trusted/);
    await client.connection.sendNotification('tensorrt/workspaceTrusted');
    const after = await message();
    assert.doesNotMatch(after ?? '', /not trusted/);
    assert.match(after ?? '', /no folder .*trt/i);
  } finally {
    await client.stop();
  }
});
