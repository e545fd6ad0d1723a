/** Opening, editing, saving and undoing through the requests that the editor sends. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { encodeVarints } from '../../../server/src/onnx/model/varints.ts';
import { sample } from '../../support/sample.ts';
import { delimited, join, number } from '../onnx/binary/support/wire.ts';
import { modelFolders, modelNames } from '../onnx/text/models.ts';
import { LanguageClient } from './language-client.ts';

interface SaveResult {
  readonly text: string;
  readonly tooLarge?: { readonly message: string; readonly externalData: string };
}

let client: LanguageClient;
let folder: string;
const file = (name: string) => path.join(folder, name);
const uri = (name: string) => pathToFileURL(file(name)).href;
const print = async (name: string) =>
  (await client.request<{ text: string }>('onnx/print', { uri: uri(name) })).text;
const save = (name: string, text: string, more = {}) =>
  client.request<SaveResult>('onnx/save', { uri: uri(name), text, ...more });

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'lossless-'));
  client = await LanguageClient.start({ settings: { check: { automatically: false } } });
});
after(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

describe('opening and saving', () => {
  for (const [name, models] of Object.entries(modelFolders)) {
    test(`gives back the same bytes, rewritten or not: ${name}`, async () => {
      let count = 0;
      // Of the conformance cases a part: merge-model.integration.test.ts saves them all, without the server.
      for (const model of sample(modelNames(models), name === 'operator conformance' ? 4 : 1)) {
        const original = path.join(models, `${model}.onnx`);
        copyFileSync(original, file('model.onnx'));
        const text = await print('model.onnx');
        const { ino } = statSync(file('model.onnx'));
        assert.equal((await save('model.onnx', text)).text, text);
        assert.equal(statSync(file('model.onnx')).ino, ino, `${model} was written without need`);
        // A text that differs and means the same is written.
        assert.equal((await save('model.onnx', `${text}\n# A comment is no part of a model.\n`)).text, text);
        assert.notEqual(statSync(file('model.onnx')).ino, ino);
        assert.ok(readFileSync(file('model.onnx')).equals(readFileSync(original)), model);
        // A doc string comes and goes.
        const edited = `#@ doc_string: "edited"\n${text}`;
        if (count % 5 === 0 && !text.includes('doc_string')) {
          const saved = await save('model.onnx', edited);
          assert.ok(
            !readFileSync(file('model.onnx')).equals(readFileSync(original)),
            `${model} was not edited`,
          );
          assert.notEqual(saved.text, text);
          await save('model.onnx', text);
          assert.ok(readFileSync(file('model.onnx')).equals(readFileSync(original)), `undone: ${model}`);
        }
        count++;
      }
      assert.ok(count > 10);
    });
  }
});

/** Two tensors of one size, so that each lies where the other one could. */
const twins = `
import sys, numpy, onnx
from onnx import TensorProto, helper, numpy_helper
rows = numpy.arange(4000, dtype=numpy.float32).reshape(4, 1000)
a, b = numpy_helper.from_array(rows, 'a'), numpy_helper.from_array(-rows, 'b')
nodes = [helper.make_node('MatMul', ['x', 'a'], ['h']), helper.make_node('MatMul', ['x', 'b'], ['i']), helper.make_node('Add', ['h', 'i'], ['y'])]
value = lambda name, size: helper.make_tensor_value_info(name, TensorProto.FLOAT, ['N', size])
graph = helper.make_graph(nodes, 'g', [value('x', 4)], [value('y', 1000)], [a, b])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8), sys.argv[1])
`;

