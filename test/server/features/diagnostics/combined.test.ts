import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnchoredDiagnostic } from '../../../../server/src/features/diagnostics/anchored-diagnostic.ts';
import {
  checkDiagnostics,
  inferenceDiagnostics,
} from '../../../../server/src/features/diagnostics/checks.ts';
import { combined, leftToVerdict } from '../../../../server/src/features/diagnostics/combined.ts';
import { createDocument } from '../../../../server/src/features/document.ts';

function findingsOf(text: string): AnchoredDiagnostic[] {
  const document = createDocument('untitled:model', 1, `<ir_version: 8, opset_import: ["" : 17]> ${text}`);
  return [...checkDiagnostics(document), ...inferenceDiagnostics(document)];
}

function codes(diagnostics: readonly AnchoredDiagnostic[]): string[] {
  return diagnostics.map(({ code }) => code);
}

test('an unknown operator that TensorRT refuses has one message; others keep theirs', () => {
  const findings = findingsOf('g (float[N] x) => (float[N] y) { a = Nowhere (x) y = Nothing (a) }');
  const [first] = findings.filter(({ code }) => code === 'onnx.unknown-operator');
  assert.ok(first);
  const refusal = { ...first, code: 'trt.plugin-not-found', source: 'TensorRT 11.2.1' };
  assert.deepEqual(codes(combined(findings, [refusal])), ['onnx.unknown-operator', 'trt.plugin-not-found']);
  assert.deepEqual(codes(combined(findings, [])), ['onnx.unknown-operator', 'onnx.unknown-operator']);
  assert.deepEqual(leftToVerdict(findings, [refusal]), [first]);
});

test('shapes that TensorRT refuses, too: its message, with what ONNX’s rules say related to it', () => {
  const findings = findingsOf('g (float[2,3] x, float[4,5] w) => (float[2,5] y) { y = MatMul (x, w) }');
  const [finding] = findings;
  assert.ok(finding);
  assert.deepEqual(codes(findings), ['onnx.shape-mismatch']);
  const { segment } = finding.anchor;
  assert.ok(segment.kind === 'node-statement');
  const refusal: AnchoredDiagnostic = {
    ...finding,
    code: 'trt.shape-mismatch',
    message: 'TensorRT cannot multiply these.',
    anchor: { segment, span: segment.operator },
    related: [],
  };
  const [only, ...others] = combined(findings, [refusal]);
  assert.deepEqual(others, []);
  assert.equal(only?.code, 'trt.shape-mismatch');
  const [cause] = only?.related ?? [];
  assert.equal(cause?.message, "By ONNX's rules: Dimension 1 of 'x' is 3, but dimension 0 of 'w' is 4.");
  assert.deepEqual(cause?.anchor, finding.anchor);
});

test('what TensorRT refuses for another reason is a second message', () => {
  const findings = findingsOf('g (float[2,3] x, float[4,5] w) => (float[2,5] y) { y = MatMul (x, w) }');
  const [finding] = findings;
  assert.ok(finding);
  const refusal = { ...finding, code: 'trt.unsupported-node' };
  assert.deepEqual(codes(combined(findings, [refusal])), ['onnx.shape-mismatch', 'trt.unsupported-node']);
});

test('a node inside a branch is not the node around it', () => {
  const findings = findingsOf(`g (float[2,3] x, float[4,5] w, bool c) => (float[2,5] y) {
    y = If (c) <then_branch = t () => (p) { p = MatMul (x, w) }, else_branch = e () => (q) { q = Identity (w) }>
  }`).filter(({ code }) => code === 'onnx.shape-mismatch');
  const [finding] = findings;
  assert.ok(finding);
  const { segment } = finding.anchor;
  assert.ok(segment.kind === 'node-statement');
  const ofIf = { ...finding, code: 'trt.shape-mismatch', anchor: { segment, span: segment.operator } };
  assert.deepEqual(codes(combined([finding], [ofIf])), ['onnx.shape-mismatch', 'trt.shape-mismatch']);
});
