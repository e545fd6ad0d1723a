import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { documents } from './documents.ts';

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
