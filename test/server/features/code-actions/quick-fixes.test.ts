/** Quick fixes: each takes its problem away and brings no other. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Diagnostic } from 'vscode-languageserver-types';
import { codeActions, resolveCodeAction } from '../../../../server/src/features/code-actions.ts';
import { diagnosticsOn } from '../../../../server/src/features/diagnostics/anchored-diagnostic.ts';
import {
  checkDiagnostics,
  inferenceDiagnostics,
} from '../../../../server/src/features/diagnostics/checks.ts';
import { syntaxDiagnostics } from '../../../../server/src/features/diagnostics/syntax.ts';
import { createDocument, type OnnxDocument } from '../../../../server/src/features/document.ts';
import { offsetAt } from '../../../../server/src/features/source-text.ts';
import { allOptions } from './selection.ts';

const header = '<ir_version: 10, opset_import: ["" : 21]>\n';

function documentOf(text: string): OnnxDocument {
  return createDocument('file:///models/model.onnxtxt', 1, text);
}

function problemsOf(document: OnnxDocument): readonly Diagnostic[] {
  const found = [...checkDiagnostics(document), ...inferenceDiagnostics(document)];
  return [...syntaxDiagnostics(document), ...diagnosticsOn(document, found, true)];
}

interface Fixed {
  readonly title: string;
  readonly text: string;
}

/** The text after the preferred fix of the first problem of a code, which must be gone then, and nothing else wrong. */
function fixed(text: string, code: string, title?: RegExp): Fixed {
  const document = documentOf(text);
  const before = problemsOf(document);
  const diagnostic = before.find((problem) => problem.code === code);
  assert.ok(diagnostic, `There is no ${code}: ${before.map((problem) => problem.code)}`);
  const context = { diagnostics: [diagnostic], only: ['quickfix'] };
  const offered = codeActions(document, diagnostic.range, context, allOptions);
  const action = offered.find((candidate) => (title ? title.test(candidate.title) : candidate.isPreferred));
  assert.ok(action, `No fix is offered: ${offered.map((candidate) => candidate.title)}`);
  assert.deepEqual(action.diagnostics, [diagnostic]);
  const result = resolveCodeAction(document, action.data, allOptions);
  assert.ok(result.kind === 'edit', JSON.stringify(result));
  let after = text;
  for (const { range, newText } of (result.edit.changes?.[document.uri] ?? []).toReversed()) {
    const [start, end] = [offsetAt(document.source, range.start), offsetAt(document.source, range.end)];
    after = after.slice(0, start) + newText + after.slice(end);
  }
  const left = problemsOf(documentOf(after)).map((problem) => String(problem.code));
  const count = (codes: readonly string[], wanted: string) =>
    codes.filter((other) => other === wanted).length;
  const had = before.map((problem) => String(problem.code));
  assert.ok(count(left, code) < count(had, code), `${code} is still there:\n${after}`);
  for (const other of left) {
    assert.ok(count(left, other) <= count(had, other), `${other} is new:\n${after}`);
  }
  return { title: action.title, text: after };
}

function body(nodes: string, head = 'g (float[2,3] x) => (float[2,3] y)'): string {
  return `${header}${head} {\n${nodes}\n}\n`;
}

describe('did you mean', () => {
  for (const [what, code, before, after] of [
    ['an operator', 'onnx.unknown-operator', '  y = Rleu (x)', '  y = Relu (x)'],
    [
      'an attribute',
      'onnx.unknown-attribute',
      '  y = LeakyRelu <alhpa = 0.1> (x)',
      '  y = LeakyRelu <alpha = 0.1> (x)',
    ],
    [
      'a value',
      'onnx.undefined-value',
      '  hidden = Relu (x)\n  y = Neg (hiden)',
      '  hidden = Relu (x)\n  y = Neg (hidden)',
    ],
    [
      'the value of an attribute',
      'onnx.attribute-value',
      '  y = Gelu <approximate = "tanhh"> (x)',
      '  y = Gelu <approximate = "tanh"> (x)',
    ],
  ] as const) {
    test(what, () => assert.equal(fixed(body(before), code).text, body(after)));
  }

  test('an element type', () => {
    const text = body('  y = Relu (x)').replace('float[2,3] x', 'flaot[2,3] x');
    assert.equal(fixed(text, 'onnx.syntax.unknown-type').text, body('  y = Relu (x)'));
  });

  test('the name of an output of the model', () => {
    const text = body('  result = Relu (x)', 'g (float[2,3] x) => (float[2,3] reslut)');
    assert.equal(
      fixed(text, 'onnx.undefined-output').text,
      body('  result = Relu (x)', 'g (float[2,3] x) => (float[2,3] result)'),
    );
  });
});

