/** Engines to debug: built with marks from a config or model, or there already. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BuildConfig } from '../../../build-config/model.ts';
import { enginePath } from '../../../build-config/paths.ts';
import { computedValues } from '../../../engine/debug/reference-model.ts';
import { loadModel } from '../../../node/load-model.ts';
import { typesOfValues } from '../../../node/types-of-values.ts';
import type { BuildEnd } from '../../build/queue.ts';
import { seemsToHaveGpu } from '../../installations/choose.ts';
import type { Runtimes } from '../../runtimes.ts';
import { type EngineFile, inspectEngineFile, type LoadOptions, runtimeForEngine } from '../inspect-engine.ts';
import { debugBuild, debugBuildError, type MarkedTensors } from './build.ts';
import type { DebuggedEngine, DebuggedModel } from './capture.ts';

/** Throws an error for people. */
export function debuggedModel(name: string): DebuggedModel {
  const { path: file, model } = loadModel(name);
  return { path: file, model, typeOf: typesOfValues(model, path.dirname(file)) };
}

export interface EngineOptions {
  readonly runtimes: Runtimes;
  /** An id or a folder. */
  readonly runtime: string | undefined;
  readonly loading: (file: EngineFile) => LoadOptions;
}

export interface BuiltEngineOptions extends EngineOptions {
  readonly model: DebuggedModel;
  /** `undefined`: those that the config marks, and all where it marks none. */
  readonly tensors: readonly string[] | 'all' | undefined;
  readonly unfused: boolean;
  /** Where an engine goes that is not the config's own. */
  readonly folder: string;
  readonly build: (build: BuildConfig) => Promise<BuildEnd>;
}

/** Throws an error for people, with advice on the marks where they may be why there is no engine. */
export async function buildDebuggedEngine(
  build: BuildConfig,
  options: BuiltEngineOptions,
): Promise<DebuggedEngine> {
  const { model, tensors, unfused, folder } = options;
  if (!seemsToHaveGpu()) {
    throw new Error(
      'There is no NVIDIA GPU here to run an engine on. ONNX Runtime alone shows values without one (onnx-trt debug MODEL --no-engine).',
    );
  }
  const marksItself =
    (build.get('markDebug')?.value.length ?? 0) > 0 ||
    build.get('markUnfusedTensorsAsDebugTensors')?.value === true;
  const wantsAll = tensors === 'all' || (tensors === undefined && !unfused && !marksItself);
  const names = wantsAll ? computedValues(model.model) : tensors;
  const outputs = new Set(model.model.graph?.outputs.map(({ name }) => name));
  // Outputs come out anyway.
  const marked: MarkedTensors = { names: names?.filter((name) => !outputs.has(name)), unfused };
  const debug = debugBuild(build, marked, folder);
  if (debug.build !== build) await mkdir(folder, { recursive: true });
  const end = await options.build(debug.build);
  if (end.kind !== 'built' && end.kind !== 'up-to-date') throw debugBuildError(end, marked);
  return await debuggedEngine(enginePath(debug.build), { ...options, unfused: debug.unfused });
}

/** Throws an error for people where it cannot run here. */
export async function debuggedEngine(
  file: string,
  { runtimes, runtime, loading, unfused }: EngineOptions & { readonly unfused: boolean },
): Promise<DebuggedEngine> {
  const found = await inspectEngineFile(file, runtimes, { runtime });
  const blocked = found.compatibility.findings.find(
    ({ answer, about }) => answer === 'no' && about !== 'version',
  );
  if (blocked) throw new Error(`${file} cannot run here. ${blocked.sentence}`);
  return {
    path: file,
    installation: await runtimeForEngine(found, runtimes, runtime),
    loading: loading(found),
    flags: flagsOf(found),
    unfused,
  };
}

/** TF32 is on unless a build turns it off. */
function flagsOf({ provenance }: EngineFile): readonly string[] | undefined {
  if (!provenance) return undefined;
  const { flags = [], clearedFlags = [] } = provenance.request.settings;
  return ['kTF32', ...flags].filter((flag) => !clearedFlags.includes(flag));
}

/** What a config says of shapes where no engine does: `opt` of its profile. */
export function optShapes(build: BuildConfig, profile: number): (readonly [string, readonly number[]])[] {
  const inputs = build.get('profiles')?.value[profile]?.inputs ?? [];
  return inputs.flatMap(({ name, opt, max, min }) => {
    const dims = opt ?? max ?? min;
    return dims && !name.value.includes('*') ? [[name.value, dims.value] as const] : [];
  });
}
