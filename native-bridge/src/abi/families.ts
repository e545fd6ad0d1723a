import { BridgeError } from '../errors.ts';
import type { Product } from '../protocol.ts';
import type { ClassTable } from './class-table.ts';
import { toMicrosoftLayout } from './msvc.ts';
import { tensorrt10 } from './tensorrt-10/index.ts';
import { tensorrt10_8 } from './tensorrt-10.8.ts';
import { tensorrt11 } from './tensorrt-11/index.ts';
import { tensorrtRtx1 } from './tensorrt-rtx-1.ts';
import { formatVersion, isAtLeast, type Version } from './version.ts';

export type FamilyName = 'tensorrt-10' | 'tensorrt-11' | 'tensorrt-rtx-1';
export type ClassName = keyof typeof tensorrt10;
export type ClassTables = Readonly<Record<ClassName, ClassTable>>;

/** The binary interface of one running library. */
export interface Abi {
  readonly family: FamilyName;
  readonly product: Product;
  readonly version: Version;
  readonly compiler: 'itanium' | 'msvc';
  readonly classes: ClassTables;
}

/**
 * The tables for a library, by product and version: RTX 1.7.1 and TensorRT have different tables under similar numbers.
 * Throws `unsupportedLibrary` for versions without a table.
 */
export function chooseAbi(product: Product, version: Version, platform: NodeJS.Platform): Abi {
  const { family, classes } = product === 'TensorRT' ? ofTensorRT(version) : ofTensorRTForRtx(version);
  if (platform !== 'win32') {
    return { family, product, version, compiler: 'itanium', classes };
  }
  const layouts = Object.entries(classes).map(([name, table]) => [name, toMicrosoftLayout(table)]);
  return { family, product, version, compiler: 'msvc', classes: Object.fromEntries(layouts) };
}

/** The product with its version, for sentences: `TensorRT 11.2.1`. */
export function describe(abi: Abi): string {
  return `${abi.product} ${formatVersion(abi.version)}`;
}

/**
 * The version by which `since` is judged. RTX 1.x has its own numbers; its tables are edits of TensorRT 11.1's.
 */
export function comparableVersion(abi: Abi): Version {
  return abi.product === 'TensorRT' ? abi.version : { major: 11, minor: 1, patch: 0 };
}

function ofTensorRT(version: Version): { family: FamilyName; classes: ClassTables } {
  switch (version.major) {
    case 10:
      return { family: 'tensorrt-10', classes: version.minor === 8 ? tensorrt10_8 : tensorrt10 };
    case 11:
      return { family: 'tensorrt-11', classes: tensorrt11 };
    default:
      throw unsupported('TensorRT', version, 'TensorRT 10 and 11 are');
  }
}

function ofTensorRTForRtx(version: Version): { family: FamilyName; classes: ClassTables } {
  // Before 1.5 RTX numbered its enums as TensorRT 10 does, and nobody has seen which slots it had.
  if (version.major !== 1 || !isAtLeast(version, '1.5')) {
    throw unsupported('TensorRT-RTX', version, 'TensorRT for RTX 1.5 and later 1.x are');
  }
  return { family: 'tensorrt-rtx-1', classes: tensorrtRtx1 };
}

function unsupported(product: Product, version: Version, supported: string): BridgeError {
  return new BridgeError(
    'unsupportedLibrary',
    `${product} ${formatVersion(version)} is not supported; ${supported}. Choose another installation.`,
  );
}
