import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { nodeFileAccess } from '../../../server/src/node/file-access.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'file-access-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => path.join(folder, name);

describe('reading files by position', () => {
  test('gives exactly the bytes asked for', () => {
    writeFileSync(file('model.onnx'), '0123456789');
    const source = nodeFileAccess.open(file('model.onnx'));
    assert.equal(source.size, 10);
    assert.equal(Buffer.from(source.read(3, 4)).toString(), '3456');
    assert.equal(source.read(10, 0).length, 0);
    assert.throws(() => source.read(8, 3), RangeError);
    assert.throws(() => source.read(-1, 3), RangeError);
    source.close();
    source.close();
    assert.equal(nodeFileAccess.size(file('model.onnx')), 10);
  });

  test('a file that has become shorter', () => {
    writeFileSync(file('shrinking.onnx'), '0123456789');
    const source = nodeFileAccess.open(file('shrinking.onnx'));
    truncateSync(file('shrinking.onnx'), 5);
    assert.throws(
      () => source.read(0, 10),
      /RangeError: .*shrinking\.onnx became shorter while it was read\.$/,
    );
    source.close();
  });

  test('what cannot be opened is said in a sentence', () => {
    const gone = file('gone.onnx');
    assert.throws(() => nodeFileAccess.open(gone), { message: `${gone} does not exist.` });
    assert.equal(nodeFileAccess.size(gone), undefined);
    assert.throws(() => nodeFileAccess.open(folder), { message: `${folder} is a folder, not a file.` });
    assert.equal(nodeFileAccess.size(folder), undefined);
    assert.throws(
      () => nodeFileAccess.open(path.join(file('model.onnx'), 'x')),
      /does not exist: a part of its path is a file/,
    );
  });

  test('a named pipe is refused, not waited for', {
    skip: process.platform === 'win32' && 'Windows has none',
  }, () => {
    execFileSync('mkfifo', [file('pipe')]);
    assert.throws(() => nodeFileAccess.open(file('pipe')), /is not a regular file\.$/);
  });

  test('a file that may not be read', {
    skip: process.platform === 'win32' && 'Windows has no such bits',
  }, () => {
    writeFileSync(file('secret.onnx'), 'x');
    chmodSync(file('secret.onnx'), 0);
    // Root may read everything, so it becomes someone else for a moment.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      assert.throws(() => nodeFileAccess.open(file('secret.onnx')), /cannot be read: permission denied\.$/);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });
});
