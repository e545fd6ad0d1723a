import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { offsetAt, positionAt, sourceText, withChange } from '../../../server/src/features/source-text.ts';

describe('positions in a text', () => {
  test('count lines behind \\n, \\r\\n and \\r', () => {
    const source = sourceText('a\nb\r\nc\rd');
    assert.deepEqual([...source.lineStarts], [0, 2, 5, 7]);
    assert.deepEqual(positionAt(source, 6), { line: 2, character: 1 });
    assert.equal(offsetAt(source, { line: 1, character: 1 }), 3);
  });

  test('beyond the end of a line or of the text are clamped', () => {
    const source = sourceText('ab\r\nc');
    assert.equal(offsetAt(source, { line: 0, character: 99 }), 2);
    assert.equal(offsetAt(source, { line: 9, character: 0 }), 5);
    assert.deepEqual(positionAt(source, 99), { line: 1, character: 1 });
  });

  test('stay right through any edits, as with the reference implementation', () => {
    const random = randomNumbers(20);
    const pieces = ['', 'x', '\n', '\r', '\r\n', 'ab\ncd', '\n\n', 'ä😀'];
    let source = sourceText('one\r\ntwo\nthree\rfour');
    const reference = TextDocument.create('file:///a', 'onnx', 0, source.text.toString());
    for (let version = 1; version < 3000; version++) {
      const start = Math.floor(random() * (source.text.length + 1));
      const end = Math.min(source.text.length, start + Math.floor(random() * 4));
      const text = source.text.length > 60 ? '' : (pieces[Math.floor(random() * pieces.length)] ?? '');
      source = withChange(source, { start, end, text });
      const full = reference.getText().slice(0, start) + text + reference.getText().slice(end);
      TextDocument.update(reference, [{ text: full }], version);
      assert.equal(source.text.toString(), full);
      assert.deepEqual([...source.lineStarts], [...sourceText(full).lineStarts], JSON.stringify(full));
      for (let offset = 0; offset <= full.length; offset += 3) {
        assert.deepEqual(
          positionAt(source, offset).line,
          reference.positionAt(offset).line,
          JSON.stringify([full, offset]),
        );
      }
    }
  });
});

/** A deterministic generator, so that a failure repeats. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
