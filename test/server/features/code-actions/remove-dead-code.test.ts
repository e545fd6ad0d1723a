import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { refactor, refusal } from './refactor.ts';

const title = /Remove Dead Code/;

/** The text without its dead code; checks that there is none left in it. */
function cleaned(text: string, message: string): string {
  const result = refactor(text, title);
  assert.equal(result.message, message);
  assert.equal(parseOnnxText(result.text).problemCount, 0, result.text);
  const again = refactor(result.text, title);
  assert.equal(again.message, 'There is no dead code.');
  assert.equal(again.text, result.text);
  return result.text;
}

describe('removing dead code', () => {
  test('nodes that no output depends on go, with what only they used, their annotations and their comments', () => {
    const text = cleaned(
      `<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x, float[2] unused_input) => (float[2] y)
<
  float[2] one = {1, 1},  # used
  # of no use
  float[2] two = {2, 2},  # nor this
  float[2] a,
  float[2] b
>
{
  # A comment of its own.

  # what a is
  a = Add (x, one)
  # what b is
  #@ doc_string: "dead"
  b = Mul (a, two)  # dead, too

  # what c is

  [dead] c = Relu (b)
  y = Neg (a)  # alive
}
`,
      'Removed 2 nodes, 1 initializer and 1 value info.',
    );
    assert.equal(
      text,
      `<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x, float[2] unused_input) => (float[2] y)
<
  float[2] one = {1, 1},  # used
  float[2] a
>
{
  # A comment of its own.

  # what a is
  a = Add (x, one)

  # what c is

  y = Neg (a)  # alive
}
`,
    );
  });

  test('a list of which nothing is left goes as a whole', () => {
    const text = cleaned(
      'g (float[2] x) => (float[2] y) <float[2] a = {1, 2}, float[2] b> { y = Relu (x) b = Neg (a) }\n',
      'Removed 1 node, 1 initializer and 1 value info.',
    );
    assert.equal(text, 'g (float[2] x) => (float[2] y) { y = Relu (x) }\n');
  });

  test('graph inputs with a default, and initializers that are outputs, stay', () => {
    const text = `g (float[2] x, float[2] d = {1, 2}) => (float[2] y, float[2] w)
<float[2] w = {1, 2}>
{
  y = Relu (x)
}
`;
    assert.equal(cleaned(text, 'There is no dead code.'), text);
  });

  test('what a graph inside a node uses is alive; dead nodes in it are not', () => {
    const text = cleaned(
      `<ir_version: 10, opset_import: ["" : 17]>
g (bool c, float[2] x) => (float[2] y)
<float[2] used = {1, 2}, float[2] unused = {1, 2}>
{
  a = Neg (x)
  y = If (c) <
    then_branch = t () => (float[2] p) { p = Add (a, used) q = Mul (a, unused) },
    else_branch = e () => (float[2] r)
    <
      float[2] inner = {3, 4}
    >
    {
      # not needed
      s = Neg (inner)
      r = Identity (x)
    }
  >
}
`,
      'Removed 2 nodes and 2 initializers.',
    );
    assert.equal(
      text,
      `<ir_version: 10, opset_import: ["" : 17]>
g (bool c, float[2] x) => (float[2] y)
<float[2] used = {1, 2}>
{
  a = Neg (x)
  y = If (c) <
    then_branch = t () => (float[2] p) { p = Add (a, used) },
    else_branch = e () => (float[2] r)
    {
      r = Identity (x)
    }
  >
}
`,
    );
  });

  test('functions that nobody calls go, and imports of domains that nobody uses', () => {
    const text = cleaned(
      `<ir_version: 10, opset_import: ["" : 17, "local" : 1, "com.example" : 1]>
g (float[2] x) => (float[2] y)
{
  y = local.used (x)
  z = local.unused (x)
}

<domain: "local", opset_import: ["" : 17, "com.example" : 1]>
used (a) => (b) {
  b = Relu (a)
  c = com.example.Thing (a)
}

# Only called by the dead node.
<domain: "local", opset_import: ["" : 17]>
unused (a) => (b) {
  b = Relu (a)
}
`,
      'Removed 2 nodes, 1 function and 2 opset imports.',
    );
    assert.equal(
      text,
      `<ir_version: 10, opset_import: ["" : 17, "local" : 1]>
g (float[2] x) => (float[2] y)
{
  y = local.used (x)
}

<domain: "local", opset_import: ["" : 17]>
used (a) => (b) {
  b = Relu (a)
}

`,
    );
  });

  test('a node of an unknown operator without outputs stays: it is there for what it does', () => {
    const text = `<ir_version: 10, opset_import: ["" : 17, "com.example" : 1]>
g (float[2] x) => (float[2] y)
{
  a = Neg (x)
  = com.example.Print (a)
  y = Relu (x)
}
`;
    assert.equal(cleaned(text, 'There is no dead code.'), text);
  });

  test('what fields name that the text only carries stays', () => {
    // GraphProto.quantization_annotation {tensor_name: "x", quant_parameter_tensor_names: {"SCALE_TENSOR": "scale"}}
    const annotation = Buffer.from([
      0x72,
      0x1c,
      0x0a,
      0x01,
      0x78,
      0x12,
      0x17,
      0x0a,
      0x0c,
      ...Buffer.from('SCALE_TENSOR'),
      0x12,
      0x05,
      ...Buffer.from('scale'),
      0x1a,
      0x00,
    ]);
    const text = `<ir_version: 10, opset_import: ["" : 17]>
#@ fields: "${annotation.toString('base64')}"
g (float[2] x) => (float[2] y)
<
  float scale = {0.5}
>
{
  y = Relu (x)
}
`;
    assert.equal(cleaned(text, 'There is no dead code.'), text);
  });

  test('a comma in front of an entry goes with it', () => {
    const text = cleaned(
      `g (float[2] x) => (float[2] y)
< float[2] a = {1, 2}
, float[2] b = {1, 2}
, float[2] c = {1, 2} # last
>
{ y = Add (x, a) }
`,
      'Removed 2 initializers.',
    );
    assert.match(text, /^< float\[2\] a = \{1, 2\}/m);
  });

  test('a text with syntax problems is left alone', () => {
    assert.match(refusal('g (float[2] x) => (float[2] y) {\n  y = Relu (x\n}\n', title), /line \d/);
  });
});
