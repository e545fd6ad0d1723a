import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { syntaxProblems } from '../../../../../server/src/onnx/text/parser/problems.ts';
import { expectProblems, operatorsOf, problemsOf } from './support.ts';

/** What is written, what is wrong with it, and which operators are read nevertheless. */
const statements: readonly (readonly [string, string, ...string[]])[] = [
  [
    'outputs without `=`',
    `
      y A (x)
        ^ expected-equals
      z = B (y)`,
    '',
    'B',
  ],
  [
    'an output that is all there is yet',
    `
      y
      ^ expected-equals
      z = B (y)`,
    '',
    'B',
  ],
  [
    'an operator that is not written yet',
    `
      y =
        ^ expected-operator
      z, w = B (y)`,
    '',
    'B',
  ],
  [
    'inputs without an operator',
    `
      y = (x)
          ^ expected-operator
      z = B (y)`,
    '',
    'B',
  ],
  [
    'operators without outputs',
    `
      A (x)
      ^ expected-equals
      com.B <a = 1> (x)
      ^^^ expected-equals`,
    'A',
    'B',
  ],
  [
    'an operator without inputs',
    `
      y = A
          ^ expected-inputs
      z = B (y)`,
    'A',
    'B',
  ],
  [
    'inputs without the opening parenthesis',
    `
      y = A x)
            ^ expected-inputs
      z = B (y)`,
    'A',
    'B',
  ],
  [
    'inputs without the closing parenthesis',
    `
      y = A (x
             ^ missing-bracket
      z = B (y)`,
    'A',
    'B',
  ],
  [
    'a comma behind which the next input is missing, before a statement of several outputs',
    `
      y = A (x,
             ^ missing-bracket
      z, w = B (y)`,
    'A',
    'B',
  ],
  [
    'inputs without a comma, and an input that is no name',
    `
      y = A (x y, 3)
               ^ missing-comma
                  ^ expected-name
      z = B (y)`,
    'A',
    'B',
  ],
  [
    'a domain without operator, an operator without the overload announced',
    `
      y = A. (x)
             ^ expected-name
      z = B: (y)
             ^ expected-name`,
    '',
    'B',
  ],
  [
    'names of nodes that are not closed or not followed by a node',
    `
      [n y = A (x)
         ^ missing-bracket
      [m] z
          ^ expected-equals
      [o] w = B (y)`,
    'A',
    '',
    'B',
  ],
  [
    'attribute lists that are empty or have a comma too many or too few',
    `
      y = A <> (x)
             ^ expected-attribute
      z = B <a = 1,> (y)
                   ^ trailing-comma
      w = C <a = 1 b = 2> (x)
                   ^ missing-comma`,
    'A',
    'B',
    'C',
  ],
  [
    'attribute lists that are not closed',
    `
      y = A <a = 1 (x)
                   ^ missing-bracket
      z = B <a = 1,
                  ^ missing-bracket
      w = C (x)`,
    'A',
    'B',
    'C',
  ],
  [
    'attributes without a value',
    `
      y = A <a> (x)
              ^ expected-equals
      z = B <a = > (y)
                 ^ expected-value
      w = C <a = (x)
                 ^ expected-value`,
    'A',
    'B',
    'C',
  ],
  [
    'attributes before and after the inputs',
    `
      y = A <a = 1> (x) <b = 2>
                        ^ second-attribute-list`,
    'A',
  ],
  [
    'values that are not of the declared type',
    `
      y = A <a: int = 1.5, b: ints = 1, c: string = @ok, d: tensor = float[1]> (x)
                      ^^^ attribute-type
                                     ^ attribute-type
                                                                     ^^^^^^^^ attribute-type
      z = B <a: ints = [1, "a"], b: tensor = [float {1}], c: undefined = 1> (x)
                           ^^^ attribute-type
                                    ^^^^^^ attribute-type
                                                                         ^ attribute-type`,
    'A',
    'B',
  ],
  [
    'types that there are not, lists of nothing or of everything',
    `
      y = A <c: foo = 1, d = [], e: int = [], f = [1, "a"], h = [@x]> (x)
                ^^^ unknown-attribute-type
                             ^^ empty-list-type
                                          ^^ empty-list-type
                                                      ^^^ mixed-list
                                                                 ^^ mixed-list`,
    'A',
  ],
  [
    'a word that is no value',
    `
      y = A <mode = linear, b: floats = [0.5, x]> (x)
                    ^^^^^^ expected-value
                                              ^ expected-value`,
    'A',
  ],
  [
    'numbers that are none, or too large',
    `
      y = A <a = 1.2.3, b = -, c = 5e, d = 99999999999999999999, e = 1e40, f = 12ab> (x)
                 ^^^^^ invalid-number
                            ^ invalid-number
                                   ^^ invalid-number
                                           ^^^^^^^^^^^^^^^^^^^^ number-out-of-range
                                                                     ^^^^ number-out-of-range
                                                                               ^^^^ invalid-number`,
    'A',
  ],
  [
    'strings that are not closed',
    `
      y = "A (x)
          ^^ unterminated-string
      z = B ("y)
             ^^ unterminated-string
      w = C <a = "text> ("z")
                 ^^^^^ unterminated-string
      v = D ("w")`,
    'A',
    'B',
    'C',
    'D',
  ],
  [
    'text that is no node',
    `
      ) y = A (x)
      ^ unexpected-bracket
      @@@ z = B (y)
      ^ unexpected-text
      2 + 2
      ^ unexpected-text`,
    'A',
    'B',
  ],
  [
    'a graph in an attribute that is not closed, before nodes of the body around it',
    `
      y = If (c) <then_branch = t () => (z) {
                                            ^ missing-bracket
      z = B (y)
      w = C (z)`,
    'If',
    'B',
    'C',
  ],
  [
    'graphs in attributes without outputs and without a body',
    `
      y = If (c) <then_branch = t () => { z = A (x) }, else_branch = e () => (z)> ()
                                        ^ expected-outputs
                                                                                ^ expected-body
                                                                                  ^ expected-attribute`,
    'If',
  ],
  [
    'a sparse tensor without its comma and its bracket',
    `
      y = A <a = sparse_tensor(float[2]) {float[1] {1} int64[1] {0}, b = 1> (x)
                                                       ^^^^^ missing-comma
                                                                   ^ missing-bracket`,
    'A',
  ],
];

