import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rangeAfter } from '../../../server/src/lsp/moved-range.ts';

const text = 'model: a.onnx\nmemPoolSize: { workspace: 1B }\nint8: true\n';
const marked = 'workspace: 1B';

type Edit = readonly [from: string, to: string, text: string];

/** Where the marked words are after an edit that replaces what lies between two of the text's words, both left. */
function wordsAfter(before: string, [from, to, inserted]: Edit): string | undefined {
  const start = before.indexOf(from) + from.length;
  const end = before.indexOf(to, start);
  const found = before.indexOf(marked);
  const range = { start: positionAt(before, found), end: positionAt(before, found + marked.length) };
  const edit = { start: positionAt(before, start), end: positionAt(before, end) };
  const moved = rangeAfter(range, { range: edit, text: inserted });
  if (!moved) return undefined;
  const changed = before.slice(0, start) + inserted + before.slice(end);
  return changed.slice(offsetAt(changed, moved.start), offsetAt(changed, moved.end));
}

function positionAt(of: string, offset: number) {
  const lines = of.slice(0, offset).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

function offsetAt(of: string, { line, character }: { line: number; character: number }): number {
  const lines = of.split('\n').slice(0, line);
  return lines.join('\n').length + (line > 0 ? 1 : 0) + character;
}

describe('a range that a problem is shown at', () => {
  const kept: Readonly<Record<string, Edit>> = {
    'a line before it': ['', 'model', '# first\n'],
    'words before it in its line': ['memPoolSize: {', ' workspace', ' dlaSRAM: 1MiB,'],
    'lines joined before it': ['a.onnx', 'memPoolSize', '\n\n\n'],
    'a line behind it': ['}', '\nint8', '\nfp16: true'],
    'something behind it, after a space': ['1B', ' }', ' '],
    'text taken away far behind': ['int8: ', '\n', ''],
  };
  for (const [name, edit] of Object.entries(kept)) {
    test(`stays at its words after ${name}`, () => assert.equal(wordsAfter(text, edit), marked));
  }

  const dropped: Readonly<Record<string, Edit>> = {
    'its value': ['workspace: ', ' }', '2GiB'],
    'its value, continued': ['1B', ' }', '2'],
    'its key, continued': ['{ ', 'workspace', 'my'],
    'all around it': ['memPool', 'int8', 'Size: {}\n'],
  };
  for (const [name, edit] of Object.entries(dropped)) {
    test(`goes with an edit of ${name}`, () => assert.equal(wordsAfter(text, edit), undefined));
  }

  test('goes when the whole document is replaced', () => {
    const position = { line: 0, character: 0 };
    assert.equal(rangeAfter({ start: position, end: position }, { text: 'new' }), undefined);
  });
});
