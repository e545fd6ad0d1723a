import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createDocument } from '../../../../server/src/features/document.ts';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { writeModel } from '../../../../server/src/node/write-model.ts';
import { parseOnnxText } from '../../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../../server/src/onnx/text/to-model/to-model.ts';
import {
  encodeText,
  modelFolders,
  printFile,
  python,
  save,
  temporaryFolder,
} from '../../onnx/text/models.ts';
import { offeredTitles, type Refactored, refactor, refactorDocument, refusal } from './refactor.ts';

const compareWeights = path.join(import.meta.dirname, '../../../support/compare-weights.py');
const compareOutputs = path.join(import.meta.dirname, '../../../support/constant-models.py');
const out = /Move All Weights to External Data/;
const into = /Move All External Data into the Model/;

/** Runs an action on the text of `FOLDER/NAME.onnx`, and writes the model that follows as `FOLDER/RESULT.onnx`. */
async function moved(folder: string, name: string, title: RegExp, result: string): Promise<Refactored> {
  const file = path.join(folder, `${name}.onnx`);
  const { text } = printFile(file, 'elide');
  // As the editor has it: the text form of the binary model.
  const uri = pathToFileURL(file).href.replace('file:', 'onnx:');
  const refactored = refactorDocument(createDocument(uri, 1, text, nodeFileAccess), title);
  for (const { path: data, content } of refactored.writes) {
    await writeModel(data, content);
  }
  save(folder, `${result}.onnx`, encodeText(refactored.text, folder));
  return refactored;
}

function compared(folder: string, a: string, b: string): { external: string[]; same: boolean } {
  return JSON.parse(python(compareWeights, path.join(folder, `${a}.onnx`), path.join(folder, `${b}.onnx`)));
}

describe('moving weights out of a model and back', () => {
  for (const name of ['magika-model', 'nudenet-320n']) {
    test(`${name} holds the same values, and computes the same`, async () => {
      const folder = temporaryFolder();
      copyFileSync(path.join(modelFolders.real, `${name}.onnx`), path.join(folder, `${name}.onnx`));
      const { message } = await moved(folder, name, out, 'outside');
      const { external, same } = compared(folder, name, 'outside');
      assert(same);
      assert.equal(
        message,
        `${external.length} tensors moved to ${name}.onnx.data. Save the model to have it without them.`,
      );
      assert(external.length >= 5);
      const size = (file: string) => statSync(path.join(folder, file)).size;
      assert(size('outside.onnx') < size(`${name}.onnx`));
      assert(size(`${name}.onnx.data`) > 100_000);
      const outputs = temporaryFolder();
      copyFileSync(path.join(folder, 'outside.onnx'), path.join(outputs, `${name}.onnx`));
      copyFileSync(path.join(folder, `${name}.onnx.data`), path.join(outputs, `${name}.onnx.data`));
      assert.deepEqual(JSON.parse(python(compareOutputs, 'outputs', folder, outputs)), { [name]: 'same' });

      const back = await moved(folder, 'outside', into, 'inside');
      assert.match(back.message ?? '', new RegExp(`^${external.length} tensors will be in the model`));
      assert.deepEqual(compared(folder, name, 'inside'), { external: [], same: true });
      assert.equal(
        Buffer.compare(
          readFileSync(path.join(folder, 'inside.onnx')),
          encodeText(printFile(path.join(folder, `${name}.onnx`), 'elide').text, folder),
        ),
        0,
      );
    });
  }
});

