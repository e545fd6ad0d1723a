import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readNpyHeader } from '../../../../server/src/engine/npy/read-header.ts';
import { npy } from '../support/npy.ts';

describe('the head of .npy files', () => {
  test('type, byte order, shape and where the values begin, in versions 1 to 3', () => {
    for (const version of [1, 2, 3]) {
      const bytes = npy({ descr: '<f4', shape: '(2, 3)', values: new Uint8Array(24), version });
      const header = readNpyHeader(bytes);
      assert.deepEqual(
        [header.type, header.byteOrder, header.fortranOrder, header.dims],
        ['f4', 'little', false, [2, 3]],
      );
      assert.equal(header.offset, bytes.length - 24);
    }
  });

  test('scalars, vectors, and sizes as Python 2 wrote them', () => {
    const dims = (shape: string) => readNpyHeader(npy({ shape })).dims;
    assert.deepEqual(dims('()'), []);
    assert.deepEqual(dims('(5,)'), [5]);
    assert.deepEqual(dims('(2L, 0L, 7L)'), [2, 0, 7]);
  });

  test('big endian, no byte order, and Fortran order are told', () => {
    assert.equal(readNpyHeader(npy({ descr: '>i8' })).byteOrder, 'big');
    assert.equal(readNpyHeader(npy({ descr: '|u1' })).type, 'u1');
    assert.equal(readNpyHeader(npy({ fortran: true, shape: '(2, 2)' })).fortranOrder, true);
  });

  test('what is none says so', () => {
    const start = (text: string) => readNpyHeader(new TextEncoder().encode(text));
    assert.throws(() => start('PK\u0003\u0004 an archive of them'), /no \.npy file/);
    assert.throws(() => start(''), /no \.npy file/);
    assert.throws(() => readNpyHeader(npy({}).subarray(0, 40)), /cut off/);
    assert.throws(() => readNpyHeader(npy({ version: 9 })), /version 9/);
    assert.throws(() => readNpyHeader(npy({ descr: '<U5x' })), /no numbers/);
    const structured = npy({
      dictionary: "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }",
    });
    assert.throws(() => readNpyHeader(structured), /structured type/);
    assert.throws(() => readNpyHeader(npy({ dictionary: "{'descr': '<f4', 'shape': (2,)}" })), /damaged/);
  });
});
