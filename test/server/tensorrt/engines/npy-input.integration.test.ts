import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import type { EngineTensor, RunInput } from '../../../../native-bridge/src/engine-protocol.ts';
import { npyInput } from '../../../../server/src/tensorrt/engines/npy-input.ts';
import { temporaryFolder } from '../../../native-bridge/support/models.ts';
import { npy } from '../../engine/support/npy.ts';

const folder = temporaryFolder();
const file = (name: string) => path.join(folder, `${name}.npy`);

function tensor(more: Partial<EngineTensor> = {}): EngineTensor {
  return {
    name: 'x',
    mode: 'input',
    type: 'kFLOAT',
    dims: [-1, 3],
    location: 'kDEVICE',
    isShapeTensor: false,
    formats: [],
    ...more,
  };
}

/** What the bridge will read. */
function bytesOf({ source }: RunInput): Buffer {
  assert.ok(source?.kind === 'file');
  return readFileSync(source.path).subarray(source.offset, source.offset + source.byteLength);
}

describe('arrays that NumPy saved, as inputs', () => {
  before(() => {
    const program = `
import numpy as np, sys
folder = sys.argv[1]
a = np.arange(6, dtype=np.float32).reshape(2, 3)
np.save(folder + '/plain.npy', a)
np.save(folder + '/big.npy', a.astype('>f4'))
np.save(folder + '/fortran.npy', np.asfortranarray(a))
np.save(folder + '/column.npy', np.asfortranarray(a[:, 0]))
np.save(folder + '/double.npy', a.astype(np.float64))
np.save(folder + '/shape.npy', np.array([4, 5], dtype='>i8'))
for kind in ['float16', 'int8', 'uint8', 'int32', 'int64', 'bool']:
    np.save(folder + '/' + kind + '.npy', a.astype(kind))
`;
    const ran = spawnSync('python3', ['-c', program, folder], { encoding: 'utf8' });
    assert.equal(ran.status, 0, ran.stderr);
  });

  const expected = new Float32Array([0, 1, 2, 3, 4, 5]);

  test('their values go to the engine where they lie, and their shape with them', () => {
    const input = npyInput(tensor(), file('plain'));
    assert.deepEqual(input.dims, [2, 3]);
    assert.deepEqual(bytesOf(input), Buffer.from(expected.buffer));
    assert.ok(input.source?.kind === 'file' && input.source.path === file('plain'));
    // A shape that is fixed needs not be set.
    assert.equal(npyInput(tensor({ dims: [2, 3] }), file('plain')).dims, undefined);
  });

  test('the other byte order is turned round', () => {
    assert.deepEqual(bytesOf(npyInput(tensor(), file('big'))), Buffer.from(expected.buffer));
  });

  test('of all types that NumPy and TensorRT share', () => {
    const types = {
      float16: 'kHALF',
      int8: 'kINT8',
      uint8: 'kUINT8',
      int32: 'kINT32',
      int64: 'kINT64',
      bool: 'kBOOL',
    };
    for (const [name, type] of Object.entries(types)) {
      assert.deepEqual(npyInput(tensor({ type }), file(name)).dims, [2, 3], name);
    }
    assert.throws(() => npyInput(tensor({ type: 'kINT4' }), file('int8')), /\.npy files cannot hold/);
  });

  test('values of a shape tensor', () => {
    const shape = tensor({ name: 'size', type: 'kINT64', dims: [2], isShapeTensor: true });
    assert.deepEqual(npyInput(shape, file('shape')), {
      dims: [2],
      source: { kind: 'values', values: [4, 5] },
    });
  });

  test('Fortran order is refused, but for one dimension, where there is no other', () => {
    assert.throws(() => npyInput(tensor(), file('fortran')), /Fortran order.*numpy\.ascontiguousarray/);
    assert.deepEqual(npyInput(tensor({ dims: [-1] }), file('column')).dims, [2]);
  });

  test('another type or shape is told before anything runs', () => {
    assert.throws(
      () => npyInput(tensor(), file('double')),
      /double\.npy holds float64, but the input x is kFLOAT\. Convert it with \.astype\('float32'\)/,
    );
    assert.throws(
      () => npyInput(tensor({ dims: [-1, 4] }), file('plain')),
      /has the shape 2x3, but the input x takes \?x4/,
    );
    writeFileSync(file('cut'), npy({ shape: '(2, 3)', values: new Uint8Array(20) }));
    assert.throws(() => npyInput(tensor(), file('cut')), /promises 24 bytes of values, and 20 are there/);
    assert.throws(() => npyInput(tensor(), file('nowhere')), /does not exist|nowhere/);
  });
});