describe('in a body', () => {
  for (const [title, body, ...operators] of statements) {
    if (title.startsWith('graphs in attributes')) {
      continue;
    }
    test(title, () => {
      const tree = expectProblems(`g (x) => (y) {${body}\n}`);
      assert.deepEqual(operatorsOf(tree), operators);
    });
  }
});

const documents: readonly (readonly [string, string, ...string[]])[] = [
  ['one word', 'nonsense\n^^^^^^^^ unexpected-text'],
  ['a header alone', '<ir_version: 8>\n              ^ expected-graph'],
  ['a signature alone', 'g (x) => (y)\n           ^ expected-body'],
  ['a graph without a name', '(x) => (y) { y = A (x) }\n^ expected-name', 'A'],
  ['a body alone', '{ y = A (x) }\n^ expected-signature', 'A'],
  ['statements alone', 'y = A (x)\n^ expected-signature\nz = B (y)\n        ^ missing-bracket', 'A', 'B'],
  ['a graph without `=>`', 'g (x) (y) { y = A (x) }\n      ^ expected-arrow', 'A'],
  ['an arrow with a blank in it', 'g (x) = > (y) { y = A (x) }\n      ^ expected-arrow', 'A'],
  ['an arrow of another language', 'g (x) -> (y) { y = A (x) }\n      ^ expected-arrow', 'A'],
  ['a graph without outputs', 'g (x) => { y = A (x) }\n         ^ expected-outputs', 'A'],
  ['a body without its `{`', 'g (x) => (y) y = A (x) }\n             ^ expected-body', 'A'],
  ['a body without its `}`', 'g (x) => (y) { y = A (x)\n                       ^ missing-bracket', 'A'],
  [
    'a `}` too many at the end',
    'g (x) => (y) { y = A (x) } }\n                           ^ unexpected-bracket',
    'A',
  ],
  ['a `}` too many inside', 'g (x) => (y) { y = A (x)\n}\n^ unexpected-bracket\nz = B (y) }', 'A', 'B'],
  [
    'a body without its `}` before a function',
    'g (x) => (y) {\n  y = A (x)\nf (x) => (y) { y = B (x) }\n^ missing-bracket',
    'A',
    'B',
  ],
  [
    'a body without its `}` before the header of a function',
    'g (x) => (y) {\n  y = A (x)\n<domain: "d"> f (x) => (y) { y = B (x) }\n^ missing-bracket',
    'A',
    'B',
  ],
  [
    'a function without its inputs',
    'g (x) => (y) {} f => (y) { y = A () }\n                  ^ expected-inputs',
    'A',
  ],
  [
    'a header with everything wrong',
    `
<ir_version 8, opset_import: ["" 17, "a" : , b : 1], domain: 5, foo: 1, producer_name: , model_version: 1.5,> g (x) => (y) {}
            ^ expected-colon
                                 ^^ expected-colon
                                           ^ expected-value
                                             ^ expected-value
                                                             ^ expected-value
                                                                ^^^ unknown-header-key
                                                                                       ^ expected-value
                                                                                                        ^^^ expected-value
                                                                                                            ^ trailing-comma`,
  ],
  [
    'a header that is not closed',
    '<ir_version: 8, opset_import: ["" : 17]\n                                      ^ missing-bracket\ng (x) => (y) { y = A (x) }',
    'A',
  ],
  [
    'a header that is not written to its end',
    '<ir_version: 8,\n              ^ expected-name\ng (x) => (y) { y = A (x) }',
    'A',
  ],
  [
    'a header without a comma',
    '<ir_version: 8 domain: ""> g () => () {}\n               ^^^^^^ missing-comma',
  ],
  ['an empty header', '<> g () => () {}\n ^ expected-value'],
  [
    'a version that is too large',
    '<ir_version: 99999999999999999999> g () => () {}\n             ^^^^^^^^^^^^^^^^^^^^ number-out-of-range',
  ],
  [
    'metadata without colon and value',
    '<metadata_props: ["a" "b", "c": ]> g () => () {}\n                      ^^^ expected-colon\n                                ^ expected-value',
  ],
  [
    "keys of a model's header in that of a function",
    'g () => () {} <ir_version: 7, domain: "d"> f () => () {}\n               ^^^^^^^^^^ unknown-header-key',
  ],
  [
    'types in every way wrong',
    `
g (floot[2] x, float[N y, seq(float z, map(x, y) m, float[1.5, @] a, float[2 3] b) => (y) {}
   ^^^^^ unknown-type
                       ^ missing-bracket
                                    ^ missing-bracket
                                           ^ unknown-type
                                              ^ unknown-type
                                                          ^^^ expected-dimension
                                                               ^ expected-dimension
                                                                             ^ missing-comma`,
  ],
  [
    'type constructors without their types',
    `
g (seq x, seq() y, map(int64) z, sparse_tensor(2) w, opaque(a.) v) => (y) {}
       ^ missing-bracket
              ^ expected-type
                            ^ missing-comma
                                               ^ expected-type
                                                              ^ expected-name`,
  ],
  [
    'values without a comma between them, in a graph and in a function',
    'g (float x float y) => (y) {} f (x y) => (z) {}\n           ^^^^^ missing-comma\n                                   ^ missing-comma',
  ],
  ['types without a name', 'g (float) => (y) {}\n        ^ expected-name'],
  [
    'commas behind the last value',
    'g (float x,) => (y,) <float z, > {}\n           ^ trailing-comma\n                   ^ trailing-comma\n                               ^ trailing-comma',
  ],
  [
    'data of outputs and of values of functions',
    'g () => (float y = {1}) {} f () => () <float[1] c = {1}> {}\n                 ^ misplaced-data\n                                                  ^ misplaced-data',
  ],
  [
    'data that are not closed',
    `
g () => () <float[2] w = {1, 2, float[1] v = {1.5> {}
                                ^^^^^ expected-value
                                                 ^ missing-bracket`,
  ],
  [
    'data of what is no tensor of known shape',
    `
g () => () <float[N] w = {1}, float[] v = {1}, seq(float) u = {1}, t = {1}> {}
                  ^ tensor-shape
                              ^^^^^^^ tensor-shape
                                               ^^^^^^^^^^ tensor-type
                                                                   ^ tensor-type`,
  ],
  [
    'elements that are not of the type of their tensor',
    `
g () => () <int8[1] t = {1.5}, int64[1] s = {"a"}, string[1] r = {1}, float[1] q = {x}, int32[1] p = {3000000000}> {}
                         ^^^ tensor-element
                                             ^^^ tensor-element
                                                                  ^ tensor-element
                                                                                    ^ expected-value
                                                                                                      ^^^^^^^^^^ tensor-element`,
  ],
  [
    'elements that are too large for their tensor',
    `
g () => () <uint64[1] o = {99999999999999999999}, float[1] n = {1e39}, double[1] m = {1e400}> {}
                           ^^^^^^^^^^^^^^^^^^^^ tensor-element
                                                                ^^^^ tensor-element
                                                                                      ^^^^^ tensor-element`,
  ],
  [
    'data without commas and colons',
    `
g () => () <float[2] w = {1 2}, float[2] e = ["location" "x", "y"], float[1] o = [location: "x"]> {}
                            ^ missing-comma
                                                         ^^^ expected-colon
                                                                 ^ expected-colon
                                                                                  ^^^^^^^^ expected-value`,
  ],
  [
    'something else where data are expected',
    `
g () => () <float[1] w = word {1}, float[1] v => {2}> {}
                         ^^^^ expected-value
                                              ^ expected-equals`,
  ],
  [
    'values that are not closed before nodes',
    'g () => () <float w\n  y = A (x)\n  ^ missing-bracket\n}',
    'A',
  ],
  [
    'values that are not closed before a body',
    'g () => () <float w { y = A (x) }\n                    ^ missing-bracket',
    'A',
  ],
  [
    'values that are not opened',
    'g () => () float w, float v> { y = A (x) }\n           ^^^^^ missing-bracket',
    'A',
  ],
  [
    'values that end too early',
    'g () => () <float w>, float v> { y = A (x) }\n                   ^ unexpected-bracket',
    'A',
  ],
  [
    'attribute parameters that are none',
    `
g () => () {} f <a: float, b = , c> (x) => (y) {} f2 <> (x) => (y) {}
                         ^ expected-equals
                               ^ expected-value
                                                      ^ expected-attribute`,
  ],
  [
    'annotations that annotate nothing or cannot be read',
    `
#@ doc_string "a"
              ^^^ malformed-annotation
#@ doc_string: unquoted
               ^^^^^^^^ malformed-annotation
g () => () { y = A (x) #@ raw_data
                       ^^^^^^^^^^^ misplaced-annotation
  y =
  #@ raw_data
  ^^^^^^^^^^^ misplaced-annotation
  A (x)
  #@ raw_data
  ^^^^^^^^^^^ misplaced-annotation
}
#@ raw_data
^^^^^^^^^^^ misplaced-annotation`,
    'A',
    'A',
  ],
];

