/** Builds that fail, as an editor shows them: real ones of TensorRT for RTX on a plain CPU. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Diagnostic, Range } from 'vscode-languageserver-types';
import { cacheDirectory } from '../../../scripts/cache.mjs';
import type { BuildEngineResult, BuildStatus } from '../../../server/src/build-protocol.ts';
import { temporaryFolder, writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { LanguageClient } from './language-client.ts';

const header = '<ir_version: 8, opset_import: ["" : 17]>';
const joining = `${header}
g (float[a,4] x, float[b,4] y) => (float[c,8] z) {
  [joined] h = Concat <axis = 1> (x, y)
  [out] z = Relu (h)
}
`;
const convolution = `${header}
g (float[1,3,8,8] x) => (float[1,4,8,8] y) <float[4,3,1,1] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
  [conv] h = Conv (x, w)
  [relu] y = Relu (h)
}
`;

describe('a failed build in the editor', () => {
  let client: LanguageClient;
  before(async () => {
    client = await LanguageClient.start({
      settings: {
        check: { automatically: false },
        libraryFolders: [testLibraries('tensorrt-rtx-1.7.1')],
      },
    });
  });
  after(() => client.stop());

  /** Opens `net.onnxtxt` and `net.trt.yaml` in a folder of their own. */
  async function openBoth(
    context: TestContext,
    model: string,
    config: string,
    others: Readonly<Record<string, string>> = {},
  ) {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'net.onnxtxt': model, 'net.trt.yaml': config, ...others });
    const uriOf = (name: string) => pathToFileURL(path.join(folder, name)).href;
    const [modelUri, configUri] = [uriOf('net.onnxtxt'), uriOf('net.trt.yaml')];
    await client.open(modelUri, model);
    await client.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: configUri, languageId: 'tensorrt-config', version: 1, text: config },
    });
    context.after(async () => {
      await client.close(modelUri);
      await client.close(configUri);
    });
    return { folder, modelUri, configUri };
  }
  const build = async (uri: string) => {
    const { builds } = await client.connection.sendRequest<BuildEngineResult>('tensorrt/build', { uri });
    return builds.map(({ state }) => state);
  };
  const ofBuild = (diagnostics: readonly Diagnostic[]) =>
    diagnostics.filter(({ code }) => String(code).startsWith('build.'));
  /** Waits until what is shown of builds fits, which must not be what was shown before. */
  const shows = async (uri: string, fits: (found: readonly Diagnostic[]) => boolean) => {
    const shown = () => ofBuild(client.published.findLast((each) => each.uri === uri)?.diagnostics ?? []);
    for (let time = 0; !fits(shown()); time += 20) {
      if (time > 30_000) assert.fail(`Not shown; but ${JSON.stringify(shown(), null, 1)}`);
      await delay(20);
    }
    return shown();
  };
  const textAt = (text: string, { start, end }: Range) => {
    assert.equal(start.line, end.line);
    return text.split('\n')[start.line]?.slice(start.character, end.character);
  };

  test('marks the node in the model and the profile in the config, each with the other', async (context) => {
    const config = `model: net.onnxtxt
profiles:
  - x: { min: [1, 4], opt: [2, 4], max: [8, 4] }
    y: { min: [1, 4], opt: [5, 4], max: [8, 4] }
`;
    const { modelUri, configUri } = await openBoth(context, joining, config);
    assert.deepEqual(await build(configUri), ['failed']);
    const [node] = await shows(modelUri, (found) => found.length === 1);
    assert.ok(node);
    assert.equal(textAt(joining, node.range), 'Concat');
    assert.equal(node.source, 'TensorRT-RTX 1.7.1');
    assert.match(
      String(node.message),
      /^Building net\.trt\.yaml failed here: With the opt shapes .* 2 != 5/s,
    );
    assert.match(node.codeDescription?.href ?? '', /docs\/diagnostics\/build\.shapes\.md$/);
    const [setting] = await shows(configUri, (found) => found.length === 1);
    assert.equal(setting?.range.start.line, 2);
    // An edit of the node takes its mark away, and leaves that of the config.
    const range = { start: { line: 2, character: 15 }, end: { line: 2, character: 21 } };
    await client.change(modelUri, 2, [{ range, text: 'Nothing' }]);
    await shows(modelUri, (found) => found.length === 0);
    assert.equal((await shows(configUri, (found) => found.length === 1)).length, 1);
    assert.deepEqual(
      setting.relatedInformation?.map(({ location, message }) => [location.uri, message]),
      [[modelUri, 'joined']],
    );
  });

  test('stays at its setting while the text around it is edited, and goes with an edit there', async (context) => {
    const config = 'model: net.onnxtxt\nmemPoolSize: { workspace: 1B }\n';
    const { folder, modelUri, configUri } = await openBoth(context, convolution, config);
    assert.deepEqual(await build(configUri), ['failed']);
    const [first] = await shows(configUri, (found) => found.length === 1);
    assert.equal(first?.code, 'build.workspace');
    assert.equal(textAt(config, first.range), 'memPoolSize');
    const start = { line: 0, character: 0 };
    await client.change(configUri, 2, [{ range: { start, end: start }, text: '# A comment.\n' }]);
    const [moved] = await shows(configUri, (found) => found[0]?.range.start.line === 2);
    assert.ok(moved);
    const key = { line: 2, character: 3 };
    await client.change(configUri, 3, [{ range: { start: key, end: { line: 2, character: 4 } }, text: 'P' }]);
    await shows(configUri, (found) => found.length === 0);

    // The next build tells it again, and one that succeeds takes it away.
    assert.deepEqual(await build(configUri), ['failed']);
    await shows(configUri, (found) => found.length === 1);
    const fixed = 'model: net.onnxtxt\n';
    await client.change(configUri, 4, [{ text: fixed }]);
    assert.deepEqual(await build(configUri), ['succeeded']);
    await shows(configUri, (found) => found.length === 0);
    assert.ok(readFileSync(path.join(folder, 'net.engine')).length > 0);
    await shows(modelUri, (found) => found.length === 0);
  });

  test('is the end of TensorRT’s process, with what it was doing (killed: a simulation of a crash)', async (context) => {
    const model = path.join(cacheDirectory, 'models/real/rapidocr_onnxruntime-ch_PP-OCRv4_det_infer.onnx');
    const sizes = '{ min: [1, 3, 32, 32], opt: [1, 3, 640, 640], max: [1, 3, 960, 960] }';
    const config = `model: ${model}\nengine: net.engine\nprofiles: [{ x: ${sizes} }]\n`;
    const { configUri } = await openBoth(context, convolution, config);
    const isBuilding = new Promise<void>((resolve) => {
      const listening = client.connection.onNotification(
        'tensorrt/builds',
        ({ builds }: { readonly builds: readonly BuildStatus[] }) => {
          if (builds.some(({ stage, phases }) => stage === 'building' && phases.length > 0)) {
            listening.dispose();
            resolve();
          }
        },
      );
    });
    const result = build(configUri);
    await isBuilding;
    const bridges = childrenOf(client.processId);
    assert.ok(bridges.length > 0);
    for (const bridge of bridges) process.kill(bridge, 'SIGKILL');
    assert.deepEqual(await result, ['failed']);
    const [crash] = await shows(configUri, (found) => found.length === 1);
    assert.equal(crash?.code, 'build.out-of-memory');
    assert.match(
      String(crash.message),
      /ended unexpectedly \(signal SIGKILL\).*It was building for .*\n {2}onnx-trt build \S+net\.trt\.yaml --force\n {2}cd \S+ && tensorrt_rtx --onnx=/s,
    );
    // The server has outlived it.
    await client.change(configUri, 2, [{ text: 'model: net.onnxtxt\n' }]);
    assert.deepEqual(await build(configUri), ['succeeded']);
    await shows(configUri, (found) => found.length === 0);
  });

  test('is on the graph of a model that was built without a config', async (context) => {
    const model = `${header}
g (float[n] x) => (float[n] y) { [only] y = Relu (x) }
`;
    const { modelUri } = await openBoth(context, model, '# none\n');
    assert.deepEqual(await build(modelUri), ['failed']);
    const [whole] = await shows(modelUri, (found) => found.length === 1);
    assert.ok(whole);
    assert.equal(textAt(model, whole.range), 'g');
  });
});

/** Ids of the processes that a process has started. */
function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        return new RegExp(`^PPid:\\s+${parent}$`, 'm').test(readFileSync(`/proc/${id}/status`, 'utf8'));
      } catch {
        // It has ended since.
        return false;
      }
    })
    .map(Number);
}
