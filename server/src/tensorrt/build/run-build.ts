/** One engine, from its config to the files on disk. */
import { rm } from 'node:fs/promises';
import type { BuildProgress, BuildResult } from '../../../../native-bridge/src/build-protocol.ts';
import type { InitializeResult, LogRecord } from '../../../../native-bridge/src/protocol.ts';
import type { BuildConfig, ConfigProblem } from '../../build-config/model.ts';
import { enginePath, modelPath } from '../../build-config/paths.ts';
import { redactSecrets } from '../../build-config/trtexec/secrets.ts';
import { commandLineTool, toTrtexec, trtexecLine } from '../../build-config/trtexec/to-trtexec.ts';
import { type LoadedModel, loadModelInTurns } from '../../node/load-model.ts';
import type { BridgeClient } from '../bridge/bridge-client.ts';
import { BridgeError } from '../bridge/bridge-error.ts';
import { tensorHashes, weightsRecord } from '../weights.ts';
import { type BuildProblem, explainFailure, type FailedBuild } from './failures/explain-failure.ts';
import { type BuildInputs, identifyInputs } from './inputs.ts';
import { requireFixedInputs } from './model-alone.ts';
import { type PreparedBuild, prepareBuild } from './prepare.ts';
import { type FileIdentity, identify, type Provenance, readProvenance, requestRecord } from './provenance.ts';
import { reasonToBuild } from './staleness.ts';
import { placeEngine, prepareTarget } from './target.ts';

export interface BuildOptions {
  /** Builds though nothing changed, and replaces what is no engine. */
  readonly force: boolean;
  /** Whether libraries that the config names may be loaded: they are programs. */
  readonly loadsLibraries: boolean;
  readonly signal: AbortSignal;
  /** Aborts at once, with the process; `signal` has aborted before. */
  readonly killSignal: AbortSignal;
  /** Milliseconds that TensorRT has to follow `signal` before its process is ended. */
  readonly cancelGrace: number;
  /** What keeps the config from being built, where the model and the TensorRT are known. */
  readonly check?: (model: LoadedModel, info: InitializeResult) => Promise<readonly ConfigProblem[]>;
  readonly onProgress: (progress: BuildProgress) => void;
  readonly onLog: (record: LogRecord) => void;
  /** The engine is not up to date, half a sentence. */
  readonly onReason: (reason: string) => void;
  /** Runs the build when it may have the GPU; only where there is one. */
  readonly withDevice: <Value>(info: InitializeResult, work: () => Promise<Value>) => Promise<Value>;
}

export type BuildOutcome =
  | { readonly kind: 'built' | 'up-to-date'; readonly provenance: Provenance }
  /** The config is wrong: TensorRT was not asked. */
  | { readonly kind: 'refused'; readonly problems: readonly ConfigProblem[] }
  | { readonly kind: 'failed'; readonly problems: readonly BuildProblem[]; readonly result?: BuildResult };

/** A bridge to build in, and where its installation is. */
export interface BuildRuntime {
  readonly bridge: BridgeClient;
  readonly libraries: string;
}

/**
 * Throws the signal's reason where it was cancelled, and an error for people where the build cannot begin or its result cannot be
 * kept: a TextProblemsError where the model's text has problems, a BridgeError where TensorRT does not start. That a build fails is
 * an outcome; engine and note are then as they were.
 */
export async function runBuild(
  build: BuildConfig,
  { bridge, libraries }: BuildRuntime,
  options: BuildOptions,
): Promise<BuildOutcome> {
  const { force, signal } = options;
  const engine = enginePath(build);
  if (!options.loadsLibraries) refuseLibraries(build);
  const model = await loadModelInTurns(modelPath(build), signal);
  if (build.file === '') requireFixedInputs(model);
  const info = await bridge.initialize({ signal });
  const errors = (await options.check?.(model, info)) ?? [];
  if (errors.length > 0) return { kind: 'refused', problems: errors };
  const prepared = await prepareBuild(build, model, info);
  try {
    const known = await readProvenance(engine);
    const remembered = known ? [known.model, ...known.inputs] : [];
    const inputs = await identifyInputs(build, model, prepared.params, { known: remembered, signal });
    const request = requestRecord(prepared.params);
    const reason = await reasonToBuild(known, { engine, inputs, request, info }, { signal });
    if (known && reason === undefined && !force) return { kind: 'up-to-date', provenance: known };
    options.onReason(reason ?? 'it was asked for');
    const target = await prepareTarget(engine, {
      force,
      timingCache: prepared.params.timingCachePath,
      madeOf: [...[inputs.model, ...inputs.others].map((file) => file.path), ...configFiles(build)],
    });
    try {
      const answer = await answerOf(bridge, prepared, target.temporary, info, options);
      if ('kind' in answer) {
        const problems = explainFailure({ build, model, info, cause: answer }).map((problem) => ({
          ...problem,
          // People know the engine by its own name.
          message: problem.message.replaceAll(target.temporary, engine),
        }));
        return { kind: 'failed', problems, ...(answer.kind === 'refused' && { result: answer.result }) };
      }
      const plan = { ...(await identify(target.temporary, { signal })), path: engine };
      const described = describe(build, plan, inputs, prepared, info, libraries, answer);
      const provenance = await withWeights(described, model, answer.markedWeights, signal);
      await placeEngine(target, engine, provenance);
      return { kind: 'built', provenance };
    } finally {
      await rm(target.temporary, { force: true });
    }
  } finally {
    await prepared.remove();
  }
}

