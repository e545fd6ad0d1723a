import { shellOfPlatform } from '../build-config/trtexec/shells.ts';
import { type Command, UsageError } from './command.ts';
import { checkConfigs } from './config/check.ts';
import { configFromTrtexec } from './config/from-trtexec.ts';
import { configToTrtexec, versionOf } from './config/to-trtexec.ts';

/** The platform's first, as the default is. */
const shellChoices = ['posix', 'cmd', 'powershell'].toSorted(
  (a, b) => Number(b === shellOfPlatform(process.platform)) - Number(a === shellOfPlatform(process.platform)),
);

export const configCommand: Command = {
  name: 'config',
  summary: 'Check build configs, and translate them from and to trtexec',
  forms: [
    'config check FILE… [--for VERSION] [--format text|json]',
    'config to-trtexec FILE [--for VERSION] [--build NAME] [--shell posix|cmd|powershell] [--secrets]',
    'config from-trtexec [--secrets] -- ARGS…',
    'config from-trtexec --file SCRIPT|LOG|- [--number N] [--secrets]',
  ],
  description: [
    'A build config (NAME.trt.yaml) says what a trtexec line says. check tells what is wrong with it; exit code 1: it has',
    'errors. to-trtexec prints a line for each build, to be run in the working folder. from-trtexec prints a config; flags',
    'that it has no key for stay under unknownFlags. What cannot be translated is told of on standard error.',
  ].join('\n'),
  options: {
    for: {
      value: 'VERSION',
      help: 'The TensorRT that the line or check is for, such as 10.6 (default for lines: 11.1).',
    },
    format: { value: 'FORMAT', choices: ['text', 'json'], help: 'Of check: text (default) or json.' },
    build: { value: 'NAME', help: 'Of to-trtexec: only this build.' },
    shell: {
      value: 'SHELL',
      choices: shellChoices,
      help: 'Of to-trtexec: the shell that is to read the lines: posix, cmd, or powershell. Default: powershell on Windows, posix elsewhere.',
    },
    file: {
      value: 'FILE',
      help: 'Of from-trtexec: a shell script or a log with the line; - is standard input.',
    },
    number: { value: 'N', help: 'Of from-trtexec: the N-th line of the file.' },
    secrets: { help: 'Write passwords; they are *** otherwise.' },
  },
  positionals: { least: 1, most: Number.POSITIVE_INFINITY, what: 'check, to-trtexec or from-trtexec' },
  run: async (given, terminal) => {
    const [action, ...rest] = given.positionals;
    switch (action) {
      case 'check':
        if (rest.length === 0) throw new UsageError('The build config is missing.');
        if (given.value('for') !== undefined) versionOf(given);
        return checkConfigs(rest, given, terminal);
      case 'to-trtexec': {
        const [name, surplus] = rest;
        if (name === undefined) throw new UsageError('The build config is missing.');
        if (surplus !== undefined) throw new UsageError(`There is no place for the argument ${surplus}.`);
        return configToTrtexec(name, given, terminal);
      }
      case 'from-trtexec':
        return configFromTrtexec(rest, given, terminal);
      default:
        throw new UsageError(`There is no config ${action}. There are check, to-trtexec and from-trtexec.`);
    }
  },
};
