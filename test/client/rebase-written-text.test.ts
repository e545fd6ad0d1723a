import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rebaseWrittenText } from '../../client/src/rebase-written-text.ts';

const saved = ['float[9] a = ["offset": "100"]', 'y = Relu (x)', 'float[9] b = ["offset": "200"]'].join('\n');
const written = saved.replace('100', '108').replace('200', '208');

/** The document after the edits. */
function rebased(current: string): string {
  const lines = current.split('\n');
  for (const { line, text } of rebaseWrittenText(saved, written, current)) lines[line] = text;
  return lines.join('\n');
}

describe('references to weights after a save', () => {
  test('are those of the written file', () => {
    assert.equal(rebased(saved), written);
  });

  test('are found again where lines were inserted while saving', () => {
    assert.equal(rebased(`# note\n${saved}\nz = Neg (y)`), `# note\n${written}\nz = Neg (y)`);
  });

  test('stay as they are on a line that was edited while saving', () => {
    assert.equal(
      rebased(saved.replace('[9] a', '[9] renamed')),
      written.replace('[9] a', '[9] renamed').replace('108', '100'),
    );
  });

  test('need no edit when nothing moved', () => {
    assert.deepEqual(rebaseWrittenText(saved, saved, saved), []);
  });
});
