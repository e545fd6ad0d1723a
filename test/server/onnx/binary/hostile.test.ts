import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ModelReadError, readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { encodeVarints } from '../../../../server/src/onnx/model/varints.ts';
import { delimited, join, lying, memorySource, modelWithGraph, number } from './support/wire.ts';

/** Reads what must fail, within two seconds. */
function failure(bytes: Uint8Array, limits?: Parameters<typeof readModel>[1]): ModelReadError {
  const start = performance.now();
  let error: unknown;
  try {
    readModel(memorySource(bytes), limits);
  } catch (caught) {
    error = caught;
  }
  assert.ok(performance.now() - start < 2000, 'It takes too long.');
  assert.ok(error instanceof ModelReadError, `${error}`);
  return error;
}

/** `depth` messages, each the only field of the one around it. */
function nested(fields: readonly number[], depth: number): Uint8Array {
  const heads: Uint8Array[] = [];
  let length = 0;
  for (let level = 0; level < depth; level++) {
    const field = fields[level % fields.length] ?? 1;
    const head = encodeVarints([field * 8 + 2, length]);
    heads.push(head);
    length += head.length;
  }
  return join(heads.reverse());
}

const relu = delimited(1, delimited(1, 'x'), delimited(2, 'y'), delimited(4, 'Relu'));

describe('a damaged model', () => {
  test('that is cut off says where and how much is missing', () => {
    const whole = modelWithGraph(relu, delimited(5, number(2, 1), delimited(9, new Uint8Array(1000))));
    const error = failure(whole.subarray(0, 500));
    assert.match(
      error.message,
      /^The file ends at byte 500, in the model itself: the field at byte 2 says that it goes on to byte \d+\. The file looks truncated\.$/,
    );
    assert.equal(error.offset, 2);
  });

  test('of any length never ends in anything but a model or a ModelReadError', () => {
    const whole = modelWithGraph(
      relu,
      delimited(1, delimited(5, delimited(1, 'k'), number(3, 300), number(20, 2))),
      delimited(11, delimited(1, 'x'), delimited(2, delimited(1, number(1, 1)))),
    );
    readModel(memorySource(whole));
    for (let length = 0; length < whole.length; length++) {
      try {
        readModel(memorySource(whole.subarray(0, length)));
      } catch (error) {
        assert.ok(error instanceof ModelReadError);
      }
    }
  });

  test('whose inner length reaches out of its message says in which one', () => {
    const node = delimited(1, delimited(4, 'Add'), lying(1, 100, 'x'));
    const error = failure(modelWithGraph(relu, node, delimited(10, 'x'.repeat(200))));
    assert.match(
      error.message,
      /^The model is damaged at byte \d+, in node 1 of the graph: the field's length of 100 bytes reaches beyond what it is part of\.$/,
    );
  });

  for (const length of [2n ** 63n, -1n, 2 ** 31, 2 ** 40]) {
    test(`whose graph says that it has ${length} bytes`, () => {
      failure(join(number(1, 8), lying(7, length, relu)));
    });
  }

  test('with wire types that do not exist', () => {
    assert.match(failure(modelWithGraph(relu, Uint8Array.of(0x0e, 1))).message, /wire type 6 does not exist/);
    assert.match(failure(modelWithGraph(relu, Uint8Array.of(0x9c, 0x06))).message, /ends no group/);
  });

  test('with a number that does not end', () => {
    assert.match(
      failure(modelWithGraph(relu, new Uint8Array(20).fill(0xff))).message,
      /longer than ten bytes/,
    );
  });

  test('with field number 0', () => {
    assert.match(failure(modelWithGraph(relu, Uint8Array.of(0x02, 0))).message, /field number 0/);
  });

  test('whose file becomes shorter while it is read', () => {
    const source = memorySource(modelWithGraph(relu, delimited(10, 'x'.repeat(100_000))));
    const shrinking = {
      ...source,
      read: (offset: number, length: number) => {
        if (offset + length > 50_000) throw new RangeError('The file became shorter.');
        return source.read(offset, length);
      },
    };
    assert.throws(
      () => readModel(shrinking),
      (error) => error instanceof ModelReadError && /became shorter/.test(error.message),
    );
  });
});

