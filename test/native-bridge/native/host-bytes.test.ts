import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  allocateBytes,
  readBytes,
  readFileTo,
  writeBytes,
} from '../../../native-bridge/src/native/host-bytes.ts';
import koffi from '../../../native-bridge/src/native/koffi.ts';
import { temporaryFolder } from '../support/models.ts';

/** More than koffi takes at once. */
const many = 70 * 1024 * 1024 + 3;

function pattern(byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  for (let at = 0; at < byteLength; at += 4093) bytes[at] = at % 251;
  return bytes;
}

test('more bytes than 64 MiB are written and read as they are', () => {
  const bytes = pattern(many);
  const { memory, address } = allocateBytes(many);
  writeBytes(address, bytes);
  assert.equal(Buffer.compare(readBytes(address, many), bytes), 0);
  koffi.free(memory);
});

test('no bytes are nothing to do', () => {
  const { memory, address } = allocateBytes(0);
  writeBytes(address, new Uint8Array());
  assert.equal(readBytes(address, 0).length, 0);
  koffi.free(memory);
});

test('a range of a file, and how much of it there is', () => {
  const bytes = pattern(many);
  const file = path.join(temporaryFolder(), 'values.bin');
  writeFileSync(file, bytes);
  const { memory, address } = allocateBytes(many);
  assert.equal(readFileTo(address, { path: file, offset: 1, byteLength: many - 1 }), many - 1);
  assert.equal(Buffer.compare(readBytes(address, many - 1), bytes.subarray(1)), 0);
  assert.equal(readFileTo(address, { path: file, offset: many - 5, byteLength: 100 }), 5);
  koffi.free(memory);
});
