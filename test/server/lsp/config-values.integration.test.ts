/** What a config's values come to over LSP: names of real models, files on disk, the installed TensorRT and its engines. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CompletionItem, CompletionList, Hover, LocationLink } from 'vscode-languageserver-types';
import type { BuildEngineResult } from '../../../server/src/build-protocol.ts';
import { librariesOf } from '../../native-bridge/support/installations.ts';
import { runCommand } from '../cli/run-command.ts';
import { LanguageClient } from './language-client.ts';

const model = (graph: string) => `<ir_version: 8, opset_import: ["" : 17]>\n${graph}\n`;
const net = model(
  'g (float[batch,4] x) => (float[batch,3] y)\n<float[4,3] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {\n  [product] y = MatMul (x, w)\n}',
);

describe('values of build configs over LSP', () => {
  let client: LanguageClient;
  let folder: string;
  let count = 0;
  const uri = (name: string) => pathToFileURL(path.join(folder, name)).href;
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'config-values-'));
    write('net.onnxtxt', net);
    mkdirSync(path.join(folder, 'parts'));
    write('parts/plugin.so', '');
    client = await LanguageClient.start({
      initializationOptions: { workspaceTrusted: true },
      settings: {
        check: { automatically: false },
        libraryFolders: [path.dirname(librariesOf('tensorrt-rtx-1.7.1').infer)],
      },
    });
  });
  after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  async function open(marked: string, name = `values${count++}.trt.yaml`) {
    const before = marked.slice(0, marked.indexOf('¦')).split('\n');
    const textDocument = { uri: uri(name) };
    await client.connection.sendNotification('textDocument/didOpen', {
      textDocument: {
        ...textDocument,
        languageId: 'tensorrt-config',
        version: 1,
        text: marked.replace('¦', ''),
      },
    });
    return { textDocument, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
  }

  /** Asked for until the model has been read, as somebody who types asks again. */
  async function completes(marked: string, label: string): Promise<CompletionItem> {
    const params = await open(marked);
    for (let attempt = 0; ; attempt++) {
      const { items } = await client.request<CompletionList>('textDocument/completion', params);
      const item = items.find((candidate) => candidate.label === label);
      if (item) return item;
      assert.ok(attempt < 100, `no ${label} in: ${items.map((each) => each.label).join('; ')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test('a profile, names, files and runtimes are completed', async () => {
    const profile = await completes('model: net.onnxtxt\nprofiles:\n  ¦', '- x');
    assert.equal(profile.textEdit?.newText, '- x: { min: [1, 4], opt: [8, 4], max: [32, 4] }');
    await completes('model: net.onnxtxt\noutputIOFormats:\n  ¦', 'y');
    await completes('model: net.onnxtxt\nlayerPrecisions: { ¦ }', 'product');
    await completes('model: ¦', 'net.onnxtxt');
    await completes('dynamicPlugins: [parts/¦]', 'plugin.so');
    await completes('runtime: ¦', 'tensorrt-rtx');
    const range = await completes('runtime: ¦', 'tensorrt-rtx >=1.7 <2');
    assert.equal(range.textEdit?.newText, '"tensorrt-rtx >=1.7 <2"');
  });

  test('the names of an unsaved model count', async () => {
    await client.open(
      uri('unsaved.onnxtxt'),
      model('g (float[k] new_input) => (float[k] y) { y = Relu (new_input) }'),
    );
    await completes('model: unsaved.onnxtxt\nshapes: { ¦ }', 'new_input');
  });

  test('hover: a runtime here, an engine before and after it is built, and when the config has changed', async () => {
    const hovered = async (params: Awaited<ReturnType<typeof open>>) => {
      const { contents } = await client.request<Hover>('textDocument/hover', params);
      return typeof contents === 'object' && 'value' in contents ? contents.value : '';
    };
    const runtime = await hovered(await open('model: net.onnxtxt\nruntime: tensorrt-r¦tx\n'));
    assert.match(runtime, /^TensorRT-RTX 1\.7\.1.* in `.*tensorrt-rtx-1\.7\.1`/);
    assert.match(await hovered(await open('runtime: tensorrt >=9¦9\n')), /No TensorRT on this machine/);
    const text = 'model: net.onnxtxt\nengine: net.en¦gine\nprofiles: [{ x: { min: [1, 4], max: [2, 4] } }]\n';
    const config = await open(text, 'net.trt.yaml');
    write('net.trt.yaml', text.replace('¦', ''));
    assert.match(await hovered(config), /net\.engine` {2}\nNot built yet\./);
    const { builds } = await client.connection.sendRequest<BuildEngineResult>('tensorrt/build', {
      uri: config.textDocument.uri,
    });
    assert.deepEqual(
      builds.map(({ state }) => state),
      ['succeeded'],
    );
    assert.ok(existsSync(path.join(folder, 'net.engine')));
    assert.match(
      await hovered(config),
      /bytes.*built by TensorRT for RTX 1\.7\.1 without a GPU in .* s, .* UTC\. Up to date\./,
    );
    await client.change(config.textDocument.uri, 2, [
      { text: text.replace('¦', '').replace('[2, 4]', '[3, 4]') },
    ]);
    assert.match(await hovered(config), /UTC\. Not up to date/);
  });

  test('definition: from a name to the model’s text, and to the text form of a binary model', async () => {
    const place = async (marked: string) =>
      (await client.request<LocationLink[]>('textDocument/definition', await open(marked))).map(
        ({ targetUri, targetSelectionRange: { start } }) => `${targetUri} ${start.line}:${start.character}`,
      );
    assert.deepEqual(await place('model: net.onnxtxt\nprofiles: [{ x¦: [1, 4] }]'), [
      `${uri('net.onnxtxt')} 1:18`,
    ]);
    assert.deepEqual(await place('model: net.onnx¦txt'), [`${uri('net.onnxtxt')} 0:0`]);
    const { code } = await runCommand(
      'encode',
      path.join(folder, 'net.onnxtxt'),
      '-o',
      path.join(folder, 'net.onnx'),
    );
    assert.equal(code, 0);
    const binary = uri('net.onnx').replace('file://', 'onnx:');
    const [found = ''] = await place('model: net.onnx\nlayerPrecisions: { prod¦uct: fp16 }');
    assert.match(found, new RegExp(`^${binary} \\d+:3$`));
  });

  test('a trtexec line has the formats that a config gives by name', async () => {
    const { textDocument } = await open(
      'model: net.onnxtxt\nskipInference: true\ninputIOFormats: { x: fp16:chw }¦\noutputIOFormats: { y: fp16:hwc8 }\n',
    );
    let line = '';
    for (let attempt = 0; attempt < 100 && !line.includes('--inputIOFormats'); attempt++) {
      const lines = await client.request<{ line: string }[]>('config/toTrtexec', {
        uri: textDocument.uri,
        version: '10.6',
      });
      line = lines[0]?.line ?? '';
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.match(line, /--inputIOFormats=fp16:chw --outputIOFormats=fp16:hwc8/);
  });
});
