import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver-types';
import { documentSymbols } from '../../../server/src/features/document-symbols.ts';
import { writeDocumentSymbols } from '../../../server/src/features/document-symbols-json.ts';
import { foldingRanges } from '../../../server/src/features/folding-ranges.ts';
import {
  semanticTokens,
  semanticTokensEdits,
  semanticTokensInRange,
  semanticTokensLegend,
} from '../../../server/src/features/semantic-tokens.ts';
import { expectMarks, type Fixture, fixture, header, type Mark } from './fixture.ts';

function outline(text: string): string {
  const lines: string[] = [];
  const add = (symbols: readonly DocumentSymbol[], depth: number) => {
    for (const { name, detail, kind, children } of symbols) {
      const kindName = Object.entries(SymbolKind).find(([, value]) => value === kind)?.[0];
      lines.push(`${'  '.repeat(depth)}${name}${detail ? ` ${detail}` : ''} (${kindName})`);
      add(children ?? [], depth + 1);
    }
  };
  add(documentSymbols(fixture(text).document), 0);
  return lines.join('\n');
}

describe('outline', () => {
  test('has graph and functions with their inputs, outputs, weights and nodes', () => {
    assert.equal(
      outline(`${header}
g (float[N] x) => (float[N] y)
<float[1] w = {1}, float[N] a>
{
  [first] a = Add (x, w)
  y = local.f (a)
}
<domain: "local", opset_import: ["" : 17]>
f (v) => (r) { r = Relu (v) }`),
      `g graph (Module)
  x float[N] (Variable)
  y float[N] (Variable)
  w float[1] (Constant)
  a float[N] (Variable)
  Add first (Operator)
  f y (Operator)
f function (Function)
  v (Variable)
  r (Variable)
  Relu r (Operator)`,
    );
  });

  test('groups nodes by the module that their names tell', () => {
    assert.equal(
      outline(`${header}
g (float[N] x) => (float[N] y) {
  ["/blocks.0/attn/MatMul"] a = MatMul (x, x)
  ["/blocks.0/attn/Softmax"] b = Softmax (a)
  ["/blocks.0/Add"] c = Add (b, x)
  "/blocks.1/Relu_output_0" = Relu (c)
  ["/Final"] y = Neg ("/blocks.1/Relu_output_0")
}`),
      `g graph (Module)
  x float[N] (Variable)
  y float[N] (Variable)
  blocks.0 (Namespace)
    attn (Namespace)
      MatMul MatMul (Operator)
      Softmax Softmax (Operator)
    Add Add (Operator)
  blocks.1 (Namespace)
    Relu Relu_output_0 (Operator)
  Neg Final (Operator)`,
    );
  });

  test('puts many weights into a group of their own', () => {
    const weights = Array.from({ length: 20 }, (_, index) => `float[1] w${index} = {1}`).join(', ');
    const text = outline(`${header} g (float[N] x) => (float[N] y) <${weights}> { y = Relu (x) }`);
    assert.match(text, /\n {2}initializers 20 \(Namespace\)\n {4}w0 float\[1\] \(Constant\)\n/);
  });

  test('shows the nodes of subgraphs', () => {
    assert.match(
      outline(`${header} g (bool c, float[N] x) => (float[N] y) {
  y = If (c) <then_branch = t () => (float[N] r) { r = Neg (x) }, else_branch = e () => (float[N] s) { s = Abs (x) }>
}`),
      / {2}If y \(Operator\)\n {4}then_branch graph \(Module\)\n {6}Neg r \(Operator\)\n {4}else_branch graph/,
    );
  });

  test('is sent as the JSON that JSON.stringify gives', () => {
    for (const text of [
      '',
      'g',
      `${header} g (bool c, float[N] "x\\"y") => (float[N] y) {
  ["/a/b/\u00e4\u{1f600}"] y = If (c) <then_branch = t () => (float[N] r) { r = Neg (x) }>
  ["/a/b/"] z = "Op\\\\era" (y)
  ["/a/c/d/Relu"] w = Relu (z)
  ["/a/c/d/Abs"] v = Abs (w)
  ["plain"] u = Abs (v)
}`,
    ]) {
      const symbols = documentSymbols(fixture(text).document);
      let json = '';
      writeDocumentSymbols(symbols, (piece) => {
        json += piece;
      });
      assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(symbols)), text);
    }
  });

  test('has ranges that lie within each other, and names, for any text', () => {
    for (const text of [
      'g',
      'g (',
      `${header} g () => () { = (`,
      '{ a = ',
      `${header} g (float x) => () { y = Relu (x)`,
    ]) {
      const check = (symbols: readonly DocumentSymbol[]) => {
        for (const { name, range, selectionRange, children } of symbols) {
          assert.notEqual(name.trim(), '', text);
          const key = ({ line, character }: { line: number; character: number }) => line * 1e6 + character;
          assert.ok(
            key(range.start) <= key(selectionRange.start) && key(selectionRange.end) <= key(range.end),
            `${text}: ${JSON.stringify({ range, selectionRange })}`,
          );
          check(children ?? []);
        }
      };
      check(documentSymbols(fixture(text).document));
    }
  });
});

