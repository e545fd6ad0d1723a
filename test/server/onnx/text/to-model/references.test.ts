import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOnnxText } from '../../../../../server/src/onnx/text/parse.ts';
import { toModel } from '../../../../../server/src/onnx/text/to-model/to-model.ts';
import { filesInMemory, inModels, modelOf, problemsOf } from '../support.ts';

/** raw_data of 8 bytes at offset 12, int64_data of 3 varints at 22. */
const file = Uint8Array.from([
  ...Array<number>(10).fill(0),
  0x4a,
  8,
  ...Array<number>(8).fill(7),
  0x3a,
  3,
  1,
  2,
  3,
]);
const context = inModels(filesInMemory({ '/models/m.onnx': file }));

function reference(type: string, entries: Readonly<Record<string, string>>): string {
  const list = Object.entries(entries).map(([key, value]) => `"${key}": "${value}"`);
  return `g () => () <${type} w = [${list.join(', ')}]> { }`;
}

const good = { location: 'm.onnx', offset: '12', length: '8', field: 'raw_data' };

describe('a reference to weights', () => {
  test('is where they lie in the file of the model', () => {
    const { graph } = modelOf(reference('float[2]', good), context);
    assert.deepEqual(graph?.initializers[0]?.data, {
      kind: 'raw',
      bytes: { path: '/models/m.onnx', offset: 12, length: 8 },
    });
    const typed = modelOf(
      reference('int64[3]', { ...good, offset: '22', length: '3', field: 'int64_data' }),
      context,
    );
    assert.deepEqual(typed.graph?.initializers[0]?.data, {
      kind: 'typed',
      field: 'int64_data',
      bytes: { path: '/models/m.onnx', offset: 22, length: 3 },
    });
  });

  test('is external data without a field', () => {
    const { field: _, ...entries } = good;
    const { graph } = modelOf(reference('float[2]', entries), context);
    assert.equal(graph?.initializers[0]?.data.kind, 'external');
  });

  const cases: [string, string, Readonly<Record<string, string>>, string, string][] = [
    [
      'a file that is not there',
      'float[2]',
      { ...good, location: 'other.onnx' },
      'onnx.reference.missing-file',
      '"other.onnx"',
    ],
    [
      'other bytes in front of the offset',
      'float[2]',
      { ...good, offset: '13' },
      'onnx.reference.stale',
      '"13"',
    ],
    ['another length in the file', 'float[2]', { ...good, length: '7' }, 'onnx.reference.stale', '"12"'],
    [
      'another field in the file',
      'float[2]',
      { ...good, field: 'float_data' },
      'onnx.reference.stale',
      '"12"',
    ],
    [
      'an end behind the end of the file',
      'float[2]',
      { ...good, offset: '20' },
      'onnx.reference.stale',
      '"20"',
    ],
    [
      'an offset in front of the file',
      'float[0]',
      { ...good, offset: '0', length: '0' },
      'onnx.reference.stale',
      '"0"',
    ],
    ['too few bytes for its tensor', 'float[3]', good, 'onnx.reference.length-mismatch', '"8"'],
    ['too many bytes for its tensor', 'float', good, 'onnx.reference.length-mismatch', '"8"'],
    [
      'too few varints for its tensor',
      'int64[4]',
      { ...good, offset: '22', length: '3', field: 'int64_data' },
      'onnx.reference.length-mismatch',
      '"3"',
    ],
    [
      'a field that cannot hold the type',
      'float[3]',
      { ...good, offset: '22', length: '3', field: 'int64_data' },
      'onnx.reference.length-mismatch',
      '"int64_data"',
    ],
    [
      'no offset',
      'float[2]',
      { location: 'm.onnx', length: '8', field: 'raw_data' },
      'onnx.reference.invalid',
      '["location": "m.onnx", "length": "8", "field": "raw_data"]',
    ],
    [
      'an offset that is no number',
      'float[2]',
      { ...good, offset: '-1' },
      'onnx.reference.invalid',
      '"offset": "-1"',
    ],
    [
      'a field that does not exist',
      'float[2]',
      { ...good, field: 'weights' },
      'onnx.reference.invalid',
      '"weights"',
    ],
  ];
  for (const [what, type, entries, code, pinned] of cases) {
    test(`with ${what} is reported where it is wrong`, () => {
      const problems = problemsOf(reference(type, entries), context);
      assert.deepEqual(
        problems.map(([found, text]) => [found, text]),
        [[code, pinned]],
      );
    });
  }

  test('of a text that is in no folder is reported', () => {
    const problems = problemsOf(reference('float[2]', good), { resolveLocation: () => undefined });
    assert.deepEqual(
      problems.map(([code, pinned]) => [code, pinned]),
      [['onnx.reference.missing-file', '"location": "m.onnx"']],
    );
  });

  test('is not checked where there are no files', () => {
    modelOf(reference('float[2]', { ...good, offset: '13' }), inModels());
  });

  test('closes every file that it opened', () => {
    let open = 0;
    const files = filesInMemory({ '/models/m.onnx': file });
    const counting = {
      ...files,
      open(path: string) {
        const source = files.open(path);
        open++;
        return { ...source, close: () => void open-- };
      },
    };
    toModel(parseOnnxText(reference('float[2]', good)), inModels(counting));
    assert.equal(open, 0);
  });
});
