import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onnxNodesOf } from '../../../native-bridge/src/tensorrt/network-walk.ts';

test('a layer’s metadata names the ONNX nodes that it came from', () => {
  assert.deepEqual(onnxNodesOf(''), []);
  assert.deepEqual(onnxNodesOf('[ONNX Layer: conv0]'), ['conv0']);
  assert.deepEqual(onnxNodesOf('[ONNX Layer: conv0]\u001e[ONNX Layer: relu0]\u001f[ONNX Layer: a[1]]'), [
    'conv0',
    'relu0',
    'a[1]',
  ]);
  assert.deepEqual(onnxNodesOf('something else'), []);
});
