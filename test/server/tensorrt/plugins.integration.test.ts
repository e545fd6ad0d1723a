import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import { parseOnnxText } from '../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../server/src/onnx/text/to-model/to-model.ts';
import { BridgeError } from '../../../server/src/tensorrt/bridge/bridge-error.ts';
import { checkModel, type Verdict } from '../../../server/src/tensorrt/check.ts';
import { isUsable } from '../../../server/src/tensorrt/installations/installation.ts';
import { type PluginSet, pluginSet } from '../../../server/src/tensorrt/plugin-set.ts';
import { type Runtime, Runtimes } from '../../../server/src/tensorrt/runtimes.ts';
import { compileText } from '../../support/compile-library.mjs';
import { compilePlugin } from '../../support/plugins/compile-plugin.mjs';
import { testLibraries } from './support/test-libraries.ts';

const tensorrt = testLibraries('tensorrt-10.15');
const { model } = toModel(
  parseOnnxText(`<ir_version: 8, opset_import: ["" : 17, "my.plugins" : 1]>
g (float[N,4] x) => (float[N,4] y) { y = my.plugins.Scaled <factor = 3.0> (x) }
`),
  { resolveLocation: (location) => path.resolve('/', location) },
);

describe('checks with plugins of the user', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'onnx-trt-test-'));
  let library = '';
  before(() => {
    library = compilePlugin(folder, path.join(tensorrt, 'libnvinfer.so.10'));
  });
  const runtimes = new Runtimes({ folders: [tensorrt], machine: 'none' });
  after(() => {
    runtimes.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const check = async (plugins: PluginSet): Promise<{ runtime: Runtime; verdict: Verdict }> => {
    const runtime = await runtimes.startNamed(tensorrt, { plugins });
    return { runtime, verdict: await checkModel(model, runtime, { files: nodeFileAccess, directory: '/' }) };
  };

  test('each list of libraries has a process and verdicts of its own', async () => {
    const without = await check(pluginSet([]));
    const having = await check(pluginSet([library]));
    assert.equal(without.verdict.supported, false);
    assert.equal(having.verdict.supported, true);
    assert.deepEqual(having.verdict.pluginProblems, []);
    assert.notEqual(without.runtime.bridge.processId, having.runtime.bridge.processId);
    // What is known of one list is no answer for the other.
    const again = await check(pluginSet([]));
    assert.equal(again.verdict.supported, false);
    assert.equal(again.runtime.bridge, without.runtime.bridge);
    assert.equal((await check(pluginSet([library]))).runtime.bridge, having.runtime.bridge);
  });

  test('a build takes libraries that were written anew, too: a plugin is compiled and tried again and again', async () => {
    const { installations } = await runtimes.find();
    const [installation] = installations;
    assert.ok(installation && isUsable(installation));
    const own = compilePlugin(
      mkdtempSync(path.join(folder, 'own-')),
      path.join(tensorrt, 'libnvinfer.so.10'),
    );
    const bridge = () => runtimes.buildBridgeOf(installation, undefined, pluginSet([own]));
    const first = bridge();
    assert.equal(bridge(), first);
    assert.notEqual(runtimes.buildBridgeOf(installation), first);
    assert.notEqual((await check(pluginSet([own]))).runtime.bridge, first);
    assert.equal(bridge(), first, 'a check with the same libraries leaves it as it is');
    appendFileSync(own, ' ');
    assert.notEqual(bridge(), first);
  });

  test('a library that was written anew is loaded by another process, and the earlier one ends', async () => {
    const old = await check(pluginSet([library]));
    const oldProcess = old.runtime.bridge.processId;
    assert.ok(oldProcess !== undefined);
    appendFileSync(library, '\n');
    const recent = await check(pluginSet([library]));
    assert.equal(recent.verdict.supported, true);
    assert.notEqual(recent.runtime.bridge.processId, oldProcess);
    for (let tries = 0; old.runtime.bridge.running && tries < 100; tries++) await delay(20);
    assert.equal(old.runtime.bridge.running, false);
    // Who holds the earlier one still gets an answer of it.
    const late = await checkModel(model, old.runtime, { files: nodeFileAccess, directory: '/', fresh: true });
    assert.equal(late.supported, true);
  });

  test('what does not load is told with the verdict, which remembers it', async () => {
    const letter = path.join(folder, 'letter.so');
    writeFileSync(letter, 'Not a library, but a letter.');
    const sentence = `The plugin library ${letter} does not load: file too short.`;
    for (let time = 0; time < 2; time++) {
      const { verdict } = await check(pluginSet([letter, library]));
      assert.equal(verdict.supported, true);
      assert.deepEqual(verdict.pluginProblems, [sentence]);
    }
  });

  test('a library that ends the process fails the check by name, and TensorRT is not passed over', async () => {
    const abort = compileText(
      path.join(folder, 'abort.so'),
      '#include <cstdlib>\n__attribute__((constructor)) void end() { std::abort(); }\n',
    );
    const { runtime, passedOver } = await runtimes.startBest({ plugins: pluginSet([abort]) });
    assert.deepEqual(passedOver, []);
    await assert.rejects(
      checkModel(model, runtime, { files: nodeFileAccess, directory: '/' }),
      (error: unknown) =>
        error instanceof BridgeError &&
        error.message.startsWith('TensorRT 10.15.1 ended unexpectedly (signal SIGABRT) during ') &&
        error.message.includes(`“loading the plugins of ${abort}”`),
    );
  });
});
