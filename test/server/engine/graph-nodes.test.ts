import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodesOf } from './support/models.ts';

describe('the nodes of a model', () => {
  test('are those of the overload that is called, in whatever way the domain of ONNX is written', () => {
    const nodes = nodesOf(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
      g (float[4] x) => (float[4] y, float[4] z) { [one] y = my.f (x) [other] z = my.f:negative (x) [own] w = ai.onnx.Own (z) }
      <domain: "my", opset_import: ["" : 17]> f (a) => (b) { [plain] b = Abs (a) }
      <domain: "my", overload: "negative", opset_import: ["" : 17]> f (a) => (b) { [negative] b = Neg (a) }
      <domain: "", opset_import: ["" : 17]> Own (a) => (b) { [exp] b = Exp (a) }`);
    assert.deepEqual(
      nodes.map(({ path, name }) => [...path, name].join(' ')),
      ['one', 'one plain', 'other', 'other negative', 'own', 'own exp'],
    );
  });
});
