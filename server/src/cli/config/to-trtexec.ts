import { type Shell, shellNotes, shellOfPlatform } from '../../build-config/trtexec/shells.ts';
import { toTrtexec, trtexecLine } from '../../build-config/trtexec/to-trtexec.ts';
import { trtexecVersions } from '../../build-config/trtexec/versions.ts';
import { compareVersions, isVersion } from '../../build-config/versions.ts';
import { type Arguments, type ExitCode, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { hasErrors, loadConfig, renderConfigProblems } from './load-config.ts';
import { modelPorts } from './model-ports.ts';

/** `onnx-trt config to-trtexec FILE`: one line for each build. */
export function configToTrtexec(name: string, given: Arguments, terminal: Terminal): ExitCode {
  const version = versionOf(given);
  const shell = shellOf(given);
  const config = loadConfig(name);
  const { problems, builds } = config;
  if (problems.length > 0) terminal.note(renderConfigProblems(config.files, problems, terminal.noteStyle));
  if (hasErrors(problems)) return 1;
  const wanted = given.value('build');
  const chosen = wanted === undefined ? builds : builds.filter((build) => build.name === wanted);
  if (wanted !== undefined && chosen.length === 0) {
    throw new UsageError(
      `There is no build ${wanted}; there are ${builds.map((build) => build.name).join(', ')}.`,
    );
  }
  let isComplete = true;
  const told = new Set<string>();
  for (const build of chosen) {
    const made = toTrtexec(build, {
      version,
      folder: process.cwd(),
      keepSecrets: given.flag('secrets'),
      ...modelPorts(build),
    });
    for (const { severity, message } of made.problems) {
      isComplete &&= severity !== 'error';
      // What holds for several builds is said once.
      if (told.has(message)) continue;
      told.add(message);
      terminal.note(`${severity === 'information' ? 'note' : severity}: ${message}`);
    }
    for (const note of shellNotes(made.args, shell)) {
      if (!told.has(note)) terminal.note(`note: ${note}`);
      told.add(note);
    }
    terminal.print(`${trtexecLine(made, { shell })}\n`);
  }
  return isComplete ? 0 : 1;
}

function shellOf(given: Arguments): Shell {
  const name = given.value('shell');
  return name === 'posix' || name === 'cmd' || name === 'powershell'
    ? name
    : shellOfPlatform(process.platform);
}

/** The newest whose flags are known, where none is given. Throws a UsageError. */
export function versionOf(given: Arguments): string {
  const version = given.value('for') ?? trtexecVersions[0] ?? '11.1';
  if (!isVersion(version) || compareVersions(version, '10.0') < 0) {
    throw new UsageError(`--for takes a version of TensorRT from 10.0 on (10.6, 11.1), not ${version}.`);
  }
  return version;
}
