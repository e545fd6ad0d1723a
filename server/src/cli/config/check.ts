import type { ConfigProblem, ResolvedConfig } from '../../build-config/model.ts';
import { enginePath, modelPath } from '../../build-config/paths.ts';
import { toTrtexec } from '../../build-config/trtexec/to-trtexec.ts';
import type { Arguments, ExitCode } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { hasErrors, loadConfig, renderConfigProblems, shownPath } from './load-config.ts';
import { modelPorts } from './model-ports.ts';

/** `onnx-trt config check FILE…` */
export function checkConfigs(names: readonly string[], given: Arguments, terminal: Terminal): ExitCode {
  const version = given.value('for');
  const checked = names.map((name) => {
    const config = loadConfig(name);
    const problems = [...config.problems, ...(version === undefined ? [] : versionProblems(config, version))];
    return { name, config, problems };
  });
  if (given.value('format') === 'json') {
    terminal.print(`${JSON.stringify(checked.map(jsonOf), undefined, 2)}\n`);
  } else {
    for (const { name, config, problems } of checked) {
      if (problems.length > 0) terminal.print(`${renderConfigProblems(config, problems, terminal.style)}\n`);
      terminal.print(`${summary(name, config, problems, terminal)}\n`);
    }
  }
  return checked.some(({ problems }) => hasErrors(problems)) ? 1 : 0;
}

/** What a version of TensorRT cannot do of it, once for all builds that say it in the same place. */
function versionProblems(config: ResolvedConfig, version: string): ConfigProblem[] {
  const found = new Map<string, ConfigProblem>();
  for (const build of config.builds) {
    for (const { severity, message, origin } of toTrtexec(build, { version, ...modelPorts(build) })
      .problems) {
      const { start } = origin.range;
      const code = 'config.version';
      found.set(`${origin.file}:${start.line}:${start.character}:${message}`, {
        code,
        severity,
        message,
        origin,
      });
    }
  }
  return [...found.values()];
}

function summary(
  name: string,
  { builds }: ResolvedConfig,
  problems: readonly ConfigProblem[],
  { style }: Terminal,
): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return `${name}: ${style.error(`${errors} error${errors === 1 ? '' : 's'}`)}`;
  const what = builds.length === 1 ? '1 build' : `${builds.length} builds`;
  return `${name}: ${style.success('ok')}, ${what}`;
}

function jsonOf({
  name,
  config,
  problems,
}: {
  name: string;
  config: ResolvedConfig;
  problems: readonly ConfigProblem[];
}) {
  return {
    file: name,
    builds: config.builds.map((build) => ({
      name: build.name,
      axes: build.axes,
      model: modelPath(build),
      engine: enginePath(build),
    })),
    problems: problems.map(({ code, severity, message, origin }) => ({
      code,
      severity,
      message,
      location: { file: shownPath(origin.file), range: origin.range },
    })),
  };
}
