import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { absoluteRange, nodePathAt, segmentAt } from '../../../../../server/src/onnx/text/positions.ts';
import { documents } from './documents.ts';

/** The text of each node at `|`, from the segment inwards. */
function path(marked: string): string[] {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const tree = parseOnnxText(text);
  const { segment, nodes } = nodePathAt(tree, offset);
  return nodes.map((node) => {
    const { start, end } = absoluteRange(tree, segment, node);
    return text.slice(start, end);
  });
}

describe('the nodes at the cursor', () => {
  test('are the innermost one and all around it', () => {
    assert.deepEqual(path('g (x) => (y) { y = Foo <axes = [1, 2|3]> (x) }'), [
      'y = Foo <axes = [1, 23]> (x)',
      'axes = [1, 23]',
      '[1, 23]',
      '23',
    ]);
    assert.deepEqual(path('g (x) => (y) { y = Foo <b = h () => (o) { o = Bar (|i) }> (x) }').slice(-2), [
      'o = Bar (i)',
      'i',
    ]);
    assert.deepEqual(path('g (seq(float[N,|3]) x) => (y) {}'), [
      'g (seq(float[N,3]) x) => (y)',
      'seq(float[N,3]) x',
      'seq(float[N,3])',
      'float[N,3]',
      '3',
    ]);
  });

  test('include the word that the cursor is behind', () => {
    assert.deepEqual(path('g (x) => (y) { y = Foo| (x) }').at(-1), 'Foo');
    assert.deepEqual(path('g (x) => (y) { |y = Foo (x) }').at(-1), 'y');
  });

  test('are the segment before, between segments', () => {
    assert.deepEqual(path('g (x) => (y) { y = A (x)\n|\n z = B (y) }'), ['y = A (x)']);
    assert.deepEqual(path('g (x) => (y) { y = A (x) }|'), ['y = A (x)']);
    assert.deepEqual(path('  |\ng (x) => (y) { y = A (x) }').at(0), 'g (x) => (y)');
  });

  test('are there at every place of every document', () => {
    for (const text of documents) {
      const tree = parseOnnxText(text);
      for (let offset = 0; offset <= text.length; offset++) {
        const { segment, nodes } = nodePathAt(tree, offset);
        assert.equal(segment, segmentAt(tree, offset));
        for (const [index, node] of nodes.entries()) {
          const outer = nodes[Math.max(0, index - 1)];
          assert.ok(outer && outer.start <= node.start && node.end <= outer.end, `at ${offset}`);
        }
      }
    }
  });
});

describe('every node', () => {
  test('lies inside the one it is part of, and segments do not overlap', () => {
    for (const text of documents) {
      const tree = parseOnnxText(text);
      tree.segments.forEach((segment, index) => {
        assert.equal(segment.start, 0);
        const end = (tree.starts[index] ?? 0) + segment.end;
        assert.ok(end <= (tree.starts[index + 1] ?? text.length), text.slice(tree.starts[index], end));
        expectNested(segment);
      });
    }
  });
});

function expectNested(node: object): void {
  const outer = node as { start: number; end: number };
  for (const [key, value] of Object.entries(node)) {
    for (const child of key === 'problems' ? [] : Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && 'start' in child) {
        const isInside = outer.start <= child.start && child.start <= child.end && child.end <= outer.end;
        assert.ok(isInside, `${key} from ${child.start} to ${child.end} in ${outer.start} to ${outer.end}`);
        expectNested(child);
      }
    }
  }
}
