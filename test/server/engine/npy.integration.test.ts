/** .npy files against NumPy. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { npyHeader } from '../../../server/src/engine/npy/write-header.ts';
import { openValueFile } from '../../../server/src/engine/tensor-values/value-file.ts';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';
import { temporaryFolder } from '../../native-bridge/support/models.ts';

const folder = temporaryFolder();
const file = (name: string) => path.join(folder, `${name}.npy`);

function numpy(program: string): string {
  return execFileSync('python3', ['-c', `import numpy as np\n${program}`], {
    encoding: 'utf8',
    cwd: folder,
  }).trim();
}

describe('.npy files', () => {
  test('that NumPy writes are read', () => {
    numpy(`
np.save("half", np.array([[1, -0.5, 65504]], np.float16))
np.save("flags", np.array([True, False]))
np.save("scalar", np.array(7, np.int64))
np.save("empty", np.zeros((0, 3), np.uint8))`);
    const read = (name: string) => {
      const { type, dims, chunks } = openValueFile(file(name), nodeFileAccess);
      return [type.name, dims, [...chunks()].flatMap((chunk) => [...chunk])];
    };
    assert.deepEqual(read('half'), ['float16', [1, 3], [1, -0.5, 65504]]);
    assert.deepEqual(read('flags'), ['bool', [2], [1, 0]]);
    assert.deepEqual(read('scalar'), ['int64', [], [7]]);
    assert.deepEqual(read('empty'), ['uint8', [0, 3], []]);
  });

  test('that are written are read by NumPy, whatever the shape', () => {
    for (const dims of [[], [4], [2, 2], [1, 2, 1, 2], Array.from({ length: 32 }, () => 1)]) {
      const count = dims.reduce((product, dim) => product * dim, 1);
      const values = Buffer.from(Float32Array.from({ length: count }, (_, index) => index).buffer);
      writeFileSync(file('own'), Buffer.concat([npyHeader('<f4', dims), values]));
      assert.equal(
        numpy('a = np.load("own.npy"); print(a.dtype, list(a.shape), a.sum())'),
        `float32 [${dims.join(', ')}] ${((count * (count - 1)) / 2).toFixed(1)}`,
      );
    }
  });

  test('that cannot be read one element behind the other say what to do', () => {
    numpy(`
np.save("columns", np.asfortranarray(np.ones((2, 3))))
np.save("big", np.ones(3, ">f4"))
np.save("complex", np.ones(3, np.complex64))
np.save("objects", np.array([{}], object), allow_pickle=True)
open("short.npy", "wb").write(open("big.npy", "rb").read().replace(b">f4", b"<f4")[:-2])
open("other.npy", "wb").write(b"PK but no array")`);
    const fails = (name: string, words: RegExp) =>
      assert.throws(() => openValueFile(file(name), nodeFileAccess), words);
    fails('columns', /stored column by column: save it with numpy\.save\(FILE, numpy\.ascontiguousarray/);
    fails('big', /is big-endian \(>f4\)/);
    fails('complex', /elements of type <c8, which no tensor of a model has|holds elements of type <c8/);
    fails('objects', /holds elements of type \|O/);
    fails('short', /ends before its last value: 12 bytes are to follow/);
    fails('other', /is no \.npy file/);
  });

  test('with bits of a small float are read as the type that is named', () => {
    numpy('np.save("bits", np.array([0x3f80, 0xc049], np.uint16))');
    const { chunks } = openValueFile(file('bits'), nodeFileAccess, 'bfloat16');
    assert.deepEqual(
      [...chunks()].flatMap((chunk) => [...chunk]),
      [1, -3.140625],
    );
  });
});
