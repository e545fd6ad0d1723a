/**
 * The suite that runs inside the extension host, with the extension installed from its VSIX. Both launchers
 * (run-code-server.mjs, run-electron.mjs) load this module and call `run`; results leave through the file
 * `ONNX_E2E_RESULTS`, one line per test and a JSON summary at the end.
 */
import { appendFileSync } from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly duration: number;
}

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, slow: 10_000 });
  const only = process.env['ONNX_E2E_GREP'];
  if (only !== undefined) mocha.grep(only);
  for (const name of testFiles) mocha.addFile(path.join(__dirname, name));
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) =>
      failures === 0 ? resolve() : reject(new Error(`${failures} tests failed.`)),
    );
    runner.on('pass', (test) => report(`  ✓ ${test.fullTitle()} (${test.duration} ms)`));
    runner.on('fail', (test, error) => report(`  ✗ ${test.fullTitle()}\n${error.stack ?? error.message}`));
    runner.on('end', () => {
      const { passes = 0, failures = 0, duration = 0 } = runner.stats ?? {};
      report(JSON.stringify({ passed: passes, failed: failures, duration } satisfies Summary));
    });
  });
}

/** Written by the bundler: the test files beside this one. */
declare const testFiles: readonly string[];
declare const __dirname: string;

function report(line: string): void {
  const file = process.env['ONNX_E2E_RESULTS'];
  if (file !== undefined) appendFileSync(file, `${line}\n`);
}
