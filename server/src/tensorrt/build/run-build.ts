/** One engine, from its config to the files on disk. */
import { randomBytes } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type {
  BuildParams,
  BuildProgress,
  BuildResult,
} from '../../../../native-bridge/src/build-protocol.ts';
import type { InitializeResult } from '../../../../native-bridge/src/protocol.ts';
import type { BuildConfig } from '../../build-config/model.ts';
import { enginePath, modelPath } from '../../build-config/paths.ts';
import { redactSecrets } from '../../build-config/trtexec/secrets.ts';
import { toTrtexec } from '../../build-config/trtexec/to-trtexec.ts';
import { nodeFileAccess } from '../../node/file-access.ts';
import { type LoadedModel, loadModel } from '../../node/load-model.ts';
import { weightless } from '../../onnx/binary/weightless.ts';
import { externalLocations } from '../../onnx/model/external-data.ts';
import type { BridgeClient } from '../bridge/bridge-client.ts';
import { temporaryFile } from '../temporary-file.ts';
import { configureBuild } from './build-settings.ts';
import {
  type FileIdentity,
  identify,
  type Provenance,
  readProvenance,
  requestRecord,
  writeProvenance,
} from './provenance.ts';

/** Milliseconds that TensorRT has to follow a cancellation before its process is ended. */
const cancelGrace = 800;

export interface BuildOptions {
  /** Builds though nothing changed. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  /** Aborts at once, with the process. */
  readonly killSignal?: AbortSignal;
  readonly onProgress: (progress: BuildProgress) => void;
}

export type BuildOutcome =
  | { readonly kind: 'built'; readonly provenance: Provenance; readonly result: BuildResult }
  | { readonly kind: 'up-to-date'; readonly provenance: Provenance }
  | {
      readonly kind: 'failed';
      readonly result: BuildResult;
      readonly model: LoadedModel;
      readonly info: InitializeResult;
    };

/** A bridge to build in, and what its installation is called. */
export interface BuildRuntime {
  readonly bridge: BridgeClient;
  readonly libraries: string;
}

/** Throws an error for people: a BridgeError where TensorRT dies, a TextProblemsError where the model's text has problems. */
export async function runBuild(
  build: BuildConfig,
  { bridge, libraries }: BuildRuntime,
  { force, signal, killSignal, onProgress }: BuildOptions,
): Promise<BuildOutcome> {
  const model = loadModel(modelPath(build));
  const info = await bridge.initialize({ signal });
  const target = enginePath(build);
  const prepared = await prepare(build, model, info);
  try {
    const known = await readProvenance(target);
    const inputs = await identifyInputs(build, model, prepared.params, known);
    if (!force && known && (await isUpToDate(known, target, inputs, prepared.params, info))) {
      return { kind: 'up-to-date', provenance: known };
    }
    const temporary = path.join(
      path.dirname(target),
      `.${path.basename(target)}.${randomBytes(6).toString('hex')}.tmp`,
    );
    try {
      const result = await bridge.build(
        { ...prepared.params, enginePath: temporary },
        { signal, cancelGrace, onProgress, ...(killSignal && { killSignal }) },
      );
      if (result.failure) return { kind: 'failed', result, model, info };
      const provenance = describe(build, target, inputs, prepared, info, libraries, result);
      // The old note goes first: it must never stand beside an engine that it does not describe.
      await rm(`${target}.json`, { force: true });
      await rename(temporary, target);
      await writeProvenance(target, provenance);
      return { kind: 'built', provenance, result };
    } finally {
      await rm(temporary, { force: true });
    }
  } finally {
    await prepared.remove();
  }
}

interface Prepared {
  readonly params: Omit<BuildParams, 'enginePath'>;
  readonly notes: readonly string[];
  readonly remove: () => Promise<void>;
}

