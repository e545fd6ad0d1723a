import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readLayerInformation } from '../../../server/src/engine/layer-information.ts';
import { mapLayers } from '../../../server/src/engine/map-layers.ts';
import { captured, nets, nodesOf } from './support/models.ts';

function mappingOf(net: keyof typeof nets) {
  return mapLayers(readLayerInformation(captured(`${net}-layers`)).layers, nodesOf(nets[net]));
}

/** Of layers of which the names alone are known. */
function byName(names: readonly string[], model: string) {
  const { layers } = readLayerInformation(JSON.stringify({ Layers: names }));
  return mapLayers(layers, nodesOf(model)).layers.map(({ nodes }) => nodes.map(({ name }) => name));
}

const chain = `
  <ir_version: 8, opset_import: ["" : 17]>
  g (float[4] x) => (float[4] y) {
    [first] a = Relu (x)
    b = Neg (a)
    [side] s = Abs (a)
    [third] c = Sigmoid (b)
    ["a + b"] d = Add (c, s)
    [last] y = Exp (d)
  }`;

describe('which ONNX nodes run in which layer', () => {
  test('a captured convolution net, by metadata', () => {
    const { layers, nodesWithoutLayer, unmapped } = mappingOf('convolutions');
    assert.deepEqual(
      layers.map(({ nodes, by }) => `${by}: ${nodes.map(({ name }) => name).join(' ')}`),
      [
        'metadata: conv0 relu0',
        'metadata: pool0',
        'metadata: conv1 relu1',
        'metadata: mean',
        'nothing: ',
        'metadata: classifier',
      ],
    );
    assert.deepEqual(
      nodesWithoutLayer.map(({ node, neighbours }) => [node.name, neighbours.map(({ name }) => name)]),
      [['flatten', ['mean', 'classifier_myl4_1']]],
    );
    assert.deepEqual(
      unmapped.map(({ layer, note }) => [layer.name, note]),
      [['dummy_shape_call__mye555_0_myl4_0', 'TensorRT’s own: it works out shapes.']],
    );
  });

  test('a captured transformer: kernels of Myelin say which nodes they swallowed', () => {
    const { layers, nodesWithoutLayer } = mappingOf('transformer');
    const nodes = (name: string) =>
      layers.find(({ layer }) => layer.name === name)?.nodes.map((node) => node.name);
    assert.deepEqual(nodes('v_proj+k_proj+q_proj_myl0_3'), ['q_proj', 'k_proj', 'v_proj']);
    assert.deepEqual(nodes('__myl_SliResMulMaxSubExpSumDivMul_myl0_9'), [
      'attention_scores',
      'attention_scale',
      'attention_softmax',
    ]);
    assert.deepEqual(
      nodesWithoutLayer.map(({ node }) => node.operator),
      ['Reshape', 'Transpose', 'Reshape', 'Transpose', 'Reshape', 'Transpose', 'Transpose', 'Reshape'],
    );
    const join = nodesWithoutLayer.find(({ node }) => node.name === 'attention_join');
    assert.deepEqual(
      join?.neighbours.map(({ name }) => name),
      ['attention_mix_myl0_10', 'out_proj_myl0_11'],
    );
  });

  test('all layers and nodes are accounted for', () => {
    for (const net of ['convolutions', 'layers', 'transformer'] as const) {
      const { layers, nodesWithoutLayer, unmapped } = mappingOf(net);
      const mapped = new Set(layers.flatMap(({ nodes }) => nodes));
      assert.equal(mapped.size + nodesWithoutLayer.length, nodesOf(nets[net]).length, net);
      for (const { note } of unmapped) assert.ok(note, net);
    }
  });

  test('names alone: fused, side by side, pointwise, reformatted, of Myelin, of nodes without a name', () => {
    assert.deepEqual(
      byName(
        [
          'first + third',
          'first || side [profile 1]',
          'PWN(PWN(third), first)',
          'side + PWN(PWN(third))',
          'Reformatting CopyNode for Input Tensor 0 to third + last',
          'third+first_myl0_3',
          'node_of_b',
          'node_of_b_myl12_0',
          'a + b',
          'first + a + b',
        ],
        chain,
      ),
      [
        ['first', 'third'],
        ['first', 'side'],
        ['first', 'third'],
        ['side', 'third'],
        ['third', 'last'],
        ['first', 'third'],
        ['node_of_b'],
        ['node_of_b'],
        ['a + b'],
        ['first'],
      ],
    );
  });

  test('a ForeignNode holds all between its ends, and nothing beside', () => {
    assert.deepEqual(byName(['{ForeignNode[first...third]}', '{ForeignNode[side...last]}_myl3_0'], chain), [
      ['first', 'node_of_b', 'third'],
      ['side', 'a + b', 'last'],
    ]);
  });

  test('tensors tell where neither metadata nor name does', () => {
    const { layers } = readLayerInformation(
      '{"Layers": [{"Name": "x", "LayerType": "kgen", "Inputs": [], "Outputs": [{"Name": "c", "Dimensions": [4]}]}]}',
    );
    const [mapped] = mapLayers(layers, nodesOf(chain)).layers;
    assert.deepEqual([mapped?.by, mapped?.nodes.map(({ name }) => name)], ['tensors', ['third']]);
  });

  test('a kernel of which only operations are known is not given to any node', () => {
    const { layers } = readLayerInformation('{"Layers": ["__myl_AddSqrDivMul_myl0_2", "conv9"]}');
    const [kernel, stranger] = mapLayers(layers, nodesOf(chain)).unmapped;
    assert.match(kernel?.note ?? '', /\(Add, Sqr, Div, Mul\).*profilingVerbosity: detailed/);
    assert.match(stranger?.note ?? '', /Neither its metadata nor its name/);
  });

  test('nodes that the model lacks are told: the engine is of another one', () => {
    const { layers } = readLayerInformation(
      '{"Layers": [{"Name": "c", "Inputs": [], "Outputs": [], "Metadata": "[ONNX Layer: gone]"}]}',
    );
    const [mapped] = mapLayers(layers, nodesOf(chain)).unmapped;
    assert.deepEqual(mapped?.unknownNodes, ['gone']);
    assert.match(mapped?.note ?? '', /“gone”, which the model does not have/);
  });

  test('nodes of functions are found by their names in each call; constants are folded', () => {
    const model = `
      <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      g (float[4] x) => (float[4] y) <float[4] w = {1, 2, 3, 4}> {
        [folded] v = Exp (w)
        [one] a = local.twice (x)
        [two] b = local.twice (a)
        [sum] y = Add (b, v)
      }
      <domain: "local", opset_import: ["" : 17]>
      twice (i) => (o) { [inner] o = Add (i, i) }`;
    const { layers } = readLayerInformation('{"Layers": ["inner", "sum"]}');
    const mapping = mapLayers(layers, nodesOf(model));
    assert.deepEqual(
      mapping.layers[0]?.nodes.map(({ path, top }) => [path, top]),
      [
        [['one'], 1],
        [['two'], 2],
      ],
    );
    assert.deepEqual(
      mapping.nodesWithoutLayer.map(({ node, why }) => [
        node.name,
        /worked out when the engine was built/.test(why),
      ]),
      [['folded', true]],
    );
  });

  test('a model of 20,000 nodes of which an engine names two is mapped in a second', () => {
    const nodes = Array.from({ length: 20_000 }, (_, index) => ({
      name: `n${index}`,
      operator: 'Relu',
      domain: '',
      inputs: [`v${index}`],
      outputs: [`v${index + 1}`],
      top: index,
      path: [],
      isConstant: false,
    }));
    const { layers } = readLayerInformation('{"Layers": ["n0", "n19999"]}');
    const start = process.cpuUsage();
    const { nodesWithoutLayer } = mapLayers(layers, nodes);
    assert.ok(process.cpuUsage(start).user < 1e6);
    assert.equal(nodesWithoutLayer.length, 19_998);
    assert.deepEqual(
      nodesWithoutLayer[10_000]?.neighbours.map(({ name }) => name),
      ['n0', 'n19999'],
    );
  });
});
