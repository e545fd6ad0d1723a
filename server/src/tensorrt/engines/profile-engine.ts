/** A profile of a loaded engine: one run on the GPU, as data and as the file that shows it again. */
import { profileRun } from '../../engine/profile/conditions.ts';
import type { JoinedProfile } from '../../engine/profile/join.ts';
import { profileOfRun } from '../../engine/profile/profile.ts';
import { writeOwnProfile } from '../../engine/profile/write.ts';
import { type RunSettings, runParams } from './run-settings.ts';
import type { UsedEngine } from './use-engine.ts';

export interface MeasuredProfile extends JoinedProfile {
  /** IEngineInspector's JSON, as it is. */
  readonly layerJson: string;
  /** Our own file with all of it. */
  readonly own: string;
  /** What the run had to say, a sentence each. */
  readonly notes: readonly string[];
}

/** `NET.engine.profile.json`, where the editor keeps the last profile of an engine. */
export function profilePath(engine: string): string {
  return `${engine}.profile.json`;
}

/** Throws an error for people where the settings do not fit the engine, a BridgeError where the run fails. */
export async function profileEngine(
  { file, loaded, client, handle }: UsedEngine,
  settings: RunSettings,
  signal?: AbortSignal,
): Promise<MeasuredProfile> {
  const { product, version, device } = loaded.runtime;
  const params = runParams(handle, loaded.description, trtexecVersion(loaded.runtime), settings);
  const result = await client.run(params, signal ? { signal } : {});
  const { iterations, layers, cudaGraph, memory, notes } = result;
  const engine = file.path;
  const model = file.provenance?.model.path;
  const shapes = new Map(loaded.description.tensors.map((tensor) => [tensor.name, tensor.dims]));
  const conditions = {
    runtime: { product, version },
    device: { name: device.name, computeCapability: device.computeCapability },
    measured: new Date().toISOString(),
    run: profileRun(params, shapes),
  };
  const named = { engine, ...(model !== undefined && { model }) };
  return {
    ...profileOfRun(result),
    ...named,
    information: loaded.layers,
    conditions: { ...conditions, usedCudaGraph: cudaGraph.used, memory },
    layerJson: loaded.layerJson,
    notes: [
      ...notes,
      ...(cudaGraph.reason === undefined ? [] : [`There was no CUDA graph: ${cudaGraph.reason}`]),
    ],
    own: writeOwnProfile({
      ...named,
      ...conditions,
      iterations,
      layers,
      cudaGraph,
      memory,
      notes,
      layerInformation: loaded.layerJson,
    }),
  };
}

/** Whose trtexec is followed in what is measured: that of TensorRT for RTX does as version 10 does. */
export function trtexecVersion({
  product,
  version,
}: {
  readonly product: string;
  readonly version: string;
}): string {
  return product === 'TensorRT' ? version : '10';
}
