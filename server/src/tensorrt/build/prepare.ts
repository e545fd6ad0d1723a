/** A build as TensorRT is asked for it. */
import path from 'node:path';
import type { BuildParams } from '../../../../native-bridge/src/build-protocol.ts';
import type { InitializeResult } from '../../../../native-bridge/src/protocol.ts';
import type { BuildConfig } from '../../build-config/model.ts';
import { nodeFileAccess } from '../../node/file-access.ts';
import type { LoadedModel } from '../../node/load-model.ts';
import { weightless } from '../../onnx/binary/weightless.ts';
import { temporaryFile } from '../temporary-file.ts';
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
  if (!model.isText) {
    return { params: { ...params, modelPath: model.path }, notes, remove: async () => undefined };
  }
  const { bytes, externalDataDirectory, problems } = weightless(model.model, {
    files: nodeFileAccess,
    modelDirectory: path.dirname(model.path),
    loadsInitializers: false,
  });
  const [problem] = problems;
  if (problem) throw new Error(`${model.name} cannot be built: ${problem.message}`);
  const file = await temporaryFile(bytes);
  return {
    params: { ...params, modelPath: file.path, externalDataDirectory },
    notes,
    remove: () => file.remove(),
  };
}

/** What a build asks of a TensorRT, without a file having been written. */
export function configureFor(
  { model: { graph } }: LoadedModel,
  build: BuildConfig,
  { product, version }: Pick<InitializeResult, 'product' | 'version'>,
): ReturnType<typeof configureBuild> {
  const initializers = new Set(graph?.initializers.map(({ name }) => name));
  return configureBuild(build, {
    product,
    version,
    inputs: (graph?.inputs ?? []).map(({ name }) => name).filter((name) => !initializers.has(name)),
    outputs: (graph?.outputs ?? []).map(({ name }) => name),
  });
}
