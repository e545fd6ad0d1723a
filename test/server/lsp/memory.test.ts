import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

test('a server that nobody asks anything gives back what it no longer needs', async () => {
  const script = fileURLToPath(new URL('measure-rest.mts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script]);
  const { asked, rested } = JSON.parse(stdout) as Record<'asked' | 'rested', number>;
  const megabyte = 2 ** 20;
  assert.ok(asked > 200 * megabyte, `${asked / megabyte} MB is too little to be true`);
  assert.ok(rested < 80 * megabyte, `${rested / megabyte} MB after a rest`);
});
