import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../tensorrt/support/folders.ts';
import { testLibraries } from '../tensorrt/support/test-libraries.ts';
import { runCommand } from './run-command.ts';

const rtx = testLibraries('tensorrt-rtx-1.7.1');

/** Compares two models with the onnx package, and runs the first with ONNX Runtime where that is asked for. */
function python(script: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('python3', ['-c', script, ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
const equalModels = `import onnx, sys
a, b = (onnx.load(name, load_external_data=False) for name in sys.argv[1:])
assert a == b`;

describe('print and encode', () => {
  test('give an equal model back, by reference to its weights and with all of them shown', async (context) => {
    const folder = temporaryFolder(context);
    const model = path.join(folder, 'model.onnx');
    python(
      `import numpy as np, onnx, sys
from onnx import helper, numpy_helper, TensorProto
w = numpy_helper.from_array(np.arange(4096, dtype=np.float32).reshape(64, 64), 'w')
graph = helper.make_graph([helper.make_node('MatMul', ['x', 'w'], ['y'], name='matmul')], 'g',
  [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['N', 64])],
  [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['N', 64])], [w])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)]), sys.argv[1])`,
      model,
    );
    for (const weights of ['reference', 'inline']) {
      const text = path.join(folder, `${weights}.onnxtxt`);
      const again = path.join(folder, `${weights}.onnx`);
      assert.equal((await runCommand('print', model, '-o', text, '--weights', weights)).code, 0);
      assert.equal((await runCommand('encode', text, '-o', again)).code, 0);
      python(equalModels, model, again);
    }
    const byReference = readFileSync(path.join(folder, 'reference.onnxtxt'), 'utf8');
    assert.match(byReference, /"location": "model\.onnx"/);
    assert.ok(byReference.length < 1000);
    assert.match(readFileSync(path.join(folder, 'inline.onnxtxt'), 'utf8'), /\b4095\b/);
  });

  test('encode may replace the model that the text refers to', async (context) => {
    const folder = temporaryFolder(context);
    const values = Array.from({ length: 100 }, (_, index) => index).join(', ');
    writeFiles(folder, {
      'm.onnxtxt': `<ir_version: 8, opset_import: ["" : 17]>
g (float[100] x) => (float[100] y) <float[100] w = {${values}}> { y = Add (x, w) }`,
    });
    const [text, model] = ['m.onnxtxt', 'm.onnx'].map((name) => path.join(folder, name));
    await runCommand('encode', text ?? '');
    const before = readFileSync(model ?? '');
    await runCommand('print', model ?? '', '-o', text ?? '');
    assert.match(readFileSync(text ?? '', 'utf8'), /"location": "m\.onnx"/);
    assert.equal((await runCommand('encode', text ?? '')).code, 0);
    assert.deepEqual(readFileSync(model ?? ''), before);
  });

  test('a text with problems is not encoded: the problems, and exit code 1', async (context) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'm.onnxtxt': 'g (flot[N] x) => (float[N] y) {\n  y = Relu (x)\n}\n' });
    const text = path.join(folder, 'm.onnxtxt');
    const { code, stderr } = await runCommand('encode', text);
    assert.equal(code, 1);
    assert.ok(stderr.startsWith(`${text}:1:4: error: `), stderr);
    assert.match(stderr, /\n {4}1 \| g \(flot\[N\] x\) => .*\n {6}\| {4}\^\^\^\^\n/);
    assert.throws(() => readFileSync(path.join(folder, 'm.onnx')), /ENOENT/);
  });

  test('text that would be replaced by its own model, and a folder that is not there', async (context) => {
    const text = path.join(temporaryFolder(context), 'm.onnxtxt');
    cpSync('examples/nested-functions.onnxtxt', text);
    const itself = await runCommand('encode', text, '-o', text);
    assert.match(itself.stderr, /would replace/);
    assert.equal(itself.code, 2);
    const nowhere = await runCommand('encode', text, '-o', path.join(text, 'm.onnx'));
    assert.equal(nowhere.code, 2);
  });
});

