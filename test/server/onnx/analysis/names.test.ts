import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { namesOf, occurrencesOf } from '../../../../server/src/onnx/analysis/names.ts';
import { parseOnnxText, reparse } from '../../../../server/src/onnx/text/parse.ts';
import type { SyntaxTree } from '../../../../server/src/onnx/text/syntax-tree.ts';

const mainGraph = { declaration: 0, graphs: [] };

function chain(nodes: number): string {
  const lines = Array.from(
    { length: nodes },
    (_, index) => `  v${index + 1} = Add (v${index}, w${index % 7})`,
  );
  const weights = Array.from({ length: 7 }, (_, index) => `float[1] w${index} = {1}`).join(', ');
  return `<ir_version: 8, opset_import: ["" : 17]>\ng (float[N] v0) => (float[N] v${nodes}) <${weights}> {\n${lines.join('\n')}\n}\n`;
}

/** Every name with all its places, for comparison. */
function places(tree: SyntaxTree, names: ReturnType<typeof namesOf>, name: string): string[] {
  return occurrencesOf(names, mainGraph, name).map(
    ({ segment, identifier, role }) => `${(tree.starts[segment] ?? 0) + identifier.start} ${role}`,
  );
}

describe('index of names', () => {
  test('knows definitions and uses in document order', () => {
    const tree = parseOnnxText(chain(3));
    const roles = (name: string) => occurrencesOf(namesOf(tree), mainGraph, name).map(({ role }) => role);
    assert.deepEqual(roles('v0'), ['input', 'node-input']);
    assert.deepEqual(roles('v1'), ['node-output', 'node-input']);
    assert.deepEqual(roles('v3'), ['output', 'node-output']);
    assert.deepEqual(roles('w0'), ['initializer', 'node-input']);
    assert.deepEqual(roles('nothing'), []);
  });

  test('is not confused by names of the language it is written in', () => {
    const tree = parseOnnxText('g (float[N] constructor) => (float[N] y) { y = Relu (constructor) }');
    assert.equal(occurrencesOf(namesOf(tree), mainGraph, 'constructor').length, 2);
    assert.equal(occurrencesOf(namesOf(tree), mainGraph, '__proto__').length, 0);
  });

  test('after edits is the same as made anew, and shares what the edits did not touch', () => {
    let text = chain(5000);
    let tree = parseOnnxText(text);
    let names = namesOf(tree);
    const edits: [find: string, put: string][] = [
      ['v2500 = Add', 'v2500b = Add'],
      ['(v4999, w', '(v4998, w'],
      ['  v100 = ', '  extra = Relu (v99)\n  v100 = '],
      ['  v101 = Add (v100, w2)\n', ''],
      ['float[1] w0 = {1}, ', ''],
      ['g (float[N] v0)', 'g (float[N] v0, float[N] late)'],
    ];
    for (const [find, put] of edits) {
      const start = text.indexOf(find);
      assert.ok(start > 0, find);
      const end = start + find.length;
      text = text.slice(0, start) + put + text.slice(end);
      tree = reparse(tree, text, [{ start, end, newEnd: start + put.length }]);
      const before = new Set(names.declarations.flatMap(({ chunks }) => chunks.map((chunk) => chunk.places)));
      names = namesOf(tree, names);
      const fresh = namesOf(parseOnnxText(text));
      const all = names.declarations.flatMap(({ chunks }) => chunks.map((chunk) => chunk.places));
      assert.ok(all.filter((chunk) => before.has(chunk)).length >= all.length - 3, `${find}: ${all.length}`);
      for (const name of [
        'v0',
        'v99',
        'v100',
        'v101',
        'v2500',
        'v2500b',
        'v5000',
        'w0',
        'w3',
        'extra',
        'late',
      ]) {
        assert.deepEqual(places(tree, names, name), places(fresh.tree, fresh, name), `${name} after ${put}`);
      }
    }
  });

  test('of 100,000 nodes is made in 150 ms', () => {
    const tree = parseOnnxText(chain(100_000));
    let fastest = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      const names = namesOf(tree);
      fastest = Math.min(fastest, performance.now() - start);
      assert.equal(occurrencesOf(names, mainGraph, 'w3').length, 1 + Math.ceil((100_000 - 3) / 7));
    }
    // Three times the goal, for machines that are busy; the benchmark measures.
    assert.ok(fastest < 450, `${fastest.toFixed(0)} ms`);
  });
});
