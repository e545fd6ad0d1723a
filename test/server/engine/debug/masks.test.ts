import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DebugTensor } from '../../../../server/src/engine/debug/capture.ts';
import { findingsOf } from '../../../../server/src/engine/debug/findings.ts';
import { withMasks } from '../../../../server/src/engine/debug/masks.ts';
import { graphNodes } from '../../../../server/src/engine/graph-nodes.ts';
import { createDocument } from '../../../../server/src/features/document.ts';

/** What goes wrong where, of the nodes in a graph that also has the input `m`; weights are called as what they hold. */
function judged(
  nodes: string,
  values: Readonly<Record<string, 'finite' | '-inf' | 'NaN'>>,
  inputs: readonly string[] = [],
) {
  const text = `<ir_version: 8, opset_import: ["" : 17, "my" : 1]>
g (float[4] x, float[4] m) => (float[4] y) <float[4] w = {1, 2, 3, 4}, float[4] infinite = {0, 0, 0, 0}> {
${nodes}
}`;
  const { model } = createDocument('file:///m.onnxtxt', 0, text).model;
  const all = graphNodes(model);
  const tensors = Object.entries(values).map(([name, what]): DebugTensor => {
    const [nan, negativeInfinity] = [what === 'NaN' ? 1 : 0, what === '-inf' ? 1 : 0];
    const statistics = { count: 4, nan, positiveInfinity: 0, negativeInfinity, zeros: 0 };
    return { name, isOutput: false, engine: { name, type: 'float', dims: [4], file: '', statistics } };
  });
  const least = (isInfinite: boolean) => ({ least: isInfinite ? -Infinity : 0, greatest: 1 });
  const masked = withMasks(tensors, all, {
    model,
    rangeOf: ({ name }) => least(name === 'infinite'),
    rangeOfInput: (name) => least(inputs.includes(name)),
  });
  return {
    masked: masked.tensors.filter(({ engine }) => engine?.masked).map(({ name }) => name),
    found: findingsOf(masked.tensors, all, masked.masksInto).map(({ tensor, masks }) => [tensor, masks]),
  };
}

describe('masks', () => {
  test('come through nodes whose values are not known, and end at those that are finite', () => {
    const nodes = 'a = Add (x, infinite) b = Slice (a, s, s) c = Where (p, b, x) y = Add (c, w)';
    assert.deepEqual(judged(nodes, { y: '-inf' }), { masked: ['y'], found: [] });
    assert.deepEqual(judged(nodes, { b: 'finite', y: '-inf' }).masked, []);
  });

  test('come from inputs that hold -inf in the run only', () => {
    assert.deepEqual(judged('y = Add (x, m)', { y: '-inf' }, ['m']).masked, ['y']);
    assert.deepEqual(judged('y = Add (x, m)', { y: '-inf' }), { masked: [], found: [['y', undefined]] });
  });

  test('do not explain what an operator makes of finite values', () => {
    assert.deepEqual(
      judged('y = Log (infinite_row) infinite_row = Exp (m)', { y: '-inf' }, ['m']).masked,
      [],
    );
    assert.deepEqual(judged('y = Div (x, infinite)', { y: '-inf' }).masked, []);
    assert.deepEqual(judged('y = Div (infinite, x)', { y: '-inf' }).masked, ['y']);
  });

  test('of constants that are worked out when an engine is built', () => {
    const of = (constant: string) => judged(`k = ${constant} y = Add (x, k)`, { y: '-inf' }).masked;
    assert.deepEqual(of('Neg (infinite)'), ['y']);
    assert.deepEqual(of('Log (w)'), ['y']);
    assert.deepEqual(of('Reshape (w, w)'), []);
    assert.deepEqual(of('Constant <value_float: float = -1000.0> ()'), []);
  });

  test('a tensor behind one that is wrong follows from it, mask or not', () => {
    const { masked, found } = judged('a = Log (x) b = Add (a, infinite) y = Identity (b)', {
      a: '-inf',
      b: '-inf',
    });
    assert.deepEqual([masked, found], [[], [['a', undefined]]]);
  });

  test('operators of plugins are taken to pass on what goes in', () => {
    assert.deepEqual(judged('y = my.Masked (x, infinite)', { y: '-inf' }).masked, ['y']);
    assert.deepEqual(judged('y = my.Masked (x, w)', { y: '-inf' }).masked, []);
  });

  test('chains of nodes may be long', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => `a${at + 1} = Add (a${at}, w)`).join('\n');
    assert.deepEqual(
      judged(`a0 = Add (x, infinite)\n${chain}\ny = Identity (a20000)`, { y: '-inf' }).masked,
      ['y'],
    );
  });
});
