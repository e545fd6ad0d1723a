import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { protoText, writeProtoText } from '../../../../server/src/node/write-proto-text.ts';
import { encodeVarints } from '../../../../server/src/onnx/model/varints.ts';
import { delimited, join, number } from '../binary/support/wire.ts';
import { modelFolders, modelNames, python, temporaryFolder } from '../text/models.ts';

const support = path.resolve(import.meta.dirname, '../../../support');
const temporary = temporaryFolder();
/** Bytes; Python takes long for the text of more. */
const largest = 1_000_000;

function whole(file: string) {
  return [{ path: file, offset: 0, length: nodeFileAccess.size(file) ?? 0 }];
}

describe('a model as textproto and as JSON', () => {
  for (const [name, folder] of Object.entries(modelFolders)) {
    test(`is an equal model to protobuf's own parsers: ${name}`, async () => {
      const texts = path.join(temporary, name);
      mkdirSync(texts);
      const names = modelNames(folder, largest);
      // The operators' conformance cases are alike, and parsing them in Python takes minutes.
      for (const model of names.filter((_, index) => names.length < 300 || index % 5 === 0)) {
        const chunks = whole(path.join(folder, `${model}.onnx`));
        for (const format of ['textproto', 'json'] as const) {
          await writeProtoText(path.join(texts, `${model}.${format}`), format, chunks, nodeFileAccess);
        }
      }
      const differing = python(path.join(support, 'compare-proto-texts.py'), folder, texts);
      assert.equal(differing, `${readdirSync(texts).length} compared\n`);
    });
  }

  test('says numbers that are none, strings with every character, and bytes that are no text', () => {
    const program = `
import sys, onnx, struct
from onnx import helper
floats = helper.make_attribute('floats', [float('nan'), float('inf'), float('-inf'), -0.0, 1e-45, 3.4028235e38, 0.1])
text = helper.make_attribute('text', ''.join(map(chr, range(1, 300))) + '\\U0001f600')
odd = helper.make_attribute('odd', bytes(range(256)))
node = helper.make_node('Op', ['x'], ['y'], doc_string=''.join(map(chr, range(1, 600))))
node.attribute.extend([floats, text, odd, helper.make_attribute('int', -2**63), helper.make_attribute('empty', '')])
graph = helper.make_graph([node], 'g', [], [])
model = helper.make_model(graph)
model.model_version = 2**63 - 1
model.domain = ''
open(sys.argv[1], 'wb').write(model.SerializeToString())`;
    const folder = path.join(temporary, 'odd models');
    const texts = path.join(temporary, 'odd texts');
    for (const one of [folder, texts]) mkdirSync(one);
    const file = path.join(folder, 'odd.onnx');
    execFileSync('python3', ['-c', program, file]);
    for (const format of ['textproto', 'json'] as const) {
      const { pieces } = protoText(format, whole(file), nodeFileAccess);
      writeFileSync(path.join(texts, `odd.${format}`), [...pieces].join(''));
    }
    assert.equal(python(path.join(support, 'compare-proto-texts.py'), folder, texts), '2 compared\n');
  });

  test('tells of fields that neither form has a place for', () => {
    const file = path.join(temporary, 'unknown.onnx');
    writeFileSync(
      file,
      join(number(1, 8), delimited(7, delimited(2, 'g'), delimited(99, 'x')), number(1000, 1)),
    );
    const text = protoText('textproto', whole(file), nodeFileAccess);
    assert.match([...text.pieces].join(''), /^ir_version: 8\ngraph \{\n {2}name: "g"\n\}\n$/m);
    assert.match(text.lost() ?? '', /1000 of ModelProto, 99 of GraphProto/);
  });

  test('tells of NaNs with bits of their own, and of strings that are not UTF-8', () => {
    const file = path.join(temporary, 'lost.onnx');
    const floats = (...bits: readonly number[]) => Buffer.from(Uint32Array.from(bits).buffer);
    const tensor = (name: string | Uint8Array, data: Uint8Array) =>
      delimited(5, number(2, 1), delimited(4, data), delimited(8, name));
    const lostBy = (initializer: Uint8Array) => {
      writeFileSync(file, join(number(1, 8), delimited(7, initializer)));
      return (['textproto', 'json'] as const).map((format) => {
        const text = protoText(format, whole(file), nodeFileAccess);
        assert.match([...text.pieces].join(''), /w/);
        return text.lost();
      });
    };
    assert.deepEqual(lostBy(tensor('w', floats(0x7fc00000, 0x3f800000))), [undefined, undefined]);
    for (const bits of [0xffc00000, 0x7fc00001]) {
      for (const lost of lostBy(tensor('w', floats(0x3f800000, bits))))
        assert.match(lost ?? '', /became plain NaNs.*: float_data of TensorProto\.$/);
    }
    for (const lost of lostBy(tensor(Uint8Array.of(0x77, 0xff), floats())))
      assert.match(lost ?? '', /^Strings that are not UTF-8.*: name of TensorProto\.$/);
  });

  test('writes packed numbers piece by piece', () => {
    const file = path.join(temporary, 'packed.onnx');
    const integers = Array.from({ length: 100_000 }, (_, index) =>
      index % 7 === 0 ? -index : 2 ** (index % 40),
    );
    const floats = Array.from({ length: 50_000 }, (_, index) => index / 4);
    const tensor = join(
      number(2, 7),
      delimited(4, new Uint8Array(Float32Array.from(floats).buffer)),
      delimited(7, encodeVarints(integers)),
    );
    writeFileSync(file, join(number(1, 8), delimited(7, delimited(5, tensor))));
    const pieces = [...protoText('json', whole(file), nodeFileAccess).pieces];
    assert.ok(pieces.every(({ length }) => length < 1_000_000));
    const [written] = JSON.parse(pieces.join('')).graph.initializer;
    assert.deepEqual(written.floatData, floats);
    assert.deepEqual(written.int64Data, integers.map(String));
    const text = [...protoText('textproto', whole(file), nodeFileAccess).pieces].join('');
    const said = (name: string) =>
      Array.from(text.matchAll(new RegExp(`${name}: (.*)`, 'g')), ([, value]) => Number(value));
    assert.deepEqual(said('float_data'), floats);
    assert.deepEqual(
      said('int64_data'),
      integers.map((value) => value + 0),
    );
  });

  test('takes weights piece by piece', async () => {
    const weights = path.join(temporary, 'weights.bin');
    writeFileSync(weights, Buffer.alloc(5_000_001, 'weights'));
    const tensor = { path: weights, offset: 0, length: 5_000_001 };
    const head = join(number(2, 2));
    const field = delimited(9, Buffer.alloc(0));
    assert.equal(field.length, 2);
    const rawHead = Buffer.from([0x4a, 0xc1, 0x96, 0xb1, 0x02]);
    const length = head.length + rawHead.length + tensor.length;
    const varint = (value: number) => number(0, value).subarray(1);
    const initializer = join(Buffer.from([0x2a]), varint(length), head, rawHead);
    const graph = join(Buffer.from([0x3a]), varint(initializer.length + tensor.length), initializer);
    const target = path.join(temporary, 'pieces.json');
    await writeProtoText(target, 'json', [graph, tensor], nodeFileAccess);
    const [written] = JSON.parse(readFileSync(target, 'utf8')).graph.initializer;
    assert.ok(Buffer.from(written.rawData, 'base64').equals(readFileSync(weights)));
  });
});
