import path from 'node:path';
import type { AnchoredDiagnostic } from '../features/diagnostics/anchored-diagnostic.ts';
import { nodeFileAccess } from '../node/file-access.ts';
import { type LoadedModel, loadModel } from '../node/load-model.ts';
import { checkModel } from '../tensorrt/check.ts';
import type { Runtime } from '../tensorrt/runtimes.ts';
import { pluginNotes, pluginOption } from './check-plugins.ts';
import { type Arguments, type Command, UsageError } from './command.ts';
import { errorText } from './error-text.ts';
import { jsonReport, jsonReviews } from './report/json.ts';
import { type Judged, judged, type Reviewed, reviewed } from './report/judged.ts';
import { findingsOf, hasErrors } from './report/problems.ts';
import { sarifReport } from './report/sarif.ts';
import { reviewReport, textReport } from './report/text.ts';
import { runtimeOptions, startRuntimes } from './start-runtimes.ts';

export const checkCommand: Command = {
  name: 'check',
  summary: 'Check whether TensorRT takes a model, and say why not',
  forms: [
    'check MODEL… [--runtime ID|DIR|none]… [--all-runtimes] [--plugin LIBRARY]… [--format text|json|sarif]',
  ],
  description: [
    'Has the real TensorRT ONNX parser judge models (.onnx, or ONNX text in .onnxtxt and .onnxtext), without reading',
    'their weights, and applies the rules of ONNX itself. Places are those of the text form, as `onnx-trt print` shows it.',
    '',
    'TensorRT decides: exit code 0: it supports all models. 1: errors found. 2: something could not be checked. What only',
    'ONNX’s rules find is reported beside, and does not change the exit code. With --runtime none they decide alone, on any',
    'machine. 0: no errors by them. 1: errors found. 2: a model could not be read.',
    '',
    'TensorRT knows the operators of plugins whose libraries --plugin names; their code runs. One that does not load is told,',
    'and the model judged without it.',
    '',
    'Where no TensorRT is found, TensorRT for RTX is installed with pip into the user’s data folder first.',
  ].join('\n'),
  options: {
    ...runtimeOptions,
    runtime: {
      ...runtimeOptions['runtime'],
      value: 'ID|DIR|none',
      multiple: true,
      help: 'The TensorRT to ask: an id of `onnx-trt runtimes`, or a folder; may be repeated. none: ask none.',
    },
    'all-runtimes': { help: 'Ask every usable TensorRT of this machine.' },
    ...pluginOption,
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
    const isWithoutRuntime = asksNone(given);
    const starting = startRuntimes(given, terminal);
    const format = given.value('format');
    const results: Judged[] = [];
    const reviews: (Reviewed & { readonly durationMs: number })[] = [];
    const failures: string[] = [];
    const noted = new Set<string>();
    const fail = (error: unknown) => {
      failures.push(error instanceof Error ? error.message : String(error));
      terminal.note(errorText(error, terminal.noteStyle));
    };
    try {
      for (const [index, name] of given.positionals.entries()) {
        terminal.progress(`  checking ${name} (${index + 1} of ${given.positionals.length})`);
        const loaded = attempt(() => loadModel(name), fail);
        if (!loaded) continue;
        const start = performance.now();
        const findings = findingsOf(loaded.document());
        const review = { ...reviewed(loaded, findings), durationMs: performance.now() - start };
        reviews.push(review);
        if (isWithoutRuntime) {
          if (format === 'text') terminal.print(reviewReport(review, terminal.style));
          continue;
        }
        // Where none can be had, no other model will do better.
        for (const runtime of await starting.runtimes()) {
          const result = await judge(loaded, findings, runtime, given.values('parser-flag'), timeout).catch(
            fail,
          );
          if (!result) continue;
          results.push(result);
          for (const note of pluginNotes(runtime, result.verdict)) {
            if (!noted.has(note)) terminal.note(note);
            noted.add(note);
          }
          if (format === 'text') terminal.print(textReport(result, terminal.style));
        }
      }
    } finally {
      starting.dispose();
    }
    if (format === 'json') terminal.print(isWithoutRuntime ? jsonReviews(reviews) : jsonReport(results));
    if (format === 'sarif') terminal.print(sarifReport(results, failures, reviews));
    if (failures.length > 0 || starting.failed()) return 2;
    if (isWithoutRuntime) return reviews.some(({ problems }) => hasErrors(problems)) ? 1 : 0;
    return results.every(({ verdict }) => verdict.supported) ? 0 : 1;
  },
};

function asksNone(given: Arguments): boolean {
  const wishes = given.values('runtime');
  if (!wishes.includes('none')) return false;
  if (wishes.length > 1 || given.flag('all-runtimes')) {
    throw new UsageError('--runtime none asks no TensorRT; it does not go with others.');
  }
  return true;
}

async function judge(
  loaded: LoadedModel,
  findings: readonly AnchoredDiagnostic[],
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
  return judged(loaded, runtime, verdict, findings);
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
