import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { outputOf } from './installations/run-program.ts';
import { megabytes, type RtxWheel, rtxPackage, rtxWheel } from './rtx-package.ts';
import { ownInstallationsDirectory, userDataDirectory } from './user-data.ts';

export interface InstallOptions {
  readonly userData?: string;
  /** Program of the Python whose pip installs; the first on PATH that has pip by default. */
  readonly python?: string;
  /** pip takes its index, proxy and certificates from here and from its own configuration files. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Called a few times a second. */
  readonly onProgress?: (progress: InstallProgress) => void;
  /** pip's own words, line by line. */
  readonly onOutput?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface InstallProgress {
  readonly phase: 'downloading' | 'unpacking';
  readonly bytes: number;
  readonly totalBytes: number;
}

/**
 * Installs TensorRT for RTX with pip into the user's data folder and answers its folder. pip checks the wheel's SHA-256. Other
 * programs see the folder only once it is whole; one that is there already is kept. Throws an error for people.
 */
export async function installRtx(options: InstallOptions = {}): Promise<string> {
  const wheel = rtxWheel();
  if (typeof wheel === 'string') throw new Error(wheel);
  const environment = options.environment ?? process.env;
  const userData = options.userData ?? userDataDirectory(environment);
  const parent = ownInstallationsDirectory(userData);
  const directory = path.join(parent, `tensorrt-rtx-${rtxPackage.tensorrtVersion}`);
  if (await isFolder(directory)) return directory;
  const python = await pythonWithPip(environment, options.python);
  const unfinished = path.join(
    parent,
    `.${path.basename(directory)}-${process.pid}-${randomBytes(4).toString('hex')}`,
  );
  try {
    await mkdir(path.join(unfinished, 'temporary'), { recursive: true });
    await runPip(python, unfinished, wheel, environment, options);
    await moveIntoPlace(path.join(unfinished, 'packages'), directory);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return directory;
}

/** The Python that was asked for, or the first that can run pip. */
async function pythonWithPip(environment: NodeJS.ProcessEnv, wish: string | undefined): Promise<string> {
  const usual = process.platform === 'win32' ? ['python', 'py', 'python3'] : ['python3', 'python'];
  const programs = wish ? [wish] : usual;
  let without: string | undefined;
  for (const program of programs) {
    const version = await outputOf(program, ['--version'], { timeout: 10_000, environment });
    if (version === undefined) continue;
    const pip = await outputOf(program, ['-m', 'pip', '--version'], { timeout: 30_000, environment });
    if (pip !== undefined) return program;
    without ??= version.trim();
  }
  const afterwards = 'Or give the folder of a TensorRT that you have: `onnx-trt runtimes add DIR`.';
  if (without) {
    throw new Error(
      `TensorRT for RTX comes as a Python package, and ${without} has no pip. Please install it (Debian and Ubuntu: \`apt install python3-pip\`; elsewhere: \`python -m ensurepip\`). ${afterwards}`,
    );
  }
  throw new Error(
    `TensorRT for RTX comes as a Python package, and ${wish ? `${wish} is no Python that runs` : 'there is no Python on PATH'}. Please install Python 3.8 or newer with pip. ${afterwards}`,
  );
}

async function runPip(
  python: string,
  folder: string,
  wheel: RtxWheel,
  environment: NodeJS.ProcessEnv,
  { onProgress, onOutput, signal }: InstallOptions,
): Promise<void> {
  const requirements = path.join(folder, 'requirements.txt');
  await writeFile(requirements, `${rtxPackage.name}==${rtxPackage.version} --hash=sha256:${wheel.sha256}\n`);
  const temporary = path.join(folder, 'temporary');
  const args = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off'];
  args.push('--no-deps', '--only-binary', ':all:', '--require-hashes', '--requirement', requirements);
  args.push('--target', path.join(folder, 'packages'));
  // A configured `user = true` contradicts --target, and no environment is touched that pip could want to be a virtual one.
  const settings = { PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0', PIP_ROOT_USER_ACTION: 'ignore' };
  const places = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const child = spawn(python, args, {
    cwd: folder,
    env: { ...environment, ...settings, ...places },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...(signal && { signal }),
  });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      words.push(...lines);
      for (const line of lines) onOutput?.(line);
    });
    stream.on('end', () => rest && words.push(rest));
  }
  // pip shows its progress to terminals only; what it has downloaded so far lies in its temporary folder.
  const totalBytes = wheel.downloadBytes;
  let bytes = 0;
  const report = async () => {
    const downloaded = words.some((line) => line.startsWith('Installing collected packages'));
    bytes = downloaded ? totalBytes : Math.max(bytes, Math.min(await folderSize(temporary), totalBytes));
    if (child.exitCode === null)
      onProgress?.({ phase: downloaded ? 'unpacking' : 'downloading', bytes, totalBytes });
  };
  const watch = onProgress && setInterval(report, 250);
  try {
    const ended = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
      let failure: Error | undefined;
      child.on('error', (error) => {
        failure = error;
        // One that was called off writes until it has ended; its folder cannot be removed before.
        if (child.pid === undefined) reject(error);
      });
      child.on('close', (code, killer) => (failure ? reject(failure) : resolve(code ?? killer)));
    });
    if (ended !== 0) throw new Error(failureSentence(words, ended));
  } finally {
    clearInterval(watch);
  }
}

function failureSentence(words: readonly string[], ended: number | NodeJS.Signals | null): string {
  const text = words.join('\n');
  const errors = words.filter((line) => line.startsWith('ERROR:')).map((line) => line.slice(6).trim());
  const pipSays = `pip says: ${errors.join(' ') || words.at(-1) || `it ended with ${ended}`}`;
  if (text.includes('DO NOT MATCH THE HASHES')) {
    return `What the package index delivered is not the package that NVIDIA published: its checksum differs. Nothing was installed. ${pipSays}`;
  }
  if (/from versions: |No matching distribution/.test(text)) {
    return `pip found no package ${rtxPackage.name} ${rtxPackage.version}. Either the package index cannot be reached (check the network and the proxy; pip takes HTTPS_PROXY and its own configuration), or this system is too old for it (it needs glibc 2.28, pip 20.3 and Python 3.8). ${pipSays}`;
  }
  if (/No space left|Errno 28/.test(text)) {
    return `The disk is full: TensorRT for RTX needs about ${megabytes(600_000_000)} while it is being installed. ${pipSays}`;
  }
  return `pip could not install TensorRT for RTX. ${pipSays}`;
}

/** Another process may have finished the same install first; then its result stays. */
async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await isFolder(to))) throw error;
  }
}

async function isFolder(file: string): Promise<boolean> {
  const status = await stat(file).catch(() => undefined);
  return status?.isDirectory() === true;
}

/** Bytes; files that come and go meanwhile count as they can. */
async function folderSize(folder: string): Promise<number> {
  // A directory entry knows its folder as `path` in Node 20.11 and as `parentPath` in Node 24; names alone are the same in both.
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(path.join(folder, name)).catch(() => undefined);
      return stats?.isFile() ? stats.size : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
