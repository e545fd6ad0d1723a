/** Breadcrumbs and sticky scroll are made of the outline: an editor descends into the first symbol whose range holds the cursor. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { DocumentSymbol, Position, Range } from 'vscode-languageserver-types';
import { documentSymbols } from '../../../server/src/features/document-symbols.ts';
import { documents } from '../onnx/text/parser/documents.ts';
import { fixture, header } from './fixture.ts';

const grouped = `${header}
g (float[N] x) => (float[N] y)
<float[1] w = {1}>
{
  ["/blocks.0/attn/MatMul"] a = MatMul (x, x)
  ["/blocks.0/attn/Softmax"] b = Softmax (a)
  ["/blocks.1/Add"] c = Add (b, x)
  ["/blocks.0/attn/Late"] d = Relu (c)
  ["/blocks.0/Add"] e = Add (d, w)
  f = If (k) <then_branch = t () => (o) { o = Neg (e) }, else_branch = u () => (o) { o = Abs (e) }>
  ["/blocks.1/Relu"] y = Relu (f)
}
<domain: "local", opset_import: ["" : 17]>
f (v) => (r) { r = Relu (v) }`;

describe('breadcrumbs', () => {
  for (const [index, text] of [grouped, ...documents].entries()) {
    test(`lead to each symbol of document ${index}`, () => {
      // Behind the name: where two symbols touch, the first one has the place between them.
      const symbols = documentSymbols(fixture(text.replaceAll('$0', '')).document);
      visit(symbols, undefined, (symbol, parent) => {
        assert.ok(contains(symbol.range, symbol.selectionRange), `${symbol.name}: its name is outside of it`);
        if (parent) {
          assert.ok(contains(parent.range, symbol.range), `${symbol.name} is outside of ${parent.name}`);
        }
        const crumbs = crumbsAt(symbols, symbol.selectionRange.end);
        const isThere = crumbs.some(({ selectionRange }) =>
          isDeepStrictEqual(selectionRange, symbol.selectionRange),
        );
        assert.ok(isThere, `${symbol.name}: ${crumbs.map(({ name }) => name).join(' > ')}`);
      });
    });
  }
});

function visit(
  symbols: readonly DocumentSymbol[],
  parent: DocumentSymbol | undefined,
  check: (symbol: DocumentSymbol, parent: DocumentSymbol | undefined) => void,
): void {
  for (const symbol of symbols) {
    check(symbol, parent);
    visit(symbol.children ?? [], symbol, check);
  }
}

function crumbsAt(symbols: readonly DocumentSymbol[], position: Position): DocumentSymbol[] {
  const found = symbols.find(({ range }) => contains(range, { start: position, end: position }));
  return found ? [found, ...crumbsAt(found.children ?? [], position)] : [];
}

function contains(outer: Range, inner: Range): boolean {
  return !isBefore(inner.start, outer.start) && !isBefore(outer.end, inner.end);
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
