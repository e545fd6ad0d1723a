import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { filesOfSizes } from '../fixture.ts';
import { allOptions, applied, refusalOf, selection, titles } from './selection.ts';

const asModel = /as a new model$/;
const part = (marked: string, uri?: string) => {
  const { created, message, text } = applied(selection(marked, uri), asModel);
  const [entry, ...others] = created;
  assert.ok(entry && others.length === 0);
  return { uri: entry[0], text: entry[1], message, before: text };
};

const model = `#@ raw_data
<ir_version: 10, opset_import: ["" : 17, "my" : 1], producer_name: "someone">
g (float[N,4] x, float[N,4] z) => (float[N,2] y, float[N,4] other)
<
  float[4,2] w = ["location": "model.onnx", "offset": "8", "length": "32", "field": "raw_data"],
  float[2] bias = {1, 2},
  float[N,2] p
>
{
  a = Relu (x)
  shape = Constant <value_ints = [0, -1]> ()
  other = Neg (z)
  # the product
  p = MatMul (a, w)
  q = my.f (p, bias)
  y = Reshape (q, shape)
}

<domain: "my", opset_import: ["" : 17, "my" : 1]>
f (a, b) => (c) { c = my.g (a, b) }
<domain: "my", opset_import: ["" : 17, "my" : 1]>
unused (a) => (c) { c = Relu (a) }
<domain: "my", opset_import: ["" : 17]>
g (a, b) => (c) { c = Add (a, b) }
`;

