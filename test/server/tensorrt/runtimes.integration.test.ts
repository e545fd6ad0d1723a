import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { NoRuntimeError, Runtimes, type RuntimesOptions } from '../../../server/src/tensorrt/runtimes.ts';
import { temporaryFolder, writeFiles } from './support/folders.ts';
import { testLibraries } from './support/test-libraries.ts';

/** Runtimes of some folders only, whatever else this machine has. */
function runtimesIn(
  context: TestContext,
  folders: readonly string[],
  options: RuntimesOptions = {},
): Runtimes {
  const userData = path.join(temporaryFolder(context), 'data');
  const runtimes = new Runtimes({ folders, machine: 'none', userData, ...options });
  context.after(() => runtimes.dispose());
  return runtimes;
}

const [rtx, old, newer, newest] = [
  'tensorrt-rtx-1.7.1',
  'tensorrt-10.6',
  'tensorrt-10.15',
  'tensorrt-11.2',
].map(testLibraries) as [string, string, string, string];

describe('the real libraries', () => {
  test('are found with their versions, also where no file name has them', async (context) => {
    const { installations } = await runtimesIn(context, [rtx, old, newer, newest]).find();
    assert.deepEqual(
      installations.map(({ id, unusable }) => [id, unusable]),
      [
        ['tensorrt-rtx-1.7.1', undefined],
        ['tensorrt-10.6.0', undefined],
        ['tensorrt-10.15.1', undefined],
        ['tensorrt-11.2.1', undefined],
      ],
    );
  });

  test('say the same version when they run', async (context) => {
    const runtimes = runtimesIn(context, [rtx, newer, newest]);
    for (const id of ['tensorrt-rtx-1.7.1', 'tensorrt-10.15.1', 'tensorrt-11.2.1']) {
      const { description, info } = await runtimes.startNamed(id);
      assert.equal(description.id, id);
      assert.ok(id.endsWith(info.version), `${id}: ${info.version}`);
      assert.equal(description.mode, info.mode);
    }
  });
});

describe('the best runtime', () => {
  test('is the newest TensorRT that works', async (context) => {
    const { runtime, passedOver } = await runtimesIn(context, [rtx, newer, newest]).startBest();
    assert.equal(runtime.description.id, 'tensorrt-11.2.1');
    assert.deepEqual(passedOver, []);
  });

  test('is the one that the settings prefer', async (context) => {
    const { runtime } = await runtimesIn(context, [newest, newer], { preferred: [newer] }).startBest();
    assert.equal(runtime.description.id, 'tensorrt-10.15.1');
  });

  test('is not one that turns out not to run here, and that is said', async (context) => {
    const { runtime, passedOver } = await runtimesIn(context, [old, rtx], {
      preferred: ['tensorrt-10.6.0'],
    }).startBest();
    // On a machine with a GPU it runs.
    if (runtime.description.mode === 'gpu') return;
    assert.equal(runtime.description.id, 'tensorrt-rtx-1.7.1');
    assert.deepEqual(
      passedOver.map(({ installation }) => installation.id),
      ['tensorrt-10.6.0'],
    );
    assert.match(passedOver[0]?.reason ?? '', /^TensorRT 10\.6\.0 needs a GPU, and .*\.$/);
  });

  test('where none can be used: a list of what was found and why it does not do', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'libnvinfer.so.10': 'nothing' });
    await assert.rejects(runtimesIn(context, [folder]).startBest(), (error) => {
      assert.ok(error instanceof NoRuntimeError);
      assert.match(
        error.message,
        /^No TensorRT of this machine can be used here\.\nTensorRT in .* is not a shared library/,
      );
      return true;
    });
    await assert.rejects(
      runtimesIn(context, []).startBest(),
      /^NoRuntimeError: No TensorRT was found on this machine\.$/,
    );
  });
});
