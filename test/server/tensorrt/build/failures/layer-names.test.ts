import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../../../server/src/onnx/text/to-model/to-model.ts';
import {
  namedNodes,
  nodesOfOperator,
} from '../../../../../server/src/tensorrt/build/failures/layer-names.ts';

const text = `<ir_version: 8, opset_import: ["" : 17, "my" : 1]>
g (bool c, float[2,4] x) => (float[2,4] y) <float[4,4] "onnx::MatMul_9" = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16}> {
  [q_proj] q = MatMul (x, "onnx::MatMul_9")
  [k_proj] k = MatMul (x, "onnx::MatMul_9")
  ["p2o.Reshape.79"] "/model.11/Mul_output_0" = Add (q, k)
  ["/model.11/Concat"] a = Concat <axis = 0> ("/model.11/Mul_output_0", q)
  b = Neg (a)
  ["conv 1 (copy)"] d = Relu (b)
  [choose] e = If (c) <
    then_branch = t () => (float[2,4] r) { [inside] r = Exp (d) },
    else_branch = f () => (float[2,4] s) { s = my.twice (d) }
  >
  [last_7] y = Abs (e)
}
<opset_import: ["" : 17], domain: "my">
twice (v) => (w) { [doubled] w = Add (v, v) }
`;
const tree = parseOnnxText(text);
assert.equal(tree.problemCount, 0);
const { model } = toModel(tree, { resolveLocation: () => undefined });
const { find } = namedNodes(model);

const missing = (node: string) => `Could not find any implementation for node ${node}.`;

const cases: Readonly<Record<string, readonly [words: string, ...nodes: readonly string[]]>> = {
  'a layer of its node’s name, of any kind': [
    'IShuffleLayer p2o.Reshape.79: reshaping failed for tensor: nothing',
    'p2o.Reshape.79',
  ],
  'in brackets, with slashes and dots': [
    '[IConcatenationLayer /model.11/Concat: axis 2 dimensions must be equal]',
    '/model.11/Concat',
  ],
  'with spaces and brackets in its name': [missing('conv 1 (copy)'), 'conv 1 (copy)'],
  'a node without a name': [missing('node_of_b'), 'node_of_b'],
  'a tensor stands for the node that makes it': [
    'reshaping failed for tensor: /model.11/Mul_output_0 Reshape dimension of -1 has no solution',
    'p2o.Reshape.79',
  ],
  'one of several layers that the parser made of a node': [
    'ISliceLayer choose_12: choose_12: out of bounds access on axis 0',
    'choose',
  ],
  'a number that belongs to the name': [missing('last_7'), 'last_7'],
  'layers that the compiler joined': [missing('k_proj+q_proj_myl0_3'), 'q_proj', 'k_proj'],
  'layers that the optimizer joined': [
    missing('/model.11/Concat + node_of_b'),
    '/model.11/Concat',
    'node_of_b',
  ],
  'element-wise layers in one': [missing('PWN(PWN(node_of_b), conv 1 (copy))'), 'node_of_b'],
  'layers side by side': [missing('q_proj || k_proj'), 'q_proj', 'k_proj'],
  'what the parser itself added stands for nothing': [
    missing('ONNXTRT_Broadcast_3 + (Unnamed Layer* 12) [Shuffle] + node_of_b'),
    'node_of_b',
  ],
  'weights stand for the nodes that use them': [
    missing('{ForeignNode[onnx::MatMul_9 + (Unnamed Layer* 3) [Shuffle].../model.11/Concat]}'),
    'q_proj',
    'k_proj',
    'p2o.Reshape.79',
    '/model.11/Concat',
  ],
  'a part by its ends, through the If that it leads through': [
    missing('{ForeignNode[node_of_b...last_7]}'),
    'node_of_b',
    'conv 1 (copy)',
    'choose',
    'last_7',
  ],
  'a part that ends inside a branch': [
    missing('{ForeignNode[conv 1 (copy)...inside]}'),
    'conv 1 (copy)',
    'choose',
  ],
  'a part of a single layer': [missing('{ForeignNode[inside]}'), 'inside'],
  'a node of a function': [missing('doubled'), 'doubled'],
  'a part one end of which nobody knows': [missing('{ForeignNode[gone...node_of_b]}'), 'node_of_b'],
  'names that the model does not have': [missing('gone')],
  'words that are no names': [
    'IBuilder::buildSerializedNetwork: the input tensor has no dimensions (gone: nothing)',
  ],
};

describe('nodes that TensorRT’s words name', () => {
  for (const [name, [words, ...nodes]] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(find(words), nodes));
  }

  test('all of an operator, also those that are inside others', () => {
    assert.deepEqual(nodesOfOperator(model, 'If'), ['choose']);
    assert.deepEqual(nodesOfOperator(model, 'Exp'), ['choose']);
    assert.deepEqual(nodesOfOperator(model, 'Add'), ['p2o.Reshape.79', 'doubled']);
  });
});
