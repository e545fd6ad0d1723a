import path from 'node:path';
import {
  adviseBudget,
  budgetValue,
  readSweep,
  sweepSection,
  type WeightStreamingSweep,
} from '../engine/measurements/weight-streaming.ts';
import { evenBudgets, sweepWeightStreaming } from '../tensorrt/engines/sweep-weight-streaming.ts';
import { type Arguments, type Command, UsageError } from './command.ts';
import { runSettings } from './engine/measure.ts';
import { numberOption, readBudgetText, runningOptions } from './engine/options.ts';
import { sectionText } from './engine/section-text.ts';
import { storedJson } from './engine/stored-json.ts';
import { engineTarget, loadingOptions, withTarget } from './engine/target.ts';
import { requireWritable, writeResult } from './result-file.ts';
import type { Terminal } from './terminal.ts';

export const weightStreamingCommand: Command = {
  name: 'weight-streaming',
  summary: 'Measure latency against GPU memory for budgets of weight streaming',
  forms: [
    'weight-streaming ENGINE|CONFIG.trt.yaml [--steps N | --budgets B,…] [--export FILE] …',
    'weight-streaming SWEEP.json [--within PERCENT]',
  ],
  description: [
    'Runs an engine that was built with allowWeightStreaming once for each budget: how many bytes of its streamable weights',
    'stay on the GPU, while the others are copied there for every inference. TensorRT’s own choice (automatic) and all',
    'weights are always among the budgets. The recommendation is the one with least memory that is hardly slower than the',
    'best; a config keeps it as weightStreamingBudget. --export writes what is shown again without a GPU.',
    '',
    'An engine is loaded with all that is in it; code for the CPU inside it runs only with --trust-host-code.',
  ].join('\n'),
  options: {
    budgets: { value: 'B,…', help: 'Sizes (512MiB), parts (50%) or auto, with commas between.' },
    steps: { value: 'N', help: 'So many budgets from 0 to 100 % (11).' },
    within: { value: 'PERCENT', help: 'How much slower than the best the recommended budget may be (10).' },
    ...runningOptions,
    ...loadingOptions,
    export: { value: 'FILE', help: 'Write what was measured as JSON.' },
    format: { value: 'FORMAT', choices: ['text', 'json'], help: 'text (default) or json.' },
  },
  positionals: { least: 1, most: 1, what: 'The engine, build config or sweep' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    const tolerance = (numberOption(given, 'within') ?? 10) / 100;
    const stored = storedJson(name);
    const kept = given.value('export');
    await requireWritable(kept);
    const sweep = stored === undefined ? await measure(name, given, terminal) : sweepOf(name, stored);
    const advice = adviseBudget(sweep, tolerance);
    if (kept !== undefined) {
      await writeResult(kept, `${JSON.stringify(sweep, undefined, 1)}\n`, terminal);
    }
    if (given.value('format') === 'json') {
      const recommended = advice.knee && {
        weightStreamingBudget: budgetValue(advice.knee, sweep.weights.streamable),
        budget: advice.knee.budget,
        sentence: advice.sentence,
      };
      terminal.print(`${JSON.stringify({ ...sweep, ...(recommended && { recommended }) }, undefined, 2)}\n`);
      return 0;
    }
    const title = `${path.basename(sweep.engine)} on ${sweep.device.name}`;
    terminal.print(sectionText(title, [sweepSection(sweep, advice)], terminal.style));
    terminal.print(`\n${advice.sentence}\n`);
    if (advice.knee) {
      terminal.print(
        `In a config: weightStreamingBudget: ${budgetValue(advice.knee, sweep.weights.streamable)}\n`,
      );
    }
    return 0;
  },
};

function sweepOf(name: string, value: object): WeightStreamingSweep {
  const sweep = readSweep(value);
  if (!sweep) throw new Error(`${name} is no sweep: weight-streaming ENGINE --export FILE writes one.`);
  return sweep;
}

async function measure(name: string, given: Arguments, terminal: Terminal): Promise<WeightStreamingSweep> {
  const steps = numberOption(given, 'steps');
  const list = given.value('budgets');
  if (steps !== undefined && list !== undefined) {
    throw new UsageError('Give --steps or --budgets, not both.');
  }
  if (steps !== undefined && (!Number.isInteger(steps) || steps < 2 || steps > 1000)) {
    throw new UsageError(`--steps takes a whole number from 2 to 1000, not ${steps}.`);
  }
  const budgets = list?.split(',').map((text) => readBudgetText(text.trim(), 'budgets'));
  const target = engineTarget(name, given);
  return await withTarget(target, given, terminal, (engine, signal) =>
    sweepWeightStreaming(engine, {
      budgets: budgets ?? evenBudgets(steps ?? 11),
      settings: runSettings(target, given),
      signal,
      onPoint: (what, done, all) => terminal.progress(`  ${what} (${done + 1} of ${all})`),
    }),
  );
}
