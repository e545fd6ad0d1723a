import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { positionAt } from '../../../server/src/features/source-text.ts';
import { createLanguageService, type OnnxDocument } from '../../../server/src/language-service.ts';
import { filesOfSizes, header } from './fixture.ts';

const model = `${header}
#@ doc_string: "all kinds of things"
g (bool c, float[N,4] x, seq(float[N]) s) => (float[N,4] y, optional(int64[1]) z)
<
  float[4,4] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
  float[1000] "big/w" = ["location": "model.onnx", "offset": "12", "length": "4000", "field": "raw_data"],
  float[N,4] h
>
{
  ["/blocks.0/MatMul"] h = MatMul (x, w)
  ["/blocks.0/Call"] i, j = local.f:two <alpha = 0.5, axes = [1, 2]> (h, "")
  y = If (c) <then_branch = t () => (float[N,4] r) { r = Neg (i) },
              else_branch = e () => (float[N,4] r) <float[1] q = {1}> { p = Abs (j) r = Add (p, q) }>
  k = Constant <value = int64[2] {1, 2}, t: tensor = float[1] "a b" {0.5}, p: type_proto = map(int64, float[2])> ()
  z = Optional (k)
}

<domain: "local", overload: "two", opset_import: ["" : 17]>
f <axes, alpha: float = 1.0> (v, w) => (r, t)
{
  r = Elu <alpha: float = @alpha> (v)
  t = Identity (r)
}
`;

const pieces = [
  '',
  ' ',
  '\n',
  '(',
  ')',
  '{',
  '}',
  '<',
  '>',
  ',',
  '=',
  '"',
  '#@ ',
  '@',
  '[',
  ']',
  ': ',
  'x',
  'Relu',
  '1e',
  'g () => () {}',
  '\u{1F600}',
  '\r',
];
const service = createLanguageService({ files: filesOfSizes({}) });
const uri = 'file:///models/model.onnxtxt';

describe('any text', () => {
  test('has an answer to every request, and after edits the same as if it had been opened so', () => {
    const random = randomNumbers(7);
    const pick = (limit: number) => Math.floor(random() * limit);
    for (let round = 0; round < 60; round++) {
      let document = service.createDocument(uri, 0, model);
      for (let version = 1; version <= 6; version++) {
        const { text } = document.source;
        const start = pick(text.length + 1);
        const end = Math.min(text.length, start + (pick(3) === 0 ? pick(40) : pick(3)));
        const put =
          pick(4) === 0
            ? text.slice(pick(text.length), pick(text.length))
            : (pieces[pick(pieces.length)] ?? '');
        document = service.changedDocument(document, version, [{ start, end, text: put.slice(0, 200) }]);
        const offsets = [start, pick(text.length), pick(text.length)];
        const fresh = service.createDocument(uri, version, document.source.text.toString());
        assert.deepEqual(
          answers(document, offsets),
          answers(fresh, offsets),
          document.source.text.toString(),
        );
      }
    }
  });
});

/** What the service says of a document, at some places of it. */
function answers(document: OnnxDocument, offsets: readonly number[]): unknown {
  const positions = offsets.map((offset) => positionAt(document.source, offset));
  return [
    service.syntaxDiagnostics(document),
    service.modelDiagnostics(document),
    // Symbols are worked out as they are sent.
    JSON.parse(JSON.stringify(service.documentSymbols(document))),
    service.documentLinks(document),
    service.formatDocument(document),
    service.codeLenses(document, true),
    service.inlayHints(
      document,
      {
        start: positionAt(document.source, 0),
        end: positionAt(document.source, document.source.text.length),
      },
      { types: true, attributeDefaults: true },
    ),
    service.workspaceSymbols([document], 'a'),
    service.foldingRanges(document),
    service.semanticTokens(document),
    service.selectionRanges(document, positions),
    positions.map((position) => [
      service.hover(document, position),
      service.completion(document, position, { snippets: true }),
      service.signatureHelp(document, position),
      service.formatOnType(document, position),
      service.prepareRename(document, position),
      service.rename(document, position, 'renamed'),
      service.typeDefinition(document, position),
      service
        .prepareCallHierarchy(document, position)
        .map((item) => [item, service.incomingCalls(document, item), service.outgoingCalls(document, item)]),
      service.definition(document, position),
      service.references(document, position, true),
      service.documentHighlights(document, position),
      service.semanticTokensInRange(document, { start: position, end: position }),
    ]),
  ];
}

/** A deterministic generator, so that a failure repeats. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
