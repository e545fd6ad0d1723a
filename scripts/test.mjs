/**
 * Runs the tests: `node scripts/test.mjs unit|integration|all [part of a path …]`.
 *
 * Integration tests, `NAME.integration.test.ts` in any folder, need the real TensorRT libraries, Python's onnx package or a network; all
 * other `*.test.ts` are unit tests and need nothing. The editor's own tests, test/e2e, have their own runner.
 * Prints failures as they happen; the last line is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setUpTests } from './setup-tests.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [kind = 'all', ...parts] = process.argv.slice(2);
if (!['unit', 'integration', 'all'].includes(kind)) {
  console.error('Usage: node scripts/test.mjs unit|integration|all [part of a path …]');
  process.exit(2);
}

const files = readdirSync(path.join(root, 'test'), { recursive: true })
  .map((name) => path.join('test', name))
  .filter((name) => name.endsWith('.test.ts') && !name.startsWith(path.join('test', 'e2e')))
  .filter((name) => kind === 'all' || name.endsWith('.integration.test.ts') === (kind === 'integration'))
  .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No ${kind} test under test/ has ${parts.join(' or ') || '.test.ts'} in its path.`);
  process.exit(1);
}

const reporter = pathToFileURL(path.join(root, 'scripts', 'test-reporter.mjs')).href;
if (kind !== 'unit') await setUpTests('integration');

// What was installed on this machine for its user (`npm run demo` does) is none of the tests' business.
const userData = mkdtempSync(path.join(tmpdir(), 'onnx-test-user-data-'));
const result = spawnSync(
  process.execPath,
  [
    '--import',
    'tsx',
    '--test',
    `--test-concurrency=${availableParallelism()}`,
    '--test-timeout=600000',
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
    ...files,
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, XDG_DATA_HOME: userData } },
);
rmSync(userData, { recursive: true, force: true });
process.exit(result.status ?? 1);
