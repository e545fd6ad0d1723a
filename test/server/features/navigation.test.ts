import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DocumentHighlightKind } from 'vscode-languageserver-types';
import { definition } from '../../../server/src/features/definition.ts';
import { documentHighlights } from '../../../server/src/features/document-highlights.ts';
import { documentLinks } from '../../../server/src/features/document-links.ts';
import { references } from '../../../server/src/features/references.ts';
import { selectionRanges } from '../../../server/src/features/selection-ranges.ts';
import { expectMarks, type Fixture, fixture, header } from './fixture.ts';

const toDefinition = ({ document, position }: Fixture) =>
  definition(document, position).map(({ targetSelectionRange }) => ({ range: targetSelectionRange }));

const toReferences = ({ document, position }: Fixture) => references(document, position, true);

const toHighlights = ({ document, position }: Fixture) =>
  documentHighlights(document, position).map(({ range, kind }) => ({
    range,
    label: kind === DocumentHighlightKind.Write ? 'write' : 'read',
  }));

describe('go to definition', () => {
  test('of a value leads to the node that produces it', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y) {
  a = Relu (x)
  ^
  y = Neg ($0a)
}`,
      toDefinition,
    );
  });

  test('of an output leads to the node that produces it', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] $0y) {
  y = Relu (x)
  ^
}`,
      toDefinition,
    );
  });

  test('of a dimension leads to where the graph first names it', () => {
    expectMarks(
      `${header}
g (float[N,M] x) => (float[N,M] y) <float[$0M,N] t> {
           ^
  t = Transpose (x)
  y = Transpose (t)
}`,
      toDefinition,
    );
  });

  test('of an initializer leads to it; of one with an input of the same name to both', () => {
    expectMarks(
      `${header}
g (float[N] x, float[1] w) => (float[N] y)
                        ^
<float[1] w = {1}, float[1] v = {2}>
          ^
{
  y = Add (x, $0w)
}`,
      toDefinition,
    );
  });

  test('of a call leads to the local function, also from its domain', () => {
    for (const call of ['local.f$0', 'lo$0cal.f']) {
      expectMarks(
        `${header}
g (float[N] x) => (float[N] y) { y = ${call} (x) }
<domain: "local", opset_import: ["" : 17]>
f (a) => (b) { b = Relu (a) }
^`,
        toDefinition,
      );
    }
  });

  test('tells overloads of a function apart', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y) { y = local.f$0:two (x) }
<domain: "local", overload: "one", opset_import: ["" : 17]>
f (a) => (b) { b = Relu (a) }
<domain: "local", overload: "two", opset_import: ["" : 17]>
f (a) => (b) { b = Neg (a) }
^`,
      toDefinition,
    );
  });

  test('of a reference to an attribute leads to the parameter, and so does the attribute of a call', () => {
    for (const [call, use] of [
      ['alpha', '@al$0pha'],
      ['al$0pha', '@alpha'],
    ]) {
      expectMarks(
        `${header}
g (float[N] x) => (float[N] y) { y = local.f <${call} = 0.5> (x) }
<domain: "local", opset_import: ["" : 17]>
f <alpha> (a) => (b) { b = Elu <alpha: float = ${use}> (a) }
   ^^^^^`,
        toDefinition,
      );
    }
  });

  test('in a subgraph finds its own values first, then those around it', () => {
    expectMarks(
      `${header}
g (bool c, float[N] x) => (float[N] y) {
  a = Relu (x)
  y = If (c) <then_branch = t () => (float[N] r) {
    a = Neg (x)
    ^
    r = Abs ($0a)
  }, else_branch = e () => (float[N] r) { r = Abs (a) }>
}`,
      toDefinition,
    );
    expectMarks(
      `${header}
