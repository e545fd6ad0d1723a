import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDocument } from '../../../server/src/features/document.ts';
import { type InlayHintOptions, inlayHints } from '../../../server/src/features/inlay-hints.ts';
import { offsetAt } from '../../../server/src/features/source-text.ts';
import { header } from './fixture.ts';

const types: InlayHintOptions = { types: true, attributeDefaults: false };
const defaults: InlayHintOptions = { types: false, attributeDefaults: true };

/** The text with the hints in it, as an editor shows them: in «». */
function shown(text: string, options: InlayHintOptions, lines?: readonly [number, number]): string {
  const document = createDocument('file:///models/model.onnxtxt', 1, text);
  const [from, to] = lines ?? [0, text.split('\n').length];
  const range = { start: { line: from, character: 0 }, end: { line: to, character: 0 } };
  let result = text;
  for (const { position, label } of inlayHints(document, range, options).toReversed()) {
    const at = offsetAt(document.source, position);
    result = `${result.slice(0, at)}«${typeof label === 'string' ? label : ''}»${result.slice(at)}`;
  }
  return result;
}

describe('inlay hints of types', () => {
  test('stand behind outputs that nobody states, with what inference knows', () => {
    assert.equal(
      shown(
        `${header}
g (float[N,4] x, float[4,8] w) => (float[N,8] y) <float[N,8] stated> {
  a = MatMul (x, w)
  stated = Relu (a)
  y = Neg (stated)
}`,
        types,
      ),
      `${header}
g (float[N,4] x, float[4,8] w) => (float[N,8] y) <float[N,8] stated> {
  a«: float[N,8]» = MatMul (x, w)
  stated = Relu (a)
  y = Neg (stated)
}`,
    );
  });

  test('are there in subgraphs and functions, too', () => {
    const text = `${header}
g (bool c, float[N] x) => (float[N] y) {
  y = If (c) <then_branch = t () => (float[N] r) { p = Neg (x) r = Abs (p) },
              else_branch = e () => (float[N] r) { r = local.f (x) }>
}
<domain: "local", opset_import: ["" : 17]>
f (v) => (r) {
  q = Relu (v)
  r = Shape (q)
}`;
    assert.equal(
      shown(text, types),
      text
        .replace('{ p =', '{ p«: float[N]» =')
        .replace('q =', 'q«: float[N]» =')
        .replace('r = Shape', 'r«: int64[1]» = Shape'),
    );
  });

  test("take TensorRT's types where it has some", () => {
    const network = {
      runtime: 'TensorRT 11.2.1',
      current: true,
      typeOf: (name: string) => (name === 'a' ? 'float[?,8]' : undefined),
    };
    const text = `${header}\ng (float[N,4] x) => (float[] y) {\n  a = custom.Thing (x)\n  y = Neg (a)\n}`;
    assert.equal(shown(text, { ...types, network }), text.replace('a =', 'a«: float[?,8]» ='));
  });

  test('come only for the range asked for', () => {
    const text = `${header}\ng (float[2] x) => (float[2] y) {\n  a = Neg (x)\n  b = Neg (a)\n  y = Neg (b)\n}`;
    assert.equal(shown(text, types, [3, 4]), text.replace('b =', 'b«: float[2]» ='));
  });
});

test('inlay hints of attribute defaults continue what is written', () => {
  const text = `${header}
g (float[N] x) => (float[N] y) {
  a = Elu (x)
  b = Gemm <alpha = 2.0> (a, a)
  y = Relu (b)
}`;
  assert.equal(
    shown(text, defaults),
    text
      .replace('Elu', 'Elu« <alpha = 1.0>»')
      .replace('alpha = 2.0', 'alpha = 2.0«, beta = 1.0, transA = 0, transB = 0»'),
  );
});