describe('headers', () => {
  test('the import of a domain that a node is of', () => {
    const text = body('  y = ai.onnx.ml.Binarizer (x)');
    assert.match(fixed(text, 'onnx.missing-opset-import').text, /\["" : 21, "ai\.onnx\.ml" : \d+\]/);
  });

  test('the import of a model that has none, no newer than its IR version', () => {
    const text = body('  y = Relu (x)').replace(', opset_import: ["" : 21]', '');
    assert.match(
      fixed(text, 'onnx.missing-opset-import').text,
      /ir_version: 10, opset_import: \["" : 2[12]\]/,
    );
  });

  test('an import in a function: the version of the model', () => {
    const text = `<ir_version: 10, opset_import: ["" : 21, "l" : 1]>
g (float[2] x) => (float[2] y) { y = l.F (x) }
<domain: "l">
F (a) => (b) { b = Relu (a) }
`;
    assert.match(fixed(text, 'onnx.missing-opset-import').text, /<domain: "l", opset_import: \["" : 21\]>/);
  });

  test('an IR version that is too low', () => {
    const text = `<ir_version: 6, opset_import: ["" : 17, "l" : 1]>
g (float[2] x) => (float[2] y) { y = l.F (x) }
<domain: "l", opset_import: ["" : 17]>
F (a) => (b) { b = Relu (a) }
`;
    assert.match(fixed(text, 'onnx.ir-version-too-low').text, /^<ir_version: 8,/);
  });

  test('initializers that are no inputs', () => {
    const text = `<ir_version: 3, opset_import: ["" : 9]>
g (float[2] x) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }
`;
    assert.match(fixed(text, 'onnx.ir-version').text, /^<ir_version: 4,/);
  });

  test('a header without an IR version', () => {
    const text = body('  y = Relu (x)').replace('ir_version: 10, ', '');
    assert.match(fixed(text, 'onnx.ir-version').text, /^<ir_version: 10, opset_import/);
  });

  test('the second import of a domain', () => {
    const text = body('  y = Relu (x)').replace('["" : 21]', '["" : 20, "" : 21]');
    assert.match(fixed(text, 'onnx.duplicate-opset-import').text, /opset_import: \["" : 20\]>/);
  });
});

test('the import of a domain that nothing is of', () => {
  const text = body('  y = Relu (x)').replace('["" : 21]', '["" : 21, "some.domain" : 1]');
  assert.equal(fixed(text, 'onnx.unknown-domain').text, body('  y = Relu (x)'));
});

describe('operators and their arguments', () => {
  test('Scatter is ScatterElements', () => {
    const text = body(
      '  y = Scatter (x, i, u)',
      'g (float[2,3] x, int64[1,3] i, float[1,3] u) => (float[2,3] y)',
    );
    assert.equal(fixed(text, 'onnx.deprecated-operator').text, text.replace('Scatter', 'ScatterElements'));
  });

  test('Upsample is Resize that samples as it did', () => {
    const text = body(
      '  s = Constant <value = float[4] {1, 1, 2, 2}> ()\n  y = Upsample <mode = "nearest"> (x, s)',
      'g (float[1,1,2,2] x) => (float[1,1,4,4] y)',
    );
    assert.equal(
      fixed(text, 'onnx.deprecated-operator').text,
      text.replace(
        'Upsample <mode = "nearest"> (x, s)',
        'Resize <mode = "nearest", coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"> (x, , s)',
      ),
    );
  });

  test('required attributes', () => {
    assert.equal(
      fixed(body('  y = Concat (x)'), 'onnx.missing-attribute').text,
      body('  y = Concat <axis = 0> (x)'),
    );
    assert.match(
      fixed(body('  y = Cast <saturate = 1> (x)'), 'onnx.missing-attribute').text,
      /Cast <saturate = 1, to = 1> \(x\)/,
    );
  });

  test('an attribute that the operator does not have, and the brackets with the last', () => {
    assert.equal(
      fixed(body('  y = Relu <colour = 1> (x)'), 'onnx.unknown-attribute', /^Remove/).text,
      body('  y = Relu (x)'),
    );
    assert.equal(
      fixed(body('  y = LeakyRelu <alpha = 0.1, colour = 1> (x)'), 'onnx.unknown-attribute', /^Remove/).text,
      body('  y = LeakyRelu <alpha = 0.1> (x)'),
    );
  });

  test('an attribute that is there twice', () => {
    assert.equal(
      fixed(body('  y = LeakyRelu <alpha = 0.1, alpha = 0.2> (x)'), 'onnx.duplicate-attribute').text,
      body('  y = LeakyRelu <alpha = 0.1> (x)'),
    );
  });

  test('surplus inputs', () => {
    assert.equal(fixed(body('  y = Relu (x, x, x)'), 'onnx.surplus-input').text, body('  y = Relu (x)'));
  });
});

