/**
 * `npm test`: fetches what the tests need, builds, checks types and style, and runs every test, those in a real editor included.
 * The last line counts them all: `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setUpTests } from './setup-tests.mjs';

const root = path.resolve(import.meta.dirname, '..');
await setUpTests('all');

let [passed, failed] = [0, 0];
for (const [title, ...command] of [
  ['Build', process.execPath, 'scripts/build.mjs'],
  ['Types', process.execPath, 'node_modules/typescript/bin/tsc', '--noEmit'],
  ['Format and lint', process.execPath, 'node_modules/@biomejs/biome/bin/biome', 'check', '.'],
  ['Unit and integration tests', process.execPath, 'scripts/test.mjs', 'all'],
  ['In the editor', process.execPath, 'test/e2e/run-all.mjs'],
]) {
  console.log(`\n${title}`);
  const start = performance.now();
  const counts = await count(command);
  passed += counts.passed;
  failed += counts.failed;
  console.log(
    `${title}: ${counts.failed === 0 ? 'ok' : 'failed'} after ${Math.round((performance.now() - start) / 1000)} s`,
  );
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Runs a step with its output shown. A step that counts its tests ends with `N passed, N failed`; any other is one test. */
async function count([program, ...args]) {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let end = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    end = (end + text).slice(-4096);
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  const counts = /(\d+) passed, (\d+) failed\s*$/.exec(end);
  if (counts === null) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  // A runner that failed without counting a failure still failed.
  return { passed: Number(counts[1]), failed: Math.max(Number(counts[2]), code === 0 ? 0 : 1) };
}