describe('weights of a text', () => {
  const elements = Array.from({ length: 300 }, (_, index) => index / 8).join(', ');
  const text = `<ir_version: 10, opset_import: ["" : 17]>
g (float[300] x) => (float[300] y)
<
  float[300] w = {${elements}},  # the weights
  float[2] small = {1, 2}
>
{
  y = Add (x, w)
}
`;

  test('go to a file with a free name, in place of their elements, and only those that are worth it', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'm.onnx.data'), 'of another model');
    const uri = pathToFileURL(path.join(folder, 'm.onnxtxt')).href;
    const result = refactor(text, out, uri);
    assert.match(
      result.text,
      /float\[300\] w = \["location": "m\.onnx-2\.data", "offset": "0", "length": "1200"\], {2}# the weights\n {2}float\[2\] small = \{1, 2\}/,
    );
    assert.deepEqual(
      result.writes.map((file) => path.basename(file.path)),
      ['m.onnx-2.data'],
    );
    assert.equal(result.message, '1 tensor moved to m.onnx-2.data. Save the model to have it without them.');
  });

  test('are offered one by one at the cursor', () => {
    const titles = (at: string) => offeredTitles(text.replace(at, `$0${at}`), 'refactor.move');
    assert.deepEqual(titles('w = {'), ['Move "w" to external data']);
    assert.deepEqual(titles('small'), []);
    assert.deepEqual(
      offeredTitles(text.replace(/w = \{[^}]*\}/, '$0w = ["location": "w.bin"]'), 'refactor.move'),
      ['Move "w" into the model'],
    );
  });

  test('in graphs inside nodes, and the values of constants, go and come back, too', () => {
    const folder = temporaryFolder();
    const uri = pathToFileURL(path.join(folder, 'm.onnxtxt')).href;
    const nested = `<ir_version: 10, opset_import: ["" : 17, "local" : 1]>
g (bool c) => (float[300] y)
{
  k = Constant <value = float[300] {${elements}}> ()
  t = If (c) <
    then_branch = a () => (p) <float[300] w = {${elements}}> { p = Neg (w) },
    else_branch = b () => (q) { q = local.f (k) }
  >
  y = Neg (t)
}
<domain: "local", opset_import: ["" : 17]>
f (x) => (y) { k = Constant <value = float[300] {${elements}}> () y = Add (x, k) }
`;
    const all = refactor(nested, out, uri);
    assert.equal(all.message, '1 tensor moved to m.onnx.data. Save the model to have it without them.');
    assert.match(
      all.text,
      /<float\[300\] w = \["location": "m\.onnx\.data", "offset": "0", "length": "1200"\]>/,
    );
    const one = refactor(nested.replace('float[300] {', 'float[300] $0{'), /Move the value of "k" to/, uri);
    assert.match(one.text, /k = Constant <value = float\[300\] \["location": "m\.onnx\.data"/);

    writeFileSync(path.join(folder, 'w.bin'), Buffer.alloc(1200, 7));
    const outside = nested.replaceAll(/\{[-\d., ]*\}/g, '["location": "w.bin", "length": "1200"]');
    const back = refactor(outside, into, uri);
    assert.match(back.message ?? '', /^3 tensors will be in the model/);
    assert.equal(back.text.match(/"source": "external", "field": "raw_data"/g)?.length, 3);
  });

  test('that the text refers to are shown on request, and mean the same', () => {
    const folder = temporaryFolder();
    copyFileSync(path.join(modelFolders.real, 'nudenet-320n.onnx'), path.join(folder, 'm.onnx'));
    const { text: printed } = printFile(path.join(folder, 'm.onnx'), 'elide');
    const uri = pathToFileURL(path.join(folder, 'm.onnx')).href.replace('file:', 'onnx:');
    const [entry, name] = /float\[\d+\] ("[^"]*") = (?=\["location")/.exec(printed) ?? [];
    assert(entry && name);
    const at = printed.indexOf(entry);
    const { text: shown } = refactor(
      `${printed.slice(0, at)}$0${printed.slice(at)}`,
      /^Show the elements of "/,
      uri,
    );
    assert.match(shown.slice(at, at + 400), /^(?:#@ raw_data\n *)?float\[\d+\] "[^"]*" = \{/);
    assert.equal(Buffer.compare(encodeText(shown, folder), encodeText(printed, folder)), 0);
  });

  test('a reference into external data is not believed once the file has changed', async () => {
    const folder = temporaryFolder();
    const data = Buffer.alloc(1200, 7);
    writeFileSync(path.join(folder, 'w.bin'), data);
    const uri = pathToFileURL(path.join(folder, 'm.onnxtxt')).href;
    const outside = text.replace(/w = \{[^}]*\}/, 'w = ["location": "w.bin", "length": "1200"]');
    const inside = refactor(outside, into, uri).text;
    assert.match(
      inside,
      /w = \["location": "w\.bin", "offset": "0", "length": "1200", "check": "[0-9a-f]{8}", "source": "external", "field": "raw_data"\]/,
    );
    const problems = () =>
      toModel(parseOnnxText(inside), {
        resolveLocation: (location) => path.join(folder, location),
        files: nodeFileAccess,
      }).problems.map(({ code }) => code);
    assert.deepEqual(problems(), []);
    writeFileSync(path.join(folder, 'w.bin'), Buffer.alloc(1200, 8));
    assert.deepEqual(problems(), ['onnx.reference.stale']);
  });

  test('that are not where the model says stay outside, and the tensor is named', () => {
    const folder = temporaryFolder();
    const uri = pathToFileURL(path.join(folder, 'm.onnxtxt')).href;
    const outside = text.replace(/w = \{[^}]*\}/, 'w = ["location": "w.bin"]');
    assert.match(refusal(outside, into, uri), /^Nothing was moved, as the external data of "w"/);
  });

  test('a source that a reference cannot have is a problem of the text', () => {
    const codes = (entries: string) =>
      toModel(parseOnnxText(`g () => (float[1] w)\n<float[1] w = [${entries}]>\n{ }\n`), {
        resolveLocation: (location) => location,
      }).problems.map(({ code }) => code);
    const place = '"location": "w.bin", "offset": "0", "length": "4"';
    assert.deepEqual(codes(`${place}, "source": "external", "field": "raw_data"`), [
      'onnx.reference.invalid',
    ]);
    assert.deepEqual(codes(`${place}, "check": "00000000", "source": "moon", "field": "raw_data"`), [
      'onnx.reference.invalid',
    ]);
    assert.deepEqual(codes(`${place}, "check": "00000000", "source": "external", "field": "float_data"`), [
      'onnx.reference.invalid',
    ]);
  });
});
