import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { externalDataDiagnostics } from '../../../../server/src/features/diagnostics/weights.ts';
import { createDocument } from '../../../../server/src/features/document.ts';
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

for (const [what, entries, code] of [
  ['a file that is not there', '"location": "nowhere.bin"', 'unreadable-file'],
  ['data behind the end', '"location": "weights.bin", "offset": "8", "length": "16"', 'out-of-bounds'],
  ['data of another length', '"location": "weights.bin", "length": "8"', 'wrong-length'],
  ['no length, and a file that is too long', '"location": "weights.bin", "offset": "4"', 'out-of-bounds'],
  ['a file outside the folder', '"location": "../weights.bin"', 'outside-folder'],
  ['an offset that is no number', '"location": "weights.bin", "offset": "x"', 'invalid-entry'],
] as const) {
  test(`external data without a TensorRT: ${what}`, () => {
    const document = documentWith(entries);
    const [problem, ...others] = externalDataDiagnostics(document, nodeFileAccess);
    assert.deepEqual(others, []);
    assert.equal(problem?.code, `onnx.external-data.${code}`);
    const { segment, span } = problem.anchor;
    const start = document.tree.starts[document.tree.segments.indexOf(segment)] ?? 0;
    assert.equal(document.source.text.slice(start + span.start, start + span.end), `[${entries}]`);
  });
}

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
