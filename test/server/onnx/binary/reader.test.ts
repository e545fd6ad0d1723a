import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { encodeModel } from '../../../../server/src/onnx/binary/writer.ts';
import { concatenate } from '../../../../server/src/onnx/model/bytes.ts';
import type { Attribute, Model, Tensor } from '../../../../server/src/onnx/model/model.ts';
import { delimited, float, join, memorySource, modelWithGraph, number, type Part } from './support/wire.ts';

const read = (bytes: Uint8Array): Model => readModel(memorySource(bytes));

/** The only attribute of the only node. Also checks that writing it loses nothing. */
function readAttribute(...attribute: readonly Part[]): Attribute {
  const model = read(modelWithGraph(delimited(1, delimited(5, ...attribute))));
  assert.deepEqual(read(written(model)), model);
  const [first] = model.graph?.nodes[0]?.attributes ?? [];
  assert.ok(first);
  return first;
}

function readInitializer(...tensor: readonly Part[]): Tensor {
  const [initializer] = read(modelWithGraph(delimited(5, ...tensor))).graph?.initializers ?? [];
  assert.ok(initializer);
  return initializer;
}

function assertWritesBack(model: Model, bytes: Uint8Array): void {
  assert.deepEqual(Buffer.from(written(model)), Buffer.from(bytes));
}

function written(model: Model): Uint8Array {
  return concatenate(bytesOf(encodeModel(model)));
}