g (bool c, float[N] x) => (float[N] y) {
  a = Relu (x)
  ^
  y = If (c) <then_branch = t () => (float[N] r) {
    a = Neg (x)
    r = Abs (a)
  }, else_branch = e () => (float[N] r) { r = Abs ($0a) }>
}`,
      toDefinition,
    );
  });

  test('does not leave the function', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y) { t = Relu (x) y = local.f (t) }
<domain: "local", opset_import: ["" : 17]>
f (a) => (b) { t = Relu (a) b = Neg ($0t) }
               ^`,
      toDefinition,
    );
  });

  test('of what nothing defines is empty', () => {
    const { document, position } = fixture(`${header} g (float[N] x) => (float[N] y) { y = Relu ($0z) }`);
    assert.deepEqual(definition(document, position), []);
  });
});

describe('find references', () => {
  test('of a value: every place in its scope, subgraphs included, shadowed ones not', () => {
    expectMarks(
      `${header}
g (bool c, float[N] $0x) => (float[N] y) {
                    ^
  a = Relu (x)
            ^
  y = If (c) <then_branch = t () => (float[N] r) { r = Neg (x) },
                                                            ^
    else_branch = e () => (float[N] r) { x = Relu (a) r = Abs (x) }>
}`,
      toReferences,
    );
  });

  test('of a function: its declaration and its calls', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y) { a = local.f (x) b = Relu (a) y = local.f (b) }
                                           ^
                                                                        ^
<domain: "local", opset_import: ["" : 17]>
$0f (a) => (b) { b = Relu (a) }
^`,
      toReferences,
    );
  });

  test('of a dimension: every type of the graph that names it', () => {
    expectMarks(
      `${header}
g (float[$0N,4] x) => (float[N,4] y)
         ^
                           ^
<float[N,4] a>
       ^
{ a = Relu (x) y = Relu (a) }`,
      toReferences,
    );
  });

  test('can leave the definition out', () => {
    const { document, position } = fixture(`${header} g (float[N] $0x) => (float[N] y) { y = Add (x, x) }`);
    assert.equal(references(document, position, true).length, 3);
    assert.equal(references(document, position, false).length, 2);
  });
});

describe('document highlights', () => {
  test('mark definitions as written, uses as read', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y) {
  a = Relu (x)
  ^ write
  b = Neg ($0a)
           ^ read
  y = Add (a, b)
           ^ read
}`,
      toHighlights,
    );
  });

  test('work on quoted names', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y) {
  "a/b:0" = Relu (x)
  ^^^^^^^ write
  y = Neg ("a$0/b:0")
           ^^^^^^^ read
}`,
      toHighlights,
    );
  });
});

describe('document links', () => {
  test('lead to files of external data, not to the model that elided weights refer to', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y)
<
  float[100] w = ["location": "model.onnx", "offset": "8", "length": "400", "field": "raw_data"],
  float[100] v = ["location": "data/weights.bin", "offset": "0", "length": "400"]
                              ^^^^^^^^^^^^^^^^^^ file:///models/data/weights.bin
>
{
  y = Relu (x)
}`,
      ({ document }) => documentLinks(document).map(({ range, target }) => ({ range, label: target ?? '' })),
    );
  });
});

describe('selection ranges', () => {
  test('grow from the word to the statement, the body, the function, the document', () => {
    const { document, position } = fixture(`${header}
g (float[N] x) => (float[N] y) {
  a = Relu (x)
  y = Elu <alpha = 0.$05> (a)
}
`);
    const texts: string[] = [];
    for (let range = selectionRanges(document, [position])[0]; range; range = range.parent) {
      const lines = document.source.text
        .toString()
        .split('\n')
        .slice(range.range.start.line, range.range.end.line + 1);
      texts.push(
        lines.length === 1
          ? (lines[0]?.slice(range.range.start.character, range.range.end.character) ?? '')
          : `${lines.length} lines`,
      );
    }
    assert.deepEqual(texts, [
      '0.5',
      'alpha = 0.5',
      '<alpha = 0.5>',
      'y = Elu <alpha = 0.5> (a)',
      '2 lines',
      '4 lines',
      '6 lines',
    ]);
  });
});
