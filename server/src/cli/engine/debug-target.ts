/** `onnx-trt debug CONFIG|ENGINE|MODEL`: what is built, run and compared. */
import path from 'node:path';
import type { BuildConfig } from '../../build-config/model.ts';
import { modelPath } from '../../build-config/paths.ts';
import type { DebugCapture } from '../../engine/debug/capture.ts';
import { computedValues, unknownValue } from '../../engine/debug/reference-model.ts';
import { listedNames } from '../../engine/listed-names.ts';
import type { Tolerance } from '../../engine/tensor-values/tolerance.ts';
import { runtimeForBuild, runtimeWish } from '../../tensorrt/build/choose-runtime.ts';
import { type BuildEnd, BuildQueue } from '../../tensorrt/build/queue.ts';
import { isModelFile } from '../../tensorrt/build/requested-builds.ts';
import { buildOfModel } from '../../tensorrt/build/without-config.ts';
import {
  buildDebuggedEngines,
  defaultMaxBuilds,
  type Marking,
  markings,
} from '../../tensorrt/engines/debug/build-engines.ts';
import {
  captureDebugTensors,
  type DebuggedModel,
  type Reference,
} from '../../tensorrt/engines/debug/capture.ts';
import { referenceEntries } from '../../tensorrt/engines/debug/reference.ts';
import {
  debuggedEngine,
  debuggedModel,
  type EngineOptions,
  optShapes,
} from '../../tensorrt/engines/debug/target.ts';
import { inspectEngineFile } from '../../tensorrt/engines/inspect-engine.ts';
import {
  defaultRunSettings,
  type RunSettings,
  settingsOfConfig,
} from '../../tensorrt/engines/run-settings.ts';
import type { UsableInstallation } from '../../tensorrt/installations/installation.ts';
import { Runtimes } from '../../tensorrt/runtimes.ts';
import { userDataDirectory } from '../../tensorrt/user-data.ts';
import { onInterrupt } from '../build/interrupt.ts';
import { type Arguments, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { refuseForRun } from './debug-options.ts';
import { entriesOption, numberOption, shapesOption, wholeOption } from './options.ts';
import { configOf, loadOptions } from './target.ts';

/** The user has pressed Ctrl-C. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('It was interrupted.');
  }
}

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
  const file = path.resolve(name);
  const build = config ?? (isModelFile(name) ? buildOfModel(file) : undefined);
  const noEngine = given.flag('no-engine');
  if (noEngine && !build) throw new UsageError('--no-engine takes a model or a build config.');
  refuseForRun(name, given);
  const reference = referenceOption(given, noEngine);
  // Not after minutes of building.
  if (reference.kind === 'folder') await referenceEntries(reference.path);
  const tensors = namesOption(given);
  const maxBuilds = maxBuildsOption(given);
  const marking = markingOption(given);
  const runtimes = new Runtimes();
  const abort = new AbortController();
  const { signal } = abort;
  const forget = onInterrupt(() => abort.abort(new InterruptedError()));
  try {
    const provenance = build ? undefined : (await inspectEngineFile(file, runtimes)).provenance;
    const modelFile = given.value('model') ?? (build ? modelPath(build) : provenance?.model.path);
    const model = modelFile === undefined ? undefined : debuggedModel(modelFile);
    const directory = path.resolve(given.value('output') ?? `${withoutEnding(modelFile ?? file)}.debug`);
    const unfused = given.flag('unfused');
    // Of an engine, and of what fusions leave, there are other names.
    if (build && model && !unfused && Array.isArray(tensors)) requireKnown(model, tensors);
    const options: EngineOptions = {
      runtimes,
      runtime: given.value('runtime'),
      loading: loadOptions(config, given, terminal, signal),
    };
    const engines = noEngine
      ? undefined
      : build && model
        ? await buildDebuggedEngines(build, {
            ...options,
            model,
            tensors,
            unfused,
            marking,
            folder: `${directory}.engine`,
            maxBuilds,
            signal,
            installationFor: (wanted) => installationFor(wanted, options),
            build: (wanted, { activity }) => buildInTerminal(wanted, options, signal, { terminal, activity }),
          })
        : { engines: [await debuggedEngine(file, { ...options, unfused })] };
    const capture = await captureDebugTensors({
      directory,
      model,
      engines,
      // What was just built has the tensors that are wanted, and no others.
      tensors: tensors === 'all' || (engines && build) ? undefined : tensors,
      reference,
      run: runOptions(config, noEngine, given),
      tolerance,
      signal,
      onProgress: (sentence) => terminal.progress(`  ${sentence}`),
    });
    terminal.progress('');
    return { directory, capture };
  } catch (error) {
    // Whatever it was that gave up, this is why.
    if (signal.aborted) throw new InterruptedError();
    throw error;
  } finally {
    forget();
    runtimes.dispose();
  }
}

function withoutEnding(file: string): string {
  return file.replace(/\.(onnx|onnxtxt|onnxtext|engine|plan|trt)$/i, '');
}

function namesOption(given: Arguments): readonly string[] | 'all' | undefined {
  const text = given.value('tensors');
  if (text === undefined || text === 'all') return text;
  const names = text.split(',').map((part) => part.trim());
  if (names.includes('')) {
    throw new UsageError(`--tensors takes names with commas between, or all, not ${text}.`);
  }
  return names;
}

function requireKnown({ path: file, model, inlined }: DebuggedModel, tensors: readonly string[]): void {
  const unknown = unknownValue(model, tensors);
  if (!unknown) return;
  const { name, near } = unknown;
  // Nodes are among them, too.
  const inside = computedValues(model).filter((written) => inlined?.values.get(written)?.name === name);
  const advice = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new Error(
    inside.length > 0
      ? `${file} has no tensor ${name} outside of functions. By the calls that lead to it, it is ${listedNames(inside, 8)}.`
      : `${file} has no tensor ${name}.${advice}`,
  );
}

function markingOption(given: Arguments): Marking {
  const marking = markings.find((name) => name === given.value('mark')) ?? 'auto';
  if (marking === 'outputs' && given.flag('unfused')) {
    throw new UsageError('--unfused marks debug tensors: leave it or --mark outputs out.');
  }
  return marking;
}

function maxBuildsOption(given: Arguments): number {
  const number = numberOption(given, 'max-builds') ?? defaultMaxBuilds;
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`--max-builds takes a whole number from 1 on, not ${given.value('max-builds')}.`);
}

function referenceOption(given: Arguments, isAlone: boolean): Reference {
  const text = given.value('reference') ?? 'onnxruntime';
  if (isAlone && text !== 'onnxruntime') {
    throw new UsageError(
      'With --no-engine, ONNX Runtime is what runs; compare a stored capture with --reference DIR.',
    );
  }
  return referenceOf(text);
}

/** `onnxruntime`, `none`, or a folder. */
export function referenceOf(text: string): Reference {
  return text === 'onnxruntime' || text === 'none'
    ? { kind: text }
    : { kind: 'folder', path: path.resolve(text) };
}

/** What the command line says wins over the config. */
function runOptions(
  config: BuildConfig | undefined,
  noEngine: boolean,
  given: Arguments,
): Pick<RunSettings, 'shapes' | 'files' | 'profile'> {
  const base = config ? settingsOfConfig(config) : defaultRunSettings;
  const profile = wholeOption(given, 'use-profile') ?? base.profile;
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

async function installationFor(
  build: BuildConfig,
  { runtimes, runtime }: EngineOptions,
): Promise<UsableInstallation> {
  const wish = runtime ?? runtimeWish(build, true) ?? (process.env['ONNX_TRT_RUNTIME'] || undefined);
  return await runtimeForBuild(runtimes, wish);
}

async function buildInTerminal(
  build: BuildConfig,
  options: EngineOptions,
  signal: AbortSignal,
  { terminal, activity }: { readonly terminal: Terminal; readonly activity: string },
): Promise<BuildEnd> {
  signal.throwIfAborted();
  const queue = new BuildQueue({
    runtimeFor: async () => ({
      runtimes: options.runtimes,
      installation: await installationFor(build, options),
    }),
    // Who types the command has chosen the config.
    loadsLibraries: () => true,
    userData: userDataDirectory(),
    // A build that is cancelled is the end of the command.
    cancelGrace: 200,
    onEvent: (_, event) => {
      if (event.kind === 'waiting') terminal.progress(`  ${event.sentence}`);
      if (event.kind === 'started' || event.kind === 'progress') terminal.progress(`  ${activity}`);
    },
  });
  const queued = queue.add({ build, problems: [], files: [] });
  const cancel = () => queue.cancelAll();
  signal.addEventListener('abort', cancel, { once: true });
  const end = await queued.end;
  signal.removeEventListener('abort', cancel);
  signal.throwIfAborted();
  return end;
}
