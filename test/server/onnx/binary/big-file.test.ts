import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nodeFileAccess } from '../../../../server/src/node/file-access.ts';
import { readModel } from '../../../../server/src/onnx/binary/reader.ts';
import { weightless } from '../../../../server/src/onnx/binary/weightless.ts';
import type { ByteSource } from '../../../../server/src/onnx/model/file-access.ts';
import { encodeVarints } from '../../../../server/src/onnx/model/varints.ts';
import { delimited, join, number } from './support/wire.ts';

const layers = 100;
const width = 2316;
const weightBytes = width * width * 4;

const folder = mkdtempSync(path.join(tmpdir(), 'big-file-'));
const file = path.join(folder, 'model.onnx');
after(() => rmSync(folder, { recursive: true, force: true }));

/** 200 nodes and 100 weights of 21 MB, in a file that has holes where the weights are: it takes next to no space. */
before(() => {
  const nodes = Array.from({ length: layers }, (_, layer) => [
    delimited(
      1,
      delimited(1, layer === 0 ? 'x' : `relu${layer - 1}`),
      delimited(1, `weight${layer}`),
      delimited(2, `matmul${layer}`),
      delimited(4, 'MatMul'),
    ),
    delimited(1, delimited(1, `matmul${layer}`), delimited(2, `relu${layer}`), delimited(4, 'Relu')),
  ]);
  const heads = Array.from({ length: layers }, (_, layer) => {
    const fields = join(number(1, width), number(1, width), number(2, 1), delimited(8, `weight${layer}`));
    const rawHead = encodeVarints([9 * 8 + 2, weightBytes]);
    return join(encodeVarints([5 * 8 + 2, fields.length + rawHead.length + weightBytes]), fields, rawHead);
  });
  const head = join(nodes, delimited(2, 'g'));
  const length = head.length + heads.reduce((sum, { length: bytes }) => sum + bytes + weightBytes, 0);
  const descriptor = openSync(file, 'w');
  let position = 0;
  const write = (bytes: Uint8Array) => {
    position += writeSync(descriptor, bytes, 0, bytes.length, position);
  };
  write(join(number(1, 8), encodeVarints([7 * 8 + 2, length]), head));
  for (const tensor of heads) {
    write(tensor);
    position += weightBytes;
  }
  ftruncateSync(descriptor, position);
  write(delimited(8, delimited(1, ''), number(2, 17)));
  closeSync(descriptor);
});

describe('a model of two gigabytes', () => {
  test('is read without its weights', () => {
    assert.ok(statSync(file).size > 2_145_000_000);
    let bytesRead = 0;
    const source = nodeFileAccess.open(file);
    const counting: ByteSource = {
      ...source,
      read(offset, length) {
        bytesRead += length;
        return source.read(offset, length);
      },
    };
    const start = performance.now();
    const model = readModel(counting);
    const milliseconds = performance.now() - start;
    source.close();
    assert.equal(model.graph?.nodes.length, 2 * layers);
    assert.equal(model.graph.initializers.length, layers);
    assert.equal(model.opsetImports[0]?.version, 17);
    assert.ok(bytesRead < 3_000_000, `${bytesRead} bytes were read`);
    // Some 5 ms on a quiet machine.
    assert.ok(milliseconds < 500, `it took ${milliseconds} ms`);
  });

  test('is made ready for TensorRT without them', () => {
    const source = nodeFileAccess.open(file);
    const model = readModel(source);
    source.close();
    const stripped = weightless(model, {
      files: nodeFileAccess,
      modelDirectory: folder,
      loadsInitializers: false,
    });
    assert.deepEqual(stripped.problems, []);
    assert.ok(stripped.bytes.length < 30_000, `${stripped.bytes.length} bytes`);
  });
});
