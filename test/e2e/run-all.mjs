/**
 * All end-to-end tests: `npm run test:e2e [-- --no-package] [part of a name …]`. Packages the extension for this machine, runs the
 * suite inside the extension host, then drives the workbench. With parts of names only these files of `workbench` and `vsix`, and
 * the suite where `in-host` is one. Ends with `N passed, N failed` for each and a last line for all.
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
    // The machine's own, and one whose koffi is not installed here.
    ...[`${process.platform}-${process.arch}`, 'win32-x64'].flatMap((target) => ['--target', target]),
  ]);

const parts = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isWanted = (name) => parts.length === 0 || parts.some((part) => name.includes(part));

let [passed, failed] = [0, 0];
if (isWanted('in-host')) {
  console.log('Inside the extension host:');
  const inHost = await runInHostSuite();
  console.log(`${inHost.passed} passed, ${inHost.failed} failed`);
  ({ passed, failed } = inHost);
}
for (const [title, folder] of [
  ['The package:', 'vsix'],
  ['In the workbench:', 'workbench'],
]) {
  const files = readdirSync(path.join(import.meta.dirname, folder))
    .filter((name) => name.endsWith('.test.ts') && isWanted(name))
    .map((name) => path.join(import.meta.dirname, folder, name));
  if (files.length === 0) continue;
  console.log(title);
  const result = runNodeTests(files);
  passed += result.passed;
  failed += result.failed;
}
console.log(`End-to-end: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/** Runs test files one after the other: editors and browsers need the machine for themselves. */
function runNodeTests(files) {
  const { stdout, status } = spawnSync(
    process.execPath,
    [
      '--import',
      'tsx',
      '--test',
      '--test-concurrency=1',
      '--test-timeout=240000',
      `--test-reporter=${pathToFileURL(path.join(root, 'scripts', 'test-reporter.mjs'))}`,
      '--test-reporter-destination=stdout',
      ...files,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
  );
  process.stdout.write(stdout);
  const counts = /(\d+) passed, (\d+) failed\s*$/.exec(stdout);
  if (counts === null) return { passed: 0, failed: 1 };
  return { passed: Number(counts[1]), failed: Math.max(Number(counts[2]), status === 0 ? 0 : 1) };
}
