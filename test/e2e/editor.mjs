/** Starts the test editor (code-server) with the packaged extension, and a browser on it. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findChromium, testEditor } from '../../scripts/fetch-test-editor.mjs';

/** What keeps a fresh VS Code from greeting, asking, updating and phoning. */
export const quietSettings = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  // As on the desktop; in a browser it is on.
  'files.autoSave': 'off',
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'editor.accessibilitySupport': 'off',
};

export async function startEditor({
  vsix,
  workspace,
  settings = {},
  env = {},
  commandLine = [],
  afterInstall = async () => {},
}) {
  const home = mkdtempSync(path.join(os.tmpdir(), 'onnx-e2e-editor-'));
  const userData = path.join(home, 'user-data');
  const allSettings = JSON.stringify({ ...quietSettings, ...settings }, undefined, 2);
  // Settings of scope `machine` are those of the side that runs the extension; code-server has both sides in one folder.
  for (const side of ['User', 'Machine']) {
    mkdirSync(path.join(userData, side), { recursive: true });
    writeFileSync(path.join(userData, side, 'settings.json'), allSettings);
  }
  mkdirSync(path.join(home, 'tmp'));
  const common = [
    testEditor.codeServer,
    '--config',
    path.join(home, 'config.yaml'),
    '--user-data-dir',
    userData,
    '--extensions-dir',
    path.join(home, 'extensions'),
  ];
  writeFileSync(path.join(home, 'config.yaml'), 'auth: none\n');
  const environment = editorEnvironment(home, env);
  for (const file of [vsix].flat()) await runToEnd([...common, '--install-extension', file], environment);
  await afterInstall(path.join(home, 'extensions'));

  const port = await freePort();
  const child = spawn(
    testEditor.node,
    [
      ...common,
      '--bind-addr',
      `127.0.0.1:${port}`,
      '--auth',
      'none',
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      '--disable-proxy',
      '--ignore-last-opened',
      ...commandLine,
    ],
    { detached: true, env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += data;
    });
  const authority = `127.0.0.1:${port}`;
  const close = async () => {
    await endProcessGroup(child);
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await waitFor(
      async () => (await fetch(`http://${authority}/healthz`).catch(() => undefined))?.ok,
      60_000,
      () => {
        if (child.exitCode !== null) throw new Error(`code-server ended with ${child.exitCode}:\n${output}`);
      },
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    processGroup: child.pid,
    extensionLog: () => extensionLog(path.join(userData, 'logs')),
    url(payload = []) {
      const query = new URLSearchParams(workspace === undefined ? {} : { folder: workspace });
      if (payload.length > 0) query.set('payload', JSON.stringify(payload));
      return `http://${authority}/?${query}`;
    },
    remoteUri: (file) => `vscode-remote://${authority}${encodeURI(file)}`,
    close,
  };
}

/** A browser without a screen; tests run as root in containers, where Chromium has no sandbox. */
export function launchBrowser() {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('There is no Chromium: run `node scripts/fetch-test-editor.mjs`.');
  return chromium.launch({
    executablePath,
    // Pictures show them, as people see them.
    ignoreDefaultArgs: ['--hide-scrollbars'],
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--font-render-hinting=none',
    ],
  });
}

async function waitFor(condition, milliseconds, check = () => {}) {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    check();
    if (Date.now() > end) throw new Error(`Waited ${milliseconds} ms in vain.`);
    await delay(100);
  }
}

/** The shell's variables of an enclosing VS Code or code-server would lead this one astray. */
function editorEnvironment(home, env) {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|CODE_SERVER_|npm_)/i.test(name)),
  );
  return {
    ...inherited,
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_DATA_HOME: path.join(home, 'data'),
    // VS Code leaves sockets and folders behind.
    TMPDIR: path.join(home, 'tmp'),
    ...env,
  };
}

function extensionLog(folder) {
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { recursive: true })
    .filter((name) => /(ONNX & TensorRT|TensorRT Bridge)\.log$/.test(name))
    .map(
      (name) => `--- ${path.basename(name)}\n${readFileSync(path.join(folder, name), 'utf8').slice(-5000)}`,
    )
    .join('\n');
}

async function runToEnd(commandArguments, env) {
  const child = spawn(testEditor.node, commandArguments, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += data;
    });
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new Error(`code-server ${commandArguments.slice(1).join(' ')} failed:\n${output}`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Ends what the child started too: extension host, language server and bridge are of its process group. */
async function endProcessGroup(child) {
  const closed = new Promise((resolve) =>
    child.exitCode === null ? child.once('exit', resolve) : resolve(),
  );
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // No process of the group is left.
      return;
    }
    await Promise.race([closed, delay(3000)]);
    await delay(300);
  }
}

export function hostVsix() {
  const root = path.resolve(import.meta.dirname, '..', '..');
  const { name } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const vsix = path.join(root, 'out', 'vsix', `${name}-${process.platform}-${process.arch}.vsix`);
  if (!existsSync(vsix)) throw new Error(`${vsix} is missing: run \`npm run package\` first.`);
  return vsix;
}
