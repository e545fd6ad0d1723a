import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { npyHeader } from '../../../../../server/src/engine/npy/write-header.ts';
import { plainFileName, ValueFileNames } from '../../../../../server/src/node/value-files.ts';
import { valuesOfFolder } from '../../../../../server/src/tensorrt/engines/debug/reference.ts';
import { temporaryFolder } from '../../support/folders.ts';

describe('files of values', () => {
  test('are named after tensors that may be called anything', () => {
    const names = new ValueFileNames();
    assert.deepEqual(
      ['a/b', 'a_b', '../../up', 'Aux', 'aux.1', 'auxiliary', 'COM1', ''].map((name) => names.of(name)),
      [
        'a_b.npy',
        'a_b-2.npy',
        '__.._up.npy',
        '_Aux.npy',
        '_aux.1.npy',
        'auxiliary.npy',
        '_COM1.npy',
        '_.npy',
      ],
    );
    assert.equal(plainFileName('x'.repeat(300)).length, 100);
  });

  test('in a folder from elsewhere are found by the name, or by the plain one where that is no other tensor’s', async (context) => {
    const folder = temporaryFolder(context);
    const bytes = Buffer.concat([npyHeader('<f4', [1]), new Uint8Array(4)]);
    for (const file of ['a_b.npy', 'c_d.npy', 'x-0.npy']) writeFileSync(path.join(folder, file), bytes);
    const { values } = await valuesOfFolder(folder, ['a/b', 'a_b', 'c/d', 'x-0', 'y']);
    assert.deepEqual(
      values.map(({ name, file }) => [name, path.basename(file)]),
      [
        ['a_b', 'a_b.npy'],
        ['c/d', 'c_d.npy'],
        ['x-0', 'x-0.npy'],
      ],
    );
  });
});