describe('what a model says', () => {
  test('a small model, all of it', () => {
    const dimension = (...content: readonly Part[]) => delimited(1, ...content);
    const type = delimited(
      2,
      delimited(
        1,
        number(1, 1),
        delimited(2, dimension(delimited(2, 'N')), dimension(number(1, 4)), dimension()),
      ),
    );
    const bytes = modelWithGraph(
      delimited(1, delimited(1, 'x'), delimited(2, 'y'), delimited(3, 'act'), delimited(4, 'Relu')),
      delimited(2, 'g'),
      delimited(11, delimited(1, 'x'), type),
      delimited(12, delimited(1, 'y')),
    );
    const model = read(bytes);
    assert.deepEqual(model, {
      irVersion: 10,
      opsetImports: [{ domain: '', version: 21 }],
      metadata: [],
      functions: [],
      graph: {
        name: 'g',
        nodes: [
          {
            inputs: ['x'],
            outputs: ['y'],
            name: 'act',
            operator: 'Relu',
            domain: '',
            attributes: [],
            metadata: [],
          },
        ],
        initializers: [],
        inputs: [
          {
            name: 'x',
            type: {
              kind: 'tensor',
              elementType: 1,
              shape: [{ kind: 'parameter', name: 'N' }, { kind: 'value', value: 4 }, { kind: 'unknown' }],
            },
            metadata: [],
          },
        ],
        outputs: [{ name: 'y', metadata: [] }],
        valueInfos: [],
        metadata: [],
      },
    });
    assertWritesBack(model, bytes);
  });

  test('repeated numbers, packed or one by one', () => {
    const packed = readAttribute(
      delimited(1, 'axes'),
      delimited(8, Uint8Array.of(1, 2, 0xac, 0x02)),
      number(20, 7),
    );
    assert.deepEqual(packed, { name: 'axes', type: 'ints', value: [1, 2, 300] });
  });

  test('64-bit integers are exact', () => {
    const values = [0, -1, 2 ** 53 - 1, -(2 ** 53) + 1, 2n ** 53n, -(2n ** 63n), 2n ** 63n - 1n];
    const attribute = readAttribute(...values.map((value) => number(8, value)), number(20, 7));
    assert.deepEqual(attribute, { name: '', type: 'ints', value: values });
  });

  test('a graph in two parts is one graph, as protobuf merges messages', () => {
    const node = (operator: string) => delimited(1, delimited(4, operator));
    const bytes = join(
      delimited(7, node('A'), delimited(2, 'first')),
      delimited(7, node('B'), delimited(2, 'second')),
    );
    const { graph } = read(bytes);
    assert.deepEqual(
      graph?.nodes.map(({ operator }) => operator),
      ['A', 'B'],
    );
    assert.equal(graph?.name, 'second');
  });

  test('a field that is there and empty is told from one that is not there', () => {
    const model = read(
      modelWithGraph(delimited(1, delimited(3, ''), delimited(4, 'Relu'), delimited(7, ''))),
    );
    const [node] = model.graph?.nodes ?? [];
    assert.equal(node?.name, '');
    assert.deepEqual(node?.otherFields, [Uint8Array.of(0x3a, 0)]);
    assertWritesBack(
      model,
      modelWithGraph(delimited(1, delimited(3, ''), delimited(4, 'Relu'), delimited(7, ''))),
    );
  });

  test('an opset without a domain stays without', () => {
    const bytes = join(delimited(7), delimited(8, number(2, 9)));
    const model = read(bytes);
    assert.deepEqual(model.opsetImports, [{ domain: '', omitted: 'domain', version: 9 }]);
    assertWritesBack(model, bytes);
  });

  test('strings that are no UTF-8 come back as they were', () => {
    const bytes = modelWithGraph(
      delimited(1, delimited(1, Uint8Array.of(0x61, 0xff)), delimited(4, 'Größe')),
    );
    const model = read(bytes);
    assert.deepEqual(model.graph?.nodes[0]?.inputs, ['a\udcff']);
    assert.equal(model.graph?.nodes[0]?.operator, 'Größe');
    assertWritesBack(model, bytes);
  });

  test('unknown fields, groups among them, are kept', () => {
    const group = join(Uint8Array.of(0x9b, 0x06), number(1, 7), Uint8Array.of(0x9c, 0x06));
    const bytes = modelWithGraph(delimited(1, delimited(4, 'Relu'), group));
    const model = read(bytes);
    assert.deepEqual(Buffer.concat(bytesOf(model.graph?.nodes[0]?.otherFields)), Buffer.from(group));
  });

  test('what only a newer ONNX knows is kept: device configurations, training', () => {
    const training = delimited(20, delimited(1, delimited(2, 'init')));
    const configuration = delimited(26, delimited(1, 'gpu'), number(2, 2));
    const bytes = join(
      delimited(7, delimited(1, delimited(4, 'Relu'), delimited(10, delimited(1, 'gpu')))),
      training,
      configuration,
    );
    const model = read(bytes);
    assert.deepEqual(Buffer.concat(bytesOf(model.otherFields)), Buffer.concat([training, configuration]));
    assertWritesBack(model, bytes);
  });
});

describe('attributes', () => {
  test('of the first IR version have no type: it follows from the value', () => {
    assert.deepEqual(readAttribute(delimited(1, 'axis'), number(3, 1)), {
      name: 'axis',
      type: 'int',
      value: 1,
      omitted: 'type',
    });
  });

  test('that leave out a zero, as proto3 does', () => {
    assert.deepEqual(readAttribute(delimited(1, 'axis'), number(20, 2)), {
      name: 'axis',
      type: 'int',
      value: 0,
      omitted: 'value',
    });
  });

  test('that refer to a parameter of their function', () => {
    assert.deepEqual(readAttribute(delimited(1, 'alpha'), number(20, 1), delimited(21, 'a')), {
      name: 'alpha',
      type: 'reference',
      attributeType: 'float',
      value: 'a',
    });
  });

  test('a value beside the one that the type names is kept', () => {
    const attribute = readAttribute(delimited(1, 'a'), number(3, 1), delimited(4, 'text'), number(20, 2));
    assert.equal(attribute.type, 'int');
    assert.deepEqual(Buffer.concat(bytesOf(attribute.otherFields)), Buffer.from(delimited(4, 'text')));
  });

  test('a NaN other than the default one keeps its bits', () => {
    const attribute = readAttribute(delimited(1, 'a'), float(2, 0xffc00001), number(20, 1));
    assert.ok(attribute.type === 'float' && Number.isNaN(attribute.value));
    assert.equal(attribute.omitted, 'value');
    readAttribute(delimited(1, 'a'), float(2, 0x7fc00000), number(20, 1));
  });

  test('strings that are bytes', () => {
    const attribute = readAttribute(delimited(4, Uint8Array.of(0xff, 0)), number(20, 3));
    assert.ok(attribute.type === 'string');
    assert.deepEqual(attribute.value, Uint8Array.of(0xff, 0));
  });

  test('of a type that ONNX does not have have no value, and lose nothing', () => {
    assert.equal(readAttribute(delimited(1, 'a'), number(20, 99), delimited(77, 'new')).type, 'undefined');
  });
});

