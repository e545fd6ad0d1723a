import path from 'node:path';
import { addFolder } from '../tensorrt/installations/added-folders.ts';
import { inOrderOfPreference, parsesWithoutGpu, seemsToHaveGpu } from '../tensorrt/installations/choose.ts';
import { findInstallations, installationsOf } from '../tensorrt/installations/find.ts';
import {
  describeInstallation,
  displayName,
  type Installation,
} from '../tensorrt/installations/installation.ts';
import { userDataDirectory } from '../tensorrt/user-data.ts';
import { type Command, type ExitCode, UsageError } from './command.ts';
import { installWithProgress } from './install.ts';
import type { Terminal } from './terminal.ts';

export const runtimesCommand: Command = {
  name: 'runtimes',
  summary: 'List, install and add TensorRT installations',
  forms: ['runtimes [list] [--format text|json]', 'runtimes install rtx', 'runtimes add DIR'],
  description: [
    'Lists the TensorRT installations of this machine: those added here, those that the loader finds (LD_LIBRARY_PATH,',
    'ldconfig; PATH on Windows), Python packages, usual folders, and our own installs. Without a word about which to use,',
    'other commands take the newest TensorRT that works on this machine, and else TensorRT for RTX. The one they would take',
    'has a star.',
    '',
    '  install rtx  Installs TensorRT for RTX with pip into the user’s data folder.',
    '  add DIR      Remembers a folder with TensorRT libraries.',
  ].join('\n'),
  options: { format: { value: 'FORMAT', choices: ['text', 'json'], help: 'text (default) or json.' } },
  positionals: { least: 0, most: 2, what: '' },
  run: async (given, terminal) => {
    const [action = 'list', argument] = given.positionals;
    switch (action) {
      case 'list':
        return await list(given.value('format') === 'json', terminal);
      case 'install':
        if (argument !== 'rtx') throw new UsageError('Only `runtimes install rtx` can be installed.');
        terminal.print(`${await installWithProgress(terminal)}\n`);
        return 0;
      case 'add':
        if (argument === undefined) throw new UsageError('The folder is missing: runtimes add DIR.');
        return await add(argument, terminal);
      default:
        throw new UsageError(`runtimes knows list, install and add, not ${action}.`);
    }
  },
};

async function list(asJson: boolean, terminal: Terminal): Promise<ExitCode> {
  const { installations, problems } = await findInstallations();
  for (const problem of problems) terminal.note(`note: ${problem}`);
  if (asJson) {
    terminal.print(`${JSON.stringify(installations.map(describeInstallation), undefined, 2)}\n`);
    return 0;
  }
  if (installations.length === 0) {
    terminal.note(
      'No TensorRT was found on this machine. `onnx-trt runtimes install rtx` installs TensorRT for RTX.',
    );
    return 0;
  }
  const gpu = seemsToHaveGpu();
  const works = (installation: Installation) => gpu || parsesWithoutGpu(installation);
  const [first] = inOrderOfPreference(installations.filter(works), { preferred: [], gpu });
  const width = Math.max(...installations.map(({ id }) => id.length));
  for (const installation of installations) {
    const reason =
      installation.unusable ??
      (works(installation) ? undefined : 'It needs a GPU, and there seems to be none.');
    terminal.print(row(installation, width, installation === first, reason));
  }
  return 0;
}

function row(
  { id, directory, origin, engineLibraries }: Installation,
  width: number,
  isFirst: boolean,
  unusable: string | undefined,
): string {
  // A lean or dispatch runtime that loads is of use for engines.
  const words = engineLibraries ? 'for engines only' : 'cannot be used';
  const reason = unusable === undefined ? '' : `\n  ${' '.repeat(width)}  ${words}: ${unusable}`;
  return `${isFirst ? '*' : ' '} ${id.padEnd(width)}  ${directory}  (${origin})${reason}\n`;
}

async function add(folder: string, terminal: Terminal): Promise<ExitCode> {
  const absolute = path.resolve(folder);
  const installations = await installationsOf(absolute);
  for (const installation of installations) {
    if (installation.unusable !== undefined) {
      terminal.note(
        `note: ${displayName(installation)} in ${installation.directory} cannot be used: ${installation.unusable}`,
      );
    }
  }
  if (installations.every(({ unusable }) => unusable !== undefined)) return 2;
  await addFolder(userDataDirectory(), absolute);
  const [added] = inOrderOfPreference(installations, { preferred: [], gpu: seemsToHaveGpu() });
  if (added) terminal.print(`${added.id}\n`);
  return 0;
}
