import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeVersion, formatVersion, isAtLeast } from '../../../native-bridge/src/abi/version.ts';

test('what getInferLibVersion answers becomes a version', () => {
  const versions = { 110201: '11.2.1', 101501: '10.15.1', 100800: '10.8.0', 10701: '1.7.1', 8601: '8.6.1' };
  for (const [number, version] of Object.entries(versions)) {
    assert.equal(formatVersion(decodeVersion(Number(number))), version);
  }
});

test('versions are ordered by major, then minor', () => {
  const version = decodeVersion(101300);
  assert.ok(isAtLeast(version, '10.13'));
  assert.ok(isAtLeast(version, '10.9'));
  assert.ok(!isAtLeast(version, '10.14'));
  assert.ok(!isAtLeast(version, '11.0'));
  assert.ok(isAtLeast(decodeVersion(110000), '10.15'));
});