describe('undoing after a save, and saving again', () => {
  let original: Buffer;
  let text: string;
  test('brings back a node that was removed, and the bytes of the file', async () => {
    execFileSync('python3', ['-c', twins, file('twins.onnx')]);
    original = readFileSync(file('twins.onnx'));
    text = await print('twins.onnx');
    await save('twins.onnx', text.replace(/^.*= Add .*$/m, '  y = Sub (h, i)\n  unused_by_all = Neg (h)'));
    assert.ok(!readFileSync(file('twins.onnx')).equals(original));
    // The old text names the places where the weights were.
    await save('twins.onnx', text);
    assert.ok(readFileSync(file('twins.onnx')).equals(original));
  });

  test('does not take one tensor for another that lies where it was', async () => {
    const lines = text.split('\n');
    const [a = '', b = ''] = lines.filter((line) => line.includes('"check"'));
    // Their order in the file changes with their order in the text.
    const swapped = text.replace(a, 'FIRST').replace(b, a.replace(/,$/, '')).replace('FIRST', `${b},`);
    await save('twins.onnx', swapped);
    assert.ok(!readFileSync(file('twins.onnx')).equals(original));
    await save('twins.onnx', text);
    assert.ok(readFileSync(file('twins.onnx')).equals(original));
  });

  test('brings back weights that the save had removed from the file', async () => {
    const without = text
      .replace(/^ *float\[4,1000\] b = .*\n/m, '')
      .replace(/(float\[4,1000\] a = .*),$/m, '$1')
      .replace('(x, b)', '(x, a)');
    await save('twins.onnx', without);
    assert.ok(statSync(file('twins.onnx')).size < original.length - 15_000);
    await save('twins.onnx', text);
    assert.ok(readFileSync(file('twins.onnx')).equals(original));
  });

  test('is refused where another program has replaced the weights', async () => {
    execFileSync('python3', [
      '-c',
      twins.replace('numpy.arange(4000', '7 + numpy.arange(4000'),
      file('twins.onnx'),
    ]);
    const replaced = readFileSync(file('twins.onnx'));
    await assert.rejects(save('twins.onnx', text), { message: /was not saved.*has changed since/s });
    assert.ok(readFileSync(file('twins.onnx')).equals(replaced));
  });
});

describe('a model beyond two gigabytes', () => {
  const layers = 6;
  const weightBytes = 400_000_000;
  /** Holes where the weights are: it takes next to no space, and longer than protobuf allows. */
  const makeBig = (name: string) => {
    const heads = Array.from({ length: layers }, (_, layer) => {
      const fields = join(number(1, weightBytes / 4), number(2, 1), delimited(8, `weight${layer}`));
      const rawHead = encodeVarints([9 * 8 + 2, weightBytes]);
      return join(encodeVarints([5 * 8 + 2, fields.length + rawHead.length + weightBytes]), fields, rawHead);
    });
    const nodes = heads.map((_, layer) =>
      delimited(1, delimited(1, `weight${layer}`), delimited(2, `y${layer}`), delimited(4, 'Neg')),
    );
    const graph = join(...nodes, delimited(2, 'g'));
    const length = heads.reduce((sum, head) => sum + head.length + weightBytes, graph.length);
    const descriptor = openSync(file(name), 'w');
    let position = 0;
    const write = (bytes: Uint8Array) => {
      position += writeSync(descriptor, bytes, 0, bytes.length, position);
    };
    write(
      join(
        number(1, 8),
        delimited(8, delimited(1, ''), number(2, 17)),
        encodeVarints([7 * 8 + 2, length]),
        graph,
      ),
    );
    for (const head of heads) {
      write(head);
      // So that the weights differ.
      writeSync(descriptor, head, 0, head.length, position + 1000);
      position += weightBytes;
    }
    ftruncateSync(descriptor, position);
  };

  test('opens, and is saved with its weights in a file beside it when asked for', async () => {
    makeBig('big.onnx');
    assert.ok(statSync(file('big.onnx')).size > 2 ** 31);
    const text = await print('big.onnx');
    assert.match(text, /weight5 = \["location": "big\.onnx"/);
    const edited = text.replace('y0 = Neg', 'y0 = Abs');
    const inode = statSync(file('big.onnx')).ino;
    const refused = await save('big.onnx', edited);
    assert.equal(refused.tooLarge?.externalData, 'big.onnx.data');
    assert.match(refused.tooLarge.message, /2\.24 GiB long, and no ONNX file can be longer than 2 GiB/);
    assert.equal(statSync(file('big.onnx')).ino, inode);
    const peak = memoryOf(client.processId);
    const original = readWeight('big.onnx', text, 3);
    const saved = await save('big.onnx', edited, { externalData: true });
    assert.ok(memoryOf(client.processId) - peak < 100_000, 'weights went through memory');
    assert.match(
      saved.text,
      /weight3 = \["location": "big\.onnx\.data", "offset": "\d+", "length": "400000000"\]/,
    );
    assert.ok(statSync(file('big.onnx')).size < 2000);
    assert.ok(readWeight('big.onnx.data', saved.text, 3).equals(original));
    const program =
      'import sys, onnx; m = onnx.load(sys.argv[1], load_external_data=False); print(m.graph.node[0].op_type)';
    assert.equal(execFileSync('python3', ['-c', program, file('big.onnx')], { encoding: 'utf8' }), 'Abs\n');
    // The text from before refers to weights in the model; they are found in the file that they have gone to.
    const undone = await save('big.onnx', text);
    assert.equal(undone.tooLarge?.externalData, 'big.onnx-2.data');
    assert.ok(!existsSync(file('big.onnx-2.data')));
  });

  test('is edited in place below the limit without its weights in memory', async () => {
    makeBig('huge.onnx');
    const text = await print('huge.onnx');
    // One tensor less, and it fits.
    const smaller = text
      .replace(/^ *float\[100000000\] weight0 = .*\n/m, '')
      .replace('Neg (weight0)', 'Neg (weight1)');
    const peak = memoryOf(client.processId);
    await save('huge.onnx', smaller);
    assert.ok(memoryOf(client.processId) - peak < 100_000, 'weights went through memory');
    assert.equal(Math.round(statSync(file('huge.onnx')).size / weightBytes), layers - 1);
    for (const name of ['big.onnx.data', 'huge.onnx']) rmSync(file(name));
  });
});

/** The most that the process has had in memory so far, in kilobytes. */
function memoryOf(process: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1]);
}