test('folding: headers, value lists, bodies, subgraphs, modules and comments', () => {
  const folds = foldingRanges(
    fixture(`<
  ir_version: 8,
  opset_import: ["" : 17]
>
# A comment
# of two lines
g (float[N] x) => (float[N] y)
<
  float[1] w = {1},
  float[1] v = {2}
>
{
  ["/a/one"] a = Relu (x)
  ["/a/two"] b = Relu (a)
  ["/a/three"] c = Relu (b)
  ["/a/four"] d = Relu (c)
  y = If (e) <then_branch = t () => (float[N] r) {
      r = Neg (x)
      s = Neg (r)
    },
    else_branch = f () => (float[N] r) { r = Abs (x) }>
}
`).document,
  ).map(({ startLine, endLine, kind }) => `${startLine}-${endLine}${kind ? ` ${kind}` : ''}`);
  assert.deepEqual(folds, ['0-3', '4-5 comment', '6-21', '7-9', '11-21', '12-15', '16-20']);
});

/** Unpacks LSP's relative integers. */
function tokens(data: readonly number[]): Mark[] {
  const marks: Mark[] = [];
  let line = 0;
  let character = 0;
  for (let at = 0; at < data.length; at += 5) {
    const [deltaLine = 0, deltaStart = 0, length = 0, type = 0, modifiers = 0] = data.slice(at, at + 5);
    line += deltaLine;
    character = deltaLine === 0 ? character + deltaStart : deltaStart;
    const names = semanticTokensLegend.tokenModifiers.filter((_, bit) => modifiers & (1 << bit));
    marks.push({
      range: { start: { line, character }, end: { line, character: character + length } },
      label: [semanticTokensLegend.tokenTypes[type], ...names].join(' '),
    });
  }
  return marks;
}

const allTokens = ({ document }: Fixture) => tokens(semanticTokens(document) ?? []);

describe('semantic tokens', () => {
  test('tell inputs, weights and computed values apart, and operators from functions', () => {
    expectMarks(
      `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
 ^^^^^^^^^^ property
                ^^^^^^^^^^^^ property
g (float[N] x) => (float[N] y)
^ namespace declaration
   ^^^^^ type
         ^ typeParameter
            ^ parameter declaration
                   ^^^^^ type
                         ^ typeParameter
                            ^ variable
<float[1] w = {1}>
 ^^^^^ type
          ^ variable declaration readonly
{
  a = Add (x, w)
  ^ variable declaration
      ^^^ function defaultLibrary
           ^ parameter
              ^ variable readonly
  [last] y = local.f <alpha = 0.5> (a)
   ^^^^ label
         ^ variable declaration
             ^^^^^ namespace
                   ^ function
                      ^^^^^ property
                                    ^ variable
}
<domain: "local", opset_import: ["" : 17]>
 ^^^^^^ property
                  ^^^^^^^^^^^^ property
f <alpha> (v) => (r) { #
^ function declaration
   ^^^^^ parameter declaration
           ^ parameter declaration
                  ^ variable
  #@ doc_string: "halves"
  ^^^^^^^^^^^^^ decorator
  r = Elu <alpha: float = @alpha> (v)
  ^ variable declaration
      ^^^ function defaultLibrary
           ^^^^^ property
                  ^^^^^ type
                           ^^^^^ parameter
                                   ^ parameter
}`,
      allTokens,
    );
  });

  test('in a range are those of the statements it touches', () => {
    const { document } = fixture(`${header}
g (float[N] x) => (float[N] y) {
  a = Relu (x)
  b = Relu (a)
  y = Relu (b)
}`);
    const start = { line: 3, character: 4 };
    const found = tokens(semanticTokensInRange(document, { start, end: { line: 3, character: 5 } }));
    assert.deepEqual(
      found.map(({ range, label }) => [range.start.line, label]),
      [
        [3, 'variable declaration'],
        [3, 'function defaultLibrary'],
        [3, 'variable'],
      ],
    );
  });

  test('are left to ranges in a document too long to colour as a whole', () => {
    const nodes = Array.from({ length: 80_000 }, (_, index) => `  value_number_${index} = Relu (x)`).join(
      '\n',
    );
    const { document } = fixture(`${header}\ng (float[N] x) => (float[N] y) {\n${nodes}\n}`);
    assert.equal(semanticTokens(document), undefined);
    const range = { start: { line: 70_000, character: 0 }, end: { line: 70_001, character: 0 } };
    assert.ok(semanticTokensInRange(document, range).length >= 15);
  });

  test('change by one edit', () => {
    const apply = (before: readonly number[], after: readonly number[]) => {
      const result = [...before];
      for (const { start, deleteCount, data } of semanticTokensEdits(before, after)) {
        result.splice(start, deleteCount, ...(data ?? []));
      }
      return result;
    };
    for (const [before, after] of [
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
      [
        [1, 2, 3],
        [1, 9, 3],
      ],
      [
        [1, 1, 1],
        [1, 1],
      ],
      [[], [5, 5]],
      [[5, 5], []],
      [
        [1, 1],
        [1, 1, 1, 1],
      ],
    ] as const) {
      assert.deepEqual(apply(before, after), [...after]);
    }
    assert.deepEqual(semanticTokensEdits([1, 2], [1, 2]), []);
  });
});
