import { existsSync } from 'node:fs';
import { checkBuilds } from '../../build-config/checks/check.ts';
import type { BuildFacts, RuntimeFacts } from '../../build-config/checks/facts/facts.ts';
import { modelFacts } from '../../build-config/checks/facts/model-facts.ts';
import { runtimeText } from '../../build-config/checks/facts/runtime.ts';
import type { BuildConfig, ConfigProblem, ResolvedConfig } from '../../build-config/model.ts';
import { enginePath, modelPath } from '../../build-config/paths.ts';
import { loadModel } from '../../node/load-model.ts';
import { runtimeForBuild, runtimeWish } from '../../tensorrt/build/choose-runtime.ts';
import { factsOfInstallation, factsOfWish } from '../../tensorrt/build/runtime-facts.ts';
import { Runtimes } from '../../tensorrt/runtimes.ts';
import type { Arguments, ExitCode } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { hasErrors, loadConfig, renderConfigProblems, shownPath } from './load-config.ts';

interface CheckedConfig {
  readonly name: string;
  readonly config: ResolvedConfig;
  readonly problems: readonly ConfigProblem[];
  /** What each build is checked for; undefined where no TensorRT is known. */
  readonly runtimes: ReadonlyMap<BuildConfig, RuntimeFacts | undefined>;
}

/** `onnx-trt config check FILE…` */
export async function checkConfigs(
  names: readonly string[],
  given: Arguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const runtimeOf = runtimeFinder(given.value('for'));
  const modelOf = modelReader();
  const checked: CheckedConfig[] = [];
  for (const name of names) checked.push(await checkConfig(name, runtimeOf, modelOf));
  if (given.value('format') === 'json') {
    terminal.print(`${JSON.stringify(checked.map(jsonOf), undefined, 2)}\n`);
  } else {
    for (const each of checked) {
      const { config, problems } = each;
      if (problems.length > 0)
        terminal.print(`${renderConfigProblems(config.files, problems, terminal.style)}\n`);
      terminal.print(`${summary(each, terminal)}\n`);
    }
  }
  return checked.some(({ problems }) => hasErrors(problems)) ? 1 : 0;
}

async function checkConfig(
  name: string,
  runtimeOf: (build: BuildConfig) => Promise<RuntimeFacts | undefined>,
  modelOf: (path: string) => BuildFacts,
): Promise<CheckedConfig> {
  const config = loadConfig(name);
  const runtimes = new Map<BuildConfig, RuntimeFacts | undefined>();
  for (const build of config.builds) runtimes.set(build, await runtimeOf(build));
  const problems = checkBuilds(config, {
    exists: existsSync,
    of: (build) => {
      const runtime = runtimes.get(build);
      return { ...modelOf(modelPath(build)), ...(runtime && { runtime }) };
    },
  });
  return { name, config, problems: [...config.problems, ...problems], runtimes };
}

/** The version that was asked for; else what `runtime` says, or the TensorRT that would build here. None is started. */
function runtimeFinder(
  version: string | undefined,
): (build: BuildConfig) => Promise<RuntimeFacts | undefined> {
  const installed = new Runtimes();
  return async (build) => {
    if (version !== undefined) return { product: 'TensorRT', version };
    const wish = runtimeWish(build, true);
    try {
      return factsOfInstallation(await runtimeForBuild(installed, wish));
    } catch {
      // A config may well be for another machine.
      return factsOfWish(wish);
    }
  };
}

/** Each model once. A file that is not there is a problem of its own. */
function modelReader(): (path: string) => BuildFacts {
  const known = new Map<string, BuildFacts>();
  const read = (path: string): BuildFacts => {
    if (!existsSync(path)) return {};
    try {
      return { model: modelFacts(loadModel(path).model) };
    } catch (error) {
      return { modelProblem: error instanceof Error ? error.message : String(error) };
    }
  };
  return (path) => {
    const facts = known.get(path) ?? read(path);
    known.set(path, facts);
    return facts;
  };
}

function summary(
  { name, config: { builds }, problems, runtimes }: CheckedConfig,
  { style }: Terminal,
): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return `${name}: ${style.error(`${errors} error${errors === 1 ? '' : 's'}`)}`;
  if (builds.length === 0) return `${name}: there are no builds in it`;
  const what = builds.length === 1 ? '1 build' : `${builds.length} builds`;
  const known = [...runtimes.values()].flatMap((runtime) => (runtime ? [runtimeText(runtime)] : []));
  const checkedFor = [...new Set(known)].join(', ');
  return `${name}: ${style.success('ok')}, ${what}${checkedFor === '' ? '' : `, for ${checkedFor}`}`;
}

function jsonOf({ name, config, problems, runtimes }: CheckedConfig) {
  return {
    file: name,
    builds: config.builds.map((build) => {
      const runtime = runtimes.get(build);
      return {
        name: build.name,
        axes: build.axes,
        model: modelPath(build),
        engine: enginePath(build),
        ...(runtime && { runtime: { product: runtime.product, version: runtime.version } }),
      };
    }),
    problems: problems.map(({ code, severity, message, origin, related = [] }) => ({
      code,
      severity,
      message,
      location: { file: shownPath(origin.file), range: origin.range },
      ...(related.length > 0 && {
        related: related.map((other) => ({
          message: other.message,
          location: { file: shownPath(other.origin.file), range: other.origin.range },
        })),
      }),
    })),
  };
}
