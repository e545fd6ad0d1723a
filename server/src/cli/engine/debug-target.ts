/** `onnx-trt debug CONFIG|ENGINE|MODEL`: what is built, run and compared. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BuildConfig } from '../../build-config/model.ts';
import { enginePath, modelPath } from '../../build-config/paths.ts';
import type { DebugCapture } from '../../engine/debug/capture.ts';
import { computedValues } from '../../engine/debug/reference-model.ts';
import type { Tolerance } from '../../engine/tensor-values/tolerance.ts';
import { loadModel } from '../../node/load-model.ts';
import { typesOfValues } from '../../node/types-of-values.ts';
import { runtimeForBuild, runtimeWish } from '../../tensorrt/build/choose-runtime.ts';
import { BuildQueue } from '../../tensorrt/build/queue.ts';
import { isModelFile } from '../../tensorrt/build/requested-builds.ts';
import { buildOfModel } from '../../tensorrt/build/without-config.ts';
import { debugBuild, debugBuildError, type MarkedTensors } from '../../tensorrt/engines/debug-build.ts';
import {
  captureDebugTensors,
  type DebuggedEngine,
  type DebuggedModel,
  type Reference,
} from '../../tensorrt/engines/debug-capture.ts';
import { inspectEngineFile, runtimeForEngine } from '../../tensorrt/engines/inspect-engine.ts';
import {
  defaultRunSettings,
  type RunSettings,
  settingsOfConfig,
} from '../../tensorrt/engines/run-settings.ts';
import { Runtimes } from '../../tensorrt/runtimes.ts';
import { userDataDirectory } from '../../tensorrt/user-data.ts';
import { onInterrupt } from '../build/interrupt.ts';
import { type Arguments, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { configOf, pluginLibraries } from './measure.ts';
import { entriesOption, numberOption, shapesOption } from './options.ts';

interface Request {
  readonly given: Arguments;
  readonly tolerance: Tolerance | undefined;
  readonly terminal: Terminal;
}

/** Throws an error for people. */
export async function captureFor(
  name: string,
  { given, tolerance, terminal }: Request,
): Promise<{ readonly directory: string; readonly capture: DebugCapture }> {
  const config = /\.(ya?ml|json)$/i.test(name) ? configOf(name, given) : undefined;
  const isModel = isModelFile(name);
  const file = path.resolve(name);
  const noEngine = given.flag('no-engine');
  if (noEngine && !config && !isModel) throw new UsageError('--no-engine takes a model or a build config.');
  const build = config ?? (isModel ? buildOfModel(file) : undefined);
  const runtimes = new Runtimes();
  const abort = new AbortController();
  const forget = onInterrupt(() => abort.abort(new Error('It was interrupted.')));
  try {
    const provenance = build ? undefined : (await inspectEngineFile(file, runtimes)).provenance;
    const modelFile = given.value('model') ?? (build ? modelPath(build) : provenance?.model.path);
    const model = modelFile === undefined ? undefined : debuggedModel(modelFile);
    const directory = path.resolve(given.value('output') ?? `${withoutEnding(modelFile ?? file)}.debug`);
    const onProgress = (sentence: string) => terminal.progress(`  ${sentence}`);
    const tensors = namesOption(given);
    const engine = noEngine
      ? undefined
      : build
        ? await builtEngine(build, {
            model,
            tensors,
            directory,
            runtimes,
            given,
            terminal,
            signal: abort.signal,
          })
        : await engineFile(file, {
            runtimes,
            given,
            config,
            terminal,
            unfused: given.flag('unfused'),
            signal: abort.signal,
          });
    const capture = await captureDebugTensors({
      directory,
      model,
      engine,
      tensors: tensors === 'all' || (engine && build) ? undefined : tensors,
      reference: referenceOption(given, noEngine),
      run: runOptions(config, noEngine, given),
      tolerance,
      signal: abort.signal,
      onProgress,
    });
    terminal.progress('');
    return { directory, capture };
  } finally {
    forget();
    runtimes.dispose();
  }
}

function debuggedModel(name: string): DebuggedModel {
  const { path: file, model } = loadModel(name);
  return { path: file, model, typeOf: typesOfValues(model, path.dirname(file)) };
}

function withoutEnding(file: string): string {
  return file.replace(/\.(onnx|onnxtxt|onnxtext|engine|plan|trt)$/i, '');
}

function namesOption(given: Arguments): readonly string[] | 'all' | undefined {
  const text = given.value('tensors');
  if (text === undefined || text === 'all') return text;
  const names = text.split(',').map((part) => part.trim());
  if (names.includes(''))
    throw new UsageError(`--tensors takes names with commas between, or all, not ${text}.`);
  return names;
}

function referenceOption(given: Arguments, isAlone: boolean): Reference {
  const text = given.value('reference') ?? 'onnxruntime';
  if (isAlone && text !== 'onnxruntime') {
    throw new UsageError(
      'With --no-engine, ONNX Runtime is what runs; compare a stored capture with --reference DIR.',
    );
  }
  return text === 'onnxruntime' || text === 'none'
    ? { kind: text }
    : { kind: 'folder', path: path.resolve(text) };
}

