/**
 * `onnx-trt debug` with the real TensorRT for RTX where the driver's files seem to be there (a simulation) and no GPU is: a container that
 * was given none, say.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { temporaryFolder } from '../../native-bridge/support/models.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';

const folder = temporaryFolder();
const commandLine = fileURLToPath(new URL('../../../server/src/cli/main.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const seeming = fileURLToPath(
  new URL('../../support/recorded-gpu/a-gpu-seems-to-be-there.cjs', import.meta.url),
);

test('without a GPU TensorRT for RTX could build an engine, and not run it: that is said before anything is built', () => {
  writeFileSync(
    path.join(folder, 'net.onnxtxt'),
    '<ir_version: 8, opset_import: ["" : 17]> g (float[4] x) => (float[4] y) { a = Abs (x) y = Sqrt (a) }',
  );
  writeFileSync(path.join(folder, 'net.trt.yaml'), 'model: net.onnxtxt\nruntime: tensorrt-rtx\n');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', seeming, '--import', tsx, commandLine, 'debug', 'net.trt.yaml'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        CUDA_VISIBLE_DEVICES: '',
        XDG_DATA_HOME: path.join(folder, '.data'),
        LD_LIBRARY_PATH: testLibraries('tensorrt-rtx-1.7.1'),
      },
    },
  );
  assert.equal(status, 2, stderr);
  assert.match(
    stderr,
    /Engines run on an NVIDIA GPU only.*ONNX Runtime alone shows values without an engine/s,
  );
  assert.equal(existsSync(path.join(folder, 'net.debug.engine')), false);
});
