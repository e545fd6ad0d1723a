/** Whether an engine that is about to be built could run on this machine: a build takes minutes, and is for nothing otherwise. */
import type { CudaDevice } from '../../../../../native-bridge/src/protocol.ts';
import type { BuildConfig } from '../../../build-config/model.ts';
import { rtxRefusal } from '../../../engine/rtx-gpus.ts';
import { visibleDevice } from '../../build/device-lock.ts';
import { seemsToHaveGpu } from '../../installations/choose.ts';
import { displayName, type UsableInstallation } from '../../installations/installation.ts';
import { EngineClient } from '../engine-client.ts';

const withoutEngine = 'ONNX Runtime alone shows values without an engine (on the command line: --no-engine).';

/**
 * TensorRT for RTX builds without a GPU, and for others than the one that is here, so its runtime is asked before; TensorRT says itself that
 * it needs one, when a build begins. Throws an error for people.
 */
export async function requireRunsHere(
  build: BuildConfig,
  installationFor: () => Promise<UsableInstallation>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!seemsToHaveGpu()) {
    throw new Error(`There is no NVIDIA GPU here to run an engine on. ${withoutEngine}`);
  }
  const installation = await installationFor();
  if (installation.product !== 'TensorRT-RTX') return;
  const reason = whyNotOn(build, await deviceOf(installation, build, signal));
  if (reason !== undefined) throw new Error(`${reason} ${withoutEngine}`);
}

/** Of a build by TensorRT for RTX: a sentence or two; undefined where its engine may run on the GPU. */
export function whyNotOn(build: BuildConfig, device: CudaDevice): string | undefined {
  const { name, computeCapability } = device;
  const refusal = rtxRefusal(device);
  if (refusal !== undefined) return `${refusal} Use TensorRT, or a machine with such a GPU.`;
  const targets = build.get('computeCapabilities')?.value.map(({ value }) => value) ?? [];
  const own = `sm${computeCapability.replace('.', '')}`;
  if (targets.length === 0 || targets.includes('current') || targets.includes(own)) return undefined;
  return `The engine would be built for ${targets.join(', ')} (\`computeCapabilities\`), and not for ${name}, which is here (compute capability ${computeCapability}). Add \`current\`.`;
}

async function deviceOf(
  installation: UsableInstallation,
  build: BuildConfig,
  signal: AbortSignal | undefined,
): Promise<CudaDevice> {
  signal?.throwIfAborted();
  const client = new EngineClient(installation.libraries, {
    displayName: displayName(installation),
    device: visibleDevice(build.get('device')?.value),
  });
  const stop = () => client.dispose();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return (await client.initialized).device;
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${error instanceof Error ? error.message : error} ${withoutEngine}`, { cause: error });
  } finally {
    signal?.removeEventListener('abort', stop);
    client.dispose();
  }
}
