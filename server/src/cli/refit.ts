import { existsSync } from 'node:fs';
import path from 'node:path';
import { missingSection, rulesSection, weightsSection } from '../engine/refit/describe-refit.ts';
import { byteText, millisecondsText } from '../engine/sizes.ts';
import { loadModel } from '../node/load-model.ts';
import {
  checkRefit,
  type RefitOutcome,
  type RefitWish,
  refitEngine,
} from '../tensorrt/engines/refit/refit-engine.ts';
import { listRefittable, type Refitting } from '../tensorrt/engines/refit/refittable.ts';
import { seemsToHaveGpu } from '../tensorrt/installations/choose.ts';
import { Runtimes } from '../tensorrt/runtimes.ts';
import { onInterrupt } from './build/interrupt.ts';
import { type Arguments, type Command, type ExitCode, UsageError } from './command.ts';
import { checkJson, listJson, outcomeJson } from './engine/refit-json.ts';
import { sectionText } from './engine/section-text.ts';
import { codeOptions } from './engine/target.ts';
import { printable } from './report/style.ts';
import type { Terminal } from './terminal.ts';

export const refitCommand: Command = {
  name: 'refit',
  summary: 'Replace the weights of an engine by those of a model, without building it again',
  forms: [
    'refit ENGINE MODEL [-o ENGINE2 | --in-place] [--keep-stripped]',
    'refit ENGINE MODEL --weights NAME,… [-o ENGINE2 | --in-place]',
    'refit ENGINE MODEL --check | --list',
  ],
  description: [
    'Refits an engine on the GPU with the weights of a model (.onnx, .onnxtxt), or with single ones of it. Without -o and',
    '--in-place that is a trial: nothing is written. -o writes a new engine and replaces none that is there; --in-place',
    'replaces ENGINE in one step. ENGINE.json of the result says what it was refitted with.',
    '',
    'An engine that was built with `stripWeights` has its weights afterwards, unless --keep-stripped leaves them out again.',
    'The engine must have been built for it: with `refit` it takes any weights of the same count, with `stripWeights` alone',
    'those of the model it was built from, with `refitIndividual` the weights that this names; a whole model then has all',
    'others as they were in the build, or is refused. --check tells whether a refit may be done, as far as that can be told',
    'without a GPU; --list what TensorRT can replace, by the names of the model’s initializers.',
    '',
    'Exit code 0: done, or possible. 1: TensorRT, or a rule, refuses. 2: it could not be tried. 130: interrupted.',
  ].join('\n'),
  options: {
    output: { short: 'o', value: 'ENGINE2', help: 'Write the refitted engine to this new file.' },
    'in-place': { help: 'Replace ENGINE by the refitted one.' },
    force: { short: 'f', help: 'Replace the file of -o, whatever it is.' },
    weights: {
      short: 'w',
      value: 'NAME,…',
      multiple: true,
      help: 'Only these initializers of the model; may be repeated.',
    },
    'keep-stripped': { help: 'Leave the weights out of the written engine.' },
    'assume-identical': {
      help: 'The model’s weights are those that the engine was built from, though nothing here tells.',
    },
    check: { help: 'Only tell whether a refit may be done.' },
    list: { help: 'Only list the weights that can be replaced.' },
    runtime: { short: 'r', value: 'ID|DIR', help: 'The TensorRT that refits it.' },
    ...codeOptions,
    format: { value: 'FORMAT', choices: ['text', 'json'], help: 'text (default) or json.' },
  },
  positionals: { least: 2, most: 2, what: 'The engine or the model' },
  run: async (given, terminal) => {
    const [name = '', modelName = ''] = given.positionals;
    const output = outputOf(path.resolve(name), given);
    const wish = {
      engine: path.resolve(name),
      model: loadModel(modelName),
      weights: weightNames(given),
      assumesSame: given.flag('assume-identical'),
      runtime: given.value('runtime'),
    };
    const runtimes = new Runtimes();
    const abort = new AbortController();
    const forget = onInterrupt(() => abort.abort(new Error('The refit was interrupted.')));
    const options: Refitting = {
      hostCodeAllowed: given.flag('trust-host-code'),
      pluginLibraries: given.values('plugin').map((library) => path.resolve(library)),
      signal: abort.signal,
      onStep: (step) => terminal.progress(`  ${step}`),
    };
    try {
      if (given.flag('list')) return await list(wish, runtimes, options, given, terminal);
      if (given.flag('check')) return await check(wish, runtimes, options, given, terminal);
      const refitting: RefitWish = {
        ...wish,
        output,
        // What is in place is an engine that was just loaded.
        force: given.flag('force') || given.flag('in-place'),
        keepStripped: given.flag('keep-stripped'),
      };
      return report(await refitEngine(refitting, runtimes, options), refitting, given, terminal);
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      terminal.note('The refit was interrupted; the engine is as it was.');
      return 130;
    } finally {
      forget();
      runtimes.dispose();
    }
  },
};