describe('shapes', () => {
  const model = `<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[N,3,8,8] x, bool c) => (float[N,K] y)
<float[3] unused = {1, 2, 3}, float[N,6,8,8] b>
{
  a = Relu (x)
  b = Concat <axis = 1> (a, a)
  [call] d = local.outer (b)
  t = If (c) <
    then_branch = yes () => (float[N,6] p) { p = ReduceMean <axes = [2, 3], keepdims = 0> (d) },
    else_branch = no () => (float[N,6] q) { q = ReduceMax <axes = [2, 3], keepdims = 0> (d) }
  >
  y = Identity (t)
}
<domain: "local", opset_import: ["" : 17, "local" : 1]>
outer (x) => (y) { t = Neg (x)  y = local.inner (t) }
<domain: "local", opset_import: ["" : 17]>
inner (x) => (y) { t = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (x)  y = Abs (t) }
`;
  const shapesOf = async (context: Parameters<typeof temporaryFolder>[0], text: string, runtime: string) => {
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'm.onnxtxt': text });
    const result = await runCommand(
      'shapes',
      path.join(folder, 'm.onnxtxt'),
      '-r',
      runtime,
      '--format',
      'json',
    );
    assert.equal(result.code, 0);
    return { tensors: JSON.parse(result.stdout).tensors, stderr: result.stderr };
  };

  test('TensorRT’s own, with the names of dimensions kept, inside functions and branches too', async (context) => {
    const { tensors } = await shapesOf(context, model, rtx);
    assert.deepEqual(tensors['a'], { type: 'float32', dims: ['N', 3, 8, 8], source: 'tensorrt' });
    assert.deepEqual(tensors['b'], { type: 'float32', dims: ['N', 6, 8, 8], source: 'tensorrt' });
    assert.deepEqual(tensors['call/t'], { type: 'float32', dims: ['N', 6, 8, 8], source: 'tensorrt' });
    // Three values are called t: this one, that of the outer function and that of the inner one.
    assert.deepEqual(tensors['call/node_of_y/t'], {
      type: 'float32',
      dims: ['N', 6, 4, 4],
      source: 'tensorrt',
    });
    assert.deepEqual(tensors['t'], { type: 'float32', dims: ['N', 6], source: 'tensorrt' });
    assert.deepEqual(tensors['d'], { type: 'float32', dims: ['N', 6, 4, 4], source: 'tensorrt' });
    assert.deepEqual(tensors['node_of_t/p'], { type: 'float32', dims: ['N', 6], source: 'tensorrt' });
    assert.deepEqual(tensors['unused'], { type: 'float32', dims: [3], source: 'value_info' });
  });

  test('without TensorRT: what the model declares, else our inference', async (context) => {
    const { tensors, stderr } = await shapesOf(context, model, 'none');
    assert.equal(stderr, '');
    assert.deepEqual(tensors['x'], { type: 'float32', dims: ['N', 3, 8, 8], source: 'value_info' });
    assert.deepEqual(tensors['b'], { type: 'float32', dims: ['N', 6, 8, 8], source: 'value_info' });
    assert.deepEqual(tensors['call/node_of_y/t'], {
      type: 'float32',
      dims: ['N', 6, 4, 4],
      source: 'inferred',
    });
  });

  test('of a model that TensorRT refuses, with a note', async (context) => {
    const { tensors, stderr } = await shapesOf(context, model.replace('Abs', 'Bernoulli'), rtx);
    assert.match(
      stderr,
      /note: TensorRT-RTX 1\.7\.1 \(CPU only\) refuses the model, so the shapes are not TensorRT's/,
    );
    assert.equal(tensors['a'].source, 'inferred');
  });

  test('as a table', async () => {
    const { stdout } = await runCommand('shapes', 'examples/detector.onnxtxt', '--runtime', 'none');
    assert.match(stdout, /^images +float32\[N, 3, 128, 128\] +value_info$/m);
    assert.match(stdout, /^encoder_layer_0\/self_attention\/qkv +float32\[N, 64, 96\] +inferred$/m);
  });

  test('without control characters of names', async (context) => {
    const text =
      '<ir_version: 8, opset_import: ["" : 17]> g (\n#@ bytes: ["type.dim[0]": "GzE="]\nfloat["\ufffd1"] x) => (y) { y = Abs (x) }';
    const folder = temporaryFolder(context);
    writeFiles(folder, { 'm.onnxtxt': text });
    const { stdout, code } = await runCommand('shapes', path.join(folder, 'm.onnxtxt'), '--runtime', 'none');
    assert.equal(code, 0);
    assert.match(stdout, /^x +float32\[\ufffd1\] +value_info$/m);
  });
});

describe('runtimes', () => {
  test('add remembers a folder, list shows it, check takes its id', (context) => {
    const env = { ...process.env, XDG_DATA_HOME: temporaryFolder(context) };
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', 'server/src/cli/main.ts', ...args], {
        encoding: 'utf8',
        env,
      });
    const added = run('runtimes', 'add', testLibraries('tensorrt-11.2'));
    assert.equal(added.stdout, 'tensorrt-11.2.1\n');
    assert.equal(added.status, 0);
    const listed = run('runtimes');
    assert.match(listed.stdout, /^[* ] tensorrt-11\.2\.1 +\S*tensorrt-11\.2 {2}\(added\)$/m);
    const checked = run('check', 'examples/nested-functions.onnxtxt', '--runtime', 'tensorrt-11.2.1');
    assert.match(checked.stdout, /TensorRT 11\.2\.1 .*: 4 of 6 nodes refused/);
  });

  test('add refuses a folder without TensorRT', async (context) => {
    const { code, stderr } = await runCommand('runtimes', 'add', temporaryFolder(context));
    assert.match(stderr, /holds no TensorRT/);
    assert.equal(code, 2);
  });
});

describe('lsp', () => {
  test('--stdio serves the Language Server Protocol', async () => {
    const message = (content: object) => {
      const body = JSON.stringify({ jsonrpc: '2.0', ...content });
      return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    };
    const server = spawn(process.execPath, ['--import', 'tsx', 'server/src/cli/main.ts', 'lsp', '--stdio']);
    let stdout = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    server.stdin.write(
      [
        message({
          id: 1,
          method: 'initialize',
          params: { processId: null, rootUri: null, capabilities: {} },
        }),
        message({ method: 'initialized', params: {} }),
        message({ id: 2, method: 'shutdown' }),
        message({ method: 'exit' }),
      ].join(''),
    );
    const [status] = await once(server, 'close');
    assert.match(stdout, /"hoverProvider":true/);
    assert.equal(status, 0);
  });
});
