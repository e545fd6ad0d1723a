import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BridgeErrorCode } from '../../native-bridge/src/protocol.ts';
import { type ReadyBridge, startReadyBridge } from './support/bridge.ts';
import { installations } from './support/installations.ts';
import { temporaryFolder, writeBytes, writeModels } from './support/models.ts';

const gibibyte = 2 ** 30;

const models = writeModels({
  fourGibibytes: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[N,32768] x) => (float[N,32768] y) <float[32768,32768] w = ["location": "nowhere.bin"]> {
      y = MatMul (x, w)
    }`,
  inBranch: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (bool c, float[1,4] x) => (float[1,4] y) <float[4,4] outer = ["location": "nowhere.bin"]> {
      y = If (c) <
        then_branch = t () => (float[1,4] a) <float[4,4] inner = ["location": "nowhere.bin"]> { a = MatMul (x, inner) },
        else_branch = e () => (float[1,4] b) { b = MatMul (x, outer) }
      >
    }`,
  // 'weights' holds the values that the others refer to by their place in its file.
  weights: `
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[1,4] x) => (float[1,4] y) <float[4] positive = {0.5,0.5,0.5,0.5}, float[4] negative = {-2,-2,-2,-2}> {
      y = Add (x, positive)
    }`,
});

/** A model whose quantization scale lies somewhere in another file; TensorRT looks at it and wants it positive. */
function scaledBy(file: string, offset: number): string {
  return `
    <ir_version: 9, opset_import: ["" : 19]>
    g (float[2,4] x) => (float[2,4] y)
    <float[4] scale = ["location": "${file}", "offset": "${offset}", "length": "16"]> {
      q = QuantizeLinear <axis = 1> (x, scale)
      y = DequantizeLinear <axis = 1> (q, scale)
    }`;
}

const weights = readFileSync(models.weights);
const offsetOf = (value: number): number =>
  weights.indexOf(Buffer.from(new Float32Array(4).fill(value).buffer));
const references = writeModels({
  positive: scaledBy('weights.onnx', offsetOf(0.5)),
  negative: scaledBy('weights.onnx', offsetOf(-2)),
});

for (const installation of installations) {
  describe(`weights that ${installation} does not read`, () => {
    let bridge: ReadyBridge;
    before(async () => {
      bridge = await startReadyBridge(installation);
    });
    after(() => bridge.kill());

    test('cost neither time nor memory, however many gigabytes they are', async () => {
      assert.equal(bridge.initialized.loadsInitializers, true);
      const zeroInitializers = [{ name: 'w', byteLength: 4 * gibibyte }];
      const memory = bridge.peakMemory();
      const start = performance.now();
      const result = await bridge.parse(models.fourGibibytes, { zeroInitializers, walkNetwork: true });
      const elapsed = performance.now() - start;
      assert.deepEqual(result.errors, []);
      assert.equal(result.succeeded, true);
      const shapes = result.network?.tensors.map(({ dims }) => dims);
      assert.deepEqual(shapes?.at(-1), [-1, 32768]);
      assert.ok(elapsed < 1000, `${elapsed} ms`);
      assert.ok(bridge.peakMemory() - memory < 64e6, `from ${memory} to ${bridge.peakMemory()} bytes`);
    });

    test('must be declared by the graph itself', async () => {
      const zeroInitializers = [
        { name: 'outer', byteLength: 64 },
        { name: 'inner', byteLength: 64 },
      ];
      await assert.rejects(bridge.parse(models.inBranch, { zeroInitializers }), {
        code: BridgeErrorCode.tensorrtFailed,
        message:
          /^TensorRT does not take 64 bytes for the initializer inner: .*Cannot find initializer name: inner/,
      });
    });

    test('must have the bytes that dims and type say', async () => {
      const zeroInitializers = [{ name: 'w', byteLength: 1000 }];
      await assert.rejects(bridge.parse(models.fourGibibytes, { zeroInitializers }), {
        code: BridgeErrorCode.tensorrtFailed,
        message: /initializer w: .*size 1000 mismatches with that expected by the model: 4294967296/,
      });
    });

    test('may lie inside another file, with their true values', async () => {
      assert.ok(offsetOf(0.5) > 0 && offsetOf(-2) > 0);
      const externalDataDirectory = path.dirname(models.weights);
      const positive = await bridge.parse(references.positive, { externalDataDirectory });
      assert.deepEqual(positive.errors, []);
      assert.equal(positive.succeeded, true);
      const negative = await bridge.parse(references.negative, { externalDataDirectory });
      assert.match(negative.errors[0]?.description ?? '', /Scale coefficients must all be positive/);
    });

    test('are found beside the model unless another folder is named', async () => {
      const lost = await bridge.parse(references.positive, { externalDataDirectory: temporaryFolder() });
      assert.equal(lost.succeeded, false);
      assert.match(lost.errors[0]?.description ?? '', /Failed to import initializer/);

      const beside = path.join(path.dirname(writeBytes('weights.onnx', weights)), 'model.onnx');
      copyFileSync(references.positive, beside);
      assert.equal((await bridge.parse(beside)).succeeded, true);
    });
  });
}
