/**
 * Makes one VSIX per platform in out/vsix/: `node scripts/package.mjs [--target linux-x64]… [--no-build]`.
 *
 * Each is put together in a folder of its own, from what the extension runs with and nothing else: the bundles, and of koffi and
 * ONNX Runtime only the loader and the binaries of that platform. koffi's binaries come from npm and are checked against
 * package-lock.json; ONNX Runtime's are all in its package.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from './run.mjs';
import { thirdPartyNotices } from './third-party-notices.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const outputFolder = path.join(root, 'out', 'vsix');

/** VS Code's names of platforms, and the binary of the koffi package of the same name. */
const koffiBinaries = {
  'linux-x64': 'linux_x64',
  'linux-arm64': 'linux_arm64',
  'win32-x64': 'win32_x64',
  'win32-arm64': 'win32_arm64',
  'darwin-x64': 'darwin_x64',
  'darwin-arm64': 'darwin_arm64',
};

/** What runs models on the CPU. Its binary is there under two names for macOS; DirectML's libraries are for GPUs. */
const onnxRuntimeBinaries =
  /^(onnxruntime_binding\.node|libonnxruntime\.so\.1|libonnxruntime\.1\.dylib|onnxruntime\.dll)$/;

const { values } = parseArgs({
  options: { target: { type: 'string', multiple: true }, 'no-build': { type: 'boolean' } },
});
const targets = values.target ?? Object.keys(koffiBinaries);
for (const target of targets) {
  if (target in koffiBinaries) continue;
  console.error(`There is no platform ${target}; known are ${Object.keys(koffiBinaries).join(', ')}.`);
  process.exit(2);
}
if (!values['no-build']) run(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);

const notices = await thirdPartyNotices();
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
mkdirSync(outputFolder, { recursive: true });
for (const target of targets) {
  const vsix = path.join(outputFolder, `${manifest.name}-${target}.vsix`);
  packageFor(target, vsix);
  console.log(`${path.relative(root, vsix)}  ${(statSync(vsix).size / 2 ** 20).toFixed(2)} MiB`);
}

function packageFor(target, vsix) {
  const staging = path.join(root, 'out', 'vsix-staging', target);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  for (const name of manifest.files) {
    const source = path.join(root, name);
    cpSync(source, path.join(staging, name), { recursive: true, filter: belongsIntoEditor });
  }
  for (const name of ['README.md', 'CHANGELOG.md'])
    writeFileSync(path.join(staging, name), extensionPage(readFileSync(path.join(root, name), 'utf8')));
  stageKoffi(target, path.join(staging, 'node_modules'));
  stageOnnxRuntime(target, path.join(staging, 'node_modules'));
  writeFileSync(path.join(staging, 'package.json'), JSON.stringify(installedManifest(), undefined, 2));
  writeFileSync(path.join(staging, 'ThirdPartyNotices.txt'), notices);
  writeFileSync(path.join(staging, '.vscodeignore'), '');
  packFolder(staging, [
    '--target',
    target,
    '--out',
    vsix,
    '--no-rewrite-relative-links',
    '--allow-missing-repository',
  ]);
  rmSync(staging, { recursive: true });
}

/**
 * A page as the editor shows it for an extension: links and pictures there lead to the network only, or nowhere. A command of the
 * extension shows the pages that are left out.
 */
function extensionPage(text) {
  return text
    .replace(/!\[[^\]]*\]\((?!https:)[^)]+\)\n+/g, '')
    .replace(/ \(\[[^\]]*\]\((?!https:)[^)]+\)\)/g, '')
    .replace(/\[([^\]]*)\]\((?!https:)[^)]+\)/g, '$1');
}

/** Source maps are for debugging from the repository. The command-line program is what build tasks run. */
function belongsIntoEditor(file) {
  return !file.endsWith('.map');
}

/** vsce lists every file; that is of interest only when it fails. */
function packFolder(folder, options) {
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const { status, stdout, stderr } = spawnSync(process.execPath, [vsce, 'package', ...options], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`vsce package failed:\n${stdout}${stderr}`);
}

/** The manifest as VS Code reads it: everything but koffi and ONNX Runtime is in the bundles. */
function installedManifest() {
  const { scripts, devDependencies, dependencies, files, bin, ...rest } = manifest;
  const { koffi, 'onnxruntime-node': onnxRuntime } = dependencies;
  return { ...rest, dependencies: { koffi, 'onnxruntime-node': onnxRuntime } };
}