describe('in a document', () => {
  for (const [title, text, ...operators] of documents) {
    test(title, () => {
      assert.deepEqual(operatorsOf(expectProblems(text)), operators);
    });
  }

  for (const text of ['', ' \n', '# a comment']) {
    test(`nothing but ${JSON.stringify(text)}`, () => {
      assert.deepEqual(
        problemsOf(parseOnnxText(text)).map(({ code }) => code),
        ['onnx.syntax.expected-graph'],
      );
    });
  }
});

test('types and graphs that are nested a hundred levels deep', () => {
  const deep = (levels: number) => `g (${'seq('.repeat(levels)}float${')'.repeat(levels)} x) => (y) {}`;
  assert.equal(parseOnnxText(deep(100)).problemCount, 0);
  assert.deepEqual(
    problemsOf(parseOnnxText(deep(101))).map(({ code }) => code),
    ['onnx.syntax.nesting-too-deep'],
  );
  const graphs = (levels: number) =>
    `g () => () { ${'a = A () <b = h () => () {'.repeat(levels)}${'}>'.repeat(levels)} z = Z (x) }`;
  assert.equal(parseOnnxText(graphs(100)).problemCount, 0);
  const tooDeep = parseOnnxText(graphs(101));
  assert.deepEqual(
    problemsOf(tooDeep).map(({ code }) => code),
    ['onnx.syntax.nesting-too-deep'],
  );
  assert.deepEqual(operatorsOf(tooDeep), ['A', 'Z']);
});

test('every code has an example above, and every message says in a sentence what to write', () => {
  const texts = [
    ...statements.map(([, body]) => `g (x) => (y) {${body}\n}`),
    ...documents.map(([, text]) => text),
  ].map((marked) => marked.replaceAll(/^\s*\^+ \S+$\n?/gm, ''));
  const found = [...texts, `g (${'seq('.repeat(101)}`].flatMap((text) => problemsOf(parseOnnxText(text)));
  assert.deepEqual([...new Set(found.map(({ code }) => code))].sort(), Object.keys(syntaxProblems).sort());
  for (const { message } of found) {
    assert.match(message, /^[A-Z`].*[.?]$/s);
  }
});
