/** The folder the end-to-end tests work in: models made from ONNX text with Python's onnx, and files that are none. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory } from '../../scripts/cache.mjs';
import { run } from '../../scripts/run.mjs';

/** Refused nodes at the top level and inside nested local functions. */
const nestedFunctions = `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[N,4] x) => (float[N,4] y) {
  a = Relu (x)
  b = local.outer (a)
  c = DoesNotExist (b)
  y = Unique (c)
}
<domain: "local", opset_import: ["" : 17, "local" : 1]>
outer (x) => (y) { t = Neg (x)  y = local.inner (t) }
<domain: "local", opset_import: ["" : 17]>
inner (x) => (y) { t = Bernoulli (x)  y = com.foo.Bar (t) }
`;

const supported = `<ir_version: 8, opset_import: ["" : 17]>
supported (float[N,4] x) => (float[N,4] y) {
  a = Relu (x)
  y = Neg (a)
}
`;

export function makeWorkspace(folder) {
  mkdirSync(folder, { recursive: true });
  run('python3', [path.join(import.meta.dirname, 'make-models.py'), folder], {
    input: JSON.stringify({ 'nested-functions.onnx': nestedFunctions, 'supported.onnx': supported }),
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  writeFileSync(path.join(folder, 'nested-functions.onnxtxt'), nestedFunctions);
  writeFileSync(path.join(folder, 'not-a-model.onnx'), 'Not a model, but a letter to the editor.\n');
  mkdirSync(path.join(folder, 'folder.onnx'));
  return folder;
}

const rtxFolder = path.join(cacheDirectory, 'tensorrt-rtx-1.7.1');

export function testSettings() {
  return { 'tensorrt.libraryFolders': [rtxFolder] };
}

export function testLibraries() {
  return {
    infer: path.join(rtxFolder, 'libtensorrt_rtx.so.1.7.1'),
    onnxParser: path.join(rtxFolder, 'libtensorrt_onnxparser_rtx.so.1.7.1'),
  };
}
