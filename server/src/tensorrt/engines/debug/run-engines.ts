/** Runs the engines of a capture with the same inputs, and keeps what comes out of them. */
import path from 'node:path';
import type { CapturedEngine, EngineParts, StoredValues } from '../../../engine/debug/capture.ts';
import { missingNotes, splitNotes } from '../../../engine/debug/engine-parts.ts';
import { productName } from '../../../engine/runtime-fit.ts';
import { withLoadedEngine } from '../inspect-engine.ts';
import { defaultRunSettings, runParams } from '../run-settings.ts';
import type { CaptureOptions, DebuggedEngine, DebuggedEngines } from './capture.ts';
import { debugRun, debugTensorsOf, storeRun } from './engine.ts';
import { inputsOfEngine, writeInputs } from './inputs.ts';

export interface RunOutcome {
  readonly inputs: readonly StoredValues[];
  readonly values: readonly StoredValues[];
  /** The first. */
  readonly engine?: CapturedEngine;
  readonly parts?: EngineParts;
  readonly notes: readonly string[];
}

interface EngineRun extends RunOutcome {
  readonly engine: CapturedEngine;
  /** Whether debug tensors came, rather than outputs alone. */
  readonly hasDebugTensors: boolean;
  /** Names of all tensors that came, also of those whose values cannot be read. */
  readonly came: readonly string[];
}

/** One after the other. Values that several have are the first one's. Throws an error for people, a BridgeError, or the signal's reason. */
export async function runEngines(
  options: CaptureOptions,
  { engines, split, asOutputs = false, wanted = [] }: DebuggedEngines,
): Promise<RunOutcome> {
  const runs: EngineRun[] = [];
  for (const engine of engines) runs.push(await runEngine(options, engine, runs));
  const [first] = runs;
  if (!first) throw new Error('There is no engine to run.');
  const parts: EngineParts | undefined = split && {
    ...split,
    engines: runs.map(({ engine, values }) => ({
      path: engine.path,
      tensors: values.map(({ name }) => name),
    })),
  };
  return {
    inputs: first.inputs,
    values: runs.flatMap(({ values }) => values),
    engine: first.engine,
    ...(parts && { parts }),
    notes: [
      ...new Set([
        ...(parts ? splitNotes(parts, first.engine.runtime, asOutputs) : []),
        ...missingNotes(wanted, new Set(runs.flatMap(({ came }) => came)), split?.leftOut ?? []),
        ...runs.flatMap(({ notes }) => notes),
        ...(asOutputs || runs.some(({ hasDebugTensors }) => hasDebugTensors)
          ? []
          : [
              'The engine has no debug tensors; its outputs alone were captured. Build with `markDebug` to see more.',
            ]),
      ]),
    ],
  };
}

/** `earlier`: what was run before, with whose inputs it runs, too. */
async function runEngine(
  { directory, model, tensors, run, signal, onProgress }: CaptureOptions,
  engine: DebuggedEngine,
  earlier: readonly EngineRun[],
): Promise<EngineRun> {
  const name = path.basename(engine.path);
  onProgress(`loading ${name}`);
  return await withLoadedEngine(
    engine.path,
    engine.installation,
    engine.loading,
    async (loaded, client, handle) => {
      const { product, version, device } = loaded.runtime;
      const { description } = loaded;
      const caught =
        engine.unfused && tensors === undefined ? 'all' : debugTensorsOf(description, tensors, name);
      const params = runParams(handle, description, version, {
        ...defaultRunSettings,
        ...run,
        files: new Map(),
      });
      const inputs =
        earlier[0]?.inputs ??
        (await writeInputs(inputsOfEngine(description, params), directory, {
          files: run.files,
          model: model?.model,
          signal,
        }));
      onProgress(`running ${name} on ${device.name}`);
      const result = await client.run(
        debugRun(params, inputs, { tensors: caught, unfused: engine.unfused }, directory),
        signal ? { signal } : {},
      );
      const known = earlier.flatMap(({ values }) => values);
      const stored = await storeRun(result, directory, known);
      return {
        inputs,
        values: stored.values,
        engine: { path: engine.path, runtime: `${productName(product)} ${version}`, device: device.name },
        hasDebugTensors: result.debugTensors.length > 0,
        came: [...result.debugTensors, ...result.outputs].map((tensor) => tensor.name),
        notes: [...result.notes, ...stored.notes],
      };
    },
  );
}
