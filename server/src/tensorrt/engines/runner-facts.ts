/** What a generated program has to know of an engine: from the engine itself, or from what its build left beside it. */
import path from 'node:path';
import { factsOfDescription, type RunnerFacts } from '../../engine/runner/facts.ts';
import { factsOfModel } from '../../engine/runner/of-model.ts';
import { loadModel } from '../../node/load-model.ts';
import type { EngineFile } from './inspect-engine.ts';
import type { UsedEngine } from './use-engine.ts';

export function factsOfLoaded({ file, loaded, runtime, pluginLibraries }: UsedEngine): RunnerFacts {
  const { product, version } = loaded.runtime;
  const { kind, runsHostCode, leanRuntimePath } = runtime;
  return factsOfDescription(loaded.description, {
    engine: path.basename(file.path),
    product,
    version,
    loading: {
      ...(kind && { kind }),
      ...(runsHostCode && { runsHostCode }),
      ...(leanRuntimePath !== undefined && { leanRuntimePath }),
      pluginLibraries,
    },
  });
}

/** What is not known without loading the engine, for people. */
export const factsOfModelNote =
  'The engine was not loaded: its inputs and outputs are those of its model. What only the engine tells (shape tensors, formats) may have to be added.';

/** Throws an error for people where `ENGINE.json` names no model that can be read. */
export function factsOfBuild({ path: engine, provenance }: EngineFile): RunnerFacts {
  if (!provenance) {
    throw new Error(
      `${engine} cannot be asked for its inputs and outputs: it is not loaded, and there is no ${path.basename(engine)}.json that tells of its model. Load it on a GPU with a TensorRT that fits.`,
    );
  }
  return factsOfModel(loadModel(provenance.model.path).model, provenance, path.basename(engine));
}
