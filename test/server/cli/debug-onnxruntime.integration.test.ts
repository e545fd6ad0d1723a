/** `onnx-trt debug --no-engine`: the real ONNX Runtime for Node.js, against Python's. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCapture } from '../../../server/src/engine/debug/capture.ts';
import { npyHeader } from '../../../server/src/engine/npy/write-header.ts';
import { temporaryFolder, writeModels } from '../../native-bridge/support/models.ts';
import { runCommand } from './run-command.ts';

const folder = temporaryFolder();
const models = writeModels({
  net: `<ir_version: 8, opset_import: ["" : 17]>
    g (float[batch,3,8,8] x, int64[batch] ids) => (float[batch,4] y)
    <float[4,3,1,1] w = {0.5, -1.0, 2.0, 0.25, 1.5, -0.5, 1.0, 1.0, -2.0, 0.0, 0.75, -0.25},
     float[3,4] table = {1.0, 2.0, 3.0, 4.0, -1.0, -2.0, -3.0, -4.0, 0.5, 0.5, 0.5, 0.5}> {
      [conv] c = Conv (x, w)
      [relu] r = Relu (c)
      [mean] m = GlobalAveragePool (r)
      [flat] f = Flatten (m)
      [embed] e = Gather (table, ids)
      [join] j = Add (f, e)
      [top] y = Softmax (j)
    }`,
  types: `<ir_version: 10, opset_import: ["" : 21]>
    g (float[2,6] x, bfloat16[2,6] b) => (float[2,6] y) {
      [half] h = Cast <to = 10> (x)
      [brain] s = Cast <to = 16> (x)
      [eight] q = Cast <to = 17> (x)
      [int] i = Cast <to = 6> (x)
      [bit] p = Greater (x, x)
      [back] u = Cast <to = 1> (b)
      [both] v = Cast <to = 1> (s)
      [sum] y = Add (u, v)
    }`,
  nan: `<ir_version: 8, opset_import: ["" : 17]>
    g (float[4] x) => (float[4] y) {
      [absolute] a = Abs (x)
      [negative] n = Neg (a)
      [root] s = Sqrt (n)
      [twice] y = Add (s, s)
    }`,
  integers: `<ir_version: 8, opset_import: ["" : 17]>
    g (int64[3] i, int32[3] k) => (int64[3] j, int32[3] l) { j = Identity (i) l = Identity (k) }`,
  newest: `<ir_version: 99, opset_import: ["" : 17]> g (float[4] x) => (float[4] y) { y = Relu (x) }`,
  words: `<ir_version: 8, opset_import: ["" : 17]> g (string[4] x) => (string[4] y) { y = Identity (x) }`,
  unnamed: `<ir_version: 8, opset_import: ["" : 17]> g (bfloat16[4] x) => (bfloat16[4] y) { y = Relu (x) }`,
  inner: `<ir_version: 8, opset_import: ["" : 17, "own" : 1]>
    g (float[4] x) => (float[4] y) { [call] y = own.twice (x) }
    <domain: "own", opset_import: ["" : 17]> twice (a) => (b) { [sum] hidden = Add (a, a) [last] b = Identity (hidden) }`,
  branch: `<ir_version: 8, opset_import: ["" : 17]>
    g (float[4] x) => (float[4] y) <bool c = {1}> {
      [if] y = If (c) <
        then_branch = yes () => (float[4] p) { [sum] hidden = Add (x, x) p = Identity (hidden) },
        else_branch = no () => (float[4] q) { q = Identity (x) }
      >
    }`,
  plugin: `<ir_version: 8, opset_import: ["" : 17, "my" : 1]>
    g (float[4] x) => (float[4] y) { h = Relu (x) y = my.Special (h) }`,
  future: `<ir_version: 8, opset_import: ["" : 17]> g (float[4] x) => (float[4] y) { y = Relu (x) }`,
});
const compare = fileURLToPath(new URL('../../support/compare-intermediate.py', import.meta.url));

const asExpected = { dtype: true, shape: true, close: true, statistics: true };

async function debug(...args: string[]) {
  const result = await runCommand('debug', ...args);
  return { ...result, words: `${result.stdout}${result.stderr}` };
}

function captureIn(directory: string) {
  return readCapture(readFileSync(path.join(directory, 'debug.json'), 'utf8'));
}

function asPythonHasIt(model: string, directory: string) {
  const text = execFileSync('python3', [compare, model, directory], { encoding: 'utf8' });
  return Object.entries<Record<string, boolean>>(JSON.parse(text));
}

describe('values by ONNX Runtime alone', () => {
  test('of all values of a model, as Python has them, with inputs that fit', async () => {
    const out = path.join(folder, 'net');
    const { code, words, stdout } = await debug(
      models.net,
      '--no-engine',
      '--shapes',
      'x:2x3x8x8,ids:2',
      '-o',
      out,
    );
    assert.equal(code, 0, words);
    assert.match(stdout, /Reference +ONNX Runtime \d/);
    assert.match(stdout, /c +conv \(Conv\) +-.* float +2x4x8x8\n/);
    assert.match(stdout, /y \(output\) +top \(Softmax\) .* float +2x4\n/);
    assert.deepEqual(
      asPythonHasIt(models.net, out),
      ['c', 'r', 'm', 'f', 'e', 'j', 'y'].map((name) => [name, asExpected]),
    );
  });

  test('small floats come as float32, inputs of such types are fed', async () => {
    const out = path.join(folder, 'types');
    const { code, words } = await debug(models.types, '--no-engine', '-o', out);
    assert.equal(code, 0, words);
    const { tensors, inputs } = captureIn(out);
    assert.deepEqual(
      tensors.map(({ name, reference }) => `${name} ${reference?.type}`),
      ['h float16', 's float', 'q float', 'i int32', 'p bool', 'u float', 'v float', 'y float'],
    );
    assert.deepEqual(
      inputs.map(({ type }) => type),
      ['float', 'bfloat16'],
    );
  });

  test('the same inputs every time, and statistics as NumPy works them out', async () => {
    const out = path.join(folder, 'again');
    await debug(models.nan, '--no-engine', '-o', out);
    const first = readFileSync(path.join(out, 'inputs', 'x.npy'));
    assert.deepEqual(
      asPythonHasIt(models.nan, out),
      ['a', 'n', 's', 'y'].map((name) => [name, asExpected]),
    );
    await debug(models.nan, '--no-engine', '-o', out);
    assert.deepEqual(readFileSync(path.join(out, 'inputs', 'x.npy')), first);
  });

  test('given integers come through to the last bit, and are refused where the input does not hold them', async () => {
    const out = path.join(folder, 'integers');
    const file = path.join(folder, 'long.npy');
    const values = [2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n];
    const bytes = new Uint8Array(BigInt64Array.from(values).buffer);
    writeFileSync(file, Buffer.concat([npyHeader('<i8', [3]), bytes]));
    const { code, words } = await debug(
      models.integers,
      '--no-engine',
      '--load-inputs',
      `i:${file}`,
      '-o',
      out,
    );
    assert.equal(code, 0, words);
    assert.deepEqual(new Uint8Array(readFileSync(path.join(out, 'inputs', 'i.npy')).subarray(-24)), bytes);
    const refused = await debug(models.integers, '--no-engine', '--load-inputs', `k:${file}`, '-o', out);
    assert.equal(refused.code, 2);
    assert.match(
      refused.words,
      /long\.npy holds 9007199254740992, and int32 is from -2147483648 to 2147483647/,
    );
  });

  test('integers that numbers round to the same differ, and are told to the last digit', async () => {
    const captures = [2n ** 53n, 2n ** 53n + 1n].map((value) => {
      const file = path.join(folder, `${value}.npy`);
      const bytes = new Uint8Array(BigInt64Array.of(1n, value, 3n).buffer);
      writeFileSync(file, Buffer.concat([npyHeader('<i8', [3]), bytes]));
      return { file, out: path.join(folder, `${value}`) };
    });
    for (const { file, out } of captures) {
      await debug(models.integers, '--no-engine', '--load-inputs', `i:${file}`, '-o', out);
    }
    const [one, two] = captures.map(({ out }) => out);
    const { code, stdout } = await debug(one ?? '', '--reference', two ?? '');
    assert.equal(code, 1);
    assert.match(stdout, /j +worst +\[1\] +9007199254740992 +9007199254740993 +1 +0\n/);
    assert.match((await debug(one ?? '')).stdout, /9007199254740993/);
  });

  test('the node where NaN comes up is named, exit code 1', async () => {
    const { code, stdout } = await debug(models.nan, '--no-engine', '-o', path.join(folder, 'nan'));
    assert.equal(code, 1);
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      /Found First NaN or infinity of ONNX Runtime \S+: node root \(Sqrt\), output s\. All that goes into it is finite: n\. One tensor follows from it: y\./,
    );
  });

  test('a name that no tensor has is refused, with the one that may be meant', async () => {
    const { code, words } = await debug(models.net, '--no-engine', '--tensors', 'c,jj', '-o', folder);
    assert.equal(code, 2);
    assert.match(words, /net\.onnx has no tensor jj\. Did you mean j\?/);
  });

  test('NaN in a given input is told of the input', async () => {
    const file = path.join(folder, 'nan.npy');
    const bytes = new Uint8Array(Float32Array.of(1, Number.NaN, 2, 3).buffer);
    writeFileSync(file, Buffer.concat([npyHeader('<f4', [4]), bytes]));
    const out = path.join(folder, 'nan-input');
    const { words } = await debug(models.nan, '--no-engine', '--load-inputs', `x:${file}`, '-o', out);
    assert.match(
      words,
      /note: 1 of the 4 values of the input x \(.*nan\.npy\) are NaN or infinite themselves/,
    );
  });

  test('a capture is shown again, and compared with another one', async () => {
    const [one, two] = [path.join(folder, 'one'), path.join(folder, 'two')];
    writeFileSync(path.join(folder, 'x.bin'), new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer));
    await debug(models.future, '--no-engine', '-o', one, '--load-inputs', `x:${path.join(folder, 'x.bin')}`);
    writeFileSync(path.join(folder, 'x.bin'), new Uint8Array(Float32Array.of(1, 2, 3, 5).buffer));
    await debug(models.future, '--no-engine', '-o', two, '--load-inputs', `x:${path.join(folder, 'x.bin')}`);
    assert.deepEqual((await debug(one)).code, 0);
    const { code, stdout } = await debug(one, '--reference', two);
    assert.equal(code, 1);
    assert.match(stdout, /1 of 4 differ/);
    assert.match(stdout, /First divergence of ONNX Runtime \S+ from ONNX Runtime/);
    assert.match(stdout, /worst +\[3\] +4 +5 +1/);
    assert.equal((await debug(one, '--tolerance', '0.3')).code, 0);
    assert.match((await debug(one, '--reference', 'onnxruntime')).stderr, /These are values of ONNX Runtime/);
  });

  test('a tensor inside a function has the call before its name', async () => {
    const out = path.join(folder, 'inner');
    const bare = await debug(models.inner, '--no-engine', '--tensors', 'y,hidden', '-o', out);
    assert.equal(bare.code, 2);
    assert.match(bare.stderr, /no tensor hidden outside of functions\. By the calls .* it is call\/hidden\./);
    const { code, stdout } = await debug(models.inner, '--no-engine', '--tensors', 'call/hidden', '-o', out);
    assert.equal(code, 0);
    assert.match(stdout, /call\/hidden +call\/sum \(Add\)/);
  });

  test('a tensor inside a subgraph cannot be captured, and the way around is told', async () => {
    const { code, words } = await debug(
      models.branch,
      '--no-engine',
      '--tensors',
      'y,hidden',
      '-o',
      path.join(folder, 'branch'),
    );
    assert.equal(code, 0);
    assert.match(
      words,
      /note: hidden is inside if \(a subgraph, or a function that is not looked into\): its values cannot be captured\. Capture the outputs of if\./,
    );
  });

  test('an operator that ONNX Runtime does not know is named', async () => {
    const { code, stderr } = await debug(models.plugin, '--no-engine', '-o', path.join(folder, 'plugin'));
    assert.equal(code, 2);
    assert.match(
      stderr,
      /ONNX Runtime has no operator my:Special\. A plugin’s operator has no reference there/,
    );
  });

  test('a node that has no name is told by its output where ONNX Runtime stops at it', async () => {
    const { code, words } = await debug(models.unnamed, '--no-engine', '-o', path.join(folder, 'unnamed'));
    assert.equal(code, 2);
    assert.match(words, /no kernel for Relu \(version 14\) .* at node node_of_y\./);
  });

  test('a file format of the future, with nothing of it in the model, is run as one that is known; input types are told', async () => {
    const { code, words } = await debug(models.newest, '--no-engine', '-o', path.join(folder, 'newest'));
    assert.equal(code, 0, words);
    assert.match(words, /knows IR versions up to \d+: the model, of version 99, was run as one of \d+/);
    const text = await debug(models.words, '--no-engine', '-o', path.join(folder, 'words'));
    assert.match(text.words, /The input x holds elements of type string; values for it cannot be made/);
  });

  test('an opset of the future is told with the one that is known', async () => {
    const file = path.join(folder, 'future.onnxtxt');
    writeFileSync(
      file,
      '<ir_version: 8, opset_import: ["" : 99]> g (float[4] x) => (float[4] y) { y = Relu (x) }',
    );
    const { stderr } = await debug(file, '--no-engine', '-o', path.join(folder, 'future'));
    assert.match(
      stderr,
      /ONNX Runtime knows ai\.onnx up to opset \d+, and the model has 99\. Change its opset/,
    );
  });

  test('options that would have no effect are refused, before anything is run', async () => {
    const out = path.join(folder, 'stored');
    assert.equal((await debug(models.net, '--no-engine', '-o', out)).code, 0);
    const config = path.join(folder, 'net.trt.yaml');
    writeFileSync(
      config,
      `model: ${models.net}\nprofiles: [{ x: [1, 3, 8, 8], ids: [1] }, { x: [2, 3, 8, 8], ids: [2] }]\n`,
    );
    const cases: readonly (readonly [string[], RegExp])[] = [
      [
        [models.net, '--no-engine', '--runtime', 'tensorrt'],
        /without TensorRT; --runtime would have no effect\. Leave it out\./,
      ],
      [
        [
          ...[config, '--no-engine', '--unfused', '--mark', 'debug', '--max-builds', '2'],
          ...['--plugin', 'a.so', '--trust-host-code'],
        ],
        /; --unfused, --mark, --max-builds, --plugin, --trust-host-code would have no effect\. Leave them out\./,
      ],
      [[models.net, '--no-engine', '--use-profile', '0'], /net\.onnx has no profiles; --use-profile would/],
      [[models.net, '--build', 'a'], /net\.onnx is a model, not a build config; --build would/],
      [
        ['net.engine', '--mark', 'outputs', '--max-builds', '2'],
        /net\.engine is an engine, and not built again; --mark, --max-builds would/,
      ],
      [
        [out, '--tensors', 'y', '--runtime', 'x'],
        /A capture is shown .* --runtime, --tensors would have no effect/,
      ],
    ];
    for (const [args, words] of cases) {
      const { code, stdout, stderr } = await debug(...args);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, words);
      assert.match(stderr, /\nSee onnx-trt debug --help\./);
    }
    // A config's profile says which shapes are usual.
    const second = await debug(
      config,
      '--no-engine',
      '--use-profile',
      '1',
      '-o',
      path.join(folder, 'second'),
    );
    assert.match(second.stdout, /y \(output\) +top \(Softmax\) .* float +2x4\n/);
  });

  test('a shape that the model does not take, ids beyond the table', async () => {
    const wrong = await debug(
      models.net,
      '--no-engine',
      '--shapes',
      'x:2x3x8,ids:2',
      '-o',
      path.join(folder, 'w'),
    );
    assert.match(wrong.stderr, /The input x has 3 dimensions, and the model takes 4\./);
    writeFileSync(path.join(folder, 'ids.bin'), new Uint8Array(BigInt64Array.of(9n).buffer));
    const beyond = await debug(
      models.net,
      '--no-engine',
      '--load-inputs',
      `ids:${path.join(folder, 'ids.bin')}`,
      '-o',
      path.join(folder, 'w'),
    );
    assert.match(beyond.stderr, /ONNX Runtime stopped at the node embed \(Gather\): .*out of .*bounds/);
  });

  test('a folder with something else in it is left alone', async () => {
    const own = path.join(folder, 'own');
    mkdirSync(own);
    writeFileSync(path.join(own, 'thesis.txt'), 'three years');
    const { code, stderr } = await debug(models.future, '--no-engine', '-o', own);
    assert.equal(code, 2);
    assert.match(stderr, /is no folder of captured values \(it has thesis\.txt\)\. Choose another one\./);
    assert.deepEqual(readdirSync(own), ['thesis.txt']);
  });

  test('a model with weights in another file runs without a copy of them', async () => {
    const out = path.join(folder, 'external');
    const script = `
import numpy, onnx
from onnx import helper, numpy_helper
w = numpy.arange(65536, dtype=numpy.float32).reshape(256, 256) / 65536
graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["h"], name="fc"), helper.make_node("Relu", ["h"], ["y"])], "g",
  [helper.make_tensor_value_info("x", 1, ["n", 256])], [helper.make_tensor_value_info("y", 1, ["n", 256])], [numpy_helper.from_array(w, "w")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.save(model, r"${path.join(folder, 'external.onnx')}", save_as_external_data=True, location="weights.bin")`;
    execFileSync('python3', ['-c', script]);
    assert.ok(existsSync(path.join(folder, 'weights.bin')));
    const { code, words } = await debug(path.join(folder, 'external.onnx'), '--no-engine', '-o', out);
    assert.equal(code, 0, words);
    assert.match(
      words,
      /note: The shape of x is taken as 1x256, a guess\. Give another with shapes in a build config or with --shapes x:…/,
    );
    assert.ok(asPythonHasIt(path.join(folder, 'external.onnx'), out).every(([, result]) => result['close']));
  });
});
