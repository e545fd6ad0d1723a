import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { signatureHelp } from '../../../server/src/features/signature-help.ts';
import { fixture, header } from './fixture.ts';

/** The signature with the active parameter in brackets. */
function shown(statement: string): string | undefined {
  const { document, position } = fixture(`${header}
g (float[N] x) => (float[N] y) {
  y = ${statement}
}
<domain: "local", opset_import: ["" : 17]>
f <alpha, beta: float = 0.5> (first, second) => (r) { r = Elu <alpha: float = @alpha> (first) }`);
  const help = signatureHelp(document, position);
  const [signature] = help?.signatures ?? [];
  const label = signature?.parameters?.[help?.activeParameter ?? -1]?.label;
  if (!signature || label === undefined) {
    return signature?.label;
  }
  const [start, end] =
    typeof label === 'string'
      ? [signature.label.indexOf(label), signature.label.indexOf(label) + label.length]
      : label;
  return `${signature.label.slice(0, start)}[${signature.label.slice(start, end)}]${signature.label.slice(end)}`;
}

describe('signature help', () => {
  test('of an operator marks the input at the cursor, in half-typed calls, too', () => {
    assert.equal(shown('Conv ($0x, x)'), 'Conv ([X], W, B?) => (Y)');
    assert.equal(shown('Conv (x, $0'), 'Conv (X, [W], B?) => (Y)');
    assert.equal(shown('Conv (x, x, x$0)'), 'Conv (X, W, [B?]) => (Y)');
    assert.equal(shown('Conv (x, x, x, $0)'), 'Conv (X, W, B?) => (Y)');
  });

  test('of a variadic operator stays with the last input', () => {
    assert.equal(shown('Concat <axis = 0> (x, x, $0)'), 'Concat ([inputs...]) => (concat_result)');
  });

  test('of a local function marks its parameter', () => {
    assert.equal(shown('local.f (x, $0'), 'local.f <alpha, beta> (first, [second]) => (r)');
    assert.equal(shown('local.f <beta = $0'), 'f <alpha: required; [beta: default 0.5]>');
  });

  test('of attributes marks the one being written', () => {
    assert.equal(shown('Elu <alpha = $0> (x)'), 'Elu <[alpha: float, default 1.0]>');
  });

  test('of a node in a subgraph is that of the inner node', () => {
    assert.equal(shown('If (x) <then_branch = t () => (float r) { r = Add (x, $0'), 'Add (A, [B]) => (C)');
    assert.equal(shown('If (x) <then_branch = t () => (float r) { $0'), undefined);
  });

  test('is not there outside of calls', () => {
    assert.equal(shown('Re$0lu (x)'), undefined);
    assert.equal(shown('Relu (x)$0'), undefined);
  });
});
