import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { scrambled, seededRandom } from '../onnx/binary/merge/wire-tokens.ts';
import { temporaryFolder } from '../tensorrt/support/folders.ts';
import { runCommand } from './run-command.ts';

const values = Array.from({ length: 3000 }, (_, index) => index).join(', ');
const text = `<ir_version: 8, opset_import: ["" : 17]>
g (float[3000] x) => (float[3000] y) <float[3000] w = {${values}}, float[2] small = {1, 2}> { y = Add (x, w) }`;

function python(script: string, ...given: string[]): string {
  return execFileSync('python3', ['-c', script, ...given], { encoding: 'utf8' });
}

describe('encode', () => {
  test('gives back the very bytes that were printed, whatever program wrote them', async (context) => {
    const folder = temporaryFolder(context);
    const [source = '', model = '', printed = '', again = ''] = [
      'a.onnxtxt',
      'm.onnx',
      'm.onnxtxt',
      'n.onnx',
    ].map((name) => path.join(folder, name));
    writeFileSync(source, text);
    await runCommand('encode', source, '-o', model);
    const original = scrambled(readFileSync(model), seededRandom(11));
    assert.ok(!readFileSync(model).equals(original));
    writeFileSync(model, original);
    await runCommand('print', model, '-o', printed);
    assert.equal((await runCommand('encode', printed, '-o', again)).code, 0);
    assert.ok(readFileSync(again).equals(original));
  });

  test('moves big weights to a file beside the model when told to', async (context) => {
    const folder = temporaryFolder(context);
    const file = (name: string) => path.join(folder, name);
    writeFileSync(file('a.onnxtxt'), text);
    const encode = (...more: string[]) =>
      runCommand('encode', file('a.onnxtxt'), '-o', file('m.onnx'), ...more);
    await encode();
    await runCommand('print', file('m.onnx'), '-o', file('a.onnxtxt'));
    const { code, stderr } = await encode('--external-data', file('m.onnx.data'));
    assert.equal(code, 0, stderr);
    assert.equal(statSync(file('m.onnx.data')).size, 12_000);
    assert.ok(statSync(file('m.onnx')).size < 400);
    const program = `import sys, numpy, onnx
from onnx import numpy_helper
model = onnx.load(sys.argv[1])
print([(numpy_helper.to_array(t) == numpy.arange(t.dims[0]) + (t.name == 'small')).all() for t in model.graph.initializer])`;
    assert.equal(python(program, file('m.onnx')), '[np.True_, np.True_]\n');
    // The text again, as the model that it referred to is another one now.
    writeFileSync(file('a.onnxtxt'), text);
    assert.match((await encode('--external-data', file('m.onnx.data'))).stderr, /is there already/);
    assert.match(
      (await encode('--external-data', path.join(folder, '../x'))).stderr,
      /in the folder of the model or below/,
    );
    assert.match((await encode('--external-threshold', '5')).stderr, /needs --external-data/);
    assert.match(
      (await encode('--external-data', 'x', '--external-threshold', 'many')).stderr,
      /takes a number of bytes/,
    );
    assert.ok(!existsSync(path.join(folder, '../x')));
  });

  test('says so when there was nothing to move', async (context) => {
    const folder = temporaryFolder(context);
    const file = (name: string) => path.join(folder, name);
    const constant = `<ir_version: 8, opset_import: ["" : 17]>
g (float[3000] x) => (float[3000] y) { w = Constant <value = float[3000] {${values}}> () y = Add (x, w) }`;
    writeFileSync(file('a.onnxtxt'), constant);
    const { code, stderr } = await runCommand('encode', file('a.onnxtxt'), '--external-data', file('m.data'));
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /note: .*m\.data was not written: no initializer of the main graph has 1024 bytes or more in raw_data, .*Values of Constant/,
    );
    assert.deepEqual([existsSync(file('a.onnx')), existsSync(file('m.data'))], [true, false]);
  });
});

describe('what is too long for a text', () => {
  test('is not read, with the reason', async (context) => {
    const file = path.join(temporaryFolder(context), 'long.onnxtxt');
    writeFileSync(file, '');
    truncateSync(file, 600 * 2 ** 20);
    const { code, stderr } = await runCommand('encode', file);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /long\.onnxtxt is not read: it is 600 MiB long, and ONNX text has at most 512 MiB\./,
    );
  });

  test('is not printed inline, and in references it is', async (context) => {
    const folder = temporaryFolder(context);
    const file = (name: string) => path.join(folder, name);
    const reference = `uint8[10000001] w = ["location": "w.bin", "offset": "0", "length": "10000001"]`;
    writeFileSync(
      file('a.onnxtxt'),
      `<ir_version: 8, opset_import: ["" : 17]> g (float[1] x) => (float[1] y) <${reference}> { y = Relu (x) }`,
    );
    writeFileSync(file('w.bin'), new Uint8Array(10_000_001));
    assert.equal((await runCommand('encode', file('a.onnxtxt'), '--embed-external-data')).code, 0);
    const { code, stderr } = await runCommand('print', file('a.onnx'), '--weights', 'inline');
    assert.equal(code, 2);
    assert.match(stderr, /The tensor w has 10000001 elements, and text shows at most 10000000 of one\./);
    assert.equal((await runCommand('print', file('a.onnx'))).code, 0);
  });
});

describe('print --format', () => {
  test("gives protobuf's own forms, to standard output or a file", async (context) => {
    const folder = temporaryFolder(context);
    const file = (name: string) => path.join(folder, name);
    writeFileSync(file('a.onnxtxt'), text);
    await runCommand('encode', file('a.onnxtxt'), '-o', file('m.onnx'));
    for (const from of ['m.onnx', 'a.onnxtxt']) {
      const json = await runCommand('print', file(from), '--format', 'json');
      assert.equal(json.code, 0, json.stderr);
      writeFileSync(file('m.json'), json.stdout);
      assert.equal(
        (await runCommand('print', file(from), '--format', 'textproto', '-o', file('m.textproto'))).code,
        0,
      );
      const program = `import sys, onnx
from google.protobuf import json_format, text_format
model, json, text = sys.argv[1:]
a = onnx.load(model)
print(json_format.Parse(open(json).read(), onnx.ModelProto()) == a, text_format.Parse(open(text).read(), onnx.ModelProto()) == a)`;
      assert.equal(python(program, file('m.onnx'), file('m.json'), file('m.textproto')), 'True True\n');
    }
  });
});