describe('tensors', () => {
  test('long data stays in the file, short data is read', () => {
    const head = join(number(1, 1000), number(2, 1), delimited(8, 'w'));
    const tensor = readInitializer(head, delimited(9, new Uint8Array(4000)));
    assert.ok(tensor.data.kind === 'raw' && !(tensor.data.bytes instanceof Uint8Array));
    assert.equal(tensor.data.bytes.length, 4000);
    assert.equal(tensor.data.bytes.path, '/models/model.onnx');
    const short = readInitializer(number(2, 1), delimited(9, Uint8Array.of(0, 0, 128, 63)));
    assert.deepEqual(short.data, { kind: 'raw', bytes: Uint8Array.of(0, 0, 128, 63) });
  });

  test('floats that are not packed, or packed in pieces, are put together', () => {
    const expected = Buffer.alloc(8);
    expected.writeFloatLE(1, 0);
    expected.writeFloatLE(-2, 4);
    for (const data of [
      join(float(4, 0x3f800000), float(4, 0xc0000000)),
      join(delimited(4, expected.subarray(0, 4)), delimited(4, expected.subarray(4))),
      join(float(4, 0x3f800000), delimited(4, expected.subarray(4))),
    ]) {
      const { data: found } = readInitializer(number(1, 2), number(2, 1), data);
      assert.ok(found.kind === 'typed' && found.field === 'float_data' && found.bytes instanceof Uint8Array);
      assert.deepEqual(Buffer.from(found.bytes), expected);
    }
  });

  test('external data', () => {
    const entry = (key: string, value: string) => delimited(13, delimited(1, key), delimited(2, value));
    const { data } = readInitializer(entry('location', 'w.bin'), entry('offset', '16'), number(14, 1));
    assert.deepEqual(data, {
      kind: 'external',
      entries: [
        { key: 'location', value: 'w.bin' },
        { key: 'offset', value: '16' },
      ],
    });
  });

  test('data in a field of another type than the elements’, beside the right one, is kept', () => {
    const tensor = readInitializer(
      number(2, 1),
      delimited(4, Uint8Array.of(0, 0, 128, 63)),
      delimited(7, Uint8Array.of(5)),
    );
    assert.ok(tensor.data.kind === 'typed' && tensor.data.field === 'float_data');
    assert.deepEqual(Buffer.concat(bytesOf(tensor.otherFields)), Buffer.from(delimited(7, Uint8Array.of(5))));
  });

  test('strings are bytes', () => {
    const { data } = readInitializer(number(2, 8), delimited(6, 'a'), delimited(6, Uint8Array.of(0xff)));
    assert.deepEqual(data, {
      kind: 'strings',
      values: [Buffer.from('a'), Uint8Array.of(0xff)].map((b) => new Uint8Array(b)),
    });
  });
});

function bytesOf(pieces: Model['otherFields']): Uint8Array[] {
  return (pieces ?? []).map((piece) => {
    assert.ok(piece instanceof Uint8Array);
    return piece;
  });
}
