import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CodeAction, Diagnostic } from 'vscode-languageserver-types';
import { librariesOf } from '../../native-bridge/support/installations.ts';
import { LanguageClient } from './language-client.ts';

const model = (graph: string) => `<ir_version: 8, opset_import: ["" : 17]> ${graph}`;
const fixed = model('g (float[2] x) => (float[2] y) { y = Relu (x) }');
const dynamic = model('g (float[n] x) => (float[n] y) { y = Relu (x) }');

describe('build configs over LSP, checked against models and runtimes', () => {
  let client: LanguageClient;
  let folder: string;
  const uri = (name: string) => pathToFileURL(path.join(folder, name)).href;
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'config-checks-'));
    client = await LanguageClient.start({
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

  async function open(name: string, text: string): Promise<string> {
    const textDocument = { uri: uri(name), languageId: 'tensorrt-config', version: 1, text };
    await client.connection.sendNotification('textDocument/didOpen', { textDocument });
    return textDocument.uri;
  }
  /** The next diagnostics that have exactly these codes. */
  async function shows(config: string, ...codes: readonly string[]): Promise<readonly Diagnostic[]> {
    const expected = JSON.stringify(codes);
    const { diagnostics } = await client.diagnostics(
      config,
      (published) => JSON.stringify(published.diagnostics.map(({ code }) => code)) === expected,
    );
    return diagnostics;
  }

  test('a profile is wrong and right again while the model is edited, unsaved', async () => {
    write('a.onnxtxt', fixed);
    const config = await open('a.trt.yaml', 'model: a.onnxtxt\nruntime: tensorrt 10.6\n');
    await shows(config);
    await client.open(uri('a.onnxtxt'), dynamic);
    const [missing] = await shows(config, 'config.missing-profile');
    assert.match(String(missing?.message), /x \[n\]/);
    assert.match(missing?.codeDescription?.href ?? '', /config\.missing-profile\.md$/);
    await client.change(uri('a.onnxtxt'), 2, [{ text: fixed }]);
    await shows(config);
    // A text that is no model for a moment changes nothing.
    await client.change(uri('a.onnxtxt'), 3, [{ text: dynamic }]);
    await shows(config, 'config.missing-profile');
    await client.close(uri('a.onnxtxt'));
    await shows(config);
  });

  test('profiles are made from the model by a quick fix', async () => {
    write('b.onnxtxt', dynamic);
    const config = await open('b.trt.yaml', 'model: b.onnxtxt\nruntime: tensorrt 10.6\n');
    const [diagnostic] = await shows(config, 'config.missing-profile');
    assert.ok(diagnostic);
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: config },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    });
    const fix = actions.find(({ title }) => title === 'Make profiles from the model');
    assert.deepEqual(fix?.edit?.changes?.[config], [
      {
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
        newText: 'profiles:\n  - x: { min: [1], opt: [8], max: [32] }\n',
      },
    ]);
    await client.change(config, 2, [
      { range: fix?.edit?.changes?.[config]?.[0]?.range, text: fix?.edit?.changes?.[config]?.[0]?.newText },
    ]);
    await shows(config);
  });

  test('a model that is written beside the config is noticed', async () => {
    const config = await open('later.trt.yaml', 'model: later.onnxtxt\nruntime: tensorrt 10.6\n');
    await shows(config, 'config.missing-file');
    write('later.onnxtxt', dynamic);
    await shows(config, 'config.missing-profile');
    write('later.onnxtxt', `${fixed}\n`);
    await shows(config);
    write('later.onnxtxt', 'not a model');
    const [unreadable] = await shows(config, 'config.unreadable-model');
    assert.match(String(unreadable?.message), /later\.onnxtxt/);
  });

  test('the version that `runtime` names counts, else the TensorRT that builds here', async () => {
    write('c.onnxtxt', fixed);
    const config = await open('c.trt.yaml', 'model: c.onnxtxt\nfp16: true\n');
    const [problem] = await shows(config, 'config.not-for-rtx');
    assert.match(String(problem?.message), /TensorRT for RTX has no `fp16`/);
    await client.change(config, 2, [{ text: 'model: c.onnxtxt\nfp16: true\nruntime: tensorrt 10.6\n' }]);
    await shows(config);
    await client.change(config, 3, [{ text: 'model: c.onnxtxt\nfp16: true\nruntime: ">=11"\n' }]);
    await shows(config, 'config.version');
  });

  test('without a GPU, what TensorRT for RTX cannot build is told before the build', async () => {
    const withWeights = model('g (float[2] x) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }');
    write('d.onnxtxt', withWeights);
    const config = await open('d.trt.yaml', 'model: d.onnxtxt\nstripWeights: true\n');
    await shows(config, 'config.needs-gpu');
  });
});