/** What the command line says wins over the config. Without an engine nobody says `opt` of a profile: the config's counts. */
function runOptions(
  config: BuildConfig | undefined,
  noEngine: boolean,
  given: Arguments,
): Pick<RunSettings, 'shapes' | 'files' | 'profile'> {
  const base = config ? settingsOfConfig(config) : defaultRunSettings;
  const profile = numberOption(given, 'use-profile') ?? base.profile;
  const files = [...entriesOption(given, 'load-inputs')].map(
    ([input, file]) => [input, path.resolve(file)] as const,
  );
  return {
    profile,
    shapes: new Map([
      ...(noEngine && config ? optShapes(config, profile) : []),
      ...base.shapes,
      ...shapesOption(given),
    ]),
    files: new Map([...base.files, ...files]),
  };
}

function optShapes(config: BuildConfig, profile: number): (readonly [string, readonly number[]])[] {
  const inputs = config.get('profiles')?.value[profile]?.inputs ?? [];
  return inputs.flatMap(({ name, opt, max, min }) => {
    const dims = opt ?? max ?? min;
    return dims && !name.value.includes('*') ? [[name.value, dims.value] as const] : [];
  });
}

async function builtEngine(
  build: BuildConfig,
  {
    model,
    tensors,
    directory,
    runtimes,
    given,
    terminal,
    signal,
  }: {
    readonly model: DebuggedModel | undefined;
    readonly tensors: readonly string[] | 'all' | undefined;
    readonly directory: string;
    readonly runtimes: Runtimes;
    readonly given: Arguments;
    readonly terminal: Terminal;
    readonly signal: AbortSignal;
  },
): Promise<DebuggedEngine> {
  const marksItself =
    (build.get('markDebug')?.value.length ?? 0) > 0 ||
    build.get('markUnfusedTensorsAsDebugTensors')?.value === true;
  const wantsAll = tensors === 'all' || (tensors === undefined && !given.flag('unfused') && !marksItself);
  const marked: MarkedTensors = {
    names: wantsAll ? valuesToMark(model) : notOutputs(tensors, model),
    unfused: given.flag('unfused'),
  };
  const folder = `${directory}.engine`;
  const debug = debugBuild(build, marked, folder);
  const wish =
    given.value('runtime') ?? runtimeWish(build, true) ?? (process.env['ONNX_TRT_RUNTIME'] || undefined);
  const installation = await runtimeForBuild(runtimes, wish);
  if (debug.build !== build) await mkdir(folder, { recursive: true });
  const queue = new BuildQueue({
    runtimeFor: async () => ({ runtimes, installation }),
    loadsLibraries: () => true,
    userData: userDataDirectory(),
    onEvent: (_, event) => {
      if (event.kind === 'waiting') terminal.progress(`  ${event.sentence}`);
      if (event.kind === 'progress')
        terminal.progress(`  building ${path.basename(enginePath(debug.build))}`);
    },
  });
  const queued = queue.add({ build: debug.build, problems: [], files: [] });
  signal.addEventListener('abort', () => queue.cancelAll(), { once: true });
  const end = await queued.end;
  signal.throwIfAborted();
  if (end.kind !== 'built' && end.kind !== 'up-to-date') throw debugBuildError(end, marked);
  return await engineFile(enginePath(debug.build), {
    runtimes,
    given,
    config: build,
    terminal,
    unfused: debug.unfused,
    signal,
  });
}

function valuesToMark(model: DebuggedModel | undefined): readonly string[] {
  return model ? (notOutputs(computedValues(model.model), model) ?? []) : [];
}

/** Outputs come out anyway. */
function notOutputs(
  names: readonly string[] | undefined,
  model: DebuggedModel | undefined,
): readonly string[] | undefined {
  const outputs = new Set(model?.model.graph?.outputs.map(({ name }) => name));
  return names?.filter((name) => !outputs.has(name));
}

async function engineFile(
  file: string,
  {
    runtimes,
    given,
    config,
    terminal,
    unfused,
    signal,
  }: {
    readonly runtimes: Runtimes;
    readonly given: Arguments;
    readonly config: BuildConfig | undefined;
    readonly terminal: Terminal;
    readonly unfused: boolean;
    readonly signal: AbortSignal;
  },
): Promise<DebuggedEngine> {
  const runtime = given.value('runtime');
  const found = await inspectEngineFile(file, runtimes, { runtime });
  const blocked = found.compatibility.findings.find(
    ({ answer, about }) => answer === 'no' && about !== 'version',
  );
  if (blocked) throw new Error(`${file} cannot run here. ${blocked.sentence}`);
  return {
    path: file,
    installation: await runtimeForEngine(found, runtimes, runtime),
    loading: {
      hostCodeAllowed: given.flag('trust-host-code'),
      pluginLibraries: pluginLibraries(config, found.provenance, given, terminal),
      signal,
    },
    flags: found.provenance?.request.settings.flags,
    unfused,
  };
}
