/**
 * Runs the in-host suite in a desktop VS Code: `node test/e2e/run-electron.mjs /usr/share/code/code`. Last line: `N passed, N failed`.
 *
 * The editor is given, not fetched: it is not in a package registry. `run-code-server.mjs` runs the same suite in one that is.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { resolveCliArgsFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';
import { buildInHostSuite, suiteModule } from './build-in-host.mjs';
import { hostVsix, quietSettings } from './editor.mjs';
import { readResults } from './results.mjs';
import { makeWorkspace, testSettings } from './workspace.mjs';

const [executable] = process.argv.slice(2);
if (executable === undefined) {
  console.error('Usage: node test/e2e/run-electron.mjs PATH_OF_VSCODE');
  process.exit(2);
}

await buildInHostSuite();
const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-electron-'));
try {
  const workspace = makeWorkspace(path.join(folder, 'workspace'));
  const results = path.join(folder, 'results.txt');
  const profile = [
    `--user-data-dir=${path.join(folder, 'user-data')}`,
    `--extensions-dir=${path.join(folder, 'extensions')}`,
  ];
  mkdirSync(path.join(folder, 'user-data', 'User'), { recursive: true });
  writeFileSync(
    path.join(folder, 'user-data', 'User', 'settings.json'),
    JSON.stringify({ ...quietSettings, ...testSettings() }),
  );
  const [command, ...cliArguments] = resolveCliArgsFromVSCodeExecutablePath(executable, {
    reuseMachineInstall: true,
  });
  const installed = spawnSync(command, [...cliArguments, ...profile, '--install-extension', hostVsix()], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (installed.status !== 0)
    throw new Error(`The extension was not installed: ${installed.error?.message ?? installed.stderr}`);

  const exitCode = await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: path.join(import.meta.dirname, 'test-extension'),
    extensionTestsPath: suiteModule,
    launchArgs: [workspace, ...profile, '--disable-workspace-trust'],
    extensionTestsEnv: { ONNX_E2E_RESULTS: results, ONNX_E2E_WORKSPACE: workspace },
  }).catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
  const { lines, passed, failed } = readResults(results, exitCode === 0);
  for (const line of lines) console.log(line);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
