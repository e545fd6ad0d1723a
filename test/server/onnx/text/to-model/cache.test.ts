import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText, reparse } from '../../../../../server/src/onnx/text/parse.ts';
import { createModelCache, toModel } from '../../../../../server/src/onnx/text/to-model/to-model.ts';
import { inModels } from '../support.ts';

const document = `#@ raw_data
<ir_version: 8, opset_import: ["" : 17]>
g (float x) => (float y)
<
  float[2] a = {1, 2},
  int8 b = {300},
  float t
>
{
  a = Relu (x)
  b = local.f <t = float[2] {1, 2, 3}> (a)
  y = Neg (b)
}
<domain: "local">
f (x) => (y) <float t> { y = Relu (x) }
`;

const snippets = [
  '',
  ' ',
  '\n',
  '{',
  '}',
  '<',
  '>',
  ', ',
  '=',
  '"',
  'q',
  '300',
  '#@ raw_data\n',
  '#@ typed_data\n',
  'c = Add (a, a)\n',
  '<domain: "d">\nh (x) => (y) {\n',
];

describe('what a document keeps from its last version', () => {
  test('gives the model and problems that a fresh conversion gives, whatever is edited', () => {
    let state = 7;
    const below = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let round = 0; round < 80; round++) {
      const cache = createModelCache();
      let text = document;
      let tree = parseOnnxText(text);
      toModel(tree, { ...inModels(), cache });
      for (let step = 0; step < 12; step++) {
        const start = below(text.length);
        const end = Math.min(text.length, start + (below(3) === 0 ? below(40) : 0));
        const inserted = snippets[below(snippets.length)] ?? '';
        text = text.slice(0, start) + inserted + text.slice(end);
        tree = reparse(tree, text, [{ start, end, newEnd: start + inserted.length }]);
        const kept = toModel(tree, { ...inModels(), cache });
        const fresh = toModel(tree, inModels());
        assert.deepEqual(kept, fresh, text);
      }
    }
  });

  test('is what an edit has not touched', () => {
    const cache = createModelCache();
    const tree = parseOnnxText(document);
    const before = toModel(tree, { ...inModels(), cache }).model;
    const at = document.indexOf('Neg');
    const edited = document.replace('Neg', 'Abs');
    const after = toModel(reparse(tree, edited, [{ start: at, end: at + 3, newEnd: at + 3 }]), {
      ...inModels(),
      cache,
    }).model;
    assert.equal(after.graph?.nodes[0], before.graph?.nodes[0]);
    assert.notEqual(after.graph?.nodes[2], before.graph?.nodes[2]);
    assert.equal(after.graph?.nodes[2]?.operator, 'Abs');
  });
});
