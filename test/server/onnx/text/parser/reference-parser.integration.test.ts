/** Our parser and that of the onnx package on the same texts: what it accepts has no problem here, what it refuses has one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { problemsOf, randomNumbers } from './support.ts';

function python<Answer>(script: string, input: unknown): Answer {
  const { status, stdout, stderr, error } = spawnSync('python3', [path.join(import.meta.dirname, script)], {
    input: JSON.stringify(input),
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  });
  assert.equal(status, 0, `python3 ${script} failed: ${error?.message ?? stderr}`);
  return JSON.parse(stdout) as Answer;
}

/** True, or why the reference parser refuses the text. */
function verdicts(texts: readonly string[]): (true | string)[] {
  return python('oracle.py', texts);
}

const bodies = (...nodes: string[]) => nodes.map((node) => `g (x) => (y) { ${node} }`);
const values = (...entries: string[]) => entries.map((entry) => `g (x) => (y) <${entry}> {}`);
const attributes = (...list: string[]) => bodies(...list.map((attribute) => `y = Foo <${attribute}> (x)`));
const types = (...list: string[]) => list.map((type) => `g (${type} x) => (y) {}`);

const accepted = [
  'g => () {}',
  'g () => () <> {}',
  '<ir_version: 8, opset_import: []> g () => () {}',
  '<metadata_props: [], doc_string: "", domain: "d", model_version: 2, producer_version: "x"> g () => () {}',
  '<ir_version: 8, ir_version: 9> g () => () {}',
  'g () => () {} <overload: "o", doc_string: "d"> f (x, float[2] y) => () <float z, w> {}',
  '"a b" () => () {} "c d" () => () {}',
  'g () => () {} f <a, b = 1, "c d", e: ints = [1]> (x) => () {}',
  '# comment\ng () => () {} # comment',
  'g(x)=>(y){y=A(x)}\v\f\r\n',
  ...bodies(
    'y = A (x)',
    '[] y = A (x)',
    '["n 1"] y = A (x)',
    '= A (x)',
    'y, = A (x)',
    ', y = A (x)',
    ', = A (x)',
    'y = .A (x)',
    'y = .a.A (x)',
    'y = a . b . A : o (x)',
    'y = A (,)',
    'y = A (x,)',
    'y = A ("", "x")',
    'y = A (float, seq)',
    'y = A (x) <a = 1>',
    'y = A () z = B ()',
    'y = "ä" (x)'.replace('"ä" (x)', 'A ("ä")'),
  ),
  ...attributes(
    'a = 1',
    'a = -1',
    'a = 007',
    'a = -9223372036854775808',
    'a = 5.',
    'a = 1e5',
    'a = 1E+5',
    'a = 1e-400',
    'a: float = -0',
    'a = inf',
    'a = -INFINITY',
    'a = NaN',
    'a = "x\\"y\\\\z"',
    'a = "x\ny"',
    'a = [1, 2]',
    'a = [1.5, 2]',
    'a: floats = [1]',
    'a: int = [1]',
    'a: strings = []',
    'a: tensors = []',
    'a = @b',
    'a: ints = @"b"',
    'a = float',
    'a = float[N]',
    'a = seq(float)',
    'a: type_proto = float[2]',
    'a = float[2] {1, 2}',
    'a = float[2] t {1, 2}',
    'a = float[2] = {1, 2}',
    'a = float[2] t = {1, 2}',
    'a = float[2] t ["location": "x"]',
    'a = float[2] t',
    'a: tensor = float {1}',
    'a = h () => (z) {}',
    'a = h => (z) <float w = {1}> {}',
    'a: graph = h (float x = {1}) => (z) {}',
    'a = 1, a = 1',
  ),
  ...types(
    'float[]',
    'float[1, N, ?, "a b", -1]',
    'map(int64, seq(string))',
    'optional(sparse_tensor(float[2]))',
    'sparse_tensor(float)',
    'opaque()',
    'opaque(a.b)',
    'opaque(a.b, c)',
    'int2',
    'float4e2m1[1]',
    'float6e2m3[1]',
    'float8e8m0[1]',
  ),
  ...values(
    'float w',
    'w',
    '"w"',
    'float w = {1}',
    'float w =',
    'float[2] w = {}',
    'float[2] w = ["location": "a", "offset": "1"]',
    'int8[1] w = {300}',
    'int32[1] w = {2147483647, -2147483648}',
    'uint32[1] w = {-1}',
    'uint64[1] w = {18446744073709551615, -18446744073709551615}',
    'int64[1] w = {9223372036854775807}',
    'float[1] w = {1e-60, nan, -inf}',
    'double[1] w = {1e300}',
    'string[1] w = {"a"}',
    'bool[1] w = {1}',
    'float16[1] w = {15360}',
    'int4[1] w = {7}',
    'complex64[1] w = {1, 2.5}',
    'float[-1] w = {}',
  ),
];

