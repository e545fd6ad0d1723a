import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { excerpt } from '../../../../server/src/cli/report/excerpt.ts';
import { printable, style, wrap } from '../../../../server/src/cli/report/style.ts';
import { sourceText } from '../../../../server/src/features/source-text.ts';

/** The excerpt of the part of a text between « and ». */
function excerptOf(marked: string): string {
  const start = marked.indexOf('«');
  const end = marked.indexOf('»') - 1;
  const source = sourceText(marked.replace('«', '').replace('»', ''));
  return excerpt(source, { start, end }, { style: style(false), mark: '^', paint: (text) => text });
}

describe('the excerpt of a source line', () => {
  test('has the line and a mark under the range', () => {
    assert.equal(
      excerptOf('a = Relu (x)\nb = «Foo» (a)\n'),
      ['    2 | b = Foo (a)', '      |     ^^^'].join('\n'),
    );
  });

  test('an empty range, also at the end of the text, has one mark', () => {
    assert.equal(excerptOf('a = «»'), ['    1 | a =', '      |     ^'].join('\n'));
  });

  test('a range over several lines is marked to the end of its first', () => {
    assert.equal(excerptOf('x = «If (c)\n<y>»'), ['    1 | x = If (c)', '      |     ^^^^^^'].join('\n'));
  });

  test('a long line is cut around the range', () => {
    const long = `${'a, '.repeat(200)}«Foo»${', b'.repeat(200)}`;
    const [line = '', mark = ''] = excerptOf(long).split('\n');
    assert.ok(line.length < 120);
    assert.equal(line.indexOf('Foo'), mark.indexOf('^'));
    assert.ok(line.startsWith('    1 | …') && line.endsWith('…'));
  });

  test('a range longer than what is shown', () => {
    const [line = '', mark = ''] = excerptOf(`y = «${'x'.repeat(500)}» (a)`).split('\n');
    assert.ok(line.length < 120 && mark.length < 120);
    assert.equal(line.indexOf('x'), mark.indexOf('^'));
  });

  test('tabs, wide letters and escape sequences keep the mark in its place and the terminal safe', () => {
    const [line = '', mark = ''] = excerptOf('\t"\u001b[2J" 😀 = «Foo»').split('\n');
    assert.ok(!line.includes('\u001b') && !line.includes('\t'));
    // 😀 is one column of the mark's line as it is one character of the other.
    assert.equal([...line].indexOf('F'), [...mark].indexOf('^'));
  });
});

describe('text for a terminal', () => {
  test('has no control characters, whatever names a model has', () => {
    assert.equal(printable('a\u001b]0;title\u0007b\u202ec\nd'), 'a�]0;title�b�c�d');
    assert.equal(printable('Größe 重み'), 'Größe 重み');
  });

  test('is wrapped at blanks', () => {
    assert.deepEqual(wrap('one two three', 8), ['one two', 'three']);
    assert.deepEqual(wrap('unbreakablelongword x', 8), ['unbreakablelongword', 'x']);
  });

  test('has colours only where they are wanted', () => {
    assert.equal(style(false).error('x'), 'x');
    assert.equal(style(true).error('x'), '\u001b[1;31mx\u001b[0m');
    assert.equal(style(true).error(''), '');
  });
});
