import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DebugTensor } from '../../../../server/src/engine/debug/capture.ts';
import { findingSentence, findingsOf } from '../../../../server/src/engine/debug/findings.ts';
import { graphNodes } from '../../../../server/src/engine/graph-nodes.ts';
import { createDocument } from '../../../../server/src/features/document.ts';

const model = `<ir_version: 8, opset_import: ["" : 17]>
g (float[4] x) => (float[4] y, float[4] z) <float[4] w = {1, 2, 3, 4}> {
  [scale] a = Mul (x, w)
  [left] b = Relu (a)
  [right] c = Neg (a)
  [join] d = Add (b, c)
  [end] y = Abs (d)
  [other] z = Exp (x)
}`;
const nodes = graphNodes(createDocument('file:///m.onnxtxt', 0, model).model.model);

const exact = {
  tolerance: { relative: 0, absolute: 0 },
  count: 4,
  differing: 0,
  notFinite: 0,
  greatestAbsolute: 0,
  greatestRelative: 0,
  meanAbsolute: 0,
} as const;

function tensor(name: string, verdict: 'agrees' | 'differs', nan = 0): DebugTensor {
  const statistics = { count: 4, nan, positiveInfinity: 0, negativeInfinity: 0, zeros: 0 };
  const stored = { name, type: 'float', dims: [4], file: `${name}.npy`, statistics };
  return { name, isOutput: false, engine: stored, comparison: { ...exact, verdict } };
}

const names = { engine: 'TensorRT 10.6.0', reference: 'ONNX Runtime 1.30.0' };

describe('where values go wrong first', () => {
  test('what differs behind a tensor that differs follows from it', () => {
    const [finding, ...others] = findingsOf(
      [
        tensor('y', 'differs'),
        tensor('d', 'differs'),
        tensor('c', 'differs'),
        tensor('b', 'agrees'),
        tensor('a', 'agrees'),
        tensor('z', 'agrees'),
      ],
      nodes,
    );
    assert.deepEqual(others, []);
    assert.deepEqual(finding, {
      kind: 'divergence',
      tensor: 'c',
      node: { name: 'right', operator: 'Neg' },
      rightBefore: ['a'],
      suspects: ['right'],
      followers: ['d', 'y'],
    });
    assert.equal(
      findingSentence(finding, names),
      'First divergence of TensorRT 10.6.0 from ONNX Runtime 1.30.0: node right (Neg), output c. All that goes into it agrees: a. 2 tensors follow from it: d, y.',
    );
  });

  test('nodes between the last right tensors and the first wrong one are suspects', () => {
    const [finding] = findingsOf([tensor('a', 'agrees'), tensor('d', 'differs')], nodes);
    assert.ok(finding);
    assert.deepEqual(finding.suspects, ['left', 'right', 'join']);
    assert.match(
      findingSentence(finding, names),
      /between it and a were not captured: it may as well be left, right\./,
    );
  });

  test('without anything captured before it, all up to the inputs is suspect', () => {
    const [finding] = findingsOf([tensor('d', 'differs')], nodes);
    assert.deepEqual(finding?.suspects, ['scale', 'left', 'right', 'join']);
    assert.match(
      findingSentence(finding ?? assert.fail(), names),
      /between it and the inputs were not captured: it may as well be scale, left, right\./,
    );
  });

  test('two ways go wrong by themselves: two findings, and one follows from both', () => {
    const findings = findingsOf(
      [
        tensor('a', 'agrees'),
        tensor('b', 'differs'),
        tensor('c', 'differs'),
        tensor('d', 'differs'),
        tensor('z', 'differs'),
      ],
      nodes,
    );
    assert.deepEqual(
      findings.map(({ tensor: name, followers }) => [name, followers]),
      [
        ['b', ['d']],
        ['c', ['d']],
        ['z', []],
      ],
    );
    assert.match(
      findingSentence(findings[2] ?? assert.fail(), names),
      /It reads inputs and constants of the model only\./,
    );
  });

  test('NaN is found where it comes up, of the engine and of the reference', () => {
    const findings = findingsOf(
      [tensor('a', 'agrees'), tensor('b', 'agrees', 2), tensor('d', 'agrees', 2)],
      nodes,
    );
    assert.deepEqual(
      findings.map(({ kind, side, tensor: name }) => [kind, side, name]),
      [['not-finite', 'engine', 'b']],
    );
    assert.match(
      findingSentence(findings[0] ?? assert.fail(), names),
      /^First NaN or infinity of TensorRT 10\.6\.0: node left/,
    );
  });

  test('a value that a subgraph takes from outside goes into its node', () => {
    const inner = `<ir_version: 8, opset_import: ["" : 17]>
g (bool p, float[4] x) => (float[4] y) {
  [first] a = Relu (x)
  [choice] y = If (p) <
    then_branch = t () => (float[4] one) { one = Neg (a) },
    else_branch = e () => (float[4] two) { two = Abs (a) }
  >
}`;
    const inside = graphNodes(createDocument('file:///m.onnxtxt', 0, inner).model.model);
    const [finding] = findingsOf([tensor('a', 'differs'), tensor('y', 'differs')], inside);
    assert.deepEqual([finding?.tensor, finding?.followers], ['a', ['y']]);
  });
});
