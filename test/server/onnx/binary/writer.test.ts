import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { encodeModel, largestMessage, ModelWriteError } from '../../../../server/src/onnx/binary/writer.ts';
import { byteCount, isFileRange } from '../../../../server/src/onnx/model/bytes.ts';
import type { FileRange, Graph, Model, Node, Tensor } from '../../../../server/src/onnx/model/model.ts';
import { delimited, join, memorySource, modelWithGraph, number } from './support/wire.ts';

const emptyGraph: Graph = {
  name: 'g',
  nodes: [],
  initializers: [],
  inputs: [],
  outputs: [],
  valueInfos: [],
  metadata: [],
};

function modelOf(graph: Partial<Graph>): Model {
  return {
    irVersion: 10,
    opsetImports: [{ domain: '', version: 21 }],
    metadata: [],
    functions: [],
    graph: { ...emptyGraph, ...graph },
  };
}

function weight(bytes: FileRange): Tensor {
  return { name: 'w', dataType: 1, dims: [bytes.length / 4], data: { kind: 'raw', bytes }, metadata: [] };
}

function inMemory(model: Model): Uint8Array {
  return join(
    encodeModel(model).map((chunk) => {
      assert.ok(!isFileRange(chunk));
      return chunk;
    }),
  );
}

describe('writing a model', () => {
  test('weights stay ranges of their file, between the bytes around them', () => {
    const range: FileRange = { path: '/models/old.onnx', offset: 4096, length: 1_000_000 };
    const chunks = encodeModel(modelOf({ initializers: [weight(range)] }));
    assert.equal(chunks.length, 3);
    assert.equal(chunks[1], range);
    // The lengths in front are those of the whole.
    const whole = join(chunks.map((chunk) => (isFileRange(chunk) ? new Uint8Array(chunk.length) : chunk)));
    const { graph } = readModel(memorySource(whole));
    assert.deepEqual(graph?.initializers[0]?.dims, [250_000]);
  });

  test('gigabytes are measured without being read', () => {
    const range = { path: '/models/old.onnx', offset: 0, length: 600_000_000 };
    const chunks = encodeModel(modelOf({ initializers: [weight(range), weight(range), weight(range)] }));
    assert.ok(byteCount(chunks) > 1_800_000_000);
  });

  test('more than protobuf allows is refused', () => {
    const range = { path: '/models/old.onnx', offset: 0, length: 1_200_000_000 };
    assert.throws(
      () => encodeModel(modelOf({ initializers: [weight(range), weight(range)] })),
      (error) => {
        assert.ok(error instanceof ModelWriteError);
        assert.match(error.message, /^The model would be 24\d{8} bytes long/);
        assert.match(error.message, /external data\.$/);
        return true;
      },
    );
    assert.equal(largestMessage, 2_147_483_647);
  });

  test('a name that was edited wins over the empty one that the file held', () => {
    const model = readModel(
      memorySource(modelWithGraph(delimited(1, delimited(4, 'Relu'), delimited(7, '')))),
    );
    const [node] = model.graph?.nodes ?? [];
    assert.ok(node?.otherFields);
    const edited: Node = { ...node, domain: 'com.example' };
    const reread = readModel(memorySource(inMemory(modelOf({ nodes: [edited] }))));
    assert.equal(reread.graph?.nodes[0]?.domain, 'com.example');
  });

  test('other fields are where protobuf itself would write them', () => {
    const opset = delimited(8, delimited(1, ''), number(2, 21));
    // training_info is 20, functions 25, configuration 26.
    const bytes = join(
      delimited(7, delimited(2, 'g')),
      opset,
      delimited(20, delimited(3, delimited(1, 'k'), delimited(2, 'v'))),
      delimited(25, delimited(1, 'f'), delimited(10, 'local')),
      delimited(26, delimited(1, 'device')),
    );
    assert.deepEqual(Buffer.from(inMemory(readModel(memorySource(bytes)))), Buffer.from(bytes));
  });

  test('other fields that are no protobuf are written as they are', () => {
    const noise = Uint8Array.of(0xff, 0xff);
    const written = inMemory({ ...modelOf({}), otherFields: [noise] });
    assert.deepEqual(new Uint8Array(written.slice(0, 2)), noise);
  });
});
