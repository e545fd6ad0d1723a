import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { LanguageClient } from './language-client.ts';

/** A model with a weight that is elided, one that is shown, an unknown field, and external data. */
const makeModel = `
import sys, numpy, onnx
from onnx import TensorProto, helper, numpy_helper
big = numpy_helper.from_array(numpy.arange(4000, dtype=numpy.float32).reshape(4, 1000), 'big')
small = numpy_helper.from_array(numpy.array([0.5], dtype=numpy.float32), 'small')
nodes = [helper.make_node('MatMul', ['x', 'big'], ['h'], name='/fc/MatMul'), helper.make_node('Add', ['h', 'small'], ['y'])]
value = lambda name, size: helper.make_tensor_value_info(name, TensorProto.FLOAT, ['N', size])
graph = helper.make_graph(nodes, 'g', [value('x', 4)], [value('y', 1000)], [big, small])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8), sys.argv[1])
`;

const equalWeights = `
import sys, numpy, onnx
from onnx import numpy_helper
before, after = (onnx.load(path) for path in sys.argv[1:3])
for a, b in zip(before.graph.initializer, after.graph.initializer, strict=True):
    assert a == b, a.name
print(' '.join(node.op_type for node in after.graph.node))
`;

describe('binary models in the editor', () => {
  let client: LanguageClient;
  let folder: string;
  const file = (name: string) => path.join(folder, name);
  const uri = (name: string) => pathToFileURL(file(name)).href;
  const print = (name: string, more = {}) =>
    client.request<{ text: string }>('onnx/print', { uri: uri(name), ...more });
  const save = (name: string, text: string) =>
    client.request<{ text: string }>('onnx/save', { uri: uri(name), text });

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'lsp-test-'));
    execFileSync('python3', ['-c', makeModel, file('model.onnx')]);
    client = await LanguageClient.start({ settings: { check: { automatically: false } } });
  });
  after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  test('show as text, big weights by reference', async () => {
    const { text } = await print('model.onnx');
    assert.match(
      text,
      /float\[4,1000\] big = \["location": "model\.onnx", "offset": "\d+", "length": "16000", "check": "[0-9a-f]{8}", "field": "raw_data"\]/,
    );
    assert.match(text, /float\[1\] small = \{0\.5\}/);
    assert.match(text, /\["\/fc\/MatMul"\] h = MatMul \(x, big\)/);
  });

  test('compared with another state of theirs differ where that does, and not where weights have only moved', async () => {
    const { text } = await print('model.onnx');
    copyFileSync(file('model.onnx'), file('edited.onnx'));
    const shown = (await print('edited.onnx')).text;
    await save(
      'edited.onnx',
      shown.replace('h = MatMul', 'extra = Neg (x)\n  [a_long_name_for_a_node] h = MatMul'),
    );
    const edited = (await print('edited.onnx')).text;
    const lines = (of: string) => new Set(of.split('\n'));
    const differing = (of: string) => [...lines(of)].filter((line) => !lines(edited).has(line)).length;
    assert.ok(differing(text) > 1, 'the offset of the weight is another one');
    const compared = (await print('model.onnx', { places: { of: uri('edited.onnx') } })).text;
    assert.equal(differing(compared), 1, compared);

    // Other bytes are at a place of their own.
    execFileSync('python3', ['-c', makeModel.replace('arange(4000', 'arange(1, 4001'), file('trained.onnx')]);
    const trained = (await print('trained.onnx', { places: { of: uri('edited.onnx') } })).text;
    assert.match(trained, /big = \["location": "trained\.onnx"/);
    assert.equal(differing(trained), 2, trained);

    const none = (await print('model.onnx', { places: 'none' })).text;
    assert.match(none, /big = \["length": "16000", "check": "[0-9a-f]{8}", "field": "raw_data"\]/);
  });

  test('show as text that refers to the weights from another folder', async () => {
    const { text } = await print('model.onnx', { relativeTo: pathToFileURL(file('texts')).href });
    assert.match(text, /"location": "\.\.\/model\.onnx"/);
  });

  test('stay untouched when saved without a change', async () => {
    const { text } = await print('model.onnx');
    const before = statSync(file('model.onnx'), { bigint: true });
    assert.equal((await save('model.onnx', text)).text, text);
    const after = statSync(file('model.onnx'), { bigint: true });
    assert.deepEqual([after.ino, after.mtimeNs, after.size], [before.ino, before.mtimeNs, before.size]);
  });

  test('keep the weights that are not shown when an edit is saved', async () => {
    copyFileSync(file('model.onnx'), file('edited.onnx'));
    const { text } = await print('edited.onnx');
    const edited = text.replace('y = Add (h, small)', 'a = Add (h, small)\n  y = Relu (a)');
    const saved = await save('edited.onnx', edited);
    assert.notEqual(saved.text, text);
    assert.equal((await print('edited.onnx')).text, saved.text);
    const operators = execFileSync('python3', ['-c', equalWeights, file('model.onnx'), file('edited.onnx')], {
      encoding: 'utf8',
    });
    assert.equal(operators.trim(), 'MatMul Add Relu');
  });

  test('are saved under another name and into another folder, the weights with them', async () => {
    const { text } = await print('model.onnx');
    mkdirSync(file('copies'));
    const target = path.join('copies', 'renamed.onnx');
    await client.request('onnx/save', {
      uri: uri(target),
      text: text.replace('Add', 'Mul'),
      relativeTo: pathToFileURL(folder).href,
    });
    const operators = execFileSync('python3', ['-c', equalWeights, file('model.onnx'), file(target)], {
      encoding: 'utf8',
    });
    assert.equal(operators.trim(), 'MatMul Mul');
  });

  test('stay as they are when the text has problems, which the error names', async () => {
    const { text } = await print('model.onnx');
    const before = readFileSync(file('model.onnx'));
    await assert.rejects(save('model.onnx', text.replace('MatMul (x, big)', 'MatMul (x, big')), {
      message: /^model\.onnx was not saved, as its text has problems\. Line \d+: /,
    });
    assert.deepEqual(readFileSync(file('model.onnx')), before);
  });

  test('stay as they are when the text refers to weights that are no longer there', async () => {
    const { text } = await print('model.onnx');
    const before = readFileSync(file('model.onnx'));
    await assert.rejects(save('model.onnx', text.replace(/"check": "\w+"/, '"check": "01234567"')), {
      message: /was not saved.*has changed since this text was printed/s,
    });
    assert.deepEqual(readFileSync(file('model.onnx')), before);
  });

  test('of broken files are told of in a sentence', async () => {
    writeFileSync(file('empty.onnx'), '');
    writeFileSync(file('truncated.onnx'), readFileSync(file('model.onnx')).subarray(0, 9000));
    mkdirSync(file('folder.onnx'));
    for (const [name, words] of [
      ['empty.onnx', /^empty\.onnx cannot be shown as text\. .*the file is empty/],
      ['truncated.onnx', /^truncated\.onnx cannot be shown as text\. \S/],
      ['folder.onnx', /folder\.onnx is a folder, not a file/],
      ['nothing.onnx', /nothing\.onnx does not exist/],
    ] as const) {
      await assert.rejects(print(name), { message: words });
    }
  });
});

describe('runtimes for the editor', () => {
  test('are listed with where they were found; a setting that leads to none is told of', async () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'lsp-test-'));
    const client = await LanguageClient.start({ settings: { libraryFolders: [empty, 7] } });
    await client.request('tensorrt/runtimes', { refresh: true });
    assert.ok(client.logLines.some(({ message }) => message.includes('tensorrt.libraryFolders is')));
    client.settings = { libraryFolders: [empty] };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    const runtimes = await client.request<{ id: string; directory: string }[]>('tensorrt/runtimes', {});
    assert.ok(Array.isArray(runtimes));
    assert.ok(client.logLines.some(({ message }) => message.includes(`${empty} holds no TensorRT`)));
    await assert.rejects(client.request('tensorrt/selectRuntime', { id: 'tensorrt-9.9.9' }), {
      message: /There is no runtime tensorrt-9\.9\.9 on this machine/,
    });
    await client.stop();
    rmSync(empty, { recursive: true });
  });
});
