/** Runs the in-host suite in code-server: `node test/e2e/run-code-server.mjs`. Last line: `N passed, N failed`. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildInHostSuite, suiteModule } from './build-in-host.mjs';
import { hostVsix, launchBrowser, startEditor } from './editor.mjs';
import { readResults } from './results.mjs';
import { makeWorkspace, testSettings } from './workspace.mjs';

/** Milliseconds for the whole suite. */
const limit = 180_000;

export async function runInHostSuite() {
  await buildInHostSuite();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-host-'));
  const results = path.join(folder, 'results.txt');
  const workspace = makeWorkspace(path.join(folder, 'workspace'));
  const editor = await startEditor({
    vsix: hostVsix(),
    workspace,
    settings: testSettings(),
    env: { ONNX_E2E_RESULTS: results, ONNX_E2E_WORKSPACE: workspace },
    // Without the driver, a built VS Code ignores the request for tests in silence.
    commandLine: ['--vscode-option', 'enable-smoke-test-driver'],
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const exited = new Promise((resolve) => {
      void page.exposeFunction('codeAutomationLog', () => {});
      void page.exposeFunction('codeAutomationExit', resolve);
    });
    await page.goto(
      editor.url([
        ['extensionDevelopmentPath', editor.remoteUri(path.join(import.meta.dirname, 'test-extension'))],
        ['extensionTestsPath', editor.remoteUri(suiteModule)],
      ]),
    );
    let timer;
    const timedOut = new Promise((resolve) => {
      timer = setTimeout(() => resolve('timeout'), limit);
    });
    const outcome = await Promise.race([exited, timedOut]);
    clearTimeout(timer);
    const { lines, passed, failed } = readResults(results, outcome === 0);
    for (const line of lines) console.log(line);
    if (outcome === 'timeout') console.log(`  ✗ The suite did not end within ${limit / 1000} s.`);
    if (failed > 0 || outcome !== 0) console.log(editor.extensionLog());
    return { passed, failed };
  } finally {
    await browser.close();
    await editor.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { passed, failed } = await runInHostSuite();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
