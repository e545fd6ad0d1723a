/** Builds the engine to debug; where TensorRT does not mark all tensors in one, with outputs in their place, or several with some each. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BuildConfig } from '../../../build-config/model.ts';
import { enginePath } from '../../../build-config/paths.ts';
import { computedValues } from '../../../engine/debug/reference-model.ts';
import type { BuildEnd } from '../../build/queue.ts';
import { withModel } from '../../build/without-config.ts';
import type { UsableInstallation } from '../../installations/installation.ts';
import { debugBuild, debugBuildError, type MarkedTensors } from './build.ts';
import { isBuilt, isKilled, mayFailAtMarks, reasonOf } from './build-ends.ts';
import { buildInParts } from './build-parts.ts';
import type { DebuggedEngines, DebuggedModel } from './capture.ts';
import {
  engineOfOutputs,
  outputsLabel,
  removeEngine,
  removeIfEmpty,
  removeParts,
} from './debug-engine-files.ts';
import { inlinedFile, writeInlinedFile } from './inlined-file.ts';
import { requireRunsHere } from './runs-here.ts';
import { debuggedEngine, type EngineOptions } from './target.ts';

/** A build takes seconds to minutes, and a user waits for all of them. */
export const defaultMaxBuilds = 16;

/** How tensors come out: as debug tensors, as further outputs of the engine, or as outputs where TensorRT fails at the former. */
export const markings = ['auto', 'debug', 'outputs'] as const;
export type Marking = (typeof markings)[number];

export interface BuildAttempt {
  /** What is done: `building detector.part2.engine: 4 of 7 debug tensors (build 3 of at most 16)`. */
  readonly activity: string;
  /** Of one of several, whose failure is nothing to tell, as others follow from it: `4 of 7 debug tensors`. */
  readonly part?: string;
}

export interface BuiltEnginesOptions extends EngineOptions {
  readonly model: DebuggedModel;
  /** `undefined`: those that the config marks, and all where it marks none. */
  readonly tensors: readonly string[] | 'all' | undefined;
  readonly unfused: boolean;
  /** `outputs` and `unfused` exclude each other. */
  readonly marking: Marking;
  /** Where engines go that are not the config's own. */
  readonly folder: string;
  /** How many builds there may be; with 1, all tensors are marked in one engine, or there is none. */
  readonly maxBuilds: number;
  /** The TensorRT that would build it. Rejects with an error for people where there is none. */
  readonly installationFor: (build: BuildConfig) => Promise<UsableInstallation>;
  readonly signal?: AbortSignal | undefined;
  /** Rejects where it is cancelled. */
  readonly build: (build: BuildConfig, attempt: BuildAttempt) => Promise<BuildEnd>;
}

/** Throws an error for people, with advice on the marks where they may be why there is no engine. */
export async function buildDebuggedEngines(
  config: BuildConfig,
  options: BuiltEnginesOptions,
): Promise<DebuggedEngines> {
  const { model, tensors, unfused, marking, folder, maxBuilds } = options;
  await requireRunsHere(config, () => options.installationFor(config), options.signal);
  const ownMarks = config.get('markDebug')?.value.map(({ value }) => value) ?? [];
  const ownUnfused = config.get('markUnfusedTensorsAsDebugTensors')?.value === true;
  const wantsAll =
    tensors === 'all' || (tensors === undefined && !unfused && !ownUnfused && !ownMarks.length);
  const computed = computedValues(model.model);
  const outputs = new Set(model.model.graph?.outputs.map(({ name }) => name));
  // Outputs come out anyway.
  const inside = (names: readonly string[]) => names.filter((name) => !outputs.has(name));
  const wanted = wantsAll ? computed : tensors;
  const asOutputs = marking === 'outputs';
  const names = asOutputs ? (wanted ?? ownMarks) : wanted;
  const marked: MarkedTensors = { names: names && inside(names), unfused, asOutputs };
  const { inlined } = model;
  const isInFunctions = inlined && marked.names?.some((name) => inlined.values.has(name));
  const build = isInFunctions ? await ofInlinedModel(config, model, folder) : config;
  const debug = debugBuild(build, marked, folder);
  if (debug.build !== build) await mkdir(folder, { recursive: true });
  const engine = enginePath(debug.build);
  const end = await options.build(debug.build, {
    activity: `building ${path.basename(engine)}`,
  });
  if (isBuilt(end)) {
    await removeParts(build, folder, 1);
    await removeEngine(engineOfOutputs(build, folder));
    await removeIfEmpty(folder, inlinedFile(model.path, folder));
    return {
      engines: [await debuggedEngine(engine, { ...options, unfused: debug.unfused })],
      ...(asOutputs && { asOutputs }),
      ...(marked.names && { wanted: marked.names }),
    };
  }
  const all = marked.names ?? ownMarks;
  const ordered = inModelOrder(inside(all), computed);
  try {
    if (maxBuilds < 2 || ordered.length === 0 || !mayFailAtMarks(end)) throw debugBuildError(end, marked);
    const insteads = marking === 'auto' && !debug.unfused;
    const instead = insteads && (await buildWithOutputs(build, ordered, reasonOf(end), options));
    if (instead) return instead;
    const failed = insteads ? 2 : 1;
    if (failed >= maxBuilds || all.length < 2) throw debugBuildError(end, marked, insteads);
    return await buildInParts(build, ordered, { ...options, asOutputs, failed, reason: reasonOf(end) });
  } finally {
    await removeIfEmpty(folder, inlinedFile(model.path, folder));
  }
}

async function ofInlinedModel(
  build: BuildConfig,
  model: DebuggedModel,
  folder: string,
): Promise<BuildConfig> {
  await mkdir(folder, { recursive: true });
  return withModel(build, await writeInlinedFile(model, folder));
}

/** All tensors as outputs of one engine, in which nothing fails at marks; nothing where TensorRT does not build that, either. */
async function buildWithOutputs(
  build: BuildConfig,
  tensors: readonly string[],
  reason: string,
  options: BuiltEnginesOptions,
): Promise<DebuggedEngines | undefined> {
  const { folder, maxBuilds } = options;
  await mkdir(folder, { recursive: true });
  const marked: MarkedTensors = { names: tensors, unfused: false, asOutputs: true };
  const debug = debugBuild(build, marked, folder, outputsLabel);
  const engine = enginePath(debug.build);
  const part = `${tensors.length} ${tensors.length === 1 ? 'tensor as an output' : 'tensors as outputs'}`;
  const end = await options.build(debug.build, {
    activity: `building ${path.basename(engine)}: ${part} (build 2 of at most ${maxBuilds})`,
    part,
  });
  if (!isBuilt(end)) {
    if (end.kind !== 'failed' || isKilled(end)) throw debugBuildError(end, marked);
    await removeEngine(engine);
    return undefined;
  }
  await removeParts(build, folder, 1);
  return {
    engines: [await debuggedEngine(engine, { ...options, unfused: false })],
    split: { builds: 2, wanted: tensors.length, reason, leftOut: [] },
    asOutputs: true,
    wanted: tensors,
  };
}

/** Each once; a name that the model does not have is last. */
function inModelOrder(names: readonly string[], computed: readonly string[]): string[] {
  const wanted = new Set(names);
  const known = computed.filter((name) => wanted.has(name));
  return [...new Set([...known, ...names])];
}
