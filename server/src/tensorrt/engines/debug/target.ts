/** What is debugged: a model, and an engine that is there. build-engines.ts builds one. */
import path from 'node:path';
import type { BuildConfig } from '../../../build-config/model.ts';
import type { TypeOfValue } from '../../../engine/debug/reference-model.ts';
import { isStripped } from '../../../engine/ship-size.ts';
import { loadModel } from '../../../node/load-model.ts';
import { typesOfValues } from '../../../node/types-of-values.ts';
import { inlineFunctions } from '../../../onnx/inlining/inline-functions.ts';
import type { Model } from '../../../onnx/model/model.ts';
import type { Runtimes } from '../../runtimes.ts';
import { type EngineFile, inspectEngineFile, type LoadOptions, runtimeForEngine } from '../inspect-engine.ts';
import type { DebuggedEngine, DebuggedModel } from './capture.ts';

/** Throws an error for people. */
export function debuggedModel(name: string): DebuggedModel {
  const { path: file, model } = loadModel(name);
  return debuggedModelOf(file, model, (own) => typesOfValues(own, path.dirname(file)));
}

/** `file`: absolute path. `typesOf`: of the model, or of the one with the calls of functions written out. */
export function debuggedModelOf(
  file: string,
  model: Model,
  typesOf: (model: Model) => TypeOfValue,
): DebuggedModel {
  const inlined = inlineFunctions(model);
  return inlined
    ? { path: file, model: inlined.model, typeOf: typesOf(inlined.model), inlined }
    : { path: file, model, typeOf: typesOf(model) };
}

export interface EngineOptions {
  readonly runtimes: Runtimes;
  /** An id or a folder. */
  readonly runtime: string | undefined;
  readonly loading: (file: EngineFile) => LoadOptions;
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
  if (found.provenance && isStripped(found.provenance)) {
    throw new Error(
      `${file} was built without its weights, so it has nothing to compute with. Put them back in with onnx-trt refit, and debug that engine, or debug the build config or the model.`,
    );
  }
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
