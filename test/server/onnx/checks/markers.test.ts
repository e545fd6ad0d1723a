/** Where each kind of problem is shown: on the token between `¦` and `¦`, with the other side of a conflict between `§` and `§`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { findEverything } from './support.ts';

const opset = (version: number, more = '') => `<ir_version: 10, opset_import: ["" : ${version}${more}]> `;
const graph = (nodes: string, head = 'g (float[2,3] x) => (float[2,3] y)') => `${head} { ${nodes} }`;

const local = opset(21, ', "l" : 1');
const functionF = (body: string, head = '<domain: "l", opset_import: ["" : 21]>') =>
  `${head} F (a) => (b) { ${body} }`;

const cases: Readonly<Record<string, readonly (readonly [code: string, text: string])[]>> = {
  names: [
    ['onnx.undefined-value', opset(21) + graph('y = Relu (¦nobody¦)')],
    [
      'onnx.undefined-output',
      opset(21) + graph('a = Relu (x) b = Neg (a)', 'g (float[2,3] x) => (float[2,3] ¦y¦)'),
    ],
    ['onnx.duplicate-value', opset(21) + graph('§a§ = Relu (x) ¦a¦ = Neg (x) y = Exp (a)')],
    ['onnx.use-before-definition', opset(21) + graph('y = Relu (¦a¦) §a§ = Neg (x)')],
    ['onnx.cycle', opset(21) + graph('§a§ = Add (x, ¦b¦) §b§ = Neg (a) y = Relu (b)')],
    ['onnx.duplicate-node-name', opset(21) + graph('[¦n¦] a = Relu (x) [§n§] y = Neg (a)')],
  ],
  'what nothing uses': [
    ['onnx.unused-node', opset(21) + graph('y = Relu (x) ¦a = Neg (x)¦')],
    ['onnx.unused-node', opset(21) + graph('¦a = Neg (x)¦ y = Relu (x) b = §Abs§ (a)')],
    [
      'onnx.unused-initializer',
      opset(21) + graph('y = Relu (x)', 'g (float[2,3] x) => (float[2,3] y) <float[1] ¦w¦ = {1}>'),
    ],
    [
      'onnx.unused-initializer',
      opset(21) +
        graph('y = Relu (x) b = Add (x, w)', 'g (float[2,3] x) => (float[2,3] y) <float[1] ¦w¦ = {1}>'),
    ],
    [
      'onnx.unused-function',
      `${local}${graph('y = Relu (x)')} ${functionF('b = Neg (a)').replace('F', '¦F¦')}`,
    ],
    [
      'onnx.stale-value-info',
      opset(21) + graph('y = Relu (x)', 'g (float[2,3] x) => (float[2,3] y) <float[1] ¦w¦>'),
    ],
  ],
  'opsets and domains': [
    ['onnx.missing-opset-import', opset(21) + graph('y = ¦ai.onnx.ml¦.Binarizer (x)')],
    ['onnx.operator-not-in-opset', opset(17) + graph('y = ¦Gelu¦ (x)')],
    ['onnx.unknown-opset', `<ir_version: 10, opset_import: ["" : ¦999¦]> ${graph('y = Relu (x)')}`],
    ['onnx.invalid-opset', `<ir_version: 10, opset_import: ["" : ¦0¦]> ${graph('y = Relu (x)')}`],
    ['onnx.unknown-operator', opset(21) + graph('y = ¦Nowhere¦ (x)')],
    ['onnx.deprecated-operator', opset(21) + graph('y = ¦Upsample¦ (x, x)')],
    [
      'onnx.incompatible-opset',
      `${local}${graph('y = l.F (x)')} ${functionF('b = ¦Cast¦ <to = 1> (a)', '<domain: "l", opset_import: ["" : 9]>')}`,
    ],
  ],
  'inputs, outputs and attributes': [
    ['onnx.missing-input', opset(21) + graph('y = Add (¦x¦)')],
    ['onnx.surplus-input', opset(21) + graph('y = Relu (x, ¦x, x¦)')],
    ['onnx.missing-output', opset(21) + graph('y = Relu (x) ¦""¦ = Neg (x)')],
    ['onnx.surplus-output', opset(21) + graph('y, ¦z¦ = Relu (x)')],
    ['onnx.missing-attribute', opset(21) + graph('y = ¦Concat¦ (x)')],
    ['onnx.unknown-attribute', opset(21) + graph('y = Relu <¦colour¦ = 1> (x)')],
    ['onnx.duplicate-attribute', opset(21) + graph('y = Concat <§axis§ = 0, ¦axis¦ = 1> (x)')],
    ['onnx.attribute-type', opset(21) + graph('y = Concat <axis = ¦"a"¦> (x)')],
    ['onnx.attribute-value', opset(21) + graph('y = Gelu <approximate = ¦"erf"¦> (x)')],
    ['onnx.attribute-value', opset(21) + graph('y = Cast <to = ¦99¦> (x)')],
    ['onnx.attribute-reference', opset(21) + graph('y = LeakyRelu <alpha: float = ¦@a¦> (x)')],
  ],
  'types and shapes, with both sides': [
    [
      'onnx.type-mismatch',
      opset(21) + graph('y = Add (¦x¦, §w§)', 'g (float[2,3] x, int64[2,3] w) => (float[2,3] y)'),
    ],
    [
      'onnx.shape-mismatch',
      opset(21) + graph('y = MatMul (¦x¦, §w§)', 'g (float[2,3] x, float[4,5] w) => (float[2,5] y)'),
    ],
    ['onnx.shape-mismatch', opset(21) + graph('¦y¦ = Relu (x)', 'g (float[2,3] x) => (float[2,4] §y§)')],
    [
      'onnx.type-mismatch',
      opset(21) +
        graph(
          'y = If (c) <then_branch = t () => (¦p¦) { p = Neg (x) }, else_branch = e () => (§q§) { q = Not (c) }>',
          'g (float[2,3] x, bool c) => (float[2,3] y)',
        ),
    ],
    [
      'onnx.shape-mismatch',
      opset(21) +
        graph(
          'a = Relu (x) y = Neg (a)',
          'g (float[2,3] x) => (float[2,3] y) <§float[2,3]§ a, ¦float[2,4]¦ a>',
        ),
    ],
    [
      'onnx.type-mismatch',
      opset(21) + graph('y = Relu (x)', 'g (float[2,3] x) => (§float[2,3]§ y) <¦int64[2,3]¦ y>'),
    ],
    ['onnx.argument-out-of-range', opset(21) + graph('y = Softmax <¦axis = 7¦> (§x§)')],
    ['onnx.argument-out-of-range', opset(12) + graph('y = ReduceSum <¦axes = [5]¦> (§x§)')],
    [
      'onnx.initializer-type',
      opset(21) + graph('y = Relu (x)', 'g (§float[2,3]§ x) => (float[2,3] y) <¦int64[2]¦ x = {1, 2}>'),
    ],
    ['onnx.missing-type', opset(21) + graph('y = Relu (x)', 'g (¦x¦) => (float[2,3] y)')],
  ],
  headers: [
    [
      'onnx.ir-version-too-low',
      `<ir_version: 7, opset_import: ["" : 13, "l" : 1]> ${graph('y = l.F (x)')} ${functionF('b = Neg (a)', '<domain: "l", opset_import: ["" : 13]>').replace('F', '¦F¦')}`,
    ],
    ['onnx.ir-version', `<ir_version: ¦99¦, opset_import: ["" : 21]> ${graph('y = Relu (x)')}`],
    [
      'onnx.duplicate-metadata',
      `<ir_version: 10, opset_import: ["" : 21], metadata_props: [§"k"§ : "a", ¦"k"¦ : "b"]> ${graph('y = Relu (x)')}`,
    ],
    ['onnx.missing-name', opset(21) + graph('y = Relu (x)', '¦""¦ (float[2,3] x) => (float[2,3] y)')],
  ],
  functions: [
    [
      'onnx.recursive-function',
      `${local}${graph('y = l.F (x)')} <domain: "l", opset_import: ["" : 21, "l" : 1]> §F§ (a) => (b) { b = l.¦F¦ (a) }`,
    ],
    [
      'onnx.duplicate-function',
      `${local}${graph('y = l.F (x)')} ${functionF('b = Neg (a)').replace('F', '§F§')} ${functionF('b = Abs (a)').replace('F', '¦F¦')}`,
    ],
    ['onnx.unknown-function', `${local}${graph('y = l.¦G¦ (x)')} ${functionF('b = Neg (a)')}`],
  ],
};

for (const [what, list] of Object.entries(cases)) {
  describe(what, () => {
    for (const [code, marked] of list) {
      test(`${code}: ${marked.slice(marked.indexOf('>') + 2)}`, () => expectPlaces(code, marked));
    }
  });
}

function expectPlaces(code: string, marked: string): void {
  const text = marked.replaceAll(/[¦§]/g, '');
  const { findings } = findEverything(text);
  const { starts } = parseOnnxText(text);
  const found = findings.filter((finding) => finding.code === code);
  const places = found.map(({ segment, span, related }) => ({
    own: markedAt(
      text,
      [{ start: (starts[segment] ?? 0) + span.start, end: (starts[segment] ?? 0) + span.end }],
      '¦',
    ),
    related: related.map((place) => {
      const base = starts[place.segment] ?? 0;
      return markedAt(text, [{ start: base + place.span.start, end: base + place.span.end }], '§');
    }),
  }));
  const codes = JSON.stringify(findings.map((finding) => `${finding.code}: ${finding.message}`));
  const at = places.find(({ own }) => own === marked.replaceAll('§', ''));
  assert.ok(at, `${code} is not there, but ${JSON.stringify(places.map(({ own }) => own))}; ${codes}`);
  for (const wanted of eachMark(marked.replaceAll('¦', ''))) {
    assert.ok(at.related.includes(wanted), `${wanted} is not related, but ${JSON.stringify(at.related)}`);
  }
}

function markedAt(
  text: string,
  [place]: readonly { readonly start: number; readonly end: number }[],
  mark: string,
): string {
  const { start, end } = place ?? { start: 0, end: 0 };
  return text.slice(0, start) + mark + text.slice(start, end) + mark + text.slice(end);
}

/** A text with several marked places, once with each. */
function eachMark(marked: string): string[] {
  const parts = marked.split('§');
  return Array.from({ length: (parts.length - 1) / 2 }, (_, index) =>
    parts.map((part, at) => (at === 2 * index + 1 ? `§${part}§` : part)).join(''),
  );
}
