import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnchoredDiagnostic } from '../../../../server/src/features/diagnostics/anchored-diagnostic.ts';
import { checkDiagnostics, withoutRepeats } from '../../../../server/src/features/diagnostics/checks.ts';
import { createDocument } from '../../../../server/src/features/document.ts';

const document = createDocument(
  'untitled:model',
  1,
  '<ir_version: 8, opset_import: ["" : 17]> g (float[N] x) => (float[N] y) { a = Nowhere (x) y = Nothing (a) }',
);

function unknownOperators(findings: readonly AnchoredDiagnostic[]): number {
  return findings.filter(({ code }) => code === 'onnx.unknown-operator').length;
}

test('an unknown operator that TensorRT refuses has one message; others keep theirs', () => {
  const findings = checkDiagnostics(document);
  const [first] = findings.filter(({ code }) => code === 'onnx.unknown-operator');
  assert.ok(first);
  assert.equal(unknownOperators(findings), 2);
  const refusal = { ...first, code: 'trt.plugin-not-found', source: 'TensorRT 11.2.1' };
  assert.equal(unknownOperators(withoutRepeats(findings, [refusal])), 1);
  assert.equal(unknownOperators(withoutRepeats(findings, [])), 2);
});
