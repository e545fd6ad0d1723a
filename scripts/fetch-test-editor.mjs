/**
 * Installs the VS Code that the end-to-end tests and `npm run demo:editor` drive: code-server from npm on a Node of its
 * own, and Debian's Chromium. It lies in the cache of the test libraries, outside the repository.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheDirectory, cachedFolder } from './cache.mjs';
import { installDebianPackages, isInstalled, run } from './run.mjs';

const codeServerVersion = '4.139.1';
/** code-server's native modules are built against, and run on, exactly this Node; its npm package carries the headers. */
const nodeVersion = '24.21.0';
const nodePackage = `node-${process.platform}-${process.arch}`;
const folderName = `code-server-${codeServerVersion}`;

/** Absolute paths of the programs of the test editor; they exist once `fetchTestEditor` is done. */
export const testEditor = {
  node: path.join(cacheDirectory, folderName, 'node', 'node_modules', nodePackage, 'bin', 'node'),
  codeServer: path.join(
    cacheDirectory,
    folderName,
    'server',
    'node_modules',
    'code-server',
    'out',
    'node',
    'entry.js',
  ),
};

/** Path of a Chromium or Chrome: `CHROME_PATH`, else the first on PATH; undefined where there is none. */
export function findChromium() {
  if (process.env['CHROME_PATH']) return process.env['CHROME_PATH'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((candidate) => existsSync(candidate));
}

export async function fetchTestEditor() {
  if (findChromium() === undefined) installDebianPackages(['chromium']);
  await cachedFolder(folderName, (folder) => {
    const missing = [];
    if (!existsSync('/usr/include/krb5.h')) missing.push('libkrb5-dev');
    if (!isInstalled('make') || !isInstalled('g++')) missing.push('build-essential');
    if (!isInstalled('python3')) missing.push('python3');
    if (missing.length > 0) installDebianPackages(missing);

    // Two projects: an install into the Node's own project would replace that Node while it is building with it.
    const nodeFolder = path.join(folder, 'node');
    installFromNpm(nodeFolder, `${nodePackage}@${nodeVersion}`, {});
    const nodeHome = path.join(nodeFolder, 'node_modules', nodePackage);
    installFromNpm(path.join(folder, 'server'), `code-server@${codeServerVersion}`, {
      PATH: [path.join(nodeHome, 'bin'), process.env['PATH']].join(path.delimiter),
      npm_config_nodedir: nodeHome,
      // code-server's postinstall builds its native modules; newer npm holds install scripts back unless told otherwise.
      npm_config_dangerously_allow_all_scripts: 'true',
      JOBS: 'max',
    });
  });
}

function installFromNpm(folder, specification, env) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  // Under `npm test` the variable tells of the Node that runs npm there, and code-server's postinstall believes it.
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', specification], {
    cwd: folder,
    env: { ...process.env, npm_config_user_agent: undefined, ...env },
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await fetchTestEditor();
