import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParserErrorRecord } from '../../../native-bridge/src/protocol.ts';
import {
  type AnchoredDiagnostic,
  diagnosticsOn,
} from '../../../server/src/features/diagnostics/anchored-diagnostic.ts';
import { isWholeModel, modelDiagnostics } from '../../../server/src/features/diagnostics/model.ts';
import { syntaxDiagnostics } from '../../../server/src/features/diagnostics/syntax.ts';
import { tensorrtDiagnostics } from '../../../server/src/features/diagnostics/tensorrt.ts';
import { changedDocument, type OnnxDocument } from '../../../server/src/features/document.ts';
import { locateErrors } from '../../../server/src/tensorrt/locate/locate.ts';
import { expectMarks, fixture, header } from './fixture.ts';

/** The parser's error on the node of this index and operator. */
function refused(
  nodeIndex: number,
  operator: string,
  more: Partial<ParserErrorRecord> = {},
): ParserErrorRecord {
  return {
    code: 8,
    codeName: 'kUNSUPPORTED_NODE',
    description: 'false',
    file: 'ModelImporter.cpp',
    line: 1,
    function: `check${operator}`,
    nodeIndex,
    nodeName: '',
    operator,
    localFunctionStack: [],
    ...more,
  };
}

function judged({ tree }: OnnxDocument, errors: readonly ParserErrorRecord[]): AnchoredDiagnostic[] {
  return tensorrtDiagnostics(tree, errors, locateErrors(tree, errors), 'TensorRT 11.2.1');
}

describe('diagnostics of TensorRT', () => {
  const model = `${header}
g (float[N] x) => (float[N] y) {
  a = Bernoulli (x)
  b = local.f (a)
  y = Unique (b)
}
<domain: "local", opset_import: ["" : 17]>
f (v) => (r) { r = RandomNormalLike (v) }
`;
  const errors = [
    refused(0, 'Bernoulli'),
    refused(1, 'RandomNormalLike', { localFunctionStack: ['node_of_b (f)'] }),
    refused(2, 'Unique'),
  ];

  test('stay with their statements when others are edited, and go with their own', () => {
    const { document } = fixture(model);
    const anchored = judged(document, errors);
    const text = document.source.text;
    const above = changedDocument(document, 2, [{ start: 0, end: 0, text: '# one\n# two\n' }]);
    const at = text.indexOf('Bernoulli');
    const inside = changedDocument(document, 2, [{ start: at, end: at + 'Bernoulli'.length, text: 'Relu' }]);
    const lines = (version: OnnxDocument) =>
      diagnosticsOn(version, anchored, true).map(({ range }) => range.start.line);
    assert.deepEqual(lines(document), [2, 7, 4]);
    assert.deepEqual(lines(above), [4, 9, 6]);
    assert.deepEqual(lines(inside), [7, 4]);
  });

  test('lose a frame whose calling statement is edited, and keep the others', () => {
    const { document } = fixture(model);
    const at = document.source.text.indexOf('(a)');
    const edited = changedDocument(document, 2, [{ start: at + 1, end: at + 2, text: 'x' }]);
    const [, before] = diagnosticsOn(document, judged(document, errors), true);
    const [, after] = diagnosticsOn(edited, judged(document, errors), true);
    assert.equal(before?.relatedInformation?.length, 1);
    assert.equal(after?.relatedInformation, undefined);
    assert.equal(after?.range.start.line, 7);
  });

  test('have the calls in the message for editors that show no related information', () => {
    const { document } = fixture(model);
    const [, inner] = diagnosticsOn(document, judged(document, errors), false);
    assert.equal(inner?.relatedInformation, undefined);
    assert.match(String(inner?.message), /\nCalled by node_of_b \(f\)$/);
  });

  test('carry the record of the parser unchanged', () => {
    const { document } = fixture(model);
    assert.deepEqual(
      diagnosticsOn(document, judged(document, errors), true).map(({ data }) => data),
      errors,
    );
  });

  test('are shown up to a thousand; then it is said how many more there are', () => {
    const nodes = Array.from({ length: 1200 }, (_, index) => `  y${index} = Unique (x)`).join('\n');
    const { document } = fixture(`${header}\ng (float[N] x) => (float[N] y0) {\n${nodes}\n}`);
    const many = Array.from({ length: 1200 }, (_, index) => refused(index, 'Unique'));
    const diagnostics = judged(document, many);
    assert.equal(diagnostics.length, 1001);
    assert.equal(diagnostics.at(-1)?.code, 'trt.more-errors');
    assert.match(diagnostics.at(-1)?.message ?? '', /200 more errors/);
  });
});

describe('diagnostics of the text', () => {
  test('are pinned to what is wrong', () => {
    expectMarks(
      `${header}
g (float[N] x) => (float[N] y)
<float[3] w = {1, 2}>
              ^^^^^^ onnx.tensor.element-count
{
  y = Add (x w)
             ^ onnx.syntax.missing-comma
}`,
      ({ document }) =>
        [...syntaxDiagnostics(document), ...modelDiagnostics(document)].map(({ range, code }) => ({
          range,
          label: String(code),
        })),
    );
  });

  test('of hopeless texts are cut off, with their number', () => {
    const { document } = fixture(
      `${header} g (float[N] x) => (float[N] y) {\n${'  y = (x)\n'.repeat(2000)}}`,
    );
    const diagnostics = syntaxDiagnostics(document);
    assert.equal(diagnostics.length, 501);
    assert.equal(diagnostics.at(-1)?.code, 'onnx.syntax.more-problems');
    assert.match(
      String(diagnostics.at(-1)?.message),
      new RegExp(`^${document.tree.problemCount} syntax problems`),
    );
  });

  test('that lose nothing are warnings, and do not keep TensorRT from being asked', () => {
    const { document } = fixture(`${header}
g (float[N] x) => (float[N] y) {
  #@ note: "unknown"
  y = Relu (x)
}`);
    assert.deepEqual(
      modelDiagnostics(document).map(({ code, severity }) => [code, severity]),
      [['onnx.annotation.unknown', 2]],
    );
    assert.equal(isWholeModel(document), true);
    assert.equal(isWholeModel(fixture(`${header} g (`).document), false);
  });
});
