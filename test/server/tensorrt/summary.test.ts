import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParserErrorRecord } from '../../../native-bridge/src/protocol.ts';
import { parseOnnxText } from '../../../server/src/onnx/text/parse.ts';
import { locateErrors } from '../../../server/src/tensorrt/locate/locate.ts';
import { countNodes, refusalSummary, runtimeName } from '../../../server/src/tensorrt/summary.ts';

const model = parseOnnxText(`<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[4] x, bool c) => (float[4] y) {
  a = local.twice (x)
  y = If (c) <
    then_branch = t () => (float[4] p) { p = local.once (a) },
    else_branch = e () => (float[4] q) { q = Neg (a) }
  >
}
<domain: "local", opset_import: ["" : 17, "local" : 1]>
twice (x) => (y) { t = local.once (x)  y = local.once (t) }
<domain: "local", opset_import: ["" : 17]>
once (x) => (y) { t = Exp (x)  y = Bernoulli (t) }
`);

const bernoulli = (nodeIndex: number, localFunctionStack: string[]): ParserErrorRecord => ({
  code: 8,
  codeName: 'kUNSUPPORTED_NODE',
  description: 'false',
  file: '',
  line: 0,
  function: 'checkBernoulli',
  nodeIndex,
  nodeName: '',
  operator: 'Bernoulli',
  localFunctionStack,
});

describe('the summary of a refused model', () => {
  test('counts nodes as TensorRT sees them: those of a function once per call, the calls not', () => {
    // twice: 2 × 2; the If itself, 2 in one branch, 1 in the other.
    assert.equal(countNodes(model), 8);
  });

  test('counts a node of a function once for each call that leads to it, however often it is reported', () => {
    const errors = [
      bernoulli(0, ['node_of_a (twice)', 'node_of_t (once)']),
      bernoulli(0, ['node_of_a (twice)', 'node_of_t (once)']),
      bernoulli(0, ['node_of_a (twice)', 'node_of_y (once)']),
    ];
    assert.equal(refusalSummary(model, locateErrors(model, errors)), '2 of 8 nodes refused');
  });

  test('errors without a node are counted apart', () => {
    const input = { ...bernoulli(-1, []), function: 'importInput', file: 'x', operator: '' };
    assert.equal(refusalSummary(model, locateErrors(model, [input])), 'refused, 1 error');
    const both = [bernoulli(0, ['node_of_a (twice)', 'node_of_t (once)']), input];
    assert.equal(
      refusalSummary(model, locateErrors(model, both)),
      '1 of 8 nodes refused, and 1 error beside',
    );
  });

  test('functions that call each other in a circle end', () => {
    const circle = parseOnnxText(`<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[4] x) => (float[4] y) { y = local.a (x) }
<domain: "local", opset_import: ["" : 17, "local" : 1]>
a (x) => (y) { t = Neg (x)  y = local.b (t) }
<domain: "local", opset_import: ["" : 17, "local" : 1]>
b (x) => (y) { y = local.a (x) }
`);
    assert.equal(countNodes(circle), 1);
  });

  test('names the runtime with its mode', () => {
    const runtime = { product: 'TensorRT', version: '11.2.1' };
    assert.equal(runtimeName({ ...runtime, mode: 'cpu-only' }), 'TensorRT 11.2.1 (CPU only)');
    assert.equal(runtimeName({ ...runtime, mode: 'gpu' }), 'TensorRT 11.2.1');
  });
});