const refused = [
  '',
  'g',
  'g () => ()',
  'g () = > () {}',
  'g () => {}',
  'g () => () {} }',
  'g () => () {',
  '<> g () => () {}',
  '<ir_version: 8,> g () => () {}',
  '<ir_version: "8"> g () => () {}',
  '<ir_version: 8.0> g () => () {}',
  '<nonsense: 8> g () => () {}',
  '<ir_version = 8> g () => () {}',
  '<opset_import: ["" 17]> g () => () {}',
  '<opset_import: [a: 17]> g () => () {}',
  '<opset_import: ["": 17,]> g () => () {}',
  '<metadata_props: ["a"]> g () => () {}',
  '<doc_string: text> g () => () {}',
  '<ir_version: 99999999999999999999> g () => () {}',
  'g () => () {} <ir_version: 8> f () => () {}',
  'g () => () {} f => () {}',
  'g () => () {} f <> () => () {}',
  'g () => () {} f () => () <float w = {1}> {}',
  'g () => (float y = {1}) {}',
  'g (float x,) => () {}',
  'g (float) => () {}',
  'g (x y) => () {}',
  'g () => () <float w,> {}',
  'g () => () <float w float v> {}',
  'é () => () {}',
  '\uFEFFg () => () {}',
  ...bodies(
    'y A (x)',
    'y = A x',
    'y = A (x',
    'y = A x)',
    'y = A',
    'y =',
    'y',
    'y = A (x y)',
    'y = A (3)',
    'y = A. (x)',
    'y = a..A (x)',
    'y = A: (x)',
    'y = A <> (x)',
    'y = A <a = 1 b = 2> (x)',
    'y = A <a = 1,> (x)',
    'y = A <a = 1 (x)',
    'y = A <a = 1> (x) <b = 1>',
    'A (x)',
    '[n y = A (x)',
    '[1] y = A (x)',
    'y = "A (x)',
    'y => A (x)',
    ') y = A (x)',
    'y = A (x));',
  ),
  ...attributes(
    'a',
    'a =',
    '= 1',
    'a: int',
    'a: nonsense = 1',
    'a: int = 1.5',
    'a: ints = 1',
    'a: string = 1',
    'a: tensor = float[1]',
    'a: type_proto = float[1] {1}',
    'a: floats = ["x"]',
    'a = []',
    'a: int = []',
    'a = [1, 1.5]',
    'a = [1, "x"]',
    'a = [1,]',
    'a = [1',
    'a = 1.2.3',
    'a = 1e',
    'a = .5',
    'a = +5',
    'a = - 5',
    'a = 12ab',
    'a = 99999999999999999999',
    'a = 1e39',
    'a = word',
    'a = nanx',
    'a = @',
    'a = @1',
    'a = float[1] {1',
    'a = float[N] {1}',
    'a = float[] {1}',
    'a = seq(float) {1}',
    'a = h () => (z)',
    'a = h () {}',
    'a => 1',
  ),
  ...types(
    'floot[2]',
    'float[',
    'float[1.5]',
    'float[1,]',
    'float[@]',
    'float[99999999999999999999]',
    'seq',
    'seq()',
    'seq(float',
    'map(float)',
    'map(seq(float), float)',
    'sparse_tensor(seq(float))',
    'opaque(a.)',
    'opaque(a, b.c)',
    'opaque(a, b, c)',
    'tensor(float)',
  ),
  ...values(
    'w = {1}',
    'float[N] w = {1}',
    'float[] w = {1}',
    'seq(float) w = {1}',
    'float w = 1',
    'float w = {1',
    'float w = {1,}',
    'float w = {,1}',
    'float w = {1 2}',
    'float w = {x}',
    'float w {1}',
    'float[1] w = {1e39}',
    'double[1] w = {1e400}',
    'int32[1] w = {2147483648}',
    'int64[1] w = {9223372036854775808}',
    'uint64[1] w = {18446744073709551616}',
    'int64[1] w = {1.0}',
    'int64[1] w = {inf}',
    'float[1] w = {"a"}',
    'string[1] w = {1}',
    'string[1] w = {a}',
    'float[1] w = ["location"]',
    'float[1] w = [location: "x"]',
    'float[1] w = ["location": 1]',
  ),
];