/** A binary model is built as it is; a text as its structure, with references to where its weights lie. */
async function prepare(build: BuildConfig, model: LoadedModel, info: InitializeResult): Promise<Prepared> {
  const graph = model.model.graph;
  const initializers = new Set(graph?.initializers.map(({ name }) => name));
  const { notes, ...configured } = configureBuild(build, {
    product: info.product,
    version: info.version,
    inputs: (graph?.inputs ?? []).map(({ name }) => name).filter((name) => !initializers.has(name)),
    outputs: (graph?.outputs ?? []).map(({ name }) => name),
  });
  const timingCachePath = build.get('timingCacheFile')?.value.path;
  const more = { ...configured, ...(timingCachePath !== undefined && { timingCachePath }) };
  if (!model.isText) {
    return { params: { ...more, modelPath: model.path }, notes, remove: async () => undefined };
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
    params: { ...more, modelPath: file.path, externalDataDirectory },
    notes,
    remove: () => file.remove(),
  };
}

interface Inputs {
  readonly model: FileIdentity;
  readonly others: readonly FileIdentity[];
}

async function identifyInputs(
  build: BuildConfig,
  model: LoadedModel,
  params: Prepared['params'],
  known: Provenance | undefined,
): Promise<Inputs> {
  const remembered = known ? [known.model, ...known.inputs] : [];
  const folder = path.dirname(model.path);
  const others = new Set([
    ...externalLocations(model.model).map((location) => path.resolve(folder, location)),
    ...params.pluginLibraries,
    ...(params.settings.pluginsToSerialize ?? []),
    ...(params.settings.calibrationCachePath === undefined ? [] : [params.settings.calibrationCachePath]),
  ]);
  others.delete(model.path);
  return {
    model: await identify(model.path, remembered),
    others: await Promise.all([...others].map((file) => identifyInput(build, file, remembered))),
  };
}

async function identifyInput(
  build: BuildConfig,
  file: string,
  remembered: readonly FileIdentity[],
): Promise<FileIdentity> {
  try {
    return await identify(file, remembered);
  } catch (cause) {
    const config = path.basename(build.file);
    throw new Error(`${file}, which ${config} or its model names, cannot be read.`, { cause });
  }
}

async function isUpToDate(
  known: Provenance,
  engine: string,
  inputs: Inputs,
  params: Prepared['params'],
  info: InitializeResult,
): Promise<boolean> {
  const file = await stat(engine).catch(() => undefined);
  const hashes = (files: readonly FileIdentity[]) =>
    files.map(({ path: name, sha256 }) => [name, sha256]).sort();
  const made = (value: unknown) => JSON.stringify(value);
  return (
    file?.size === known.engine.bytes &&
    known.model.sha256 === inputs.model.sha256 &&
    made(hashes(known.inputs)) === made(hashes(inputs.others)) &&
    made(known.request) === made(requestRecord({ ...params, enginePath: engine })) &&
    known.runtime.product === info.product &&
    known.runtime.version === info.version &&
    made(known.device) === made(info.device)
  );
}

function describe(
  build: BuildConfig,
  engine: string,
  inputs: Inputs,
  { params, notes }: Prepared,
  info: InitializeResult,
  libraries: string,
  result: BuildResult,
): Provenance {
  const { args } = toTrtexec(build, { version: info.product === 'TensorRT' ? info.version : '11.1' });
  return {
    format: 'onnx-tensorrt-tools engine',
    formatVersion: 1,
    engine: { path: engine, bytes: result.engineBytes ?? 0 },
    model: inputs.model,
    inputs: inputs.others,
    config: {
      ...(build.file !== '' && { file: build.file }),
      build: build.name,
      trtexec: redactSecrets(['trtexec', ...args].join(' ')),
    },
    request: requestRecord({ ...params, enginePath: engine }),
    runtime: { product: info.product, version: info.version, libraries },
    ...(info.device && { device: info.device }),
    built: new Date().toISOString(),
    milliseconds: result.milliseconds,
    peakMemory: result.peakMemory,
    ...(result.timingCache && { timingCache: result.timingCache }),
    phases: result.phases,
    warnings: result.log.map(({ message }) => redactSecrets(message)),
    notes: [...notes, ...result.notes],
  };
}
