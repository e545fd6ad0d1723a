import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prepareRename, rename } from '../../../server/src/features/rename.ts';
import { offsetAt } from '../../../server/src/features/source-text.ts';
import { fixture, header } from './fixture.ts';

/** The text after renaming what the cursor is on. */
function renamed(marked: string, name: string): string {
  const { document, position } = fixture(marked);
  const result = rename(document, position, name);
  assert.ok(result.kind === 'edit', result.kind === 'refused' ? result.reason : '');
  const edits = result.edit.changes?.[document.uri] ?? [];
  let text = document.source.text.toString();
  for (const { range, newText } of edits.toReversed()) {
    text =
      text.slice(0, offsetAt(document.source, range.start)) +
      newText +
      text.slice(offsetAt(document.source, range.end));
  }
  return text;
}

function refusal(marked: string, name: string): string {
  const { document, position } = fixture(marked);
  const result = rename(document, position, name);
  return result.kind === 'refused' ? result.reason : 'not refused';
}

const model = (cursor: (text: string) => string) =>
  cursor(`${header}
g (bool c, float[N,4] x) => (float[N,4] y) <float[N,4] a> {
  [first] a = Relu (x)
  [second] b = local.f <k = 1> (a)
  y = If (c) <then_branch = t () => (float[N,4] r) { d = Neg (a) r = Abs (d) },
              else_branch = e () => (float[N,4] r) { a2 = Neg (b) r = Abs (a2) }>
}

<domain: "local", opset_import: ["" : 17]>
f <k> (a) => (r) { r = Relu (a) }
`);
const plain = model((text) => text);

describe('renaming', () => {
  test('a value changes its value info and its uses in subgraphs, and nothing in functions', () => {
    const marked = model((text) => text.replace('] a = Relu', '] $0a = Relu'));
    assert.equal(
      renamed(marked, 'hidden'),
      plain
        .replace('float[N,4] a>', 'float[N,4] hidden>')
        .replace('] a = Relu', '] hidden = Relu')
        .replace('<k = 1> (a)', '<k = 1> (hidden)')
        .replace('Neg (a)', 'Neg (hidden)'),
    );
  });

  test('puts names in quotes where they need them, and takes names with their quotes', () => {
    for (const name of ['a/b', '"a/b"']) {
      const text = renamed(
        model((value) => value.replace('float[N,4] x', 'float[N,4] $0x')),
        name,
      );
      assert.equal(
        text,
        plain.replace('float[N,4] x', 'float[N,4] "a/b"').replace('Relu (x)', 'Relu ("a/b")'),
      );
    }
    assert.match(
      renamed(
        model((value) => value.replace('float[N,4] x', 'float[N,4] $0x')),
        'float',
      ),
      /Relu \("float"\)/,
    );
  });

  test('a function changes all its calls, with the cursor on its name or on a call', () => {
    const expected = plain.replace('local.f', 'local.block').replace('f <k>', 'block <k>');
    assert.equal(
      renamed(
        model((text) => text.replace('f <k>', '$0f <k>')),
        'block',
      ),
      expected,
    );
    assert.equal(
      renamed(
        model((text) => text.replace('local.f', 'local.$0f')),
        'block',
      ),
      expected,
    );
  });

  test('an attribute of a function changes its calls', () => {
    assert.equal(
      renamed(
        model((text) => text.replace('<k>', '<$0k>')),
        'count',
      ),
      plain.replace('<k>', '<count>').replace('<k = 1>', '<count = 1>'),
    );
  });

  test('a domain of local functions changes in imports, headers and calls, in quotes where they are needed', () => {
    for (const at of ['= $0local.f', '"" : 17, "$0local" : 1']) {
      const text = renamed(
        model((value) => value.replace(at.replace('$0', ''), at)),
        'my-own.functions',
      );
      assert.equal(
        text,
        plain
          .replace('= local.f', '= "my-own.functions".f')
          .replace('"local" : 1', '"my-own.functions" : 1')
          .replace('domain: "local"', 'domain: "my-own.functions"'),
      );
    }
    const onCall = model((value) => value.replace('= local.f', '= $0local.f'));
    assert.match(refusal(onCall, 'ai.onnx'), /ONNX's own/);
    const onOperator = `${header} g (float x) => (float y) { y = com.mic$0rosoft.Gelu (x) }`;
    assert.match(refusal(onOperator, 'a'), /nothing that can be renamed/);
  });

  test('a dimension changes wherever it stands in the graph', () => {
    assert.equal(
      renamed(
        model((text) => text.replace('[N,', '[$0N,')),
        'batch',
      ),
      plain.replaceAll('[N,', '[batch,'),
    );
  });

  test('the name of a node changes there', () => {
    assert.equal(
      renamed(
        model((text) => text.replace('[first]', '[$0first]')),
        '/a/Relu',
      ),
      plain.replace('[first]', '["/a/Relu"]'),
    );
  });

  test('offers the name without its quotes', () => {
    const { document, position } = fixture(
      `${header}\ng (float "in/$0put") => (float y) { y = Relu ("in/put") }`,
    );
    assert.equal(prepareRename(document, position)?.placeholder, 'in/put');
  });

  test('is not offered for operators and keywords', () => {
    const { document, position } = fixture(model((text) => text.replace('Relu (x)', 'Re$0lu (x)')));
    assert.equal(prepareRename(document, position), undefined);
  });

  test('is refused where the name is taken', () => {
    const value = model((text) => text.replace('] a = Relu', '] $0a = Relu'));
    assert.match(refusal(value, 'b'), /already a value "b" \(first named in line 4\)/);
    assert.match(refusal(value, 'd'), /The graph "t" uses "a" and defines a value "d" of its own/);
    assert.equal(refusal(value, ''), 'A name cannot be empty.');
    assert.match(
      refusal(
        model((text) => text.replace('[first]', '[$0first]')),
        'second',
      ),
      /line 4 is already named/,
    );
    const inner = model((text) => text.replace('d = Neg', '$0d = Neg'));
    assert.match(refusal(inner, 'a'), /already a value "a"/);
    assert.match(refusal(inner, 'r'), /already a value "r"/);
  });

  test('of a value to a name that only an unrelated subgraph has is fine', () => {
    assert.match(
      renamed(
        model((text) => text.replace('] a = Relu', '] $0a = Relu')),
        'a2',
      ),
      /\[first\] a2 = Relu/,
    );
  });
});
