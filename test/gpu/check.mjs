/**
 * What a GPU alone can show of checking: TensorRT versions that need one, in GPU mode.
 *
 *   node test/gpu/check.mjs DIST_FOLDER TENSORRT_FOLDER        prints a record; exit code 1 where an expectation fails
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [dist, tensorrt] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'onnx-trt-gpu-'));

const refused = `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
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
g (float[N,3,8,8] x) => (float[N,4,6,6] y) <float[4,3,3,3] w = {${Array(108).fill('0.5').join(', ')}}> {
  c = Conv <kernel_shape = [3, 3]> (x, w)
  y = Relu (c)
}
`;

const stack = ['node_of_b (outer)', 'node_of_y (inner)'];
const record = {
  gpu: execFileSync('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader'], {
    encoding: 'utf8',
  }).trim(),
  node: process.version,
  refused: check('refused', refused),
  supported: check('supported', supported),
  shapes: JSON.parse(
    run(['shapes', model('supported', supported), '--runtime', tensorrt, '--format', 'json']).stdout,
  ),
  failures: [],
};
expect('runs on the GPU', record.refused.runtime?.mode, 'gpu');
expect(
  'refused nodes and their stacks',
  record.refused.errors?.map((error) => [error.operator, error.localFunctionStack]),
  [
    ['Bernoulli', stack],
    ['Bar', stack],
    ['DoesNotExist', []],
    ['Unique', []],
  ],
);
expect('a supported model', record.supported.supported, true);
expect('shapes are TensorRT’s', record.shapes.tensors?.c, {
  type: 'float32',
  dims: ['N', 4, 6, 6],
  source: 'tensorrt',
});

rmSync(folder, { recursive: true });
console.log(JSON.stringify(record, null, 1));
process.exit(record.failures.length === 0 ? 0 : 1);

function model(name, text) {
  const file = path.join(folder, `${name}.onnxtxt`);
  writeFileSync(file, text);
  return file;
}

function check(name, text) {
  const { stdout, stderr, milliseconds } = run([
    'check',
    model(name, text),
    '--runtime',
    tensorrt,
    '--format',
    'json',
  ]);
  if (stdout === '') return { stderr, milliseconds };
  const [{ file, ...verdict }] = JSON.parse(stdout);
  return { ...verdict, processMilliseconds: milliseconds };
}

function run(args) {
  const start = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(dist, 'onnx-trt.js'), ...args], {
    encoding: 'utf8',
  });
  return { stdout, stderr, milliseconds: Math.round(performance.now() - start) };
}

function expect(what, actual, expected) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) record.failures.push({ what, actual, expected });
}
