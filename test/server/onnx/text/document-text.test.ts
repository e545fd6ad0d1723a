import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DocumentText, withReplaced } from '../../../../server/src/onnx/text/document-text.ts';
import { randomNumbers } from './parser/support.ts';

describe('a text in pieces', () => {
  test('is what a string would be, after any edits', () => {
    const random = randomNumbers(5);
    const pick = (limit: number) => Math.floor(random() * limit);
    let expected = Array.from({ length: 3000 }, (_, line) => `line ${line} \n`).join('');
    let text: DocumentText = expected;
    for (let edit = 0; edit < 400; edit++) {
      const start = pick(8) === 0 ? pick(2) * expected.length : pick(expected.length + 1);
      const end = Math.min(expected.length, start + (pick(10) === 0 ? pick(6000) : pick(3)));
      const inserted = pick(10) === 0 ? 'many words\n'.repeat(pick(500)) : 'äx\n'.slice(0, pick(4));
      expected = expected.slice(0, start) + inserted + expected.slice(end);
      text = withReplaced(text, start, end, inserted);
      assert.equal(text.length, expected.length);
      const from = pick(expected.length + 1);
      const to = pick(expected.length + 1);
      assert.equal(text.slice(from, to), expected.slice(from, to));
      assert.equal(text.slice(from), expected.slice(from));
      assert.equal(text.slice(from, from + 1e7), expected.slice(from, from + 1e7));
      assert.equal(text.indexOf('\n', from), expected.indexOf('\n', from));
      assert.equal(text.lastIndexOf('\n', from), expected.lastIndexOf('\n', from));
      assert.equal(text.lastIndexOf('m'), expected.lastIndexOf('m'));
      assert.equal(text.charCodeAt(from), expected.charCodeAt(from));
    }
    assert.equal(text.toString(), expected);
  });

  test('may lose everything and get it back', () => {
    const empty = withReplaced('all of it', 0, 9, '');
    assert.equal(empty.length, 0);
    assert.equal(empty.toString(), '');
    assert.equal(empty.indexOf('a'), -1);
    assert.equal(empty.lastIndexOf('a'), -1);
    assert.equal(empty.slice(0, 5), '');
    assert.equal(withReplaced(empty, 0, 0, 'again').toString(), 'again');
  });

  test('stays quick with edits in tens of thousands of places', () => {
    const line = 'y = Relu (x) and much more behind it, so that no edit is next to another one\n'.repeat(40);
    let text: DocumentText = line.repeat(5000);
    for (let edit = 0; edit < 5000; edit++) {
      text = withReplaced(text, edit * (line.length + 1), edit * (line.length + 1), 'z');
    }
    assert.equal(text.toString(), `z${line}`.repeat(5000));
  });
});
