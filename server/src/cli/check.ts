import path from 'node:path';
import { nodeFileAccess } from '../node/file-access.ts';
import { checkModel } from '../tensorrt/check.ts';
import type { Runtime } from '../tensorrt/runtimes.ts';
import { type Arguments, type Command, type ExitCode, UsageError } from './command.ts';
import { errorText } from './error-text.ts';
import { type LoadedModel, loadModel } from './load-model.ts';
import { jsonReport } from './report/json.ts';
import { type Judged, judged } from './report/judged.ts';
import { sarifReport } from './report/sarif.ts';
import { textReport } from './report/text.ts';
import { runtimeOptions, startRuntimes } from './start-runtimes.ts';

export const checkCommand: Command = {
  name: 'check',
  summary: 'Check whether TensorRT takes a model, and say why not',
  forms: ['check MODEL… [--runtime ID|DIR]… [--all-runtimes] [--format text|json|sarif]'],
  description: [
    'Has the real TensorRT ONNX parser judge models (.onnx, or ONNX text in .onnxtxt and .onnxtext), without reading',
    'their weights. Places are those of the text form, as `onnx-trt print` shows it.',
    'Exit code 0: all supported. 1: errors found. 2: something could not be checked.',
    '',
    'Where no TensorRT is found, TensorRT for RTX is installed with pip into the user’s data folder first.',
  ].join('\n'),
  options: {
    ...runtimeOptions,
    'all-runtimes': { help: 'Ask every usable TensorRT of this machine.' },
    format: {
      value: 'FORMAT',
      choices: ['text', 'json', 'sarif'],
      help: 'text (default), json, or sarif (SARIF 2.1.0).',
    },
    'parser-flag': {
      value: 'NAME',
      multiple: true,
      help: 'Set an OnnxParserFlag, such as kNATIVE_INSTANCENORM; may be repeated.',
    },
    timeout: { value: 'SECONDS', help: 'Give a model up after so long (default 600).' },
  },
  positionals: { least: 1, most: Number.POSITIVE_INFINITY, what: 'The model' },
  run: async (given, terminal) => {
    const timeout = timeoutOf(given);
    const starting = startRuntimes(given, terminal);
    const format = given.value('format');
    const results: Judged[] = [];
    const failures: string[] = [];
    const fail = (error: unknown) => {
      failures.push(error instanceof Error ? error.message : String(error));
      terminal.note(errorText(error, terminal.noteStyle));
    };
    try {
      for (const [index, name] of given.positionals.entries()) {
        terminal.progress(`  checking ${name} (${index + 1} of ${given.positionals.length})`);
        const loaded = attempt(() => loadModel(name), fail);
        if (!loaded) continue;
        // Where none can be had, no other model will do better.
        for (const runtime of await starting.runtimes()) {
          const result = await judge(loaded, runtime, given.values('parser-flag'), timeout).catch(fail);
          if (!result) continue;
          results.push(result);
          if (format === 'text') terminal.print(textReport(result, terminal.style));
        }
      }
    } finally {
      starting.dispose();
    }
    if (format === 'json') terminal.print(jsonReport(results));
    if (format === 'sarif') terminal.print(sarifReport(results, failures));
    return exitCode(results, failures.length > 0 || starting.failed());
  },
};

async function judge(
  loaded: LoadedModel,
  runtime: Runtime,
  parserFlags: readonly string[],
  timeout: number,
): Promise<Judged> {
  const directory = path.dirname(loaded.path);
  const verdict = await checkModel(loaded.model, runtime, {
    files: nodeFileAccess,
    directory,
    parserFlags,
    timeout,
  }).catch((error: unknown) => {
    throw new Error(
      `${loaded.name} could not be checked: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    );
  });
  const [problem, ...others] = verdict.weightProblems;
  if (problem) {
    const more = others.length === 0 ? '' : ` And ${others.length} more tensors have such problems.`;
    throw new Error(`${loaded.name} could not be checked: ${problem.message}${more}`);
  }
  return judged(loaded, runtime, verdict);
}

function attempt<T>(action: () => T, fail: (error: unknown) => void): T | undefined {
  try {
    return action();
  } catch (error) {
    fail(error);
    return undefined;
  }
}

function timeoutOf(given: Arguments): number {
  const text = given.value('timeout') ?? '600';
  const seconds = Number(text);
  if (!(seconds > 0)) throw new UsageError(`--timeout takes a number of seconds, not ${text}.`);
  return seconds * 1000;
}

function exitCode(results: readonly Judged[], failed: boolean): ExitCode {
  if (failed) return 2;
  return results.every(({ verdict }) => verdict.supported) ? 0 : 1;
}
