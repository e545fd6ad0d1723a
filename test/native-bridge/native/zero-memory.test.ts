import assert from 'node:assert/strict';
import { test } from 'node:test';
import koffi from '../../../native-bridge/src/native/koffi.ts';
import { ZeroMemory } from '../../../native-bridge/src/native/zero-memory.ts';

test('terabytes of zeros take no memory', () => {
  const memory = new ZeroMemory();
  const before = process.memoryUsage().rss;
  const byteLength = 2 ** 40;
  const address = memory.address(byteLength);
  for (const offset of [0, byteLength / 2, byteLength - 8]) {
    assert.equal(koffi.decode.uint64(address + BigInt(offset)), 0);
  }
  assert.ok(process.memoryUsage().rss - before < 32e6);
  assert.equal(memory.address(1000), address, 'one region serves all');
});

test('lengths that cannot be are refused', () => {
  const memory = new ZeroMemory();
  for (const byteLength of [-1, 0.5, Number.NaN, 2 ** 60]) {
    assert.throws(() => memory.address(byteLength), RangeError);
  }
  // More than any machine has address space for.
  assert.throws(() => memory.address(2 ** 52), {
    name: 'tensorrtFailed',
    message: /refused .* of address space/,
  });
});
