import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { placeAt } from '../../../server/src/features/elements.ts';
import { parseOnnxText } from '../../../server/src/onnx/text/parse.ts';
import { documents } from '../onnx/text/parser/documents.ts';

/** The text of each element at `|`, from the segment inwards. */
function path(marked: string): string[] {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const place = placeAt(parseOnnxText(text), offset);
  return (place?.path ?? []).map(({ node }) =>
    text.slice((place?.start ?? 0) + node.start, (place?.start ?? 0) + node.end),
  );
}

describe('the elements at the cursor', () => {
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

  test('are none between segments', () => {
    assert.deepEqual(path('g (x) => (y) { y = A (x)\n|\n z = B (y) }'), []);
    assert.deepEqual(path('g (x) => (y) { y = A (x) }|'), []);
    assert.deepEqual(path('  |\ng (x) => (y) { y = A (x) }'), []);
  });

  test('lie in each other, at every place of every document', () => {
    for (const text of documents) {
      const tree = parseOnnxText(text);
      for (let offset = 0; offset <= text.length; offset++) {
        const place = placeAt(tree, offset);
        let outer = place?.path[0]?.node;
        for (const { node } of place?.path ?? []) {
          assert.ok(outer && outer.start <= node.start && node.end <= outer.end, `at ${offset}`);
          assert.ok(node.start <= offset - (place?.start ?? 0) && offset - (place?.start ?? 0) <= node.end);
          outer = node;
        }
      }
    }
  });
});
