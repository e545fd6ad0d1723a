import type { LogSeverity } from '../../../native-bridge/src/protocol.ts';
import { runtimeForBuild, runtimeWish } from '../tensorrt/build/choose-runtime.ts';
import { type BuildEnd, BuildQueue } from '../tensorrt/build/queue.ts';
import type { RequestedBuild } from '../tensorrt/build/requested-builds.ts';
import { Runtimes } from '../tensorrt/runtimes.ts';
import { userDataDirectory } from '../tensorrt/user-data.ts';
import { onInterrupt } from './build/interrupt.ts';
import { jsonReport } from './build/json-report.ts';
import type { BuildReport } from './build/report.ts';
import { askedFiles } from './build/requests.ts';
import { textReport } from './build/text-report.ts';
import { type Arguments, type Command, type ExitCode, UsageError } from './command.ts';
import type { Terminal } from './terminal.ts';

export const buildCommand: Command = {
  name: 'build',
  summary: 'Build the engines of configs, or of models',
  forms: [
    'build CONFIG.trt.yaml… [--build NAME]… [--runtime ID|DIR] [-o ENGINE] [--force] [--format text|json]',
    'build MODEL.onnx|MODEL.onnxtxt… [--runtime ID|DIR] [-o ENGINE] [--force] [--format text|json]',
  ],
  description: [
    'Builds engines with TensorRT, one after the other, all builds of the configs or those that --build names; a model by',
    'itself with TensorRT’s defaults. Beside each ENGINE, ENGINE.json says what it was made of. Nothing is built while',
    'nothing changed. Without a GPU, TensorRT for RTX builds. Plugins that a config names are loaded.',
    '',
    'Exit code 0: built, or up to date. 1: a build failed. 2: something could not be built: a wrong config, no TensorRT.',
    '130: interrupted. Ctrl-C stops a build within a second, a second Ctrl-C at once.',
  ].join('\n'),
  options: {
    build: {
      short: 'b',
      value: 'NAME',
      multiple: true,
      help: 'Only this build of each config; may be repeated.',
    },
    runtime: {
      short: 'r',
      value: 'ID|DIR',
      help: 'The TensorRT that builds, whatever the config says: what its `runtime` takes. ONNX_TRT_RUNTIME is for configs that say nothing.',
    },
    output: {
      short: 'o',
      value: 'ENGINE',
      help: 'The engine’s file, whatever the config says. Of a single build.',
    },
    force: {
      short: 'f',
      help: 'Build though nothing changed, and replace a file that is no engine.',
    },
    'no-check': {
      help: 'Ask TensorRT also where the checks of the config against the model find errors.',
    },
    format: {
      value: 'FORMAT',
      choices: ['text', 'json'],
      help: 'text (default), or json: an event on each line (docs/builds.md).',
    },
    'log-level': {
      value: 'LEVEL',
      help: 'TensorRT’s messages from here on: error, warning (default), info, verbose.',
    },
  },
  positionals: { least: 1, most: Number.POSITIVE_INFINITY, what: 'The build config, or the model,' },
  run: async (given, terminal) => {
    const severity = logLevel(given) ?? 'warning';
    const asked = askedFiles(given);
    const requests = asked.flatMap((each) => each.requests);
    const report: BuildReport = (given.value('format') === 'json' ? jsonReport : textReport)({
      terminal,
      count: requests.length,
    });
    for (const { name, problems, files, errors, note } of asked) {
      if (note !== undefined) terminal.note(`note: ${note}`);
      report.problems(problems, files);
      for (const error of errors) report.error(name, error);
    }
    const isIncomplete = asked.some(
      ({ requests: wanted, errors, note }) =>
        errors.length > 0 || (wanted.length === 0 && note === undefined),
    );
    return await buildAll(requests, { given, severity, isIncomplete, report, terminal });
  },
};

interface BuildAllOptions {
  readonly given: Arguments;
  readonly severity: LogSeverity;
  /** Whether something that was asked for cannot even be begun. */
  readonly isIncomplete: boolean;
  readonly report: BuildReport;
  readonly terminal: Terminal;
}

async function buildAll(
  requests: readonly RequestedBuild[],
  { given, severity, isIncomplete, report, terminal }: BuildAllOptions,
): Promise<ExitCode> {
  const runtimes = new Runtimes({ buildLogSeverity: severity });
  const wish = given.value('runtime');
  const { ONNX_TRT_RUNTIME: usual } = process.env;
  const queue = new BuildQueue({
    runtimeFor: async ({ build }) => {
      const installation = await runtimeForBuild(
        runtimes,
        wish ?? runtimeWish(build, true) ?? (usual || undefined),
      );
      return { runtimes, installation };
    },
    // Who types the command has chosen the config.
    loadsLibraries: () => true,
    userData: userDataDirectory(),
    // Nothing is built afterwards.
    cancelGrace: 200,
    onEvent: (build, event) => report.event(build, event),
  });
  const builds = requests.map((request) =>
    queue.add(request, {
      force: given.flag('force'),
      isChecked: !given.flag('no-check'),
    }),
  );
  const ignoreInterrupt = onInterrupt((times) => {
    if (times === 1) terminal.note('Stopping. Ctrl-C again ends TensorRT at once.');
    queue.cancelAll();
  });
  try {
    const code = exitCode(await Promise.all(builds.map(({ end }) => end)), isIncomplete);
    report.finished(code);
    return code;
  } finally {
    ignoreInterrupt();
    runtimes.dispose();
  }
}

function exitCode(ends: readonly BuildEnd[], isIncomplete: boolean): ExitCode {
  const has = (...kinds: readonly BuildEnd['kind'][]) => ends.some(({ kind }) => kinds.includes(kind));
  if (has('cancelled')) return 130;
  if (isIncomplete || has('refused', 'impossible')) return 2;
  return has('failed') ? 1 : 0;
}

function logLevel(given: Arguments): LogSeverity | undefined {
  const level = given.value('log-level');
  if (
    level === undefined ||
    level === 'error' ||
    level === 'warning' ||
    level === 'info' ||
    level === 'verbose'
  ) {
    return level;
  }
  throw new UsageError(`--log-level takes error, warning, info or verbose, not ${level}.`);
}
