/** Measurements of engines for the editor: each runs on the GPU, and leaves a file beside the engine that is shown then. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CancellationToken } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import type { BuildConfig, WeightStreamingBudget } from '../build-config/model.ts';
import { enginePath, pluginPaths } from '../build-config/paths.ts';
import { dimsFrom } from '../build-config/trtexec/from-values.ts';
import { splitEntries } from '../build-config/trtexec/spec.ts';
import { budgetFrom } from '../build-config/values/scalars.ts';
import { runnerOf } from '../engine/runner/index.ts';
import { runnerProfiles } from '../engine/runner/profiles.ts';
import type { EngineTrust } from '../engine-protocol.ts';
import type {
  GenerateRunnerParams,
  GenerateRunnerResult,
  MeasureParams,
  MeasureResult,
  ProfileEngineParams,
  RunOptions,
  SweepWeightStreamingParams,
} from '../measure-protocol.ts';
import { namedFile } from '../node/named-file.ts';
import { visibleDevice } from '../tensorrt/build/device-lock.ts';
import { contextMemoryPath, measureContextMemory } from '../tensorrt/engines/context-memory.ts';
import { type EngineFile, inspectEngineFile, type LoadOptions } from '../tensorrt/engines/inspect-engine.ts';
import { profileEngine, profilePath } from '../tensorrt/engines/profile-engine.ts';
import { defaultRunSettings, type RunSettings, settingsOfConfig } from '../tensorrt/engines/run-settings.ts';
import { factsOfBuild, factsOfLoaded, factsOfModelNote } from '../tensorrt/engines/runner-facts.ts';
import { evenBudgets, sweepPath, sweepWeightStreaming } from '../tensorrt/engines/sweep-weight-streaming.ts';
import { type UsedEngine, useEngine } from '../tensorrt/engines/use-engine.ts';
import { abortedWith } from './cancellation.ts';
import { loadingWith } from './engines.ts';
import { withProgress } from './progress.ts';
import type { Session } from './session.ts';

export function profileOfEngine(
  session: Session,
  params: ProfileEngineParams,
  token: CancellationToken,
): Promise<MeasureResult> {
  return measure(session, params, 'Profiling', token, async (engine, { settings, signal, report }) => {
    report(`running on ${engine.loaded.runtime.device.name}`);
    const { own, notes } = await profileEngine(engine, settings(params.options), signal);
    return { file: profilePath(engine.file.path), text: own, notes };
  });
}

export function sweepOfEngine(
  session: Session,
  params: SweepWeightStreamingParams,
  token: CancellationToken,
): Promise<MeasureResult> {
  const title = 'Sweeping weight streaming budgets of';
  return measure(session, params, title, token, async (engine, { settings, signal, report }) => {
    const sweep = await sweepWeightStreaming(engine, {
      budgets: evenBudgets(params.steps ?? 11),
      settings: settings(params.options),
      signal,
      onPoint: (what, done, all) => report(what, (100 * done) / all),
    });
    return { file: sweepPath(engine.file.path), text: jsonText(sweep), notes: [] };
  });
}

export function contextMemoryOfEngine(
  session: Session,
  params: MeasureParams,
  token: CancellationToken,
): Promise<MeasureResult> {
  return measure(session, params, 'Asking for context memory of', token, async (engine, { signal }) => ({
    file: contextMemoryPath(engine.file.path),
    text: jsonText(await measureContextMemory(engine, [], signal)),
    notes: [],
  }));
}

export async function generateRunner(
  session: Session,
  params: GenerateRunnerParams,
  token: CancellationToken,
): Promise<GenerateRunnerResult> {
  const { engine, build } = targetOf(session, params);
  const found = await session.runtimes.found();
  const facts = params.load
    ? await useEngine(
        engine,
        found,
        { loading: loading(session, build, params.trust, abortedWith(token)) },
        async (used) => factsOfLoaded(used),
      )
    : factsOfBuild(await inspectEngineFile(engine, found));
  const userManaged = params.userManaged === true;
  return {
    programs: runnerProfiles(facts).map((entry) => ({
      ...entry,
      text: runnerOf(facts, params.language, { profile: entry.profile, userManaged }),
    })),
    usualProfile: (build ? settingsOfConfig(build) : defaultRunSettings).profile,
    notes: params.load ? [] : [factsOfModelNote],
  };
}

interface Running {
  readonly settings: (options: RunOptions) => RunSettings;
  readonly signal: AbortSignal;
  readonly report: (message: string, percentage?: number) => void;
}

interface Measured {
  readonly file: string;
  readonly text: string;
  readonly notes: readonly string[];
}

/** Progress has the title `TITLE NAME`. */
async function measure(
  session: Session,
  params: MeasureParams,
  title: string,
  token: CancellationToken,
  work: (engine: UsedEngine, running: Running) => Promise<Measured>,
): Promise<MeasureResult> {
  const { engine, build } = targetOf(session, params);
  const found = await session.runtimes.found();
  const signal = abortedWith(token);
  const load = loading(session, build, params.trust, signal);
  return await withProgress(session.connection, `${title} ${path.basename(engine)}`, (report) =>
    useEngine(engine, found, { loading: load, onStep: report }, async (used) => {
      const folder = path.dirname(URI.parse(params.uri).fsPath);
      const settings = (options: RunOptions) => withOptions(build, options, folder);
      const { file, text, notes } = await work(used, { settings, signal, report });
      await writeFile(file, text);
      const { provenance } = used.file;
      const model = provenance && namedFile(provenance.model.path, engine);
      return {
        file: URI.file(file).toString(),
        ...(model !== undefined && { model: URI.file(model).toString() }),
        notes,
      };
    }),
  );
}

