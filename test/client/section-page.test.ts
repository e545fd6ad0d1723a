import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { differencePage, sectionPage } from '../../client/src/section-page.ts';

const page = sectionPage(
  {
    title: 'net.engine',
    lead: { text: 'It cannot run here.', mood: 'no' },
    notes: ['A note.'],
    sections: [
      { kind: 'rows', title: 'File', rows: [['Made by', 'TensorRT 10.6.0']] },
      {
        kind: 'table',
        title: 'Layers',
        columns: ['ms', 'share', 'Layer'],
        rows: [
          ['0.0203', '16.2 %', 'a <script>alert(1)</script> "b"'],
          ['+0.5', '±0 %', 'c'],
        ],
      },
    ],
    histogram: { start: 1, width: 0.5, counts: [2, 8] },
    buttons: [{ message: 'load', label: 'Load' }],
  },
  'N1',
);

describe('pages of engines and profiles', () => {
  test('run nothing and load nothing but their own style and script', () => {
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    assert.equal(policy, "default-src 'none'; style-src 'nonce-N1'; script-src 'nonce-N1'");
    assert.deepEqual(
      [...page.matchAll(/<(script|style)[^>]*>/g)].map(([tag]) => tag),
      ['<style nonce="N1">', '<script nonce="N1">'],
    );
    // Such a policy refuses these, and what they say would be lost.
    assert.doesNotMatch(page, / style=| on\w+=/);
  });

  test('show names of layers as text, whatever is in them', () => {
    assert.match(page, /a &#60;script&#62;alert\(1\)&#60;\/script&#62; &#34;b&#34;/);
  });

  test('columns of numbers are aligned as such, and sorted by value', () => {
    assert.match(page, /<td class="number">0\.0203<\/td><td class="number">16\.2 %<\/td><td>a /);
    assert.equal([...page.matchAll(/<button class="sort">/g)].length, 3);
  });

  test('take colours from the theme', () => {
    const colours = [...page.matchAll(/(?:color|background|fill): ([^;]+);/g)].map(([, value]) => value);
    assert.ok(colours.length > 5);
    for (const colour of colours) assert.match(colour ?? '', /^var\(--vscode-|^inherit$|^none$/);
  });

  test('the histogram’s highest bar fills it, and each bar says what it counts', () => {
    assert.match(page, /height="120\.00"><title>1\.500 to 2\.000 ms: 8<\/title>/);
    assert.match(page, /height="30\.00"><title>1\.000 to 1\.500 ms: 2<\/title>/);
  });

  test('two engines that do not differ, and two that do', () => {
    assert.match(differencePage(['a', 'b'], [], 'N'), /do not differ/);
    const different = differencePage(
      ['a', 'b'],
      [
        {
          title: 'File',
          rows: [
            { label: 'Size', before: '1 kB', after: '2 kB' },
            { label: 'New', after: 'x' },
          ],
        },
      ],
      'N',
    );
    assert.match(
      different,
      /<tr><td>Size<\/td><td>1 kB<\/td><td>2 kB<\/td><\/tr>\n<tr><td>New<\/td><td>–<\/td><td>x<\/td><\/tr>/,
    );
  });
});
