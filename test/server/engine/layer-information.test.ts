import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { onnxNodesOfMetadata, readLayerInformation } from '../../../server/src/engine/layer-information.ts';
import { captured } from './support/models.ts';

describe('layers of an engine, as the inspector tells them', () => {
  test('a captured engine: types, tensors, tactics, ONNX nodes', () => {
    const { layers, bindings, detail } = readLayerInformation(captured('convolutions-layers'));
    assert.deepEqual(bindings, ['x', 'y']);
    assert.equal(detail, 'detailed');
    assert.equal(layers.length, 6);
    const [first] = layers;
    assert.equal(first?.name, 'conv0 + relu0');
    assert.equal(first?.type, 'CaskConvolution');
    assert.equal(first?.parameterType, 'Convolution');
    assert.deepEqual(first?.onnxNodes, ['conv0', 'relu0']);
    assert.deepEqual(first?.inputs, [
      { name: 'x', dims: [2, 3, 64, 64], format: 'Float', location: 'Device' },
    ]);
    assert.match(first?.tactic ?? '', /^sm80_xmma_fprop/);
    assert.equal(first?.tacticValue, '0xa31d27de74b895ff');
    assert.equal(first?.parameters['OutMaps'], 16);
  });

  test('raw separators in the metadata are read as the escaped ones', () => {
    const raw = captured('transformer-layers')
      .replaceAll('\\u001f', '\u001f')
      .replaceAll('\\u001e', '\u001e');
    assert.throws(() => JSON.parse(raw), 'the fixture is to be no strict JSON');
    assert.deepEqual(readLayerInformation(raw), readLayerInformation(captured('transformer-layers')));
  });

  test('names alone, and layers of further profiles', () => {
    const { layers, detail } = readLayerInformation(
      '{"Layers": ["conv0 + relu0", "conv0 + relu0 [profile 1]"], "Bindings": ["x"]}',
    );
    assert.equal(detail, 'names');
    assert.deepEqual(
      layers.map(({ name, profile, type }) => [name, profile, type]),
      [
        ['conv0 + relu0', 0, undefined],
        ['conv0 + relu0 [profile 1]', 1, undefined],
      ],
    );
  });

  test('metadata: both separators, brackets in names, words that are no nodes', () => {
    assert.deepEqual(
      onnxNodesOfMetadata('[ONNX Layer: a]\u001e[ONNX Layer: b[0]]\u001f[ONNX Layer: a]\u001eother'),
      ['a', 'b[0]'],
    );
  });

  test('other JSON is refused', () => {
    assert.throws(() => readLayerInformation('{"layers": 1}'), /exportLayerInfo/);
    assert.throws(() => readLayerInformation('[1, 2]'), /exportLayerInfo/);
  });
});
