import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { LibraryPaths, Product } from '../../../../native-bridge/src/protocol.ts';
import { displayName, dottedVersion, type Installation, newerFirst } from './installation.ts';
import { type LibraryImage, readLibraryImage } from './library-image.ts';
import { expectedName, type LibraryName, type LibraryRole, libraryName } from './library-names.ts';

/** An installation without its id, which depends on what else is found. */
export interface FoundInstallation extends Omit<Installation, 'id'> {
  /** Real path of its main library: the same installation found by two ways has the same. */
  readonly realPath: string;
}

/** Where the libraries are inside an unpacked tar or zip file, a prefix, or a folder of Python packages. */
const librarySubfolders = [
  '',
  'lib',
  'lib64',
  'bin',
  'targets/x86_64-linux-gnu/lib',
  'targets/aarch64-linux-gnu/lib',
];

/** Python packages that bring TensorRT libraries. */
const pythonPackages = /^(?:tensorrt(?:_\w+)?|onnxruntime_ep_nv_tensorrt_rtx\w*)$/;

/** Majors whose virtual tables the bridge knows; the bridge itself refuses all others too. */
const supportedMajors: Record<Product, readonly number[]> = { TensorRT: [10, 11], 'TensorRT-RTX': [1] };

/**
 * TensorRT installations in a folder, in its usual library subfolders and in Python packages directly under it. Folders that
 * do not exist or may not be read hold none.
 */
