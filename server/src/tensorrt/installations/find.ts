import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ownInstallationsDirectory, userDataDirectory } from '../user-data.ts';
import { readAddedFolders } from './added-folders.ts';
import { type FoundInstallation, installationsIn, installationsUnder } from './folder.ts';
import { type Installation, plainId, qualifiedId } from './installation.ts';
import { loaderCachePlaces, loaderPathPlaces, type Place, pythonPlaces, usualPlaces } from './places.ts';

export interface SearchOptions {
  /** Folders that the user's settings name, first choice first. */
  readonly folders?: readonly string[];
  /** Program of a Python whose packages are searched, beside those of the environment. */
  readonly python?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly userData?: string;
  /** Places beyond the settings and the user's data folder; `none` restricts the search to those two. */
  readonly machine?: 'all' | 'none';
}

export interface SearchResult {
  /** In the order in which they were looked for; broken ones with the reason. */
  readonly installations: readonly Installation[];
  /** Sentences about folders that the user named and that hold no TensorRT. */
  readonly problems: readonly string[];
}

/**
 * All TensorRT installations of this machine, each once: settings, the folders of ONNX_TRT_LIBRARY_FOLDERS (separated as in PATH),
 * folders added on the command line, the loader's path and cache, Python packages, usual folders, our own installs, in this order.
 */
export async function findInstallations(options: SearchOptions = {}): Promise<SearchResult> {
  const environment = options.environment ?? process.env;
  const userData = options.userData ?? userDataDirectory(environment);
  const platform = process.platform;
  const everywhere = options.machine !== 'none';
  const nowhere: readonly Place[] = [];
  const places = await Promise.all([
    named(options.folders ?? [], 'setting'),
    named(pathList(environment['ONNX_TRT_LIBRARY_FOLDERS']), 'ONNX_TRT_LIBRARY_FOLDERS'),
    readAddedFolders(userData).then((folders) => named(folders, 'added')),
    everywhere ? loaderPathPlaces(environment, platform) : nowhere,
    everywhere ? loaderCachePlaces(environment, platform) : nowhere,
    everywhere ? pythonPlaces(environment, platform, options.python) : nowhere,
    everywhere ? usualPlaces(environment, platform) : nowhere,
    ownPlaces(userData),
  ]);
  const searched = await Promise.all(
    places.flat().map(async (place) => ({ place, found: await installationsAt(place) })),
  );
  return {
    installations: withIds(distinct(searched.flatMap(({ found }) => found))),
    problems: searched
      .filter(({ place, found }) => place.named && found.length === 0)
      .map(({ place }) => noTensorRtIn(place.directory)),
  };
}

/**
 * The installations of one folder, or of the folder of one library file. Throws an error for people when there is none.
 */
export async function installationsOf(fileOrFolder: string): Promise<readonly Installation[]> {
  const absolute = path.resolve(fileOrFolder);
  const status = await stat(absolute).catch(() => undefined);
  if (!status) throw new Error(`There is no folder ${absolute}.`);
  const directory = status.isDirectory() ? absolute : path.dirname(absolute);
  const found = await installationsUnder(directory, 'folder');
  if (found.length === 0) throw new Error(noTensorRtIn(directory));
  return withIds(distinct(found));
}

function pathList(text = ''): readonly string[] {
  return text.split(path.delimiter).filter((folder) => folder !== '');
}

function named(folders: readonly string[], origin: string): readonly Place[] {
  return folders.map((directory) => ({ directory, origin, named: true }));
}

function noTensorRtIn(directory: string): string {
  const names =
    process.platform === 'win32'
      ? 'nvinfer_*.dll or tensorrt_rtx_*.dll'
      : 'libnvinfer.so* or libtensorrt_rtx.so*';
  return `${directory} holds no TensorRT: neither the folder itself nor its lib, bin or targets/… subfolders have ${names}.`;
}

async function installationsAt(place: Place): Promise<readonly FoundInstallation[]> {
  const search = place.flat ? installationsIn : installationsUnder;
  return await search(place.directory, place.origin);
}

async function ownPlaces(userData: string): Promise<readonly Place[]> {
  const directory = ownInstallationsDirectory(userData);
  const names = await readdir(directory).catch(() => []);
  return (
    names
      // An unfinished install has a temporary name.
      .filter((name) => !name.startsWith('.'))
      .map((name) => ({ directory: path.join(directory, name), origin: 'installed' }))
  );
}

/** The first mention wins, except that a broken view of an installation gives way to a whole one. */
function distinct(found: readonly FoundInstallation[]): readonly FoundInstallation[] {
  const byPath = new Map<string, FoundInstallation>();
  for (const installation of found) {
    const known = byPath.get(installation.realPath);
    if (!known || (known.unusable && !installation.unusable)) byPath.set(installation.realPath, installation);
  }
  return [...byPath.values()];
}

function withIds(found: readonly FoundInstallation[]): readonly Installation[] {
  const taken = new Set<string>();
  return found.map(({ realPath: _, ...description }) => {
    const id = taken.has(plainId(description)) ? qualifiedId(description) : plainId(description);
    taken.add(id);
    return { id, ...description };
  });
}
