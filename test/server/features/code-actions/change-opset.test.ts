import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { offeredTitles, refactor, refusal } from './refactor.ts';

/** The text at another opset version. */
function converted(text: string, target: number): string {
  const result = refactor(text, new RegExp(` to ${target}\\b`));
  assert.equal(parseOnnxText(result.text).problemCount, 0, result.text);
  return result.text;
}

/** The statements of a graph at another opset version. */
function body(opset: number, target: number, graph: string): string[] {
  const text = converted(`<ir_version: 3, opset_import: ["" : ${opset}]>\n${graph}`, target);
  const lines = text.slice(text.indexOf('\n{\n') + 3, text.lastIndexOf('\n}')).split('\n');
  return lines.map((line) => line.trim());
}

describe('changing the opset', () => {
  test('attributes that have become inputs do so; everything else stays as it is written', () => {
    const { text, message } = refactor(
      `<ir_version: 6, opset_import: ["" : 11, "local" : 1]>
g (float[2,3] x) => (float[] y)
{
  # the sum
  #@ doc_string: "adds"
  [sum] s = ReduceSum <axes = [1],  keepdims = 0> (x)  # of rows
  u = Unsqueeze <axes=[0]> (s)
  m = ReduceMean <axes = [-1]> (u)
  y = Relu   (m)
}
`,
      / to 17 /,
    );
    assert.equal(
      text,
      `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[2,3] x) => (float[] y)
{
  # the sum
  s_axes = Constant <value = int64[1] {1}> ()
  #@ doc_string: "adds"
  [sum] s = ReduceSum <keepdims = 0> (x, s_axes)  # of rows
  u_axes = Constant <value = int64[1] {0}> ()
  u = Unsqueeze (s, u_axes)
  m = ReduceMean <axes = [-1]> (u)
  y = Relu   (m)
}
`,
    );
    assert.equal(message, 'The model is of opset 17 now. 2 nodes had to be changed for it.');
  });

  test('the IR version is raised to the one that came with the opset, and a newer one stays', () => {
    const graph = 'g (float[2] x) => (float[2] y) { y = Relu (x) }\n';
    assert.match(
      converted(`<ir_version: 8, opset_import: ["" : 17]>\n${graph}`, 21),
      /^<ir_version: 10, .*: 21\]>/,
    );
    assert.match(
      converted(`<ir_version: 11, opset_import: ["ai.onnx" : 17]>\n${graph}`, 21),
      /^<ir_version: 11, .*: 21\]>/,
    );
  });

  test('Softmax over several axes is flattened, as it was before opset 13', () => {
    assert.deepEqual(body(11, 13, 'g (float[2,3,4] x) => (float[2,3,4] y)\n{\n  y = Softmax (x)\n}\n'), [
      'y_shape = Shape (x)',
      'y_flat_input = Flatten <axis = 1> (x)',
      'y_flat = Softmax <axis = -1> (y_flat_input)',
      'y = Reshape (y_flat, y_shape)',
    ]);
    assert.deepEqual(body(11, 13, 'g (float[2,3] x) => (float[2,3] y)\n{\n  y = Softmax (x)\n}\n'), [
      'y = Softmax <axis = 1> (x)',
    ]);
  });

  test('through several versions of an operator: Upsample becomes Resize and stays what it was', () => {
    assert.deepEqual(
      body(
        7,
        13,
        'g (float[1,1,2,2] x) => (float[] y)\n{\n  y = Upsample <mode = "nearest", scales = [1.0, 1.0, 2.0, 2.0]> (x)\n}\n',
      ),
      [
        'y_scales = Constant <value = float[4] {1, 1, 2, 2}> ()',
        'y_roi = Constant <value = float[0] {}> ()',
        'y = Resize <mode = "nearest", coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"> (x, y_roi, y_scales)',
      ],
    );
  });

  test('limits of Clip have the type of what is clipped', () => {
    assert.deepEqual(
      body(6, 11, 'g (double[2] x) => (double[2] y)\n{\n  y = Clip <min = 0.0, max = 6.0> (x)\n}\n'),
      [
        'y_min = Constant <value = double {0}> ()',
        'y_max = Constant <value = double {6}> ()',
        'y = Clip (x, y_min, y_max)',
      ],
    );
    assert.deepEqual(body(6, 11, 'g (float16[2] x) => (float16[2] y)\n{\n  y = Clip <max = 6.0> (x)\n}\n'), [
      'y_max_float = Constant <value = float {6}> ()',
      'y_max = Cast <to = 10> (y_max_float)',
      'y = Clip (x, "", y_max)',
    ]);
  });

  test('nodes in graphs inside nodes and in functions are converted; an attribute that the caller gives stays its', () => {
    const text = converted(
      `<ir_version: 8, opset_import: ["" : 12, "local" : 1]>
g (bool c, float[2] x) => (float[] y)
{
  y = If (c) <
    then_branch = t () => (float[] p) { p = Unsqueeze <axes = [0]> (x) },
    else_branch = e () => (float[] q) {
      q = local.f <at = [0]> (x)
    }
  >
}
<domain: "local", opset_import: ["" : 12]>
f <at> (a) => (b) {
  b = Unsqueeze <axes: ints = @at> (a)
}
`,
      13,
    );
    assert.match(
      text,
      /\{ p_axes = Constant <value = int64\[1\] \{0\}> \(\)\n\s*p = Unsqueeze \(x, p_axes\) \}/,
    );
    assert.match(text, /b_axes = Constant <value_ints: ints = @at> \(\)\n {2}b = Unsqueeze \(a, b_axes\)/);
    assert.equal(text.match(/"" : 13/g)?.length, 2);
  });

  test('names that are made up are free ones', () => {
    assert.deepEqual(
      body(
        11,
        13,
        'g (float[1,2] x) => (float[] y)\n<float[1] y_axes = {1}>\n{\n  y = Squeeze <axes = [0]> (x)\n}\n',
      ),
      ['y_axes_1 = Constant <value = int64[1] {0}> ()', 'y = Squeeze (x, y_axes_1)'],
    );
  });

  test('where a node has no rule, nothing is changed, and the nodes are named with their lines', () => {
    const reason = refusal(
      `<ir_version: 8, opset_import: ["" : 9]>
g (float[2] x) => (float[2] y, float[2] z)
{
  y, mask = Dropout (x)
  z = Mul (mask, x)
}
`,
      / to 10 /,
    );
    assert.equal(
      reason,
      'Nothing was changed, as 1 node has no rule for opset 10: line 4, Dropout: its output mask is of type bool from opset 10 on.',
    );
  });

  test('an output that has changed does no harm where nothing takes it', () => {
    assert.deepEqual(body(9, 10, 'g (float[2] x) => (float[2] y)\n{\n  y, mask = Dropout (x)\n}\n'), [
      'y = Dropout (x)',
    ]);
  });

  test('back to an older opset where what is used was there already', () => {
    assert.deepEqual(
      body(18, 13, 'g (float[2] x) => (float[2] y)\n{\n  a = Shape <start = 0> (x)\n  y = Relu (x)\n}\n'),
      ['a = Shape (x)', 'y = Relu (x)'],
    );
    const graph = 'g (float[2,3] x) => (float[] y)\n{\n  y = Mish (x)\n}\n';
    assert.match(
      refusal(`<ir_version: 8, opset_import: ["" : 18]>\n${graph}`, / to 17 /),
      /no such operator in opset 17/,
    );
    const split = 'g (float[2,3] x) => (float[] y)\n{\n  y = ReduceMean (x, x)\n}\n';
    assert.match(
      refusal(`<ir_version: 8, opset_import: ["" : 18]>\n${split}`, / to 17 /),
      /line 4, ReduceMean/,
    );
  });

  test('is offered in the header, and as a source action everywhere', () => {
    const text =
      '<ir_version: 8, opset_import: ["" : $017]>\ng (float[2] x) => (float[2] y) { y = Relu (x) }\n';
    const titles = offeredTitles(text, 'refactor.rewrite.changeOpset');
    assert.equal(titles[0], 'Change opset 17 to 18 (ONNX 1.13.0)');
    assert(titles.length > 3);
    const elsewhere = text.replace('$0', '').replace('Relu', 'Re$0lu');
    assert.deepEqual(offeredTitles(elsewhere, 'refactor.rewrite.changeOpset'), []);
    assert.deepEqual(offeredTitles(elsewhere, 'source.changeOpset'), titles);
  });
});