function targetOf(
  { configs }: Session,
  { uri, build }: MeasureParams,
): { readonly engine: string; readonly build?: BuildConfig } {
  const { fsPath } = URI.parse(uri);
  if (!/\.(ya?ml|json)$/i.test(fsPath)) return { engine: fsPath };
  const { builds } = configs.resolve(uri);
  const found = build === undefined ? builds : builds.filter(({ name }) => name === build);
  const [one, another] = found;
  const name = path.basename(fsPath);
  if (!one) throw new Error(build ? `${name} has no build ${build}.` : `${name} has no builds.`);
  if (another) throw new Error(`${name} has several builds: choose one of them.`);
  return { engine: enginePath(one), build: one };
}

/**
 * Plugins of a config are loaded as its builds load them; those of `ENGINE.json`, which may have come from anywhere, where the user said
 * so. Throws an error for people where the workspace is not trusted.
 */
function loading(
  { trust: workspace }: Session,
  build: BuildConfig | undefined,
  trust: EngineTrust | undefined,
  signal: AbortSignal,
): (file: EngineFile) => LoadOptions {
  workspace.requireForEngines();
  const ofConfig = build ? pluginPaths(build) : [];
  const device = build && visibleDevice(build.get('device')?.value);
  return (file) => {
    const { hostCodeAllowed, pluginLibraries } = loadingWith(file, trust);
    const libraries = [...new Set([...ofConfig, ...pluginLibraries])];
    return { hostCodeAllowed, pluginLibraries: libraries, device, signal };
  };
}

/** `folder`: of paths that are not absolute. */
function withOptions(build: BuildConfig | undefined, options: RunOptions, folder: string): RunSettings {
  const base = build ? settingsOfConfig(build) : defaultRunSettings;
  const { shapes = '', loadInputs = '', weightStreamingBudget, ...rest } = options;
  const files = entries(loadInputs).map(([name, file]) => [name, path.resolve(folder, file)] as const);
  return {
    ...base,
    ...rest,
    ...(weightStreamingBudget !== undefined && { weightStreamingBudget: budgetOf(weightStreamingBudget) }),
    shapes: new Map([
      ...base.shapes,
      ...entries(shapes).map(([name, text]) => [name, sizes(name, text)] as const),
    ]),
    files: new Map([...base.files, ...files]),
  };
}

function budgetOf(text: string): WeightStreamingBudget {
  const budget = budgetFrom(text);
  if (!budget) throw new Error(`A weight streaming budget is 512MiB, 50%, automatic or off, not ${text}.`);
  return budget;
}

function entries(text: string): readonly (readonly [string, string])[] {
  if (text.trim() === '') return [];
  const found = splitEntries(text.trim());
  if (!found) throw new Error(`Inputs are written NAME:VALUE with commas between, not ${text}.`);
  return found;
}

function sizes(name: string, text: string): readonly number[] {
  const dims = dimsFrom(text);
  if (!dims) throw new Error(`Shapes are written like 8x3x224x224, not ${text} for ${name}.`);
  return dims;
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}