function outputOf(engine: string, given: Arguments): string | undefined {
  const output = given.value('output');
  if (given.flag('in-place')) {
    if (output !== undefined) throw new UsageError('Give either -o or --in-place.');
    return engine;
  }
  if (given.flag('keep-stripped') && output === undefined) {
    throw new UsageError('--keep-stripped is about the written engine: give -o or --in-place, too.');
  }
  if (output === undefined) return undefined;
  const file = path.resolve(output);
  if (file === engine) throw new UsageError('That is the engine itself; --in-place replaces it.');
  if (existsSync(file) && !given.flag('force')) {
    throw new Error(`${output} is there already. --force replaces it.`);
  }
  return file;
}

function weightNames(given: Arguments): readonly string[] | undefined {
  const texts = given.values('weights');
  if (texts.length === 0) return undefined;
  const names = texts.flatMap((text) => text.split(',')).filter((name) => name !== '');
  if (names.length === 0) throw new UsageError('--weights takes names of initializers with commas between.');
  return names;
}

async function list(
  { engine, model, runtime }: Pick<RefitWish, 'engine' | 'model' | 'runtime'>,
  runtimes: Runtimes,
  options: Refitting,
  given: Arguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const listed = await listRefittable(engine, model, runtime, runtimes, options);
  if (given.value('format') === 'json') terminal.print(listJson(engine, model.path, listed));
  else if (listed.isRefittable) {
    terminal.print(sectionText(path.basename(engine), [weightsSection(listed.weights)], terminal.style));
  } else terminal.note('The engine was built without refitting: it has no refittable weights.');
  return listed.isRefittable ? 0 : 1;
}

async function check(
  wish: Parameters<typeof checkRefit>[0],
  runtimes: Runtimes,
  options: Refitting,
  given: Arguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const loads = wish.runtime !== undefined || seemsToHaveGpu();
  const found = await checkRefit(wish, runtimes, { ...options, loads });
  if (given.value('format') === 'json') {
    terminal.print(checkJson(wish.engine, wish.model.path, found));
  } else {
    const { rules, weights, notes, message, isPossible, notLoaded } = found;
    const { style } = terminal;
    for (const note of notes) terminal.note(`note: ${printable(note)}`);
    const sections = [rulesSection(rules), ...(weights.length > 0 ? [weightsSection(weights)] : [])];
    terminal.print(sectionText(path.basename(wish.engine), sections, style));
    const answer = isPossible
      ? style.success(notLoaded === undefined ? 'A refit may be done.' : 'No rule speaks against a refit.')
      : style.error('It cannot be refitted with this model.');
    terminal.print(`\n${[answer, printable(message ?? notLoaded ?? '')].join(' ').trim()}\n`);
  }
  return found.isPossible ? 0 : 1;
}

function report(outcome: RefitOutcome, wish: RefitWish, given: Arguments, terminal: Terminal): ExitCode {
  const code = outcome.kind === 'refitted' ? 0 : 1;
  if (given.value('format') === 'json') {
    terminal.print(outcomeJson(wish.engine, wish.model.path, outcome));
    return code;
  }
  const { style } = terminal;
  for (const note of outcome.notes) terminal.note(`note: ${printable(note)}`);
  for (const { answer, sentence } of outcome.rules) {
    if (answer === 'unknown') terminal.note(`note: ${sentence}`);
  }
  if (outcome.kind === 'refused') {
    terminal.note(`${terminal.noteStyle.error('error:')} ${printable(outcome.message)}`);
    for (const { message, advice, nodes, code: page } of outcome.problems) {
      const lines = message.split('\n').map(printable).join('\n');
      terminal.print(`${style.error('error:')} ${lines} ${style.dim(`[${page}]`)}\n`);
      if (nodes) terminal.print(`      nodes: ${nodes.map(printable).join(', ')}\n`);
      if (advice !== undefined) terminal.print(`      help: ${printable(advice)}\n`);
    }
    if (outcome.missing.length > 0) {
      const section = missingSection(outcome.missing, outcome.weights);
      terminal.print(sectionText(path.basename(wish.engine), [section], style));
    }
    return code;
  }
  const { output, replaced, milliseconds, weights } = outcome;
  const named = weights.filter(({ type }) => type !== undefined).length;
  const what = replaced === 'all' ? `${named} weights` : replaced.join(', ');
  const time = `${millisecondsText(milliseconds.parsing + milliseconds.refitting)} ms`;
  if (output) {
    const file = style.bold(printable(path.relative('', output.path)));
    terminal.print(
      `${file}: ${style.success('refitted')} with ${printable(what)} of ${printable(wish.model.name)} in ${time}, ${byteText(output.bytes)}\n`,
    );
  } else {
    const file = style.bold(printable(path.basename(wish.engine)));
    terminal.print(
      `${file}: ${style.success('can be refitted')} with ${printable(what)} of ${printable(wish.model.name)}, done in ${time} as a trial\n`,
    );
    terminal.note(
      'Nothing was written: -o ENGINE2 writes the refitted engine, --in-place replaces this one.',
    );
  }
  return code;
}