function stageKoffi(target, modules) {
  const loader = path.join(root, 'node_modules', 'koffi');
  for (const name of readdirSync(loader, { recursive: true })) {
    const isLoader = name.endsWith('.cjs') && name !== 'cnoke.cjs' && !name.endsWith('trampolines.cjs');
    if (!isLoader && name !== 'package.json' && name !== 'LICENSE.txt') continue;
    if (name.startsWith('vendor')) continue;
    cpSync(path.join(loader, name), path.join(modules, 'koffi', name));
  }
  const packageName = `@koromix/koffi-${target}`;
  const source = koffiPackage(packageName);
  for (const name of ['package.json', 'index.js', koffiBinaries[target]])
    cpSync(path.join(source, name), path.join(modules, packageName, name), { recursive: true });
}

/** Where ONNX Runtime has nothing for a platform, its loader says so when it is asked for. */
function stageOnnxRuntime(target, modules) {
  const runtime = path.join(root, 'node_modules', 'onnxruntime-node');
  const staged = path.join(modules, 'onnxruntime-node');
  const [platform, architecture] = target.split('-');
  // It is asked at run time for the loader alone: without what its installation fetches for GPUs.
  const { scripts, dependencies, devDependencies, ...rest } = JSON.parse(
    readFileSync(path.join(runtime, 'package.json'), 'utf8'),
  );
  const common = { 'onnxruntime-common': dependencies['onnxruntime-common'] };
  mkdirSync(staged, { recursive: true });
  writeFileSync(
    path.join(staged, 'package.json'),
    JSON.stringify({ ...rest, dependencies: common }, undefined, 2),
  );
  copyJavaScript(path.join(runtime, 'dist'), path.join(staged, 'dist'));
  const [napi] = readdirSync(path.join(runtime, 'bin'));
  const binaries = path.join('bin', napi, platform, architecture);
  if (existsSync(path.join(runtime, binaries))) {
    for (const name of readdirSync(path.join(runtime, binaries))) {
      if (!onnxRuntimeBinaries.test(name)) continue;
      cpSync(path.join(runtime, binaries, name), path.join(staged, binaries, name));
    }
  }
  const types = path.join(root, 'node_modules', 'onnxruntime-common');
  const stagedTypes = path.join(modules, 'onnxruntime-common');
  mkdirSync(stagedTypes, { recursive: true });
  cpSync(path.join(types, 'package.json'), path.join(stagedTypes, 'package.json'));
  copyJavaScript(path.join(types, 'dist', 'cjs'), path.join(stagedTypes, 'dist', 'cjs'));
}

function copyJavaScript(from, to) {
  for (const name of readdirSync(from, { recursive: true })) {
    if (name.endsWith('.js') || name.endsWith('package.json'))
      cpSync(path.join(from, name), path.join(to, name));
  }
}

/** Folder of a platform's koffi package: the installed one, else fetched from npm into out/koffi. */
function koffiPackage(packageName) {
  const installed = path.join(root, 'node_modules', packageName);
  if (existsSync(installed)) return installed;
  const { version, integrity } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
    .packages[`node_modules/${packageName}`];
  const folder = path.join(root, 'out', 'koffi', `${path.basename(packageName)}-${version}`);
  if (existsSync(path.join(folder, 'package', 'package.json'))) return path.join(folder, 'package');
  mkdirSync(folder, { recursive: true });
  run(
    'npm',
    ['pack', '--silent', '--loglevel=error', '--pack-destination', folder, `${packageName}@${version}`],
    {
      cwd: folder,
      shell: process.platform === 'win32',
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const [algorithm] = integrity.split('-');
  const digest = createHash(algorithm)
    .update(readFileSync(path.join(folder, archive)))
    .digest('base64');
  if (`${algorithm}-${digest}` !== integrity) {
    rmSync(folder, { recursive: true });
    throw new Error(`The npm package ${packageName}@${version} is not the one of package-lock.json.`);
  }
  run('tar', ['-xzf', archive], { cwd: folder });
  rmSync(path.join(folder, archive));
  return path.join(folder, 'package');
}
