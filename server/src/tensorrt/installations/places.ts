import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { libraryName } from './library-names.ts';
import { outputOf } from './run-program.ts';

/** A folder where TensorRT may be, and how we came to look there. */
export interface Place {
  readonly directory: string;
  readonly origin: string;
  /** Libraries lie directly in the folder; do not look into subfolders. */
  readonly flat?: boolean;
  /** The user named the folder and wants to hear when it holds no TensorRT. */
  readonly named?: boolean;
}

/** Folders of the loader's search path: `LD_LIBRARY_PATH`, on Windows `PATH`. */
export function loaderPathPlaces(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): readonly Place[] {
  const variable = platform === 'win32' ? 'PATH' : 'LD_LIBRARY_PATH';
  // Windows spells its variable `Path`, and only process.env itself does not mind.
  const [, value = ''] = Object.entries(environment).find(([name]) => name.toUpperCase() === variable) ?? [];
  return value
    .split(platform === 'win32' ? ';' : ':')
    .filter((folder) => path.isAbsolute(folder))
    .map((directory) => ({ directory, origin: variable, flat: true }));
}

/** Folders in which the loader's cache (`ldconfig -p`) knows TensorRT libraries. */
export async function loaderCachePlaces(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<readonly Place[]> {
  if (platform !== 'linux') return [];
  let output: string | undefined;
  // Ordinary users often do not have /sbin on their PATH.
  for (const program of ['/sbin/ldconfig', '/usr/sbin/ldconfig', 'ldconfig']) {
    output = await outputOf(program, ['-p'], { timeout: 2000, environment });
    if (output !== undefined) break;
  }
  const folders = new Set<string>();
  for (const line of (output ?? '').split('\n')) {
    const file = line.split(' => ')[1]?.trim();
    if (file && libraryName(path.basename(file), platform)) folders.add(path.dirname(file));
  }
  return [...folders].map((directory) => ({ directory, origin: 'ldconfig', flat: true }));
}

/** Folders of Python packages of the interpreters on `PATH` and of the active virtual environment, and of `chosen` before them. */
export async function pythonPlaces(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  chosen?: string,
): Promise<readonly Place[]> {
  const programs = [...(chosen ? [chosen] : []), ...pythonPrograms(environment, platform)];
  const outputs = await Promise.all(
    programs.map((program) =>
      // `sys` is built in: nothing is imported, so no file of any package runs beyond Python's own start.
      outputOf(program, ['-c', 'import sys; print("\\n".join(sys.path))'], { timeout: 5000, environment }),
    ),
  );
  const folders = new Set<string>();
  for (const folder of outputs.flatMap((output) => (output ?? '').split(/\r?\n/))) {
    if (path.isAbsolute(folder) && /(?:site|dist)-packages$/.test(folder)) folders.add(folder);
  }
  return [...folders].map((directory) => ({ directory, origin: 'pip' }));
}

function pythonPrograms(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  const { VIRTUAL_ENV: virtualEnvironment, CONDA_PREFIX: condaPrefix } = environment;
  const programs = ['python3', 'python'];
  if (virtualEnvironment) {
    programs.push(
      platform === 'win32'
        ? path.join(virtualEnvironment, 'Scripts', 'python.exe')
        : path.join(virtualEnvironment, 'bin', 'python'),
    );
  }
  if (condaPrefix) programs.push(path.join(condaPrefix, platform === 'win32' ? 'python.exe' : 'bin/python'));
  return programs;
}

/** Where packages, tar and zip files usually put TensorRT. A last segment ending in `*` stands for all that begin so. */
const usualFolders: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib64',
    '/usr/local/lib',
    '/usr/local/TensorRT*',
    '/usr/local/tensorrt*',
    '/usr/local/cuda/lib64',
    '/opt/TensorRT*',
    '/opt/tensorrt*',
    '/opt/nvidia/TensorRT*',
    '/opt/nvidia/tensorrt*',
    '~/TensorRT*',
    '~/tensorrt*',
    '~/Downloads/TensorRT*',
  ],
  win32: [
    'C:\\TensorRT*',
    'C:\\Program Files\\TensorRT*',
    'C:\\Program Files\\NVIDIA\\TensorRT*',
    'C:\\Program Files\\NVIDIA Corporation\\TensorRT*',
    'C:\\Program Files\\NVIDIA GPU Computing Toolkit\\TensorRT*',
    '~\\TensorRT*',
    '~\\Downloads\\TensorRT*',
  ],
};

export async function usualPlaces(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<readonly Place[]> {
  const { CONDA_PREFIX: condaPrefix, TENSORRT_HOME: home, TRT_LIBPATH: libraryPath } = environment;
  const fromVariables = Object.entries({
    TENSORRT_HOME: home,
    TRT_LIBPATH: libraryPath,
    CONDA_PREFIX: condaPrefix,
  }).flatMap(([origin, directory]) =>
    directory && path.isAbsolute(directory) ? [{ directory, origin }] : [],
  );
  const patterns = (usualFolders[platform] ?? []).map((pattern) => pattern.replace(/^~/, () => homedir()));
  const folders = await Promise.all(patterns.map(expand));
  return [...fromVariables, ...folders.flat().map((directory) => ({ directory, origin: 'tar' }))];
}

async function expand(pattern: string): Promise<readonly string[]> {
  if (!pattern.endsWith('*')) return [pattern];
  const [parent, start] = [path.dirname(pattern), path.basename(pattern).slice(0, -1)];
  const names = await readdir(parent).catch(() => []);
  return names.filter((name) => name.startsWith(start)).map((name) => path.join(parent, name));
}
