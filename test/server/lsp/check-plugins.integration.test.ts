import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeAction } from 'vscode-languageserver-types';
import { compilePlugin } from '../../support/plugins/compile-plugin.mjs';
import { writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { type ClientOptions, LanguageClient } from './language-client.ts';

const tensorrt = testLibraries('tensorrt-10.15');
const text = `<ir_version: 8, opset_import: ["" : 17, "my.plugins" : 1]>
g (float[N,4] x) => (float[N,4] y) { y = my.plugins.Scaled <factor = 3.0> (x) }
`;

describe('models with nodes of plugins', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lsp-test-'));
  const letter = path.join(folder, 'letter.so');
  const uri = pathToFileURL(path.join(folder, 'net.onnxtxt')).href;
  let library = '';
  before(() => {
    library = compilePlugin(folder, path.join(tensorrt, 'libnvinfer.so.10'));
    writeFiles(folder, {
      'letter.so': 'Not a library, but a letter.',
      'net.trt.yaml': `staticPlugins: [${path.basename(library)}]\ndynamicPlugins: [gone.so]\n`,
      'other.trt.yaml': `model: other.onnxtxt\nstaticPlugins: [${path.basename(library)}]\n`,
      'with-none.trt.yaml': 'model: net.onnxtxt\n',
      'gone.trt.yaml': 'model: net.onnxtxt\ndynamicPlugins: [gone.so]\n',
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const settings = (...plugins: string[]) => ({ runtime: tensorrt, check: { delay: 0, plugins } });
  const start = async (context: TestContext, plugins: readonly string[], options: ClientOptions = {}) => {
    const client = await LanguageClient.start({
      settings: settings(...plugins),
      workspaceFolders: [folder],
      ...options,
    });
    context.after(() => client.stop());
    await client.open(uri, text);
    return client;
  };
  const change = async (client: LanguageClient, ...plugins: string[]) => {
    client.settings = settings(...plugins);
    const from = client.statuses.length;
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    return from;
  };
  const actionsOf = async (client: LanguageClient): Promise<CodeAction[]> => {
    const { diagnostics } = await client.diagnostics(uri, (published) =>
      published.diagnostics.some(({ code }) => code === 'trt.plugin-not-found'),
    );
    const found = diagnostics.filter(({ code }) => code === 'trt.plugin-not-found');
    assert.equal(found.length, 1);
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: found[0]?.range,
      context: { diagnostics: found, only: ['quickfix'] },
    });
    return actions.filter(({ command }) => command?.command === 'tensorrt.addPluginLibrary');
  };

  test('are judged again when the setting changes, relative to the workspace folder or absolute', async (context) => {
    const client = await start(context, []);
    await client.status(uri, ({ state }) => state === 'refused');
    let from = await change(client, path.basename(library));
    const supported = await client.status(uri, ({ state }) => state === 'supported', from);
    assert.equal(supported.summary, 'TensorRT 10.15.1: the one node is supported');
    const { diagnostics } = await client.diagnostics(uri, ({ diagnostics: found }) =>
      found.every(({ source }) => source !== 'TensorRT 10.15.1'),
    );
    assert.ok(diagnostics.every(({ code }) => code !== 'trt.plugin-not-found'));
    from = await change(client);
    await client.status(uri, ({ state }) => state === 'refused', from);
    from = await change(client, library);
    await client.status(uri, ({ state }) => state === 'supported', from);
  });

  test('say which library does not load: in the status, at the node, and once in a message', async (context) => {
    const messages: string[] = [];
    const client = await start(context, []);
    client.connection.onNotification('window/showMessage', ({ message }) => {
      messages.push(message);
    });
    await client.status(uri, ({ state }) => state === 'refused');
    let from = await change(client, letter);
    const sentence = `The plugin library ${letter} does not load: file too short.`;
    const { message } = await client.status(uri, ({ state }) => state === 'refused', from);
    assert.match(message ?? '', /^Checked in \d+ ms\. /);
    assert.ok(message?.endsWith(sentence), message);
    await client.diagnostics(uri, ({ diagnostics }) =>
      diagnostics.some(
        ({ code, message: words }) => code === 'trt.plugin-not-found' && String(words).includes(sentence),
      ),
    );
    from = client.statuses.length;
    await client.change(uri, 2, [{ text: text.replace('3.0', '4.0') }]);
    await client.status(uri, ({ state }) => state === 'refused', from);
    assert.deepEqual(messages, [sentence]);
  });

  test('have quick fixes: choose the library, or take those of the build configs of the model', async (context) => {
    const client = await start(context, []);
    assert.deepEqual(
      (await actionsOf(client)).map(({ title, kind, command }) => [title, kind, command?.arguments]),
      [
        ['Check with the plugins of net.trt.yaml', 'quickfix', [uri, [library]]],
        ['Choose the plugin’s library…', 'quickfix', [uri]],
      ],
    );
    // Where it is loaded already and the node refused all the same, there is nothing to take from the config.
    await client.change(uri, 2, [{ text: text.replace('Scaled', 'Scalled') }]);
    const from = await change(client, library);
    await client.status(uri, ({ state }) => state === 'refused', from);
    assert.deepEqual(
      (await actionsOf(client)).map(({ title }) => title),
      ['Choose the plugin’s library…'],
    );
  });

  test('run no plugin in a workspace that is not trusted, and are judged again once it is', async (context) => {
    const client = await start(context, [library], { initializationOptions: { workspaceTrusted: false } });
    const { message } = await client.status(uri, ({ state }) => state === 'refused');
    assert.match(message ?? '', /are not loaded: they are programs, and this workspace is not trusted\.$/);
    assert.deepEqual(await actionsOf(client), []);
    await client.connection.sendNotification('tensorrt/workspaceTrusted');
    await client.status(uri, ({ state }) => state === 'supported');
  });

  test('in an editor that knows no trust: absolute paths are the user’s own, relative ones are not loaded', async (context) => {
    const plain = { initializationOptions: {} };
    const isNotFound = ({ code }: { readonly code?: unknown }) => code === 'trt.plugin-not-found';
    const refused = await start(context, [path.basename(library)], plain);
    const { diagnostics } = await refused.diagnostics(uri, ({ diagnostics }) => diagnostics.some(isNotFound));
    assert.match(
      String(diagnostics.find(isNotFound)?.message),
      /libscale-plugin\.so of the setting tensorrt\.check\.plugins is not loaded: this editor does not say/,
    );
    assert.deepEqual(await actionsOf(refused), []);
    const from = refused.published.length;
    await change(refused, library);
    await refused.diagnostics(
      uri,
      (published) => refused.published.indexOf(published) >= from && !published.diagnostics.some(isNotFound),
    );
  });
});