function readWeight(name: string, text: string, layer: number): Buffer {
  const offset = Number(new RegExp(`weight${layer} = .*"offset": "(\\d+)"`).exec(text)?.[1]);
  const program =
    'import sys; f = open(sys.argv[1], "rb"); f.seek(int(sys.argv[2])); sys.stdout.buffer.write(f.read(4096))';
  return execFileSync('python3', ['-c', program, file(name), String(offset)]);
}

describe('saving as textproto and JSON', () => {
  test('asks before it writes much', async () => {
    writeFileSync(file('empty.txt'), '');
    execFileSync('python3', [
      '-c',
      twins.replaceAll('4000', '20000000').replaceAll('1000', '5000000'),
      file('wide.onnx'),
    ]);
    const text = await print('wide.onnx');
    const params = {
      text,
      relativeTo: pathToFileURL(folder).href,
      target: uri('wide.textproto'),
      format: 'textproto',
    };
    const asked = await client.request<{ bytes?: number }>('onnx/export', params);
    assert.ok((asked.bytes ?? 0) > 100_000_000);
    assert.ok(!existsSync(file('wide.textproto')));
  });

  test('writes what protobuf reads', async () => {
    execFileSync('python3', ['-c', twins, file('twins.onnx')]);
    const text = await print('twins.onnx');
    for (const format of ['textproto', 'json']) {
      const params = { text, relativeTo: pathToFileURL(folder).href, target: uri(`twins.${format}`), format };
      assert.deepEqual(await client.request('onnx/export', params), {});
    }
    const program = `
import sys, onnx
from google.protobuf import json_format, text_format
model, text, json = sys.argv[1:]
assert text_format.Parse(open(text).read(), onnx.ModelProto()) == onnx.load(model)
assert json_format.Parse(open(json).read(), onnx.ModelProto()) == onnx.load(model)`;
    execFileSync('python3', ['-c', program, file('twins.onnx'), file('twins.textproto'), file('twins.json')]);
  });
});