describe('what nothing uses', () => {
  test('a node, with the type stated for it', () => {
    const text = `${header}g (float[2] x) => (float[2] y)
<float[2] w = {1, 2}, float[2] dead>
{
  # not needed
  dead = Neg (x)
  y = Add (x, w)
}
`;
    assert.equal(
      fixed(text, 'onnx.unused-node').text,
      `${header}g (float[2] x) => (float[2] y)
<float[2] w = {1, 2}>
{
  y = Add (x, w)
}
`,
    );
  });

  test('a node of a branch', () => {
    const text = `${header}g (float[2] x, bool c) => (float[2] y) {
  y = If (c) <
    then_branch = t () => (float[2] a) {
      dead = Neg (x)
      a = Relu (x)
    },
    else_branch = e () => (float[2] b) { b = Neg (x) }
  >
}
`;
    assert.equal(fixed(text, 'onnx.unused-node').text, text.replace('      dead = Neg (x)\n', ''));
  });

  test('an initializer; with the last the list goes', () => {
    const head = 'g (float[2,3] x) => (float[2,3] y)';
    const text = body('  y = Relu (x)', `${head} <float[1] w = {1}>`);
    assert.equal(fixed(text, 'onnx.unused-initializer').text, body('  y = Relu (x)', head));
  });

  test('a stated type', () => {
    const head = 'g (float[2,3] x) => (float[2,3] y)';
    const text = body('  a = Neg (x)\n  y = Relu (a)', `${head} <float[2,3] a, float[2,3] gone>`);
    assert.equal(
      fixed(text, 'onnx.stale-value-info').text,
      body('  a = Neg (x)\n  y = Relu (a)', `${head} <float[2,3] a>`),
    );
  });

  test('a function', () => {
    const graph = `<ir_version: 10, opset_import: ["" : 21, "l" : 1]>
g (float[2] x) => (float[2] y) { y = Relu (x) }
`;
    const text = `${graph}<domain: "l", opset_import: ["" : 21]>
F (a) => (b) { b = Relu (a) }
`;
    assert.equal(fixed(text, 'onnx.unused-function').text, graph.replace(', "l" : 1', ''));
  });
});

describe('types, names and order', () => {
  test('a declared shape that does not follow', () => {
    const text = body('  y = Relu (x)', 'g (float[N,3] x) => (float[N,5] y)');
    assert.equal(
      fixed(text, 'onnx.shape-mismatch').text,
      body('  y = Relu (x)', 'g (float[N,3] x) => (float[N, 3] y)'),
    );
  });

  test('a declared element type and rank; a scalar has no brackets', () => {
    const text = body('  y = Shape (x)', 'g (float[2,3] x) => (float[2] y)');
    assert.match(fixed(text, 'onnx.type-mismatch').text, /=> \(int64\[2\] y\)/);
    const scalar = body('  y = ReduceSum <keepdims = 0> (x)', 'g (float[2,3] x) => (float[1] y)');
    assert.match(fixed(scalar, 'onnx.shape-mismatch').text, /=> \(float y\)/);
  });

  test('a value that is defined twice', () => {
    const text = body('  a = Relu (x)\n  b = Neg (a)\n  a = Abs (b)\n  y = Exp (a)');
    assert.equal(
      fixed(text, 'onnx.duplicate-value').text,
      body('  a = Relu (x)\n  b = Neg (a)\n  a_2 = Abs (b)\n  y = Exp (a_2)'),
    );
  });

  test('nodes out of order, with their comments', () => {
    const text = body('  # last\n  y = Exp (b)\n  [two] b = Neg (a) # second\n  a = Relu (x)');
    assert.equal(
      fixed(text, 'onnx.use-before-definition').text,
      body('  a = Relu (x)\n  [two] b = Neg (a) # second\n  # last\n  y = Exp (b)'),
    );
  });

  test('nodes out of order in a branch', () => {
    const text = `${header}g (float[2] x, bool c) => (float[2] y) {
  y = If (c) <
    then_branch = t () => (float[2] a) { a = Relu (d) d = Neg (x) },
    else_branch = e () => (float[2] b) { b = Neg (x) }
  >
}
`;
    assert.match(fixed(text, 'onnx.use-before-definition').text, /\{ d = Neg \(x\) a = Relu \(d\) \}/);
  });
});
