import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { offeredTitles, refactor, refusal } from './refactor.ts';

const all = /Fold All Constants/;

describe('folding constants', () => {
  test('a chain that computes a shape becomes one constant, and what it was made of goes', () => {
    const { text, message } = refactor(
      `<ir_version: 10, opset_import: ["" : 17]>
g (float[N,3,224,224] x, float[1,4,12544] z) => (float[] y)
<
  int64[1] last = {224},
  int64[1] zero = {0},
  int64[1] four = {4},
  int64[2] tail
>
{
  all = Shape (x)
  # height and width
  two = Constant <value_int = 2> ()
  start = Constant <value_ints = [2]> ()
  end = Constant <value_ints = [9223372036854775807]> ()
  tail = Slice (all, start, end, zero)
  area = ReduceProd <keepdims = 0> (tail)
  quarter = Div (area, four)
  [shape] target = Concat <axis = 0> (zero, four, quarter)
  y = Reshape (z, target)
}
`,
      all,
    );
    assert.equal(
      text,
      `<ir_version: 10, opset_import: ["" : 17]>
g (float[N,3,224,224] x, float[1,4,12544] z) => (float[] y)
<
  int64[1] last = {224}
>
{
  # height and width
  two = Constant <value_int = 2> ()
  [shape] target = Constant <value = int64[3] {0, 4, 12544}> ()
  y = Reshape (z, target)
}
`,
    );
    assert.equal(message, '1 node folded to a constant, and 8 statements removed that only they needed.');
  });

  test('an initializer that is an input is no constant, for a caller may give another', () => {
    const text = `<ir_version: 10, opset_import: ["" : 17]>
g (int64[1] a = {1}) => (int64[1] y)
<int64[1] b = {2}>
{
  y = Add (a, b)
}
`;
    const result = refactor(text, all);
    assert.equal(result.text, text);
    assert.equal(result.message, 'There is nothing to fold.');
  });

  test('a dim that is not fixed keeps a shape from being folded; the dims around it can be', () => {
    const { text } = refactor(
      `<ir_version: 10, opset_import: ["" : 17]>
g (float[N,3] x) => (int64[2] s, int64[] n, int64[] c)
<int64 zero = {0}, int64 one = {1}>
{
  s = Shape (x)
  n = Gather (s, zero)
  c = Gather (s, one)
}
`,
      all,
    );
    assert.match(text, /s = Shape/);
    assert.match(text, /n = Gather/);
    assert.match(text, /c = Constant <value = int64 \{3\}> \(\)/);
  });

  test('a value that is too big, and one that libraries round differently, stay computed', () => {
    const text = `<ir_version: 10, opset_import: ["" : 17]>
g () => (float[] big, float[] e, float[1] n)
<int64[1] size = {1025}, float[1] one = {1}, float[1] zero = {0}>
{
  big = ConstantOfShape (size)
  e = Exp (one)
  n = Div (zero, zero)
}
`;
    assert.equal(refactor(text, all).text, text);
  });

  test('graphs inside nodes see the constants around them, functions their own', () => {
    const { text } = refactor(
      `<ir_version: 10, opset_import: ["" : 17, "local" : 1]>
g (bool c) => (int64[1] y)
<int64[1] a = {1}>
{
  y = If (c) <
    then_branch = t () => (int64[1] p) { p = Add (a, a) },
    else_branch = e () => (int64[1] q) { q = local.f (a) }
  >
}
<domain: "local", opset_import: ["" : 17]>
f (x) => (y) {
  one = Constant <value = int64[1] {1}> ()
  two = Add (one, one)
  s = Shape (x)
  t = Add (two, s)
  y = Add (t, x)
}
`,
      all,
    );
    assert.match(text, /\{ p = Constant <value = int64\[1\] \{2\}> \(\) \}/);
    assert.match(text, /two = Constant <value = int64\[1\] \{2\}> \(\)/);
    assert.match(text, /s = Shape \(x\)/);
    assert.doesNotMatch(text, /one/);
    assert.match(text, /int64\[1\] a = /, 'a is still used by the call');
    assert.equal(parseOnnxText(text).problemCount, 0);
  });

  test('one node is folded where the cursor is; its name and documentation stay', () => {
    const { text, title, message } = refactor(
      `<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y)
<float[2] a = {0.1, 0.2}, float[2] b = {3, -0.0}>
{
  # the product
  #@ doc_string: "product"
  [mul] c = M$0ul (a, b)
  d = Neg (a)
  e = Add (c, d)
  y = Add (e, x)
}
`,
      /^Fold "c"/,
    );
    assert.equal(title, 'Fold "c" to a constant');
    assert.equal(message, '1 node folded to a constant, and 1 statement removed that only they needed.');
    assert.equal(
      text,
      `<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y)
<float[2] a = {0.1, 0.2}>
{
  # the product
  #@ doc_string: "product"
  [mul] c = Constant <value = float[2] {0.3, -0}> ()
  d = Neg (a)
  e = Add (c, d)
  y = Add (e, x)
}
`,
    );
  });

  test('is offered only where the inputs are constant', () => {
    const folding = (text: string) =>
      offeredTitles(text, 'refactor').filter((title) => title.startsWith('Fold'));
    assert.deepEqual(folding('g (int64[1] x) => (int64[1] y) <int64[1] a = {1}> { y = A$0dd (x, a) }'), []);
    assert.deepEqual(folding('g () => (int64[1] y) <int64[1] a = {1}> { y = Ex$0p (a) }'), []);
    assert.deepEqual(folding('g () => (int64[1] y) <int64[1] a = {1}> { y = A$0dd (a, a) }'), [
      'Fold "y" to a constant',
    ]);
  });

  test('says why a node that looked constant cannot be folded', () => {
    const text = `<ir_version: 10, opset_import: ["" : 17]>
g () => (float[1] y)
<float[1] zero = {0}>
{
  y = D$0iv (zero, zero)
}
`;
    assert.match(refusal(text, /^Fold "y"/), /"y" cannot be folded/);
  });
});
