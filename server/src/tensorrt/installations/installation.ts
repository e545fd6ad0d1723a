import { createHash } from 'node:crypto';
import type { RuntimeKind } from '../../../../native-bridge/src/engine-protocol.ts';
import type { LibraryPaths, Product } from '../../../../native-bridge/src/protocol.ts';
import type { RuntimeDescription } from '../../protocol.ts';

/** A TensorRT on this machine: what the editor is told of it, and the libraries that a bridge loads. */
export interface Installation extends RuntimeDescription {
  /** Absent where `unusable` says why. */
  readonly libraries?: LibraryPaths;
  /** Of a lean or dispatch runtime that can be loaded. */
  readonly engineLibraries?: EngineLibraries;
}

/** What it takes to run engines; the parser, for refits from ONNX, is with full installations only. */
export type EngineLibraries = Omit<LibraryPaths, 'onnxParser'> & Partial<Pick<LibraryPaths, 'onnxParser'>>;

export type UsableInstallation = Installation & { readonly libraries: LibraryPaths };

export function isUsable(installation: Installation): installation is UsableInstallation {
  return installation.unusable === undefined && installation.libraries !== undefined;
}

/** What an editor or a script is told of it. */
export function describeInstallation(installation: Installation): RuntimeDescription {
  const { libraries: _, engineLibraries: __, ...description } = installation;
  return description;
}

/** What runs engines with it; undefined where it cannot be loaded. */
export function engineLibraries({ libraries, engineLibraries }: Installation): EngineLibraries | undefined {
  return engineLibraries ?? libraries;
}

/** `tensorrt-11.2.1`, `tensorrt-rtx-1.7.1`, `tensorrt-lean-10.15.1`. */
export function plainId({ product, kind, version }: Omit<Installation, 'id'>): string {
  return [product.toLowerCase(), ...(kind ? [kind] : []), version].join('-');
}

/** The id that tells installations of equal versions apart by their folder, whatever else is installed. */
export function qualifiedId(installation: Omit<Installation, 'id'>): string {
  const hash = createHash('sha256').update(installation.directory).digest('hex');
  return `${plainId(installation)}-${hash.slice(0, 4)}`;
}

/** Whether an id means this installation; a qualified id does so also where there is nothing to tell apart. */
export function hasId(installation: Installation, id: string): boolean {
  return installation.id === id || qualifiedId(installation) === id;
}

/** `TensorRT 11.2.1`, `TensorRT lean runtime 10.15.1`, `TensorRT-RTX 1.7.1`, or no version while it is unknown. */
export function displayName({
  product,
  kind,
  version,
}: {
  readonly product: Product;
  readonly kind?: RuntimeKind;
  readonly version: string;
}): string {
  const name = kind && kind !== 'full' ? `${product} ${kind} runtime` : product;
  return version === 'unknown' ? name : `${name} ${version}`;
}

/**
 * `getInferLibVersion`'s number in dotted form. Both products count major·10000 + minor·100 + patch; TensorRT before 10
 * counted major·1000.
 */
export function dottedVersion(product: Product, versionNumber: number): string {
  const thousand = product === 'TensorRT' && versionNumber < 100000;
  const major = Math.floor(versionNumber / (thousand ? 1000 : 10000));
  const minor = Math.floor((versionNumber % (thousand ? 1000 : 10000)) / 100);
  return `${major}.${minor}.${versionNumber % 100}`;
}

/** For sorting: newer versions first, `unknown` last. */
export function newerFirst(left: string, right: string): number {
  const numbers = (version: string) => (version === 'unknown' ? [] : version.split('.').map(Number));
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (b[index] ?? -1) - (a[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