/** Text that only our parser takes: the extensions of docs/onnx-text.md. */
const extensions = [
  ...bodies('y = "my op" (x)', 'y = "a.b"."my op":"1" (x)', 'y = A <"my attr" = 1> (x)'),
  ...attributes(
    'a = float[1] "t 1" {1}',
    'a = "h 1" () => (z) {}',
    'a: undefined = []',
    'a = sparse_tensor(float[4]) {float[1] {1}, int64[1] {0}}',
    'a = inf_ () => (z) {}',
    'a = float[2] ["location": "x"]',
  ),
  ...types('undefined[2]', 'data_type_99', 'opaque("a b", "c d")'),
  ...values('undefined[2] w = {}', 'float[2] w = []'),
];

/** Text that only the reference parser takes; parse.ts says why. */
const stricter = [
  ...bodies('y = (x)', 'y = <a = 1> (x)'),
  ...attributes('a = [@b]', 'a = [float {1}, 1]', 'a: tensor = [float {1}]'),
  'g () => () {} f <a: float> () => () {}',
  'g () => () {} f <a: nonsense> () => () {}',
  'g () => () {}\n#@ annotation: of nothing\n',
];

describe('a text that the reference parser', () => {
  test('accepts has no problem', () => {
    const answers = verdicts(accepted);
    for (const [index, text] of accepted.entries()) {
      assert.equal(answers[index], true, `the reference parser refuses ${text}`);
      assert.deepEqual(problemsOf(parseOnnxText(text)), [], text);
    }
  });

  test('refuses has a problem', () => {
    const answers = verdicts(refused);
    for (const [index, text] of refused.entries()) {
      assert.notEqual(answers[index], true, `the reference parser accepts ${text}`);
      assert.notEqual(parseOnnxText(text).problemCount, 0, text);
    }
  });

  test('refuses, and our extensions allow, has no problem', () => {
    const answers = verdicts(extensions);
    for (const [index, text] of extensions.entries()) {
      assert.notEqual(answers[index], true, `the reference parser accepts ${text}, so it is no extension`);
      assert.deepEqual(problemsOf(parseOnnxText(text)), [], text);
    }
  });

  test('makes an invalid model of has a problem', () => {
    const answers = verdicts(stricter);
    for (const [index, text] of stricter.entries()) {
      assert.equal(answers[index], true, `the reference parser refuses ${text}`);
      assert.notEqual(parseOnnxText(text).problemCount, 0, text);
    }
  });
});

