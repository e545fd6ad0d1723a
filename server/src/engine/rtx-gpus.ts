/** GPUs and engines of TensorRT for RTX. */
import type { CudaDevice } from '../../../native-bridge/src/protocol.ts';

/** Data centers' GPUs that it has no kernels for, whatever an engine is built for: Hopper and the first Blackwell. */
const unsupported: readonly string[] = ['9.0', '10.0'];

/** Why its engines cannot run on a GPU, a sentence; undefined where they may. */
export function rtxRefusal({
  name,
  computeCapability,
}: Pick<CudaDevice, 'name' | 'computeCapability'>): string | undefined {
  if (!unsupported.includes(computeCapability)) return undefined;
  return `Engines of TensorRT for RTX do not run on ${name} (compute capability ${computeCapability}), but on GeForce and RTX GPUs.`;
}
