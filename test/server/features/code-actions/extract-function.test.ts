import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { offsetAt } from '../../../../server/src/features/source-text.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { applied, refusalOf, selection, titles } from './selection.ts';

const toFunction = /^Extract \d+ nodes? to function$/;
const extracted = (marked: string) => applied(selection(marked), toFunction).text;

describe('extracting nodes to a function', () => {
  test('takes what is used from outside as inputs and gives what is used outside', () => {
    assert.equal(
      extracted(`<ir_version: 10, opset_import: ["" : 17]>
g (float[N,4] x) => (float[N,4] y, float[N,4] b)
<
  float[4] w = {1, 2, 3, 4},
  float[N,4] b,
  float[N,4] c
>
{
  a = Relu (x)
«  b = Add (a, w)
  c = Neg (b)
  d = Mul (c, a)
»  y = Abs (d)
}
`),
      `<ir_version: 10, opset_import: ["" : 17, "local" : 1]>
g (float[N,4] x) => (float[N,4] y, float[N,4] b)
<
  float[4] w = {1, 2, 3, 4},
  float[N,4] b
>
{
  a = Relu (x)
  b, d = local.extracted (a, w)
  y = Abs (d)
}

<domain: "local", opset_import: ["" : 17]>
extracted (a, w) => (b, d)
<
  float[N,4] c
>
{
  b = Add (a, w)
  c = Neg (b)
  d = Mul (c, a)
}
`,
    );
  });

  test('the IR version is raised to the first with functions, which has no value infos in them', () => {
    const text = extracted(`<ir_version: 7, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y) <float[2] a> {
  «a = Relu (x)
  y = Neg (a)»
}
`);
    assert.equal(
      text,
      `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[2] x) => (float[2] y) {
  y = local.extracted (x)
}

<domain: "local", opset_import: ["" : 17]>
extracted (x) => (y) {
  a = Relu (x)
  y = Neg (a)
}
`,
    );
  });

  test('what subgraphs capture becomes an input, and what a subgraph outside captures an output', () => {
    const text = extracted(`<ir_version: 10, opset_import: ["" : 17]>
g (bool c, float[2] x) => (float[2] y) {
  a = Relu (x)
«  b = Neg (a)
  d = If (c) <
    then_branch = t () => (float[2] r) { r = Add (a, b) },
    else_branch = e () => (float[2] x) {  }
  >
»  y = If (c) <
    then_branch = t () => (float[2] s) { s = Abs (b) },
    else_branch = e () => (float[2] d) { }
  >
}
`);
    assert.match(text, /\n {2}b, d = local\.extracted \(a, c, x\)\n {2}y = If/);
    assert.match(text, /\nextracted \(a, c, x\) => \(b, d\) \{\n/);
  });

  test('comments, labels and annotations of the selection move with it; those outside stay', () => {
    assert.equal(
      extracted(`<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y) {
  # about the model
  a = Relu (x) # stays
  «# about b
  #@ doc_string: "b"
  [first] b = Neg (a) # behind b

  # between
  [second] d = Abs (b)» # stays, too
  y = Abs (d)
}
`),
      `<ir_version: 10, opset_import: ["" : 17, "local" : 1]>
g (float[2] x) => (float[2] y) {
  # about the model
  a = Relu (x) # stays
  d = local.extracted (a) # stays, too
  y = Abs (d)
}

<domain: "local", opset_import: ["" : 17]>
extracted (a) => (d) {
  # about b
  #@ doc_string: "b"
  [first] b = Neg (a) # behind b

  # between
  [second] d = Abs (b)
}
`,
    );
  });

  test('from a function, its attributes are passed on, and both headers import the domain', () => {
    const text = extracted(`<ir_version: 10, opset_import: ["" : 17, "my" : 3]>
g (float[2] x) => (float[2] y) { y = my.f <alpha = 0.5, k = 1> (x) }

<domain: "my", opset_import: ["" : 16]>
f <k, alpha: float = 0.1> (x) => (y)
{
  «a = LeakyRelu <alpha: float = @alpha> (x)
  b = Concat <axis: int = @k> (a, a)»
  y = Relu (b)
}
`);
    assert.match(text, /^<ir_version: 10, opset_import: \["" : 17, "my" : 3, "local" : 1\]>/);
    assert.match(text, /<domain: "my", opset_import: \["" : 16, "local" : 1\]>/);
    assert.match(text, /\n {2}b = local\.extracted <alpha: float = @alpha, k: int = @k> \(x\)\n/);
    assert.match(
      text,
      /<domain: "local", opset_import: \["" : 16\]>\nextracted <alpha, k> \(x\) => \(b\) \{\n/,
    );
  });

  test('inside a subgraph, what it captures is passed, and nodes are indented anew', () => {
    const text = extracted(`<ir_version: 10, opset_import: ["" : 17]>
g (bool c, float[2] x) => (float[2] y) {
  a = Relu (x)
  y = If (c) <
    then_branch = t () => (float[2] r) <float[2] p> {
      «p = Add (a, x)
      q = Constant <value = float[2] {
        1, 2}> ()»
      r = Mul (p, q)
    },
    else_branch = e () => (float[2] x) { }
  >
}
`);
    assert.match(
      text,
      /\(float\[2\] r\) <float\[2\] p> \{\n {6}p, q = local\.extracted \(a, x\)\n {6}r = Mul/,
    );
    assert.match(
      text,
      /extracted \(a, x\) => \(p, q\) \{\n {2}p = Add \(a, x\)\n {2}q = Constant <value = float\[2\] \{\n {4}1, 2\}> \(\)\n\}/,
    );
  });

  test('a function imports the domains that its nodes use, as the place where they stood does', () => {
    const text =
      extracted(`<ir_version: 10, opset_import: ["" : 17, "com.microsoft" : 1, "my" : 2, "unused" : 1]>
g (float[2] x) => (float[2] y) {
  «a = com.microsoft.Gelu (x)
  y = my.f (a)»
}
<domain: "my", opset_import: ["" : 17]>
f (x) => (y) { y = Relu (x) }
`);
    assert.match(text, /<domain: "local", opset_import: \["com.microsoft" : 1, "my" : 2\]>/);
  });

  test('the made-up name is free, in a domain of functions only, and ready to be renamed', () => {
    const selected = selection(`<ir_version: 10, opset_import: ["" : 17, "local" : 1]>
g (float[2] x) => (float[2] y) {
  a = local.extracted (x)
  «["/blocks.0/attn/Add"] "b/1" = Add (a, a)
  ["/blocks.0/attn/Mul"] c = Mul ("b/1", a)»
  [n] y = Relu (c)
}
<domain: "local", opset_import: ["" : 17]>
extracted (x) => (y) { y = Relu (x) }
<domain: "local", opset_import: ["" : 17]>
attn (x) => (y) { y = Relu (x) }
`);
    const { text, rename } = applied(selected, toFunction);
    assert.ok(rename);
    const { source } = selected.document;
    assert.match(text, /\n {2}c = local\.attn_2 \(a\)\n/);
    const line = text.split('\n')[rename.line] ?? '';
    assert.equal(line.slice(rename.character), 'attn_2 (a)');
    assert.ok(offsetAt(source, rename) > 0);
    assert.match(
      extracted(`<ir_version: 10, opset_import: ["" : 17, "local" : 1]>
g (float[2] x) => (float[2] y) {
  a = local.Plugin (x)
  «b = Neg (a)»
  y = Relu (b)
}
`),
      /local_2\.extracted \(a\)[\s\S]*<domain: "local_2"/,
    );
  });

  test('nodes whose values nothing uses give them all', () => {
    assert.match(
      extracted(`<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y) {
  «a = Relu (x)
  b = Relu (a)»
  y = Relu (x)
}
`),
      /b = local\.extracted \(x\)/,
    );
  });

  test('names that need quotes have them, and omitted inputs are no inputs', () => {
    const text = extracted(`<ir_version: 10, opset_import: ["" : 17]>
g (float[2] "x/1", float "float") => (float[2] "y.1") {
  «"a b" = Clip ("x/1", "", "float")
  "y.1" = Neg ("a b")»
}
`);
    assert.match(text, /"y\.1" = local\.extracted \("x\/1", "float"\)/);
    assert.match(text, /extracted \("x\/1", "float"\) => \("y\.1"\)/);
  });

  test('Windows line ends stay', () => {
    const text = extracted(
      '<ir_version: 10, opset_import: ["" : 17]>\r\ng (float[2] x) => (float[2] y) {\r\n  «a = Relu (x)\r\n  y = Neg (a)»\r\n}\r\n',
    );
    assert.equal(text.replaceAll('\r\n', '').includes('\n'), false);
    assert.equal(parseOnnxText(text).declarations.length, 2);
  });

  test('a selection that ends at the start of a line does not take the node of that line', () => {
    const selected = selection(`<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y) {
«  a = Relu (x)
»  y = Neg (a)
}
`);
    assert.deepEqual(titles(selected, 'refactor.extract.function'), ['Extract 1 node to function']);
  });

  test('is not offered without a selection, or for one over several bodies', () => {
    const model = `<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y) {
  a = Relu (x)
  y = Neg (a)
}
<domain: "my", opset_import: ["" : 17]>
f (x) => (y) { y = Relu (x) }
`;
    assert.deepEqual(titles(selection(model.replace('a = ', '»a = ')), 'refactor.extract.function'), []);
    assert.deepEqual(
      titles(
        selection(model.replace('y = Neg', '«y = Neg').replace('y = Relu (x) }', 'y = Relu (x)» }')),
        'refactor.extract.function',
      ),
      [],
    );
  });

  test('refuses what would go wrong, and says why', () => {
    assert.equal(
      refusalOf(
        selection(`<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y) {
  «a = Relu (x)
  b = Neg (d)»
  d = Abs (a)
  y = Neg (b)
}
`),
        toFunction,
      ),
      'The selected nodes use "d", which a node behind them makes (Abs, line 5). Bring the nodes in order first: each behind those whose values it uses.',
    );
    assert.match(
      refusalOf(selection('g (float[2] x) => (float[2] y) { «y = Relu (x)» }'), toFunction),
      /^A function needs a model around it\. Write a header first/,
    );
    assert.match(
      refusalOf(
        selection(`<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y) {
  «a = Relu (x)
  b = Neg
  y = Abs (a)»
}
`),
        toFunction,
      ),
      /in line 4\. Correct them first\.$/,
    );
  });
});