describe('extracting a model', () => {
  test('the nodes leading to a value, with their weights, types and functions', () => {
    const found = part(model.replace('q = my.f', '»q = my.f'));
    assert.equal(found.uri, 'file:///models/model-part.onnxtxt');
    assert.equal(found.before, model);
    assert.equal(found.message, undefined);
    assert.equal(
      found.text,
      `#@ raw_data
<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g_part (float[N,4] x) => (float[N,2] q)
<
  float[4,2] w = ["location": "model.onnx", "offset": "8", "length": "32", "field": "raw_data"],
  float[2] bias = {1, 2},
  float[N,2] p
>
{
  a = Relu (x)
  # the product
  p = MatMul (a, w)
  q = my.f (p, bias)
}

<domain: "my", opset_import: ["" : 17, "my" : 1]>
f (a, b) => (c) { c = my.g (a, b) }

<domain: "my", opset_import: ["" : 17]>
g (a, b) => (c) { c = Add (a, b) }
`,
    );
  });

  test('imports that only other nodes need stay behind', () => {
    const { text } = part(
      model.replace('q = my.f', '»q = my.f').replace('"my" : 1]>', '"my" : 1, "other" : 3]>'),
    );
    assert.match(text, /^#@ raw_data\n<ir_version: 10, opset_import: \["" : 17, "my" : 1\]>\n/);
  });

  test('the selected nodes, with the constants that they use; types come from our inference', () => {
    const { text } = part(model.replace('  q = my.f', '«  q = my.f').replace('shape)\n', 'shape)»\n'));
    assert.match(text, /\ng_part \(float\[N,2\] p\) => \(float\[N,2\] y\)\n/);
    assert.match(text, /\{\n {2}shape = Constant <value_ints = \[0, -1\]> \(\)\n {2}q = my\.f/);
    const middle = part(model.replace('p = MatMul (a, w)', '«p = MatMul (a, w)»')).text;
    assert.match(middle, /\ng_part \(float\[N,4\] a\) => \(float\[N,2\] p\)\n/);
  });

  test('titles say what is extracted', () => {
    assert.deepEqual(
      titles(selection(model.replace('p = MatMul', '»p = MatMul')), 'refactor.extract.model'),
      ['Extract the nodes leading to "p" as a new model'],
    );
    assert.deepEqual(
      titles(selection(model.replace('(float[N,2] y', '(float[N,2] »y')), 'refactor.extract.model'),
      ['Extract the nodes leading to "y" as a new model'],
    );
    assert.deepEqual(
      titles(selection(model.replace('a = Relu (x)', 'a = Relu (»x)')), 'refactor.extract.model'),
      [],
    );
    assert.deepEqual(
      titles(
        selection(
          model.replace(
            'p = MatMul (a, w)\n  q = my.f (p, bias)',
            '«p = MatMul (a, w)\n  q = my.f (p, bias)»',
          ),
        ),
        'refactor.extract.model',
      ),
      ['Extract 2 nodes as a new model'],
    );
  });

  test('the text of a binary model is extracted into a file beside the model, under a free name', () => {
    assert.equal(
      part(model.replace('»', '').replace('y = Resh', '»y = Resh'), 'onnx:/models/net.onnx').uri,
      'file:///models/net-part.onnxtxt',
    );
    const files = filesOfSizes({ '/models/net-part.onnxtxt': 1, '/models/net-part2.onnxtxt': 1 });
    const { created } = applied(
      selection(model.replace('y = Resh', '»y = Resh'), 'onnx:/models/net.onnx'),
      asModel,
      { ...allOptions, files },
    );
    assert.deepEqual([...created.keys()], ['file:///models/net-part3.onnxtxt']);
  });

  test('inputs and outputs of unknown type are bare, and the user is told', () => {
    const found = part(`<ir_version: 10, opset_import: ["" : 17, "com.microsoft" : 1]>
g (float[2] x) => (float[2] y) {
  a = com.microsoft.Unknown (x)
  «b = com.microsoft.Other (a)»
  y = com.microsoft.Unknown (b)
}
`);
    assert.match(found.text, /\ng_part \(a\) => \(b\) \{\n/);
    assert.equal(
      found.message,
      'Nothing says the types of "a" and "b": write them before the name. ONNX asks for them on inputs and outputs of a model.',
    );
  });

  test('TensorRT is asked where our inference knows nothing', () => {
    const network = {
      runtime: 'TensorRT 11.2.1',
      current: true,
      typeOf: (name: string) => (name === 'a' ? 'float[2,3]' : undefined),
    };
    const { created } = applied(
      selection(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { a = my.Plugin (x) «y = Relu (a)» }
`),
      asModel,
      { ...allOptions, network },
    );
    assert.match([...created.values()].join(), /\ng_part \(float\[2,3\] a\) => \(float\[2] y\) \{\n/);
  });

  test('initializers that are inputs stay both, and an old model keeps its initializers as inputs', () => {
    const text = (irVersion: number, inputs: string) => `<ir_version: ${irVersion}, opset_import: ["" : 9]>
g (${inputs}) => (float[2] y) <float[2] w = {1, 2}> { a = Relu (x) »y = Add (a, w) }
`;
    assert.match(
      part(text(8, 'float[2] x, float[2] w')).text,
      /g_part \(float\[2\] x, float\[2\] w\) => \(float\[2\] y\)\n<\n {2}float\[2\] w = \{1, 2\}\n>/,
    );
    assert.match(part(text(8, 'float[2] x')).text, /g_part \(float\[2\] x\) =>/);
    assert.match(part(text(3, 'float[2] x, float[2] w')).text, /g_part \(float\[2\] x, float\[2\] w\) =>/);
  });

  test('nodes of a subgraph take what they capture as inputs, and weights from around along', () => {
    const { text } = part(`<ir_version: 10, opset_import: ["" : 17]>
g (bool c, float[2] x) => (float[2] y) <float[2] w = {1, 2}> {
  a = Relu (x)
  y = If (c) <
    then_branch = t () => (float[2] r) { «r = Add (a, w)» },
    else_branch = e () => (float[2] s) { s = Neg (a) }
  >
}
`);
    assert.match(
      text,
      /\ng_part \(float\[2\] a\) => \(float\[2\] r\)\n<\n {2}float\[2\] w = \{1, 2\}\n>\n\{\n {2}r = Add \(a, w\)\n\}/,
    );
  });

  test('nodes of a function become a model with the opsets of the function', () => {
    const { text } = part(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = my.f (x) }
<domain: "my", opset_import: ["" : 16]>
f (a) => (c) { b = Relu (a) «c = Neg (b)» }
`);
    assert.match(
      text,
      /^<ir_version: 10, opset_import: \["" : 16\]>\ng_part \(float\[2\] b\) => \(float\[2] c\) \{\n/,
    );
  });

  test('is refused where the editor cannot create files, in an unsaved text, and with attributes of a function', () => {
    const selected = selection(model.replace('y = Resh', '»y = Resh'));
    assert.match(
      refusalOf(selected, asModel, { files: nodeFileAccess }),
      /^This editor does not let a refactoring create files/,
    );
    assert.match(
      refusalOf(selection(model.replace('y = Resh', '»y = Resh'), 'untitled:Untitled-1'), asModel),
      /Save this text first\.$/,
    );
    assert.match(
      refusalOf(
        selection(`<ir_version: 10, opset_import: ["" : 17, "my" : 1]>
g (float[2] x) => (float[2] y) { y = my.f <k = 0.5> (x) }
<domain: "my", opset_import: ["" : 17]>
f <k> (a) => (c) { «c = LeakyRelu <alpha: float = @k> (a)» }
`),
        asModel,
      ),
      /^The nodes use the attribute "k" of the function that they are in, which a model does not have/,
    );
  });
});
