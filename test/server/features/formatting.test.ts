import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { TextEdit } from 'vscode-languageserver-types';
import { createDocument, type OnnxDocument } from '../../../server/src/features/document.ts';
import { formatDocument, formatOnType, formatRange } from '../../../server/src/features/formatting.ts';
import { offsetAt } from '../../../server/src/features/source-text.ts';
import { parseOnnxText } from '../../../server/src/onnx/text/parse.ts';
import { fixture, header } from './fixture.ts';

const uri = 'file:///models/model.onnxtxt';

function applied({ source }: OnnxDocument, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { range, newText } of edits) {
    result += source.text.slice(at, offsetAt(source, range.start)) + newText;
    at = offsetAt(source, range.end);
  }
  return result + source.text.slice(at);
}

function formatted(text: string): string {
  const document = createDocument(uri, 1, text);
  return applied(document, formatDocument(document));
}

/** The tree without places. */
function meaning(text: string): string {
  const { segments, declarations, problemCount } = parseOnnxText(text);
  const kinds = declarations.map(({ kind, values, nodes }) => ({ kind, values, nodes }));
  return JSON.stringify([segments, kinds, problemCount], (key, value: unknown) =>
    key === 'start' || key === 'end' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  );
}

const untidy = `<ir_version:10,opset_import: ["" : 17, "local" : 1]>
g(bool c,float[N, 4]   x,seq(float[N]) s)=>(float[N,4] y)
<
      float[4] w={1,2, 3,  4},
  float[1000] "big/w" = ["location": "model.onnx",   "offset": "12"]
>
{
["/blocks.0"]   h=MatMul(x,w)# why
  i,j = local . f:two<alpha=0.5,axes=[ 1,2 ]>( h,"" )



  y = If (c) <then_branch = t () => (float[N,4] r) { p = Neg (i) r = Abs (p) }, else_branch = e () => (float[N,4] r) {}>   k = Constant <value = float[1] "a  b" {0.5}, p: type_proto = map(int64, float[2])> () }
`;

const tidy = `<ir_version:10, opset_import: ["" : 17, "local" : 1]>
g (bool c, float[N,4] x, seq(float[N]) s) => (float[N,4] y)
<
  float[4] w = {1,2, 3,  4},
  float[1000] "big/w" = ["location": "model.onnx",   "offset": "12"]
>
{
  ["/blocks.0"] h = MatMul (x, w) # why
  i, j = local.f:two <alpha = 0.5, axes = [1, 2]> (h, "")

  y = If (c) <then_branch = t () => (float[N,4] r) {
    p = Neg (i)
    r = Abs (p)
  }, else_branch = e () => (float[N,4] r) {
  }>
  k = Constant <value = float[1] "a  b" {0.5}, p: type_proto = map(int64, float[2])> ()
}
`;

describe('formatting', () => {
  test('puts statements on lines of their own, indents, and spaces', () => {
    assert.equal(formatted(untidy), tidy);
  });

  test('leaves tidy text and the layout of the printer alone', () => {
    assert.equal(formatted(tidy), tidy);
    for (const name of ['detector', 'nested-functions']) {
      const text = readFileSync(new URL(`../../../examples/${name}.onnxtxt`, import.meta.url), 'utf8');
      assert.equal(meaning(formatted(text)), meaning(text));
    }
  });

  test('leaves a statement with a problem as it is, and formats its neighbours', () => {
    const text = `${header}\ng (float x) => (float y) {\n  a=Relu(x)\n  b =   Relu x)\n  y=Neg(a)\n}\n`;
    assert.equal(
      formatted(text),
      `${header}\ng (float x) => (float y) {\n  a = Relu (x)\n  b =   Relu x)\n  y = Neg (a)\n}\n`,
    );
  });

  test('of a range touches only the statements in it', () => {
    const { document } = fixture(
      `${header}\ng (float x) => (float y) {\n  a=Relu(x)\n  b=Relu(a)\n  y=Neg(b)\n}\n`,
    );
    const range = { start: { line: 3, character: 4 }, end: { line: 3, character: 5 } };
    assert.equal(
      applied(document, formatRange(document, range)),
      `${header}\ng (float x) => (float y) {\n  a=Relu(x)\n  b = Relu (a)\n  y=Neg(b)\n}\n`,
    );
  });

  test('of whole lines sets their indentation, and changes nothing of the lines around them', () => {
    const { document } = fixture(
      `${header}\ng (float x) => (float y) {\n a=Relu(x)\n      b=Relu(a)\n y=Neg(b)\n}\n`,
    );
    const range = { start: { line: 3, character: 0 }, end: { line: 4, character: 0 } };
    assert.equal(
      applied(document, formatRange(document, range)),
      `${header}\ng (float x) => (float y) {\n a=Relu(x)\n  b = Relu (a)\n y=Neg(b)\n}\n`,
    );
  });

  test('behind a line end formats the statement before it, and leaves the new line to the editor', () => {
    const { document, position } = fixture(`${header}\ng (float x) => (float y) {\n  a=Relu(x)\n    $0\n}\n`);
    assert.equal(
      applied(document, formatOnType(document, position)),
      `${header}\ng (float x) => (float y) {\n  a = Relu (x)\n    \n}\n`,
    );
  });

  test('keeps the line ends of Windows', () => {
    assert.equal(formatted(untidy.replaceAll('\n', '\r\n')), tidy.replaceAll('\n', '\r\n'));
  });

  test('of any text changes white space only, keeps the tree, and has nothing to do afterwards', () => {
    const random = randomNumbers(11);
    const blanks = ['', ' ', '  ', '\n', '\n\n\n', '\t', '\n      ', ' # note\n'];
    const junk = ['{', '}', '(', '>', '"', '= =', 'x', '<'];
    for (let round = 0; round < 400; round++) {
      let text = tidy;
      for (let change = 0; change < 6; change++) {
        const at = Math.floor(random() * text.length);
        const isJunk = round % 2 === 1 && change === 0;
        const pieces = isJunk ? junk : blanks;
        text = text.slice(0, at) + (pieces[Math.floor(random() * pieces.length)] ?? '') + text.slice(at);
      }
      const once = formatted(text);
      assert.equal(once.replace(/\s+/g, ''), text.replace(/\s+/g, ''), text);
      assert.equal(meaning(once), meaning(text), text);
      assert.equal(formatted(once), once, text);
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
