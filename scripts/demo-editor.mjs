/**
 * Opens a model in a real editor with this extension: `npm run demo:editor [-- MODEL]`. Visual Studio Code where `code` is on
 * PATH, else code-server, whose address it prints. Either has a profile of its own, which leaves with it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hostVsix, quietSettings, startEditor } from '../test/e2e/editor.mjs';
import { fetchTestEditor } from './fetch-test-editor.mjs';
import { isInstalled, run } from './run.mjs';

const root = path.dirname(import.meta.dirname);
const model = path.resolve(process.argv[2] ?? path.join(root, 'examples', 'detector.onnxtxt'));
if (!existsSync(model)) {
  console.error(`There is no ${model}.`);
  process.exit(2);
}
run(process.execPath, [
  path.join(import.meta.dirname, 'package.mjs'),
  '--target',
  `${process.platform}-${process.arch}`,
]);
if (isInstalled('code')) openDesktopEditor();
else await openBrowserEditor();

function openDesktopEditor() {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'onnx-demo-'));
  const folders = [
    '--user-data-dir',
    path.join(profile, 'data'),
    '--extensions-dir',
    path.join(profile, 'extensions'),
  ];
  // `code` is a script on Windows.
  const options = { shell: process.platform === 'win32' };
  try {
    mkdirSync(path.join(profile, 'data', 'User'), { recursive: true });
    writeFileSync(path.join(profile, 'data', 'User', 'settings.json'), JSON.stringify(quietSettings));
    run('code', [...folders, '--install-extension', hostVsix()], options);
    console.log('Close the editor to end the demo.');
    run('code', [...folders, '--new-window', '--wait', path.dirname(model), model], options);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  }
}

async function openBrowserEditor() {
  await fetchTestEditor();
  const editor = await startEditor({
    vsix: hostVsix(),
    workspace: path.dirname(model),
    // Installed runtimes are the user's, not the profile's.
    env: { XDG_DATA_HOME: process.env['XDG_DATA_HOME'] ?? path.join(os.homedir(), '.local', 'share') },
  });
  // In a window's first seconds the editor does not know the extension's editors yet; the virtual document needs none.
  const document = model.endsWith('.onnx') ? `onnx:${encodeURI(model)}` : editor.remoteUri(model);
  const address = editor.url([['openFile', document]]);
  console.log(`Open this in a browser, and press Control+C here to end:\n${address}`);
  for (const opener of ['xdg-open', 'open']) {
    if (process.stdout.isTTY && spawnSync(opener, [address], { stdio: 'ignore' }).status === 0) break;
  }
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
  });
  await editor.close();
}
