/**
 * All end-to-end tests: `npm run test:e2e [-- --no-package]`. Packages the extension for this machine, runs the suite inside the
 * extension host, then drives the workbench. Ends with `N passed, N failed` for each and a last line for all.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '../../scripts/run.mjs';
import { setUpTests } from '../../scripts/setup-tests.mjs';
import { runInHostSuite } from './run-code-server.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');
await setUpTests('e2e');
if (!process.argv.includes('--no-package'))
  run(process.execPath, [
    path.join(root, 'scripts', 'package.mjs'),
    '--target',
    `${process.platform}-${process.arch}`,
  ]);

console.log('Inside the extension host:');
const inHost = await runInHostSuite();
console.log(`${inHost.passed} passed, ${inHost.failed} failed`);

console.log('In the workbench:');
const folder = path.join(import.meta.dirname, 'workbench');
const workbench = spawnSync(
  process.execPath,
  [
    '--import',
    'tsx',
    '--test',
    '--test-concurrency=1',
    '--test-timeout=240000',
    `--test-reporter=${pathToFileURL(path.join(root, 'scripts', 'test-reporter.mjs'))}`,
    '--test-reporter-destination=stdout',
    ...readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => path.join(folder, name)),
  ],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
);
process.stdout.write(workbench.stdout);
const [, passed = '0', failed = '1'] = /(\d+) passed, (\d+) failed\s*$/.exec(workbench.stdout) ?? [];
const failures = inHost.failed + Math.max(Number(failed), workbench.status === 0 ? 0 : 1);
console.log(`End-to-end: ${inHost.passed + Number(passed)} passed, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
