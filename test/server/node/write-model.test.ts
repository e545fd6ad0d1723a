import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { writeModel } from '../../../server/src/node/write-model.ts';

const root = mkdtempSync(path.join(tmpdir(), 'write-model-'));
after(() => rmSync(root, { recursive: true, force: true }));

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'test-'));
  file = path.join(folder, 'model.onnx');
});

describe('saving a model', () => {
  test('puts bytes and ranges of files together', async () => {
    const weights = path.join(folder, 'weights.bin');
    writeFileSync(weights, 'abcdefghij');
    const written = await writeModel(file, [
      Buffer.from('<'),
      { path: weights, offset: 2, length: 3 },
      Buffer.from('|'),
      { path: weights, offset: 0, length: 1 },
      Buffer.from('>'),
    ]);
    assert.equal(readFileSync(file, 'utf8'), '<cde|a>');
    assert.equal(written, 7);
    assert.deepEqual(readdirSync(folder).sort(), ['model.onnx', 'weights.bin']);
  });

  test('may take its weights from the very file that it replaces', async () => {
    const weights = Buffer.alloc(10_000_000);
    for (let index = 0; index < weights.length; index += 4) weights.writeInt32LE((index * 7919) | 0, index);
    writeFileSync(file, Buffer.concat([Buffer.from('old head'), weights]));
    await writeModel(file, [
      Buffer.from('a new and longer head'),
      { path: file, offset: 8, length: weights.length },
    ]);
    const saved = readFileSync(file);
    assert.equal(saved.subarray(0, 21).toString(), 'a new and longer head');
    assert.ok(saved.subarray(21).equals(weights));
  });

  test('keeps permissions, and a symbolic link', {
    skip: process.platform === 'win32' && 'Windows has neither',
  }, async () => {
    mkdirSync(path.join(folder, 'store'));
    const target = path.join(folder, 'store', 'real.onnx');
    writeFileSync(target, 'old');
    chmodSync(target, 0o640);
    symlinkSync(target, file);
    await writeModel(file, [Buffer.from('new')]);
    assert.ok(lstatSync(file).isSymbolicLink());
    assert.equal(readFileSync(target, 'utf8'), 'new');
    assert.equal(statSync(target).mode & 0o777, 0o640);
    if (process.getuid?.() !== 0) return;
    chownSync(target, 65534, 65534);
    await writeModel(file, [Buffer.from('newer')]);
    assert.deepEqual([statSync(target).uid, statSync(target).gid], [65534, 65534]);
  });

  test('that fails leaves the old file, nothing else, and a sentence', async () => {
    writeFileSync(file, 'old');
    const gone = path.join(folder, 'gone.bin');
    await assert.rejects(
      writeModel(file, [Buffer.from('new'), { path: gone, offset: 0, length: 1 }]),
      (error: Error) => {
        assert.ok(
          error.message.startsWith(`${file} was not saved, and is as it was: a file or folder is missing`),
        );
        assert.ok(error.message.includes(gone));
        return true;
      },
    );
    await assert.rejects(
      writeModel(file, [{ path: file, offset: 0, length: 100 }]),
      /ends before byte 100, where weights should be\.$/,
    );
    assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['model.onnx']);
  });

  test('that is cancelled leaves the old file', async () => {
    writeFileSync(file, 'old');
    const stop = new AbortController();
    stop.abort(new Error('Never mind.'));
    await assert.rejects(writeModel(file, [Buffer.alloc(20_000_000)], stop.signal), /^Error: Never mind\.$/);
    assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['model.onnx']);
  });

  test('into a folder that does not exist', async () => {
    await assert.rejects(
      writeModel(path.join(folder, 'no', 'model.onnx'), [Buffer.from('x')]),
      /was not saved/,
    );
  });
});
