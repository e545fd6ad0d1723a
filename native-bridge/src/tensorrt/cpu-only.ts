import { type Abi, describe } from '../abi/families.ts';
import { isAtLeast } from '../abi/version.ts';
import { BridgeError } from '../errors.ts';
import type { Product } from '../protocol.ts';

/** The first TensorRT that parses without a GPU. TensorRT for RTX always did. */
const firstCpuOnlyVersion = '10.15';

const variable = 'TRT_INTERNAL_OPTIONS';
const option = '--cpu_only=1';

/**
 * Asks TensorRT to do without a GPU, before the library is loaded: an option of its environment that trtexec uses too, and
 * that NVIDIA calls internal. What the user has set stays.
 */
export function setCpuOnlyOption(product: Product): void {
  if (product !== 'TensorRT') {
    return;
  }
  const options = process.env[variable]?.split(' ').filter((word) => word !== '') ?? [];
  if (!options.includes(option)) {
    process.env[variable] = [...options, option].join(' ');
  }
}

/** Throws `needsGpu` for versions that cannot do without: creating a builder would end the process there. */
export function requireCpuOnlySupport(abi: Abi, reason: string): void {
  if (abi.product === 'TensorRT' && !isAtLeast(abi.version, firstCpuOnlyVersion)) {
    throw new BridgeError(
      'needsGpu',
      `${describe(abi)} needs a GPU, and ${reason}. TensorRT ${firstCpuOnlyVersion} and later, and TensorRT for RTX, check ` +
        'models without one.',
    );
  }
}
