import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../../../server/src/onnx/checks/finding.ts';
import { parseOnnxText, reparse } from '../../../../server/src/onnx/text/parse.ts';
import { checksOf } from './support.ts';

const model = `<ir_version: 10, opset_import: ["" : 21, "local" : 1]>
g (float[N,4] x, bool c) => (float[N,4] y)
<float[4] w = {1, 2, 3, 4}, float[4] unused = {1, 2, 3, 4}>
{
  [a] a = Relu (x)
  [b] b = Add (a, w)
  [a] n = local.F (b)
  i = If (c) <then_branch = t () => (float[N,4] p) { q = Neg (n)  p = Abs (q) }, else_branch = e () => (float[N,4] r) { r = Neg (b) }>
  z, k = local.G (i)
  y = Add (z, n)
}
<domain: "local", opset_import: ["" : 21]>
F (a) => (b) { c = Relu (a)  b = Neg (c) }
<domain: "local", opset_import: ["" : 21, "local" : 1]>
G <alpha> (a) => (b, c) { b = LeakyRelu <alpha: float = @alpha> (a)  c = local.F (b) }
`;

/** A small generator of numbers, the same on every machine. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function shown(findings: readonly Finding[]): string[] {
  return findings
    .map(
      ({ code, segment, span, message, related }) =>
        `${segment}:${span.start}-${span.end} ${code} ${message} ${code === 'onnx.duplicate-node-name' ? '' : JSON.stringify(related)}`,
    )
    .sort();
}

describe('checks after an edit', () => {
  for (let seed = 1; seed <= 20; seed++) {
    test(`find what they find in the whole text (edits ${seed})`, () => {
      const next = chance(seed);
      let tree = parseOnnxText(model);
      let checks = checksOf(tree);
      const words = [
        'a',
        'b',
        'n',
        'x',
        'w',
        'q',
        'Relu',
        'local.F',
        '(',
        ')',
        ',',
        '=',
        '{',
        '}',
        '\n  ',
        '<',
        '>',
        '[a] ',
      ];
      for (let step = 0; step < 60; step++) {
        const start = next(tree.text.length);
        // Back to the whole model from time to time, so that not everything is broken.
        const isMended = step % 10 === 9;
        const end = isMended ? tree.text.length : Math.min(tree.text.length, start + next(4));
        const from = isMended ? 0 : start;
        const text = isMended ? model : (words[next(words.length)] ?? '');
        tree = reparse(tree, tree.text.slice(0, from) + text + tree.text.slice(end), [
          { start: from, end, newEnd: from + text.length },
        ]);
        checks = checksOf(tree, checks);
        assert.deepEqual(shown(checks.findings), shown(checksOf(tree).findings), tree.text.toString());
      }
    });
  }

  test('leave findings of a version before as they were', () => {
    const tree = parseOnnxText(model);
    const first = checksOf(tree);
    const before = shown(first.findings);
    const at = tree.text.indexOf('[b]') + 1;
    const edited = reparse(tree, `${tree.text.slice(0, at)}a${tree.text.slice(at + 1)}`, [
      { start: at, end: at + 1, newEnd: at + 1 },
    ]);
    const three = checksOf(edited, first).findings.filter(({ code }) => code === 'onnx.duplicate-node-name');
    assert.equal(three.length, 3);
    assert.deepEqual(shown(first.findings), before);
    // A second branch from the same version.
    assert.deepEqual(shown(checksOf(edited, first).findings), shown(checksOf(edited).findings));
  });
});
