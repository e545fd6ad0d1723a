/** A build as TensorRT is asked for it. */
import type { BuildParams } from '../../../../native-bridge/src/build-protocol.ts';
import type { InitializeResult } from '../../../../native-bridge/src/protocol.ts';
import type { BuildConfig } from '../../build-config/model.ts';
import { outputNames } from '../../build-config/outputs.ts';
import type { LoadedModel } from '../../node/load-model.ts';
import { weightNames } from '../../onnx/model/named-tensors.ts';
import { modelFile } from '../model-file.ts';
import { configureBuild } from './build-settings.ts';

export interface PreparedBuild {
  readonly params: Omit<BuildParams, 'enginePath'>;
  /** What is set and has no effect here, a sentence each. */
  readonly notes: readonly string[];
  /** Removes what was written for it. */
  readonly remove: () => Promise<void>;
}

/** A binary model is built as it is; a text as its structure, with references to where its weights lie. */
export async function prepareBuild(
  build: BuildConfig,
  model: LoadedModel,
  info: InitializeResult,
): Promise<PreparedBuild> {
  const { notes, ...configured } = configureFor(model, build, info);
  const timingCachePath = build.get('timingCacheFile')?.value.path;
  const params = { ...configured, ...(timingCachePath !== undefined && { timingCachePath }) };
  const { path: modelPath, externalDataDirectory, remove } = await modelFile(model, 'cannot be built');
  return {
    params: { ...params, modelPath, ...(externalDataDirectory !== undefined && { externalDataDirectory }) },
    notes,
    remove,
  };
}

/** What a build asks of a TensorRT, without a file having been written. */
export function configureFor(
  { model }: LoadedModel,
  build: BuildConfig,
  { product, version }: Pick<InitializeResult, 'product' | 'version'>,
): ReturnType<typeof configureBuild> {
  const { graph } = model;
  const initializers = new Set(graph?.initializers.map(({ name }) => name));
  return configureBuild(build, {
    product,
    version,
    inputs: (graph?.inputs ?? []).map(({ name }) => name).filter((name) => !initializers.has(name)),
    outputs: outputNames(
      build,
      (graph?.outputs ?? []).map(({ name }) => name),
    ),
    weights: build.get('refitIndividual') ? weightNames(model) : [],
  });
}
