import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { offeredTitles, refactor } from './refactor.ts';

const title = /Name All Unnamed Nodes/;

describe('naming unnamed nodes', () => {
  test('names come from the operator and a counter, and leave names that are there alone', () => {
    const { text, message } = refactor(
      `<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y)
{
  # first
  #@ doc_string: "halves"
  a = Relu (x)
  [Relu_1] b = Relu (a)
  c = Relu (b) y = Add (b, c)
}
`,
      title,
    );
    assert.equal(
      text,
      `<ir_version: 10, opset_import: ["" : 17]>
g (float[2] x) => (float[2] y)
{
  # first
  #@ doc_string: "halves"
  [Relu_0] a = Relu (x)
  [Relu_1] b = Relu (a)
  [Relu_2] c = Relu (b) [Add_0] y = Add (b, c)
}
`,
    );
    assert.equal(message, '3 nodes were given a name.');
    assert.equal(refactor(text, title).text, text);
    assert.equal(refactor(text, title).message, 'All nodes have names already.');
  });

  test('nodes in subgraphs and functions are named, too, and no name is given twice', () => {
    const { text } = refactor(
      `<ir_version: 10, opset_import: ["" : 17, "local" : 1]>
g (bool c, float[2] x) => (float[2] y)
{
  y = If (c) <
    then_branch = t () => (float[2] p) { p = Relu (x) },
    else_branch = e () => (float[2] q) {
      [Relu_0] q = Relu (x)
    }
  >
}
<domain: "local", opset_import: ["" : 17]>
f (a) => (b) {
  b = "my op".Relu (a)
}
`,
      title,
    );
    assert.match(text, /\[If_0\] y = If/);
    assert.match(text, /\{ \[Relu_1\] p = Relu \(x\) \}/);
    assert.match(text, /\n {2}\[Relu_2\] b = "my op"\.Relu/);
    assert.equal(parseOnnxText(text).problemCount, 0);
  });

  test('a node without outputs is named before its `=`', () => {
    const { text } = refactor(
      '<ir_version: 10, opset_import: ["" : 17]>\ng () => () {\n  = my.Print ()\n}\n',
      title,
    );
    assert.match(text, /\n {2}\[Print_0\] = my\.Print \(\)/);
    assert.equal(parseOnnxText(text).problemCount, 0);
  });

  test('is a source action, which no lightbulb shows', () => {
    const text = 'g (float[2] x) => (float[2] y) { y = Relu (x) }';
    assert(offeredTitles(text, 'source').some((name) => title.test(name)));
    assert(!offeredTitles(text, 'refactor').some((name) => title.test(name)));
  });
});
