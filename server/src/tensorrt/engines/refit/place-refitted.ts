import type { LoadedModel } from '../../../node/load-model.ts';
import { weightFiles } from '../../build/inputs.ts';
import { identify, type Provenance } from '../../build/provenance.ts';
import { type EngineTarget, placeEngine } from '../../build/target.ts';
import { weightsRecord } from '../../weights.ts';
import type { EngineFile, LoadedEngine } from '../inspect-engine.ts';

export interface RefittedPlan {
  /** The engine that was refitted. */
  readonly file: EngineFile;
  readonly model: LoadedModel;
  readonly replaced: 'all' | readonly string[];
  readonly isStripped: boolean;
  readonly loaded: LoadedEngine;
  readonly signal?: AbortSignal | undefined;
}

/** The plan in its place, with a note that is true of it; without one where the refitted engine has none. */
export async function placeRefitted(
  target: EngineTarget,
  output: string,
  plan: RefittedPlan,
): Promise<{ readonly path: string; readonly bytes: number; readonly hasProvenance: boolean }> {
  const { provenance } = plan.file;
  const options = plan.signal ? { signal: plan.signal } : {};
  const engine = { ...(await identify(target.temporary, options)), path: output };
  await placeEngine(target, output, provenance && (await refittedProvenance(provenance, engine, plan)));
  return { path: output, bytes: engine.bytes, hasProvenance: provenance !== undefined };
}

/** A whole model takes the place of the one that the engine was built from; single weights leave it. */
async function refittedProvenance(
  before: Provenance,
  engine: Provenance['engine'],
  { model, replaced, isStripped, loaded, signal }: RefittedPlan,
): Promise<Provenance> {
  const options = { known: [before.model, ...before.inputs], ...(signal && { signal }) };
  const source = await identify(model.path, options);
  const { product, version, device } = loaded.runtime;
  const refitted: Provenance = {
    ...before,
    engine,
    refit: {
      engine: { path: before.engine.path, sha256: before.engine.sha256 },
      model: source,
      weights: replaced,
      isStripped,
      runtime: { product, version },
      device,
      refitted: new Date().toISOString(),
    },
  };
  if (replaced !== 'all') return refitted;
  const { pluginLibraries, settings } = before.request;
  const others = [...pluginLibraries, ...(settings.pluginsToSerialize ?? []), settings.calibrationCachePath];
  const weights = await Promise.all(weightFiles(model).map((file) => identify(file, options)));
  return {
    ...refitted,
    model: source,
    inputs: [...before.inputs.filter((input) => others.includes(input.path)), ...weights],
    ...(before.weights && { weights: await weightsRecord(model, signal) }),
  };
}