describe('a hostile model ends in an error in bounded time and memory', () => {
  test('a million graphs inside each other', () => {
    // Graph, node, attribute, graph …
    const error = failure(join(number(1, 8), delimited(7, nested([1, 6, 5], 1_000_000))));
    assert.match(error.message, /nested more than 100 deep, which no ONNX tool reads\.$/);
    assert.match(error.message, /in node 0 of the graph of attribute 0 of node 0 of the graph/);
  });

  test('a million types inside each other', () => {
    const type = nested([1, 4], 1_000_000);
    assert.match(
      failure(modelWithGraph(delimited(11, delimited(2, type)))).message,
      /nested more than 100 deep/,
    );
  });

  test('a million groups inside each other', () => {
    const groups = Buffer.alloc(2_000_000, Uint8Array.of(0x9b, 0x06));
    assert.match(failure(modelWithGraph(relu, groups)).message, /groups are nested more than 100 deep/);
  });

  test('more nodes than memory', () => {
    const nodes = Buffer.alloc(4_000_000, Uint8Array.of(0x0a, 0));
    assert.match(
      failure(modelWithGraph(nodes), { memoryBytes: 50_000_000 }).message,
      /its structure alone .* takes more than 50 MB of memory/,
    );
  });

  test('more names than memory', () => {
    const node = delimited(
      1,
      Array.from({ length: 500_000 }, (_, index) => delimited(1, `name${index}`)),
    );
    failure(modelWithGraph(node), { memoryBytes: 10_000_000 });
  });

  test('more numbers than memory', () => {
    const attribute = delimited(5, delimited(8, new Uint8Array(2_000_000)));
    failure(modelWithGraph(delimited(1, attribute)), { memoryBytes: 10_000_000 });
  });

  test('a string longer than memory', () => {
    failure(modelWithGraph(delimited(10, new Uint8Array(20_000_000).fill(0xff))), {
      memoryBytes: 10_000_000,
    });
  });
});

describe('an odd model is read in linear time', () => {
  const quickly = (bytes: Uint8Array) => {
    const start = performance.now();
    const model = readModel(memorySource(bytes));
    assert.ok(performance.now() - start < 3000, 'It takes too long.');
    return model;
  };

  test('a graph in 100,000 parts', () => {
    const { graph } = quickly(join(new Array<Uint8Array>(100_000).fill(delimited(7, relu))));
    assert.equal(graph?.nodes.length, 100_000);
  });

  test('a tensor in 100,000 parts', () => {
    const part = delimited(5, delimited(4, Uint8Array.of(0, 0, 128, 63)));
    const attribute = delimited(5, new Array<Uint8Array>(100_000).fill(part), number(20, 4));
    const [first] = quickly(modelWithGraph(delimited(1, attribute))).graph?.nodes[0]?.attributes ?? [];
    assert.ok(first?.type === 'tensor' && first.value.data.kind === 'typed');
    assert.equal(first.value.data.bytes.length, 400_000);
  });

  test('a million unknown fields', () => {
    const unknown = Buffer.alloc(3_000_000, number(99, 1));
    const { otherFields } = quickly(modelWithGraph(relu, unknown)).graph ?? {};
    assert.equal(
      otherFields?.reduce((sum, { length }) => sum + length, 0),
      3_000_000,
    );
  });

  test('100,000 metadata entries that are no pairs', () => {
    const entries = new Array<Uint8Array>(100_000).fill(delimited(16, delimited(1, 'key')));
    assert.deepEqual(quickly(modelWithGraph(relu, entries)).graph?.metadata, []);
  });

  test('dims beyond all numbers', () => {
    const tensor = delimited(5, number(1, 2n ** 63n - 1n), number(1, 2n ** 63n - 1n), number(2, 1));
    assert.deepEqual(quickly(modelWithGraph(tensor)).graph?.initializers[0]?.dims, [
      2n ** 63n - 1n,
      2n ** 63n - 1n,
    ]);
  });
});
