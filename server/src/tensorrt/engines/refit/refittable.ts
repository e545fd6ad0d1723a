/** What an engine can be refitted with, as TensorRT tells once it is loaded. */
import type { RefittableWeights } from '../../../../../native-bridge/src/engine-protocol.ts';
import { BridgeErrorCode } from '../../../../../native-bridge/src/protocol.ts';
import { type MappedWeight, mapWeights } from '../../../engine/refit/map-weights.ts';
import type { LoadedModel } from '../../../node/load-model.ts';
import { BridgeError } from '../../bridge/bridge-error.ts';
import type { Provenance } from '../../build/provenance.ts';
import { displayName } from '../../installations/installation.ts';
import type { Runtimes } from '../../runtimes.ts';
import type { EngineClient } from '../engine-client.ts';
import {
  type EngineFile,
  inspectEngineFile,
  type LoadedEngine,
  type LoadOptions,
  runtimeForEngine,
  withLoadedEngine,
} from '../inspect-engine.ts';

export interface Refitting extends LoadOptions {
  /** What is being done, half a sentence. */
  readonly onStep?: (step: string) => void;
}

interface RefittableWish {
  readonly model: LoadedModel;
  /** Names of single weights; all of the model where absent. */
  readonly weights?: readonly string[] | undefined;
  /** An id or a folder. */
  readonly runtime?: string | undefined;
}

/** What an engine can be refitted with; empty where it cannot. */
export async function listRefittable(
  engine: string,
  model: LoadedModel,
  runtime: string | undefined,
  runtimes: Runtimes,
  options: Refitting,
): Promise<Refittable> {
  const file = await inspectEngineFile(engine, runtimes, { runtime });
  const wish = { engine, model, runtime, weights: [] };
  return await withRefittable(file, runtimes, wish, options, async (_, listed) => listed);
}

export interface Refittable {
  readonly isRefittable: boolean;
  /** Empty where it is not. */
  readonly weights: readonly MappedWeight[];
}

/** Loads the engine, and asks what it can be refitted with. */
export async function withRefittable<Result>(
  file: EngineFile,
  runtimes: Runtimes,
  { model, weights, runtime: wished }: RefittableWish,
  options: Refitting,
  use: (loaded: LoadedEngine, listed: Refittable, client: EngineClient, handle: number) => Promise<Result>,
): Promise<Result> {
  const blocked = file.compatibility.findings.find(
    ({ answer, about }) => answer === 'no' && about !== 'version',
  );
  if (blocked) throw new Error(`${file.path} cannot be refitted here. ${blocked.sentence}`);
  const runtime = await runtimeForEngine(file, runtimes, wished);
  if (weights === undefined && runtime.libraries.onnxParser === undefined) {
    throw new Error(
      `A refit from a model takes the ONNX parser of a full TensorRT ${file.header.version}; ${displayName(runtime)} has none. It may refit single weights (--weights).`,
    );
  }
  options.onStep?.(`loading the engine with ${displayName(runtime)}`);
  return await withLoadedEngine(file.path, runtime, options, async (loaded, client, handle) => {
    const listed = await refittableWeights(loaded, file.provenance, client, handle, options);
    const weights = listed === undefined ? [] : mapWeights(listed, model.model);
    return await use(loaded, { isRefittable: listed !== undefined, weights }, client, handle);
  });
}

/**
 * Undefined where the engine cannot be refitted. `ICudaEngine::isRefittable` alone does not say: TensorRT 10.6 answers false for engines of
 * kREFIT_IDENTICAL and kREFIT_INDIVIDUAL, and refits them. Where nothing else is known, only a refitter tells.
 */
async function refittableWeights(
  { description }: LoadedEngine,
  provenance: Provenance | undefined,
  client: EngineClient,
  handle: number,
  { signal }: Refitting,
): Promise<RefittableWeights | undefined> {
  const asked = async () => await client.refittableWeights(handle, signal ? { signal } : {});
  if (description.isRefittable) return await asked();
  const flags = provenance?.request.settings.flags;
  if (provenance && !flags?.some((flag) => refitFlags.has(flag))) return undefined;
  try {
    return await asked();
  } catch (error) {
    if (error instanceof BridgeError && error.code === BridgeErrorCode.tensorrtFailed) return undefined;
    throw error;
  }
}

/** BuilderFlag names. */
const refitFlags = new Set(['kREFIT', 'kREFIT_IDENTICAL', 'kREFIT_INDIVIDUAL', 'kSTRIP_PLAN']);
