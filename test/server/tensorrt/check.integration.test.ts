import assert from 'node:assert/strict';
import { readdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ParseResult } from '../../../native-bridge/src/protocol.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import type { Model } from '../../../server/src/onnx/model/model.ts';
import { parseOnnxText } from '../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../server/src/onnx/text/to-model/to-model.ts';
import { BridgeError } from '../../../server/src/tensorrt/bridge/bridge-error.ts';
import { type CheckOptions, checkModel } from '../../../server/src/tensorrt/check.ts';
import { type Runtime, Runtimes } from '../../../server/src/tensorrt/runtimes.ts';
import { temporaryFolder, writeFiles } from './support/folders.ts';
import { testLibraries } from './support/test-libraries.ts';

function modelOf(text: string, folder = '/'): Model {
  const tree = parseOnnxText(text);
  assert.equal(tree.problemCount, 0);
  return toModel(tree, { resolveLocation: (location) => path.resolve(folder, location) }).model;
}

const graph = (body: string) => `<ir_version: 8, opset_import: ["" : 17]>
g (float[N,4] x) => (float[N,4] y) {
  ${body}
}`;

describe('checking a model with TensorRT for RTX 1.7.1', () => {
  const runtimes = new Runtimes();
  let runtime: Runtime;
  let parses = 0;
  const cleanup: (() => void)[] = [];
  const temporary = temporaryFolder({ after: (clean) => cleanup.push(clean as () => void) });
  const outer = process.env['TMPDIR'];
  const options: CheckOptions = { files: nodeFileAccess, directory: '/' };
  const check = (model: Model, more: Partial<CheckOptions> = {}) =>
    checkModel(model, runtime, { ...options, ...more });
  before(async () => {
    // Temporary files of other processes are none of this test's business.
    process.env['TMPDIR'] = temporary;
    runtime = await runtimes.startNamed(testLibraries('tensorrt-rtx-1.7.1'));
    const parse = runtime.bridge.parse.bind(runtime.bridge);
    runtime.bridge.parse = (...args): Promise<ParseResult> => {
      parses++;
      return parse(...args);
    };
  });
  after(() => {
    runtimes.dispose();
    if (outer === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = outer;
    for (const clean of cleanup) clean();
  });
  const parsesDuring = async (action: () => Promise<unknown>) => {
    const earlier = parses;
    await action();
    return parses - earlier;
  };

  test('says what TensorRT made of a model that it takes', async () => {
    const verdict = await check(modelOf(graph('t = Relu (x) y = Neg (t)')));
    assert.equal(verdict.supported, true);
    assert.deepEqual(verdict.errors, []);
    assert.deepEqual(
      verdict.network?.tensors.map(({ name, type, dims }) => `${name} ${type} ${dims}`),
      ['x kFLOAT -1,4', 't kFLOAT -1,4', 'y kFLOAT -1,4'],
    );
    assert.ok(verdict.durationMs > 0);
  });

  test('remembers a verdict by content, until it is to be fresh', async () => {
    const text = graph('y = Abs (x)');
    assert.equal(await parsesDuring(() => check(modelOf(text))), 1);
    assert.equal(await parsesDuring(() => check(modelOf(text))), 0);
    assert.equal(await parsesDuring(() => check(modelOf(text), { fresh: true })), 1);
    assert.equal(await parsesDuring(() => check(modelOf(graph('y = Exp (x)')))), 1);
    assert.equal(
      await parsesDuring(() => check(modelOf(text), { parserFlags: ['kNATIVE_INSTANCENORM'] })),
      1,
    );
  });

  test('external data that changed on disk is judged again', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'w.bin': new Uint8Array(64) });
    const text = graph('y = MatMul (x, w)').replace(
      ' {',
      ' <float[4,4] w = ["location": "w.bin", "offset": "0", "length": "64"]> {',
    );
    const inFolder = { directory: folder };
    assert.equal(await parsesDuring(() => check(modelOf(text, folder), inFolder)), 1);
    assert.equal(await parsesDuring(() => check(modelOf(text, folder), inFolder)), 0);
    utimesSync(path.join(folder, 'w.bin'), 1, 1);
    assert.equal(await parsesDuring(() => check(modelOf(text, folder), inFolder)), 1);
  });

  test('says which weights are missing', async (context) => {
    const folder = temporaryFolder(context);
    const text = graph('y = MatMul (x, w)').replace(' {', ' <float[4,4] w = ["location": "gone.bin"]> {');
    const { weightProblems } = await check(modelOf(text, folder), { directory: folder });
    assert.deepEqual(
      weightProblems.map(({ code, tensor }) => [code, tensor]),
      [['unreadable-file', 'w']],
    );
  });

  test('leaves no temporary file', async () => {
    await check(modelOf(graph('y = Sin (x)')));
    const folders = readdirSync(temporary).filter((name) => name.startsWith('onnx-tensorrt-tools-'));
    assert.equal(folders.length, 1);
    assert.deepEqual(readdirSync(path.join(temporary, folders[0] ?? '')), []);
  });

  test('a bridge that is killed during a check fails it with a clear sentence, and the next check works', async () => {
    const processId = runtime.bridge.processId ?? 0;
    // A stopped process is one that does not answer any more.
    process.kill(processId, 'SIGSTOP');
    const hanging = check(modelOf(graph('y = Cos (x)')));
    await delay(100);
    process.kill(processId, 'SIGKILL');
    await assert.rejects(hanging, (error) => {
      assert.ok(error instanceof BridgeError);
      assert.match(error.message, /^TensorRT-RTX 1\.7\.1 ended unexpectedly \(signal SIGKILL\)/);
      return true;
    });
    assert.equal((await check(modelOf(graph('y = Cos (x)')))).supported, true);
    assert.notEqual(runtime.bridge.processId, processId);
  });

  test('a bridge that hangs is given up after the time limit, and the next check works', async () => {
    process.kill(runtime.bridge.processId ?? 0, 'SIGSTOP');
    await assert.rejects(
      check(modelOf(graph('y = Tan (x)')), { timeout: 300 }),
      /gave no answer within 0\.3 s/,
    );
    assert.equal((await check(modelOf(graph('y = Tan (x)')))).supported, true);
  });

  test('a check that is no longer wanted ends at once', async () => {
    const abort = new AbortController();
    process.kill(runtime.bridge.processId ?? 0, 'SIGSTOP');
    const stale = check(modelOf(graph('y = Sinh (x)')), { signal: abort.signal });
    await delay(50);
    abort.abort(new Error('stale'));
    await assert.rejects(stale, /stale/);
    process.kill(runtime.bridge.processId ?? 0, 'SIGCONT');
    assert.equal((await check(modelOf(graph('y = Cosh (x)')))).supported, true);
  });
});
