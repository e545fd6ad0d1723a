import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText, reparse, type TextChange } from '../../../../../server/src/onnx/text/parse.ts';
import { documents, graphOnly, modelWithFunctions } from './documents.ts';
import { nodesOf, parseWithoutProblems, randomNumbers } from './support.ts';

/** Pieces that tend to change how what is around them is read. */
const snippets = [
  ...'{}()<>[],=:."#@-?\\ \nax1',
  '=>',
  '""',
  '#@ doc_string: "x"\n',
  '\n#@ raw_data\n',
  'y = Relu (x)\n',
  'a, b',
  '[n] ',
  '<domain: "d">',
  'f (x) => (y) {',
  'body = g () => (y) { z = Foo (y) }',
  'float[2] w = {1, 2}',
  'seq(',
  '\r\n',
  '"\n',
  '\\"',
];

function edited(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

describe('parsing again after edits', () => {
  for (const [number, document] of documents.entries()) {
    test(`gives the tree of a full parse, whatever is edited (document ${number})`, () => {
      const random = randomNumbers(number + 1);
      const below = (limit: number) => Math.floor(random() * limit);
      for (let round = 0; round < 60; round++) {
        let text = document;
        let tree = parseOnnxText(text);
        for (let step = 0; step < 20; step++) {
          const changes: TextChange[] = [];
          const history: string[] = [];
          let changed = text;
          for (let count = below(8) === 0 ? 1 + below(5) : 1; count > 0; count--) {
            const start = below(changed.length + 1);
            const end = Math.min(
              changed.length,
              start + (below(3) === 0 ? below(below(4) === 0 ? 200 : 6) : 0),
            );
            const inserted = below(4) === 0 ? '' : (snippets[below(snippets.length)] ?? '');
            changed = edited(changed, start, end, inserted);
            changes.push({ start, end, newEnd: start + inserted.length });
            history.push(JSON.stringify([start, end, inserted]));
          }
          const again = reparse(tree, changed, changes);
          const full = parseOnnxText(changed);
          assert.deepEqual(again, full, `after ${history.join(' ')} in ${JSON.stringify(text)}`);
          text = changed;
          tree = again;
        }
      }
    });
  }

  test('typing a document character by character gives the tree of a full parse at each', () => {
    let text = '';
    let tree = parseOnnxText(text);
    for (const character of modelWithFunctions) {
      const next = text + character;
      tree = reparse(tree, next, [{ start: text.length, end: text.length, newEnd: next.length }]);
      text = next;
    }
    assert.deepEqual(tree, parseWithoutProblems(modelWithFunctions));
  });

  test('shares the statements that an edit does not touch', () => {
    const tree = parseWithoutProblems(graphOnly);
    const start = graphOnly.indexOf('MaxPool');
    const next = reparse(tree, edited(graphOnly, start, start, 'X'), [
      { start, end: start, newEnd: start + 1 },
    ]);
    const before = new Set<unknown>(tree.segments);
    const read = next.segments.filter((segment) => !before.has(segment));
    assert.equal(read.length, 1);
    assert.equal(read[0]?.kind === 'node-statement' && read[0].operator.name, 'XMaxPool');
  });

  test('shares the statements between two edits', () => {
    const tree = parseWithoutProblems(graphOnly);
    const first = graphOnly.indexOf('Conv <');
    const second = graphOnly.indexOf('Gemm') + 1;
    const text = edited(edited(graphOnly, first, first, 'X'), second, second, 'Y');
    const next = reparse(tree, text, [
      { start: first, end: first, newEnd: first + 1 },
      { start: second, end: second, newEnd: second + 1 },
    ]);
    const before = new Set<unknown>(tree.segments);
    assert.deepEqual(
      nodesOf(next)
        .filter((node) => !before.has(node))
        .map((node) => node.operator.name),
      ['XConv', 'YGemm'],
    );
  });

  test('takes thousands of edits at once, from the end of the document to its begin', () => {
    const body = Array.from({ length: 3000 }, (_, index) => `  y${index} = Relu (x)\n`);
    const text = `g (x) => (y) {\n${body.join('')}}\n`;
    const changes = [...text.matchAll(/\bx\b/g)]
      .reverse()
      .map(({ index }) => ({ start: index, end: index + 1, newEnd: index + 5 }));
    const renamed = text.replaceAll(/\bx\b/g, 'input');
    assert.deepEqual(reparse(parseWithoutProblems(text), renamed, changes), parseWithoutProblems(renamed));
  });

  test('refuses changes that do not lead to the new text', () => {
    const tree = parseWithoutProblems(graphOnly);
    assert.throws(() => reparse(tree, `${graphOnly} `, []), RangeError);
    assert.throws(() => reparse(tree, graphOnly, [{ start: 1, end: 1, newEnd: 2 }]), RangeError);
  });

  test('without changes gives the same tree', () => {
    const tree = parseWithoutProblems(graphOnly);
    assert.equal(reparse(tree, graphOnly, []), tree);
  });
});