/** Syntax of the reference parser only, so that mutations seldom make an extension of it. */
const mutated = `<ir_version: 8, opset_import: ["" : 17, "local" : 1], doc_string: "a \\"b\\"
c # d", metadata_props: ["k": "v"]>
main (float[N,4] x, float[2] s = {1, 2}) => (float[N,2] y, seq(map(int64, float[?, "a b"])) z)
<
  float[4,2] w = ["location": "m.onnx", "offset": "312"], float[2] b = {0.5, -1e-3}, bare,
  string[2] names = {"a", "b"}, optional(sparse_tensor(float[3])) o, opaque(com.example, Thing) t
>
{
  [matmul] h = MatMul (x, w)
  ["n/1"] "h/1", , u = com.example.Split:fast <axis = -1, alpha: float = 2, betas = [0.5, inf]> (h, , "s")
  z = Constant <value = float[2] {1, 2}, e: ints = []> ()
  c = If (d) <
    then_branch = t () => (float[N] a) { a = Add (h, h) },
    else_branch = e () => (a) <int8[1] k = {3}> { a = Sub (h, h) }
  >
}
<domain: "local", opset_import: ["" : 17]>
f (h, float[2] b) => (y) <float[N,2] t> { t = Add (h, b) y = LeakyRelu <alpha: float = @alpha> (t) }
`;

test('a mutated document has a problem where, and only where, the reference parser refuses it', () => {
  const random = randomNumbers(11);
  const below = (limit: number) => Math.floor(random() * limit);
  const tokens = [...mutated.matchAll(/[A-Za-z_0-9.]+|"(?:[^"\\]|\\.)*"|=>|\S/g)];
  const inserted = [
    ...'{}()<>[],=:@?-.19',
    '=>',
    '{1}',
    'inf',
    '1.5',
    'x, y',
    'z = R (x)',
    '<a = 1>',
    ': ints',
    '[1]',
    '[]',
  ];
  const texts = Array.from({ length: 3000 }, () => {
    const token = tokens[below(tokens.length)];
    const other = tokens[below(tokens.length)];
    const start = token?.index ?? 0;
    const end = start + (token?.[0].length ?? 0);
    const middle = start + below(end - start);
    return [
      mutated.slice(0, start) + mutated.slice(end),
      `${mutated.slice(0, start)} ${inserted[below(inserted.length)]} ${mutated.slice(start)}`,
      mutated.slice(0, start) + inserted[below(inserted.length)] + mutated.slice(end),
      `${mutated.slice(0, start)}${other?.[0]} ${mutated.slice(start)}`,
      mutated.slice(0, middle) + mutated.slice(middle + 1),
    ][below(5)] as string;
  });
  const answers = verdicts(texts);
  let acceptedTexts = 0;
  for (const [index, text] of texts.entries()) {
    const problems = problemsOf(parseOnnxText(text));
    acceptedTexts += answers[index] === true ? 1 : 0;
    const isMissingOperator = problems.some(({ code }) => code === 'onnx.syntax.expected-operator');
    // Extensions: operators and names of tensors in attributes in quotes.
    const isExtension = /[=.:]\s*"[^"]*"\s*[(<:.]|[\w\]]\s*"[^"]*"\s*=?\s*\{/.test(text);
    if (answers[index] === true) {
      assert.ok(problems.length === 0 || isMissingOperator, `${JSON.stringify(problems)} in ${text}`);
    } else {
      assert.ok(problems.length > 0 || isExtension, `${answers[index]}\nin ${text}`);
    }
  }
  assert.ok(acceptedTexts > 100 && acceptedTexts < 2900, `${acceptedTexts} of 3000 are accepted`);
});

test('everything that the official printer prints has no problem: all conformance and package models', () => {
  const printed = python<[string, string][]>('print-models.py', null);
  assert.ok(printed.length > 1800, `${printed.length} models`);
  for (const [name, text] of printed) {
    assert.deepEqual(problemsOf(parseOnnxText(text)), [], name);
  }
});
