import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applied, refusalOf, selection, titles } from './selection.ts';

const one = /^Inline call of/;
const all = /^Inline all calls of/;
const inlined = (marked: string, title = one) => applied(selection(marked), title).text;

describe('inlining a call', () => {
  test('is offered on calls and on the function', () => {
    const model = `<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { a = Relu (x) y = my.block (a) }
<domain: "my", opset_import: ["" : 17]>
block (x) => (y) { y = Relu (x) }
`;
    const both = ['Inline call of "block"', 'Inline all calls of "block" and remove it'];
    assert.deepEqual(titles(selection(model.replace('my.bl', 'my.»bl')), 'refactor.inline'), both);
    assert.deepEqual(titles(selection(model.replace('block (x)', 'bl»ock (x)')), 'refactor.inline'), [
      both[1],
    ]);
    assert.deepEqual(titles(selection(model.replace('a = ', '»a = ')), 'refactor.inline'), []);
  });

  test('says that the doc string of the call is gone', () => {
    const marked = (annotation: string) => `<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) {
  ${annotation}
  »y = my.f (x)
}

<domain: "my", opset_import: ["" : 17]>
f (x) => (r) { r = Neg (x) }
`;
    assert.equal(
      applied(selection(marked('#@ doc_string: "why"')), one).message,
      'The doc string and metadata of the call are gone with it.',
    );
    assert.equal(applied(selection(marked('# why')), one).message, undefined);
  });

  test('lines that are added behind other text of a line are indented by it', () => {
    assert.match(
      inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (bool c, float[2] x) => (float[2] y) {
  y = If (c) <
    then_branch = t () => (p) { »p = my.f (x) },
    else_branch = e () => (q) { q = Neg (x) }
  >
}
<domain: "my", opset_import: ["" : 17]>
f (x) => (r) { t = Neg (x) r = Abs (t) }
`),
      /\{ (\w+) = Neg \(x\)\n {6}p = Abs \(\1\) \},/,
    );
  });

  test('names of the function get that of the call as a prefix, and comments and annotations come along', () => {
    assert.equal(
      inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) {
  [one] a = my.f (x)
  [two] »y = my.f (a)
}

<domain: "my", opset_import: ["" : 17]>
f (x) => (r) {
  # a comment
  #@ doc_string: "t"
  [relu] t = Relu (x)
  r = Neg (t) # the end
  # all of it
}
`),
      `<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) {
  [one] a = my.f (x)
  # a comment
  #@ doc_string: "t"
  ["two/relu"] two_t = Relu (a)
  y = Neg (two_t) # the end
  # all of it
}

<domain: "my", opset_import: ["" : 17]>
f (x) => (r) {
  # a comment
  #@ doc_string: "t"
  [relu] t = Relu (x)
  r = Neg (t) # the end
  # all of it
}
`,
    );
  });

  test('all calls: in functions and subgraphs, too, and the function is gone', () => {
    const text = inlined(
      `<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (bool c, float[2] x) => (float[2] y) {
  a = my.f (x)
  y = If (c) <
    then_branch = t () => (float[2] r) {
      r = my.»f (a)
    },
    else_branch = e () => (float[2] s) {
      s = my.outer (a)
    }
  >
}

# what f does
<domain: "my", opset_import: ["" : 17]>
f (x) => (y) { t = Relu (x) y = Neg (t) }

<domain: "my", opset_import: ["" : 17, "my" : 1]>
outer (x) => (y) {
  y = my.f (x)
}
`,
      all,
    );
    assert.equal(
      text,
      `<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (bool c, float[2] x) => (float[2] y) {
  a_t = Relu (x)
  a = Neg (a_t)
  y = If (c) <
    then_branch = t () => (float[2] r) {
      r_t = Relu (a)
      r = Neg (r_t)
    },
    else_branch = e () => (float[2] s) {
      s = my.outer (a)
    }
  >
}

<domain: "my", opset_import: ["" : 17, "my" : 1]>
outer (x) => (y) {
  y_t = Relu (x)
  y = Neg (y_t)
}
`,
    );
  });

  test('attributes are those of the call, else the defaults; one with neither is left out', () => {
    const text = inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = my.»f <alpha: float = 0.5, perm = [1, 0]> (x) }
<domain: "my", opset_import: ["" : 17]>
f <alpha, axis, perm, beta: float = 0.25> (x) => (y) {
  a = LeakyRelu <alpha: float = @alpha> (x)
  b = HardSigmoid <alpha: float = @alpha, beta: float = @beta> (a)
  c = Transpose <perm: ints = @perm> (b)
  y = Softmax <axis: int = @axis> (c)
  u = Split <axis: int = @axis, num_outputs = 1> (c)
}
`);
    assert.match(text, /a = LeakyRelu <alpha: float = 0\.5> \(x\)/);
    assert.match(text, /b = HardSigmoid <alpha: float = 0\.5, beta: float = 0\.25> \(a\)/);
    assert.match(text, /c = Transpose <perm = \[1, 0\]> \(b\)/);
    assert.match(text, /y = Softmax \(c\)/);
    assert.match(text, /u = Split <num_outputs = 1> \(c\)/);
  });

  test('inside another function an attribute may go on to be its own', () => {
    const text = inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = my.outer <slope = 0.5> (x) }
<domain: "my", opset_import: ["" : 17]>
f <alpha> (x) => (y) { y = LeakyRelu <alpha: float = @alpha> (x) }
<domain: "my", opset_import: ["" : 17, "my" : 1]>
outer <slope> (x) => (y) { y = my.»f <alpha = @slope> (x) }
`);
    assert.match(text, /outer <slope> \(x\) => \(y\) \{ y = LeakyRelu <alpha: float = @slope> \(x\) \}/);
  });

  test('omitted inputs stay omitted, and unused outputs get a name of their own', () => {
    const text = inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x, float hi) => (float[2] y) { y, "" = my.»f (x, "", hi) }
<domain: "my", opset_import: ["" : 17]>
f (v, low, high, other) => (r, x, none) {
  r = Clip (v, low, high)
  x = Clip (r, other, high)
  none = Neg (x)
}
`);
    assert.match(text, /y = Clip \(x, "", hi\)/);
    assert.match(text, /y_x = Clip \(y, "", hi\)/);
    assert.match(text, /none = Neg \(y_x\)/);
  });

  test('names inside subgraphs of the function do not hide those of the caller', () => {
    const text = inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (bool c, float[N] x, float[2] r) => (float[2] y) { z = my.»f (c, r) y = Add (z, r) }
<domain: "my", opset_import: ["" : 17]>
f (cond, v) => (y) {
  t = Relu (v)
  y = If (cond) <
    then_branch = b () => (float[N] r) { r = Add (v, t) },
    else_branch = b2 () => (float[N] x) { x = Neg (v) }
  >
}
`);
    assert.match(text, /\(float\[z_N\] z_r\) \{ z_r = Add \(r, t\) \}/);
    assert.match(text, /\(float\[z_N\] z_x\) \{ z_x = Neg \(r\) \}/);
  });

  test('an output that is an input becomes a copy', () => {
    assert.match(
      inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y, float[2] z) { y, z = my.»f (x) }
<domain: "my", opset_import: ["" : 17]>
f (a) => (b, a) { b = Relu (a) }
`),
      /y = Relu \(x\)\n {2}z = Identity \(x\)/,
    );
  });

  test('value infos of the function become those of the caller', () => {
    const text = inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y)
{
  y = my.»f (x)
}
<domain: "my", opset_import: ["" : 17]>
f (a) => (b)
<
  float[2] t,
  float[2] b
>
{ t = Relu (a) b = Neg (t) }
`);
    assert.match(
      text,
      /=> \(float\[2\] y\)\n<\n {2}float\[2\] t\n> \{\n {2}t = Relu \(x\)\n {2}y = Neg \(t\)\n\}/,
    );
  });

  test('overloads are told apart, and imports that the caller lacks come along', () => {
    const text = inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = my.»f:two (x) }
<domain: "my", opset_import: ["" : 17]>
f (a) => (b) { b = Relu (a) }
<domain: "my", overload: "two", opset_import: ["" : 17, "com.microsoft" : 1]>
f (a) => (b) { b = com.microsoft.Gelu (a) }
`);
    assert.match(text, /^<ir_version: 10, opset_import: \["" : 17, "my" : 1, "com\.microsoft" : 1\]>/);
    assert.match(text, /y = com\.microsoft\.Gelu \(x\)/);
  });

  test('a function that only called others gets the import that its nodes need now', () => {
    const text = inlined(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = my.outer (x) }
<domain: "my", opset_import: ["my" : 1]>
outer (x) => (y) { y = my.»f (x) }
<domain: "my", opset_import: ["" : 17]>
f (x) => (y) { y = Relu (x) }
`);
    assert.match(
      text,
      /<domain: "my", opset_import: \["my" : 1, "" : 17\]>\nouter \(x\) => \(y\) \{ y = Relu \(x\) \}/,
    );
    assert.match(text, /^<ir_version: 10, opset_import: \["" : 17, "my" : 1\]>/);
  });

  test('operators of another opset are inlined where they are the same, and refused where they are not', () => {
    const model = (operator: string) => `<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = my.»f (x) }
<domain: "my", opset_import: ["" : 12]>
f (a) => (b) { b = ${operator} (a) }
`;
    assert.match(inlined(model('Ceil').replace(': 12', ': 13')), /y = Ceil \(x\)/);
    assert.match(
      refusalOf(selection(model('Softmax')), one),
      /^"f" \(line 3\) uses Softmax of opset 12, and the caller has opset 17 of ai\.onnx, where Softmax is another version of the operator \(13 instead of 11\)\. Bring the function to opset 17 first\.$/,
    );
  });

  test('a call inside an attribute of another call, and a function that calls itself, are refused', () => {
    assert.match(
      refusalOf(
        selection(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (bool c, float[2] x) => (float[2] y) {
  y = my.»f <body = b () => (float[2] r) { r = my.f (c, x) }> (c, x)
}
<domain: "my", opset_import: ["" : 17]>
f <body> (c, a) => (b) { b = If <then_branch: graph = @body, else_branch: graph = @body> (c) }
`),
        all,
      ),
      /^The call in line 3 is inside an attribute of another call of "f"/,
    );
    assert.match(
      refusalOf(
        selection(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = my.»f (x) }
<domain: "my", opset_import: ["" : 17, "my" : 1]>
f (a) => (b) { b = my.f (a) }
`),
        all,
      ),
      /^"f" calls itself \(line 4\)/,
    );
  });

  test('a function that nothing calls is not for inlining', () => {
    assert.equal(
      refusalOf(
        selection(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = Relu (x) }
<domain: "my", opset_import: ["" : 17]>
»f (a) => (b) { b = Relu (a) }
`),
        all,
      ),
      'Nothing calls "f". Remove Dead Code takes such functions out.',
    );
  });

  test('what would leave a graph without its output is refused', () => {
    assert.match(
      refusalOf(
        selection(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (bool c, float[2] x) => (float[2] y) { y = my.»f (c, x) }
<domain: "my", opset_import: ["" : 17]>
f (c, a, o) => (b) { b = If (c) <then_branch = t () => (o) { }, else_branch = e () => (a) { }> }
`),
        one,
      ),
      /^"f" passes its input "o" on as a result, and the call leaves that input out/,
    );
  });

  test('a default that holds only where the caller is given nothing is refused', () => {
    assert.equal(
      refusalOf(
        selection(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = my.outer (x) }
<domain: "my", opset_import: ["" : 17]>
f <alpha: float = 0.1> (x) => (y) { y = LeakyRelu <alpha: float = @alpha> (x) }
<domain: "my", opset_import: ["" : 17, "my" : 1]>
outer <slope> (x) => (y) { y = my.»f <alpha: float = @slope> (x) }
`),
        one,
      ),
      'Where "outer" is called without "slope", the default that "f" has for "alpha" holds, which would be lost. Give "slope" a default first.',
    );
  });
});
