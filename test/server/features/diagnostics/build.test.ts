import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diagnosticsOn } from '../../../../server/src/features/diagnostics/anchored-diagnostic.ts';
import { buildDiagnosticsOfModel } from '../../../../server/src/features/diagnostics/build.ts';
import { changedDocument, createDocument } from '../../../../server/src/features/document.ts';
import { offsetAt } from '../../../../server/src/features/source-text.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';

const text = `<ir_version: 8, opset_import: ["" : 17, "my" : 1]>
g (bool c, float[2] x) => (float[2] y) {
  [first] a = Relu (x)
  b = Neg (a)
  [choose] d = If (c) <
    then_branch = t () => (float[2] e) { [inside] e = Exp (b) },
    else_branch = f () => (float[2] h) { h = my.twice (b) }
  >
  [last] y = Abs (d)
}
<opset_import: ["" : 17], domain: "my">
twice (v) => (w) { [doubled] w = Add (v, v) }
`;
const document = createDocument('file:///models/net.onnxtxt', 1, text, nodeFileAccess);

function marked(nodes: readonly string[], { forWhole = false, on = document } = {}) {
  const note = {
    title: 'net.trt.yaml',
    runtime: 'TensorRT 10.6.0',
    problems: [{ code: 'build.no-implementation', message: 'No kernel.', advice: 'More memory.', nodes }],
  };
  const anchored = buildDiagnosticsOfModel(document, note, { forWhole });
  return diagnosticsOn(on, anchored, true).map(({ range, severity, message, relatedInformation }) => ({
    at: on.source.text.slice(offsetAt(on.source, range.start), offsetAt(on.source, range.end)),
    line: range.start.line,
    severity,
    message,
    related: relatedInformation?.map(({ location }) => location.range.start.line),
  }));
}

describe('nodes that a failed build is about', () => {
  test('the first has the words and what to do, the others lead to it', () => {
    assert.deepEqual(marked(['first', 'node_of_b', 'last']), [
      {
        at: 'Relu',
        line: 2,
        severity: 1,
        message: 'Building net.trt.yaml failed here: No kernel.\nMore memory.',
        related: undefined,
      },
      ...[
        ['Neg', 3],
        ['Abs', 8],
      ].map(([at, line]) => ({
        at,
        line,
        severity: 3,
        message:
          'Building net.trt.yaml failed in a part of the model that this node belongs to; it begins at first.',
        related: [2],
      })),
    ]);
  });

  test('are found in branches and in functions', () => {
    assert.deepEqual(
      marked(['inside', 'doubled']).map(({ at }) => at),
      ['Exp', 'Add'],
    );
  });

  test('that the text does not have are left out', () => {
    assert.deepEqual(marked(['gone']), []);
    assert.deepEqual(
      marked(['gone', 'last']).map(({ at, severity }) => [at, severity]),
      [['Abs', 1]],
    );
  });

  test('are marked as long as their statements are not edited', () => {
    const start = text.indexOf('Relu');
    const edited = changedDocument(document, 2, [{ start, end: start + 4, text: 'Tanh' }]);
    assert.deepEqual(
      marked(['first', 'node_of_b', 'last'], { on: edited }).map(({ at, related }) => [at, related]),
      [
        ['Neg', undefined],
        ['Abs', undefined],
      ],
    );
  });

  test('where there are none, the graph is marked if nothing else can be', () => {
    assert.deepEqual(marked([]), []);
    assert.deepEqual(
      marked([], { forWhole: true }).map(({ at, line }) => [at, line]),
      [['g', 1]],
    );
  });

  test('of a part of thousands, the first two hundred are marked', () => {
    const count = 1000;
    const nodes = Array.from({ length: count }, (_, index) => `v${index + 1} = Relu (v${index})`);
    const long = createDocument(
      'file:///models/long.onnxtxt',
      1,
      `<ir_version: 8, opset_import: ["" : 17]>\ng (float[2] v0) => (float[2] v${count}) {\n${nodes.join('\n')}\n}\n`,
      nodeFileAccess,
    );
    const names = nodes.map((_, index) => `node_of_v${index + 1}`);
    const problems = [{ code: 'build.no-implementation', message: 'No kernel.', nodes: names }];
    const found = buildDiagnosticsOfModel(long, { title: 'long.onnx', problems }, { forWhole: true });
    assert.equal(found.length, 200);
  });
});
