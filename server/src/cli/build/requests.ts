/** The builds that a command line of `onnx-trt build` asks for. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ConfigFile, ConfigProblem, ResolvedConfig } from '../../build-config/model.ts';
import { enginePath, modelPath } from '../../build-config/paths.ts';
import {
  buildOfModelFile,
  buildsOfConfig,
  buildTitle,
  isModelFile,
  type RequestedBuild,
} from '../../tensorrt/build/requested-builds.ts';
import { type Arguments, UsageError } from '../command.ts';
import { hasErrors, loadConfig, shownPath } from '../config/load-config.ts';

/** A config or model of the command line, and what is to be built of it. */
export interface AskedFile {
  /** As it was given. */
  readonly name: string;
  readonly requests: readonly RequestedBuild[];
  /** Of the config, as far as they concern the builds. */
  readonly problems: readonly ConfigProblem[];
  /** The config's file first, then those that it extends; none for a model. */
  readonly files: readonly ConfigFile[];
  /** Why nothing of it, or not all, can be built, where no problem says so: errors for people. */
  readonly errors: readonly unknown[];
  /** Why there is nothing to build, where that is right: a sentence. */
  readonly note?: string;
}

/** What a file is: undefined for a model. */
interface Loaded {
  readonly name: string;
  readonly config: ResolvedConfig | undefined;
}

/**
 * One for each file; a file that is given twice counts once. What is wrong with one does not keep the others from being built.
 * Throws a UsageError.
 */
export function askedFiles(given: Arguments): AskedFile[] {
  const names = given.positionals.filter(
    (name, index, all) => all.findIndex((other) => path.resolve(other) === path.resolve(name)) === index,
  );
  if (names.length > 1 && given.value('output') !== undefined) {
    throw new UsageError(
      `--output names one engine, and there are ${names.length} files to build. Set \`engine\` in the configs, or build one file.`,
    );
  }
  const loaded = names.map((name) => unlessFailed(name, () => load(name)));
  const bases = new Set(
    loaded
      .flatMap((each) => ('config' in each ? (each.config?.files ?? []) : []).slice(1))
      .map(({ file }) => file),
  );
  return withOwnEngines(
    loaded.map((each) =>
      'errors' in each ? each : unlessFailed(each.name, () => askedFile(each, bases, given)),
    ),
  );
}

function unlessFailed<Result>(name: string, action: () => Result): Result | AskedFile {
  try {
    return action();
  } catch (error) {
    return { name, requests: [], problems: [], files: [], errors: [error] };
  }
}

function load(name: string): Loaded {
  if (isModelFile(name)) return { name, config: undefined };
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${name} is a folder. Name its build configs: ${path.join(name, '*.trt.yaml')}.`);
  }
  if (!/\.(ya?ml|json)$/i.test(name)) {
    throw new Error(
      `${path.basename(name)} is neither a build config (NAME.trt.yaml) nor a model (.onnx, .onnxtxt).`,
    );
  }
  return { name, config: loadConfig(name) };
}

/** `bases`: what other configs of the command line extend. */
function askedFile({ name, config }: Loaded, bases: ReadonlySet<string>, given: Arguments): AskedFile {
  const engine = given.value('output');
  const names = given.values('build');
  const asked = { name, requests: [], problems: [], files: [], errors: [] };
  if (!config) {
    if (names.length > 0) throw new Error(`${name} is a model; --build chooses builds of a build config.`);
    return { ...asked, requests: [buildOfModelFile(name, engine)] };
  }
  if (bases.has(path.resolve(name)) && !hasModel(config)) {
    // `*.trt.yaml` names it, too. Problems of its text are told with the configs that extend it.
    return { ...asked, note: `${name} is extended by others and has no model of its own: nothing to build.` };
  }
  const requests = buildsOfConfig(config, { names, ...(engine !== undefined && { engine }) });
  const concerned = new Set(requests.flatMap(({ problems }) => problems));
  return {
    name,
    requests,
    problems: config.problems.filter((problem) => requests.length === 0 || concerned.has(problem)),
    files: config.files,
    errors: requests.length > 0 || hasErrors(config.problems) ? [] : [withoutBuilds(name)],
  };
}

function hasModel({ builds }: ResolvedConfig): boolean {
  return builds.some((build) => build.get('model') !== undefined || existsSync(modelPath(build)));
}

function withoutBuilds(name: string): Error {
  return new Error(
    `${name} has no builds. A config needs a \`model\` at least, and each axis of a matrix a value.`,
  );
}

/** Of two files that would write the same engine, the later one does not. (Of builds of one config, resolve.ts tells.) */
function withOwnEngines(asked: readonly AskedFile[]): AskedFile[] {
  const writers = new Map<string, { readonly file: string; readonly title: string }>();
  return asked.map((each) => {
    const errors = [...each.errors];
    const requests = each.requests.filter(({ build }) => {
      const engine = path.resolve(enginePath(build));
      const title = buildTitle(build);
      const writer = writers.get(engine) ?? { file: each.name, title };
      writers.set(engine, writer);
      if (writer.file === each.name) return true;
      errors.push(
        new Error(
          `${title} is not built: its engine would be ${shownPath(engine)}, as that of ${writer.title} is. Set another \`engine\` in one of them.`,
        ),
      );
      return false;
    });
    return { ...each, requests, errors };
  });
}
