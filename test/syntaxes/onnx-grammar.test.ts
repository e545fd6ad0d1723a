import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { scopeOf, tokenize } from './support.ts';

const model = `# A comment with "quotes" and <brackets>
#@ raw_data
#@ doc_string: "what it is"
<ir_version: 10, opset_import: ["" : 20, "local" : 1], producer_name: "say \\"hi\\""
>
net (float[N,3,?] x, seq(float16[2]) s) => (float[N,"half of N"] y)
<
  float[2] w = {1.5, -2e3},
  int64 axis = {-1},
  float[9,9] big = ["location": "net.onnx", "offset": "64", "length": "324"]
>
{
  [first] a = Relu (x)
  ["/blocks.0/conv"] b, c = com.foo.Conv:special <kernel_shape: ints = [3, 3], alpha = inf, body = @ref> (a, w)
  y = If (b) <then_branch = g1 () => (float t) { t = Neg (c) }>
}
`;

describe('the grammar of ONNX text', () => {
  const cases: readonly (readonly [what: string, text: string, scope: string, occurrence?: number])[] = [
    ['comments', '# A comment with "quotes" and <brackets>'.slice(1), 'comment.line.number-sign.onnx'],
    ['annotation keys', 'raw_data', 'storage.modifier.annotation.onnx'],
    ['values of annotations', 'what it is', 'string.quoted.double.onnx'],
    ['header keys', 'opset_import', 'keyword.other.header.onnx'],
    ['escapes in strings', '\\"', 'constant.character.escape.onnx'],
    ['graph names', 'net', 'entity.name.function.onnx'],
    ['element types', 'float', 'storage.type.onnx'],
    ['named dims', 'N', 'entity.name.type.parameter.dim.onnx'],
    ['numbers in dims', '3', 'constant.numeric.integer.dim.onnx'],
    ['unknown dims', '?', 'constant.language.unknown-dim.onnx'],
    ['quoted dims', 'half of N', 'string.quoted.double.onnx'],
    ['container types', 'seq', 'storage.type.container.onnx'],
    ['float values', '1.5', 'constant.numeric.float.onnx'],
    ['negative floats with exponents', '-2e3', 'constant.numeric.float.onnx'],
    ['integer values', '-1', 'constant.numeric.integer.onnx'],
    ['keys of external data', 'location', 'string.quoted.double.onnx'],
    ['labels', 'first', 'entity.name.label.onnx'],
    ['quoted labels', '"/blocks.0/conv"', 'entity.name.label.onnx'],
    ['operators', 'Relu', 'support.function.operator.onnx'],
    ['domains', 'com', 'entity.name.namespace.onnx'],
    ['operators of a domain', 'Conv', 'support.function.operator.onnx'],
    ['overloads', 'special', 'entity.name.tag.overload.onnx'],
    ['attribute names', 'kernel_shape', 'variable.parameter.attribute.onnx'],
    ['attribute types', 'ints', 'storage.type.attribute.onnx'],
    ['attributes without a type', 'alpha', 'variable.parameter.attribute.onnx'],
    ['infinity', 'inf', 'constant.language.float.onnx'],
    ['references to attribute parameters', 'ref', 'variable.parameter.reference.onnx'],
    ['operators with their attributes after the inputs', 'If', 'support.function.operator.onnx'],
    ['operators in subgraphs', 'Neg', 'support.function.operator.onnx'],
    ['values', 'a', 'variable.other.value.onnx'],
    ['arrows', '=>', 'keyword.operator.arrow.onnx'],
  ];
  for (const [what, text, scope, occurrence] of cases) {
    test(`${what}: ${text.trim()}`, async () => {
      assert.equal(scopeOf(await tokenize('source.onnx', model), text.trim(), occurrence), scope);
    });
  }

  test('a value that is named like a type stays a value', async () => {
    const tokens = await tokenize('source.onnx', '  y = Add (bool, x)\n');
    assert.equal(scopeOf(tokens, 'x'), 'variable.other.value.onnx');
  });

  test('function names of a real example', async () => {
    const text = readFileSync(new URL('../../examples/detector.onnxtxt', import.meta.url), 'utf8');
    const tokens = await tokenize('source.onnx', text);
    const names = tokens
      .filter((token) => token.scopes.includes('entity.name.function.onnx'))
      .map(({ text }) => text);
    assert.ok(names.includes('detector') && names.includes('Backbone'), names.join(', '));
    const operators = tokens.filter((token) => token.scopes.includes('support.function.operator.onnx'));
    assert.ok(operators.some(({ text }) => text === 'Bernoulli'));
  });
});
