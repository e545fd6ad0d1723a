import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { compileText } from '../support/compile-library.mjs';
import { startBridge } from './support/bridge.ts';
import { temporaryFolder, writeModels } from './support/models.ts';

const models = writeModels({
  relu: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[2] x) => (float[2] y) { y = Relu (x) }`,
});

describe('the lean runtime for version-compatible engines', () => {
  test('one of another release is told before anything is built', async () => {
    const folder = temporaryFolder();
    // Stands in for the lean runtime of TensorRT 10.6.0: it says its version, and no more.
    compileText(
      path.join(folder, 'libnvinfer_lean.so.10'),
      'extern "C" int getInferLibVersion() { return 100600; }\n',
    );
    await using bridge = disposable(folder);
    await bridge.initialize();
    const { failure } = await bridge.build(models.relu, {
      enginePath: path.join(folder, 'relu.engine'),
      settings: { flags: ['kVERSION_COMPATIBLE'] },
    });
    assert.equal(failure?.stage, 'configuring');
    assert.equal(failure.setting, 'flags.kVERSION_COMPATIBLE');
    assert.match(failure.message, /\(libnvinfer_lean\.so\.10\) is of TensorRT 10\.6\.0, not of 10\.15\.1;/);
  });
});

/** TensorRT 10.15 with a folder first in its library path. */
function disposable(folder: string) {
  const { LD_LIBRARY_PATH: others } = process.env;
  const bridge = startBridge('tensorrt-10.15', {
    ...process.env,
    LD_LIBRARY_PATH: [folder, others].filter(Boolean).join(':'),
  });
  return { ...bridge, [Symbol.asyncDispose]: async () => bridge.kill() };
}
