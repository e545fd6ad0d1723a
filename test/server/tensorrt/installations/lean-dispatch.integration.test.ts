/** The lean and dispatch runtimes of NVIDIA's Python packages. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import koffi from 'koffi';
import { installationsOf } from '../../../../server/src/tensorrt/installations/find.ts';
import { describeInstallation } from '../../../../server/src/tensorrt/installations/installation.ts';
import { temporaryFolder } from '../../../native-bridge/support/models.ts';
import { runCommand } from '../../cli/run-command.ts';
import { testLibraries } from '../support/test-libraries.ts';

/** As pip lays them out. */
const packages = temporaryFolder();
const leanFolder = path.join(packages, 'tensorrt_lean_libs');
const dispatchFolder = path.join(packages, 'tensorrt_dispatch_libs');
const lean = path.join(testLibraries('tensorrt-lean-10.15'), 'libnvinfer_lean.so.10');
const dispatch = path.join(testLibraries('tensorrt-dispatch-10.15'), 'libnvinfer_dispatch.so.10');

before(() => {
  mkdirSync(leanFolder);
  symlinkSync(lean, path.join(leanFolder, 'libnvinfer_lean.so.10'));
  mkdirSync(dispatchFolder);
  cpSync(dispatch, path.join(dispatchFolder, 'libnvinfer_dispatch.so.10'));
});

describe('lean and dispatch runtimes of the Python packages', () => {
  test('are found with the version that the library says, as what they are', async () => {
    const found = await installationsOf(packages);
    const told = found.map(({ id, kind, libraries, engineLibraries: engines }) => [
      id,
      kind,
      libraries,
      engines?.infer,
    ]);
    assert.deepEqual(told.sort(), [
      [
        'tensorrt-dispatch-10.15.1',
        'dispatch',
        undefined,
        path.join(dispatchFolder, 'libnvinfer_dispatch.so.10'),
      ],
      ['tensorrt-lean-10.15.1', 'lean', undefined, path.join(leanFolder, 'libnvinfer_lean.so.10')],
    ]);
    assert.ok(found.every((installation) => !('engineLibraries' in describeInstallation(installation))));
  });

  test('load without a GPU, say the version that was read from their files, and build nothing', () => {
    for (const file of [lean, dispatch]) {
      const library = koffi.load(file);
      assert.equal(library.func('getInferLibVersion', 'int32_t', [])(), 101501);
      library.func('createInferRuntime_INTERNAL', 'void *', ['void *', 'int32_t']);
      assert.throws(() => library.func('createInferBuilder_INTERNAL', 'void *', ['void *', 'int32_t']));
    }
  });

  test('runtimes lists them, and what they are for', async () => {
    const { LD_LIBRARY_PATH: inherited } = process.env;
    process.env['LD_LIBRARY_PATH'] = `${leanFolder}:${dispatchFolder}`;
    try {
      const { stdout } = await runCommand('runtimes');
      assert.match(
        stdout,
        /tensorrt-lean-10\.15\.1 +.*tensorrt_lean_libs {2}\(LD_LIBRARY_PATH\)\n +for engines only: It is the lean runtime/,
      );
      assert.match(stdout, /tensorrt-dispatch-10\.15\.1 +.*\n +for engines only: It is the dispatch runtime/);
      const check = await runCommand('check', '--no-install', '--runtime', 'tensorrt-lean-10.15.1', 'x.onnx');
      assert.equal(check.code, 2);
    } finally {
      if (inherited === undefined) delete process.env['LD_LIBRARY_PATH'];
      else process.env['LD_LIBRARY_PATH'] = inherited;
    }
  });
});
