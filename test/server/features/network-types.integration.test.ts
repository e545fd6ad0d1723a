import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { networkTypes } from '../../../server/src/features/network-types.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import { parseOnnxText } from '../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../server/src/onnx/text/to-model/to-model.ts';
import { checkModel } from '../../../server/src/tensorrt/check.ts';
import { type Runtime, Runtimes } from '../../../server/src/tensorrt/runtimes.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';

describe('types of TensorRT’s network', () => {
  const runtimes = new Runtimes();
  let runtime: Runtime;
  before(async () => {
    runtime = await runtimes.startNamed(testLibraries('tensorrt-rtx-1.7.1'));
  });
  after(() => runtimes.dispose());

  test('of the main graph are those of its own values, not of others with the same name', async () => {
    const tree = parseOnnxText(`<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[N,4] x) => (float[4,N] y) {
  a = local.f (x)
  t = Neg (a)
  y = Relu (t)
}
<domain: "local", opset_import: ["" : 17]>
f (x) => (y) {
  t = Abs (x)
  y = Transpose <perm = [1, 0]> (t)
}`);
    const { model } = toModel(tree, { resolveLocation: () => undefined });
    const { network } = await checkModel(model, runtime, { files: nodeFileAccess, directory: '/' });
    assert.ok(network);
    // TensorRT calls the function's value t, which it meets first, and makes another name for the graph's.
    assert.deepEqual(network.tensors.find(({ name }) => name === 't')?.dims, [-1, 4]);
    const types = networkTypes(network, model, 'TensorRT-RTX 1.7.1', true);
    assert.equal(types.typeOf('t'), 'float[4,?]');
    assert.equal(types.typeOf('a'), 'float[4,?]');
    assert.equal(types.typeOf('x'), 'float[N,4]');
    assert.equal(types.typeOf('nothing'), undefined);
  });
});