function configFiles({ file }: BuildConfig): readonly string[] {
  return file === '' ? [] : [file];
}

/** Where a refit has to bring the same weights, or can bring some only, the note tells of them. */
async function withWeights(
  provenance: Provenance,
  model: LoadedModel,
  marked: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Provenance> {
  const { flags = [] } = provenance.request.settings;
  const known = marked ? { ...provenance, individual: { marked } } : provenance;
  try {
    const others = marked && (await tensorHashes(model, new Set(marked), signal));
    const needsSame = ['kREFIT_IDENTICAL', 'kSTRIP_PLAN'].some((flag) => flags.includes(flag));
    const weights = needsSame ? await weightsRecord(model, signal) : undefined;
    return {
      ...known,
      ...(marked && others && { individual: { marked, others } }),
      ...(weights && { weights }),
    };
  } catch (error) {
    signal.throwIfAborted();
    // No reason to throw the engine away.
    const words = error instanceof Error ? error.message : String(error);
    return { ...known, notes: [...known.notes, `The note has no hash of the weights: ${words}`] };
  }
}

/** Loading a library runs it: opening a folder with a config must not. */
function refuseLibraries(build: BuildConfig): void {
  const keys = ['staticPlugins', 'dynamicPlugins', 'setPluginsToSerialize'] as const;
  const [library] = keys.flatMap((key) => build.get(key)?.value ?? []);
  if (library === undefined) return;
  throw new Error(
    `The build loads the plugin library ${library.value.path}, which could run anything, and this workspace is not trusted. Trust the workspace to build here.`,
  );
}

async function answerOf(
  bridge: BridgeClient,
  { params }: PreparedBuild,
  enginePathOfBridge: string,
  info: InitializeResult,
  { signal, killSignal, cancelGrace, onProgress, onLog, withDevice }: BuildOptions,
): Promise<BuildResult | FailedBuild['cause']> {
  let progress: BuildProgress | undefined;
  const remember = (report: BuildProgress) => {
    progress = report;
    onProgress(report);
  };
  const ask = () =>
    bridge.build(
      { ...params, enginePath: enginePathOfBridge },
      { signal, killSignal, cancelGrace, onProgress: remember, onLog },
    );
  try {
    const result = info.device ? await withDevice(info, ask) : await ask();
    const { failure } = result;
    return failure ? { kind: 'refused', result: { ...result, failure } } : result;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BridgeError) return { kind: 'ended', error, ...(progress && { progress }) };
    throw error;
  }
}

function describe(
  build: BuildConfig,
  engine: FileIdentity,
  inputs: BuildInputs,
  { params, notes }: PreparedBuild,
  info: InitializeResult,
  libraries: string,
  result: BuildResult,
): Provenance {
  const { program, version } = commandLineTool(info.product, info.version);
  return {
    format: 'onnx-tensorrt-tools engine',
    formatVersion: 1,
    engine,
    model: inputs.model,
    inputs: inputs.others,
    config: {
      ...(build.file !== '' && { file: build.file }),
      build: build.name,
      trtexec: redactSecrets(trtexecLine(toTrtexec(build, { version }), { program })),
    },
    request: requestRecord(params),
    runtime: { product: info.product, version: info.version, libraries },
    ...(info.device && { device: info.device }),
    built: new Date().toISOString(),
    milliseconds: result.milliseconds,
    peakMemory: result.peakMemory,
    ...(result.timingCache && { timingCache: result.timingCache }),
    phases: result.phases,
    warnings: result.log.map(({ message }) => redactSecrets(message)),
    notes: [...notes, ...result.notes].map(redactSecrets),
  };
}
