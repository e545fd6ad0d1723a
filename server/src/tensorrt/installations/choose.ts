import { existsSync } from 'node:fs';
import path from 'node:path';
import { isAtLeast, isVersion } from '../../build-config/versions.ts';
import { hasId, type Installation, isUsable, newerFirst, type UsableInstallation } from './installation.ts';

export interface Preferences {
  /** Ids or folders from the settings, first choice first. */
  readonly preferred: readonly string[];
  /** Whether an NVIDIA GPU seems to be there; see `seemsToHaveGpu`. */
  readonly gpu: boolean;
}

/**
 * Usable installations, the best to check models with first:
 * 1. what the settings name, in their order;
 * 2. TensorRT that works on this machine (any with a GPU, 10.15 and newer without), newest first;
 * 3. TensorRT for RTX, which needs no GPU to parse, newest first;
 * 4. the rest, newest first: a GPU that we did not see may still be there.
 */
export function inOrderOfPreference(
  installations: readonly Installation[],
  { preferred, gpu }: Preferences,
): readonly UsableInstallation[] {
  const rank = (installation: UsableInstallation) => {
    const index = preferred.findIndex((wish) => isMeant(installation, wish));
    if (index >= 0) return index - preferred.length;
    if (installation.product === 'TensorRT-RTX') return 2;
    return gpu || parsesWithoutGpu(installation) ? 1 : 3;
  };
  return installations
    .filter(isUsable)
    .map((installation, order) => ({ installation, order, rank: rank(installation) }))
    .sort(
      (left, right) =>
        left.rank - right.rank ||
        newerFirst(left.installation.version, right.installation.version) ||
        left.order - right.order,
    )
    .map(({ installation }) => installation);
}

/** TensorRT gained its CPU-only mode, best effort, with 10.15; TensorRT for RTX always parses. */
export function parsesWithoutGpu(installation: Installation): boolean {
  if (installation.product === 'TensorRT-RTX') return true;
  return isVersion(installation.version) && isAtLeast(installation.version, '10.15');
}

/**
 * Whether the NVIDIA driver of this machine shows a device. Only a bridge that asks CUDA knows for sure, and takes a process
 * to do so; this decides nothing but which installation is tried first.
 */
export function seemsToHaveGpu(platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32') {
    const { SystemRoot: systemRoot = 'C:\\Windows' } = process.env;
    return existsSync(path.join(systemRoot, 'System32', 'nvcuda.dll'));
  }
  // Discrete cards, Jetson boards, Windows' subsystem for Linux.
  const devices = ['/dev/nvidiactl', '/dev/nvhost-gpu', '/dev/nvgpu', '/usr/lib/wsl/lib/libcuda.so.1'];
  return platform === 'linux' && devices.some((device) => existsSync(device));
}

function isMeant(installation: Installation, wish: string): boolean {
  if (hasId(installation, wish)) return true;
  if (!path.isAbsolute(wish)) return false;
  const relative = path.relative(wish, installation.directory);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}