export async function installationsUnder(
  directory: string,
  origin: string,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly FoundInstallation[]> {
  const packages = (await fileNames(directory)).filter((name) => pythonPackages.test(name));
  const folders = [...librarySubfolders, ...packages].map((name) => path.join(directory, name));
  const found = await Promise.all(folders.map((folder) => installationsIn(folder, origin, platform)));
  return found.flat();
}

/** TensorRT installations whose libraries lie directly in a folder. */
export async function installationsIn(
  directory: string,
  origin: string,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly FoundInstallation[]> {
  const libraries: Library[] = [];
  for (const fileName of await fileNames(directory)) {
    const name = libraryName(fileName, platform);
    const real = name && (await realpath(path.join(directory, fileName)).catch(() => undefined));
    if (name && real)
      libraries.push({ ...name, realPath: real, realName: libraryName(path.basename(real), platform) });
  }
  const main = distinct(libraries.filter((library) => library.role === 'infer'));
  return await Promise.all([
    ...main.map((infer) => describe(infer, libraries, directory, origin, platform)),
    ...runtimeOnlyKinds.flatMap((kind) =>
      distinct(libraries.filter(({ role }) => role === kind)).map((library) =>
        describeRuntimeOnly(kind, library, libraries, directory, origin),
      ),
    ),
  ]);
}

const runtimeOnlyKinds = ['lean', 'dispatch'] as const;

interface Library extends LibraryName {
  readonly realPath: string;
  /** What the name of the file behind a symbolic link says. */
  readonly realName: LibraryName | undefined;
}

/** `libnvinfer.so`, `libnvinfer.so.10` and `libnvinfer.so.10.15.1` are one library under three names. */
function distinct(libraries: readonly Library[]): readonly Library[] {
  const byPath = new Map<string, Library>();
  for (const library of libraries) {
    const known = byPath.get(library.realPath);
    if (!known || library.version.length > known.version.length) byPath.set(library.realPath, library);
  }
  return [...byPath.values()];
}

async function describe(
  infer: Library,
  libraries: readonly Library[],
  directory: string,
  origin: string,
  platform: NodeJS.Platform,
): Promise<FoundInstallation> {
  const { common, major, problem } = await identify(infer, libraries, directory, origin);
  const { version } = common;
  const unusable = (reason: string): FoundInstallation => ({ ...common, unusable: reason });
  if (problem !== undefined) return unusable(problem);
  const resources = libraries.filter(
    (library) =>
      library.role === 'builder-resource' && library.version.length === 3 && library.version[0] === major,
  );
  const [otherResource] = resources;
  const fits = version === 'unknown' || resources.some((library) => library.version.join('.') === version);
  if (infer.product === 'TensorRT' && otherResource && !fits) {
    return unusable(
      `The folder mixes versions: ${infer.fileName} is ${version}, but ${otherResource.fileName} beside it is not. Please install one version into a folder of its own.`,
    );
  }
  const partner = (role: LibraryRole) => sameVersion(infer, major, version, role, libraries);
  const parser = partner('parser');
  if (!parser) return unusable(missingParser(infer, major, version, libraries, platform));
  const parserProblem = (await inspect(parser)).problem;
  if (parserProblem) return unusable(parserProblem);
  const plugin = partner('plugin');
  const vcPlugin = partner('vc-plugin');
  const found: LibraryPaths = {
    infer: path.join(directory, infer.fileName),
    onnxParser: path.join(directory, parser.fileName),
    ...(plugin && { plugin: path.join(directory, plugin.fileName) }),
    ...(vcPlugin && { vcPlugin: path.join(directory, vcPlugin.fileName) }),
  };
  return { ...common, libraries: found };
}

/** What its main library says of an installation, and why it cannot be loaded. */
async function identify(infer: Library, libraries: readonly Library[], directory: string, origin: string) {
  const { image, problem } = await inspect(infer);
  const version =
    image?.inferLibVersion === undefined
      ? dottedFileVersion(infer, libraries)
      : dottedVersion(infer.product, image.inferLibVersion);
  const major = version === 'unknown' ? fileVersion(infer)[0] : Number(version.split('.')[0]);
  const { product, fileName, realPath } = infer;
  const common = { product, version, directory, origin, realPath };
  const majors = supportedMajors[product];
  const range = majors.map((known) => `${known}.x`).join(' and ');
  const reason =
    problem ??
    (image && image.architecture !== process.arch
      ? `${fileName} is built for ${image.architecture}, but this machine is ${process.arch}.`
      : major !== undefined && !majors.includes(major)
        ? `${displayName(common)} is not supported: these tools work with ${product} ${range}.`
        : undefined);
  return { common, major, problem: reason };
}

async function describeRuntimeOnly(
  kind: NonNullable<Installation['kind']>,
  library: Library,
  libraries: readonly Library[],
  directory: string,
  origin: string,
): Promise<FoundInstallation> {
  const { common, problem } = await identify(library, libraries, directory, origin);
  if (problem !== undefined) return { ...common, kind, unusable: problem };
  return {
    ...common,
    kind,
    unusable: `It is the ${kind} runtime, which runs version-compatible engines, and cannot read ONNX models: checks, builds and refits from a model need the full TensorRT.`,
    engineLibraries: { infer: path.join(directory, library.fileName) },
  };
}

/** The library of a role with the same numbers as the main library, as far as both say them; the most telling name wins. */
function sameVersion(
  infer: Library,
  major: number | undefined,
  version: string,
  role: LibraryRole,
  libraries: readonly Library[],
): Library | undefined {
  const wanted = version === 'unknown' ? fileVersion(infer) : version.split('.').map(Number);
  return distinct(libraries.filter((library) => library.role === role && library.product === infer.product))
    .filter((library) => {
      const numbers = fileVersion(library);
      if (numbers.length > 0 && major !== undefined && numbers[0] !== major) return false;
      return numbers.every(
        (number, index) => index >= wanted.length || index > 2 || number === wanted[index],
      );
    })
    .sort((left, right) => fileVersion(right).length - fileVersion(left).length)[0];
}

function missingParser(
  infer: Library,
  major: number | undefined,
  version: string,
  libraries: readonly Library[],
  platform: NodeJS.Platform,
): string {
  const other = libraries.find((library) => library.role === 'parser' && library.product === infer.product);
  if (other) {
    const numbers = fileVersion(other).join('.');
    return `The folder mixes versions: ${infer.fileName} is ${version}, but the ONNX parser beside it is ${numbers || 'of another version'}. Please install both from the same release.`;
  }
  const name = expectedName(infer.product, 'parser', major ?? 0, platform);
  return `The ONNX parser is missing: there is no ${name} beside ${infer.fileName}. Please complete the installation (Debian and Ubuntu: package libnvonnxparsers${major ?? ''}).`;
}

async function inspect(library: Library): Promise<{ image?: LibraryImage; problem?: string }> {
  try {
    const image = await readLibraryImage(library.realPath);
    if (!image) {
      const size = (await stat(library.realPath)).size;
      return { problem: `${library.fileName} is not a shared library (${size} bytes of something else).` };
    }
    if (image.isCutShort) {
      return { image, problem: `${library.fileName} is cut short; please download or copy it again.` };
    }
    return { image };
  } catch (error) {
    return {
      problem: `${library.fileName} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    };
  }
}

/** The longest version that the file's names say. */
function fileVersion(library: Library): readonly number[] {
  const behindLink = library.realName?.version ?? [];
  return behindLink.length > library.version.length ? behindLink : library.version;
}

/** From the file's own names, else from a builder resource beside it, which always has all three numbers. */
function dottedFileVersion(library: Library, libraries: readonly Library[]): string {
  const own = fileVersion(library);
  if (own.length >= 2) return own.slice(0, 3).join('.');
  const resources = libraries
    .filter((other) => other.role === 'builder-resource' && (own.length === 0 || other.version[0] === own[0]))
    .map((other) => other.version.join('.'))
    .filter((version) => version !== '')
    .sort(newerFirst);
  return resources[0] ?? 'unknown';
}

async function fileNames(directory: string): Promise<readonly string[]> {
  return await readdir(directory).catch(() => []);
}
