import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { AnchoredDiagnostic } from '../../../../server/src/features/diagnostics/anchored-diagnostic.ts';
import { externalDataDiagnostics } from '../../../../server/src/features/diagnostics/weights.ts';
import { createDocument, type OnnxDocument } from '../../../../server/src/features/document.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { temporaryFolder } from '../../onnx/text/models.ts';

const folder = temporaryFolder();
writeFileSync(path.join(folder, 'weights.bin'), new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer));
writeFileSync(path.join(folder, 'shape.bin'), new Uint8Array(BigInt64Array.of(3n, -1n).buffer));

function documentWith(entries: string, type = 'float[4]') {
  const text = `<ir_version: 10, opset_import: ["" : 21]>
g (float[N,4] x) => (float[N,4] y) <${type} w = [${entries}]> { y = Add (x, w) }`;
  return createDocument(pathToFileURL(path.join(folder, 'm.onnxtxt')).href, 1, text, nodeFileAccess);
}

function textAt({ tree, source }: OnnxDocument, { anchor }: AnchoredDiagnostic): string {
  const start = tree.starts[tree.segments.indexOf(anchor.segment)] ?? 0;
  return source.text.slice(start + anchor.span.start, start + anchor.span.end);
}

for (const [what, entries, code, place] of [
  ['a file that is not there', '"location": "nowhere.bin"', 'unreadable-file', '"nowhere.bin"'],
  ['no location', '"offset": "0"', 'no-location', '["offset": "0"]'],
  [
    'data behind the end',
    '"location": "weights.bin", "offset": "16", "length": "16"',
    'out-of-bounds',
    '"16"',
  ],
  [
    'data beyond the end',
    '"location": "weights.bin", "offset": "8", "length": "17"',
    'out-of-bounds',
    '"17"',
  ],
  ['data of another length', '"location": "weights.bin", "length": "8"', 'wrong-length', '"8"'],
  [
    'no length, and a file that is too short',
    '"location": "weights.bin", "offset": "4"',
    'out-of-bounds',
    '"4"',
  ],
  ['a file outside the folder', '"location": "../weights.bin"', 'outside-folder', '"../weights.bin"'],
  ['an offset that is no number', '"location": "weights.bin", "offset": "x"', 'invalid-entry', '"x"'],
] as const) {
  test(`external data without a TensorRT: ${what}`, () => {
    const document = documentWith(entries);
    const [problem, ...others] = externalDataDiagnostics(document, nodeFileAccess);
    assert.deepEqual(others, []);
    assert.equal(problem?.code, `onnx.external-data.${code}`);
    assert.equal(textAt(document, problem), place);
  });
}

test('no length where the file goes on: the sentence says what it has and what to add', () => {
  const [problem] = externalDataDiagnostics(
    documentWith('"location": "weights.bin"', 'float[3]'),
    nodeFileAccess,
  );
  assert.equal(problem?.code, 'onnx.external-data.wrong-length');
  assert.match(problem.message, /takes 12 bytes .* without a length it has all 16 .* Add "length": "12"\./);
});

test('of constants without names, the one that is wrong is marked, with its own problem', () => {
  const text = `<ir_version: 10, opset_import: ["" : 21]>
g () => (a, b, c) {
  a = Constant <value = float[4] ["location": "weights.bin", "length": "16"]> ()
  b = Constant <value = float[4] ["location": "weights.bin", "offset": "x"]> ()
  c = Constant <value = float[4] ["location": "none.bin"]> ()
}`;
  const uri = pathToFileURL(path.join(folder, 'm.onnxtxt')).href;
  const document = createDocument(uri, 1, text, nodeFileAccess);
  const found = externalDataDiagnostics(document, nodeFileAccess);
  assert.deepEqual(
    found.map((problem) => [problem.code, textAt(document, problem)]),
    [
      ['onnx.external-data.invalid-entry', '"x"'],
      ['onnx.external-data.unreadable-file', '"none.bin"'],
    ],
  );
});

test('external data that is right has no problem', () => {
  assert.deepEqual(externalDataDiagnostics(documentWith('"location": "weights.bin"'), nodeFileAccess), []);
});

test('a shape outside the model is read for inference', () => {
  const text = `<ir_version: 10, opset_import: ["" : 21]>
g (float[6] x) => (y) <int64[2] s = ["location": "shape.bin"]> { y = Reshape (x, s) }`;
  const uri = pathToFileURL(path.join(folder, 'm.onnxtxt')).href;
  const { inference } = createDocument(uri, 1, text, nodeFileAccess);
  assert.deepEqual(inference.value(inference.root, 'y')?.shape, [3, 2]);
});

test('scales of type float16 are read, elided ones out of their file', () => {
  const text = `<ir_version: 10, opset_import: ["" : 21]>
g (float[6] x) => (y) <float16[1] s = {16384}> { t = Cast <to = 1> (s)  y = Resize (x, , t) }`;
  const { inference } = createDocument('untitled:m', 1, text, nodeFileAccess);
  assert.deepEqual(inference.value(inference.root, 'y')?.shape, [12]);
});
