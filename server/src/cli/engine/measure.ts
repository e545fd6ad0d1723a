/** `onnx-trt profile ENGINE`: a run on the GPU, told by options and the inference keys of a config. */
import path from 'node:path';
import { type MeasuredProfile, profileEngine } from '../../tensorrt/engines/profile-engine.ts';
import {
  allocationStrategy,
  defaultRunSettings,
  type RunSettings,
  settingsOfConfig,
} from '../../tensorrt/engines/run-settings.ts';
import { type Arguments, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { budgetOption, entriesOption, numberOption, shapesOption, wholeOption } from './options.ts';
import { type EngineTarget, engineTarget, withTarget } from './target.ts';

/** Throws an error for people. */
export async function measure(name: string, given: Arguments, terminal: Terminal): Promise<MeasuredProfile> {
  const target = engineTarget(name, given);
  const settings = runSettings(target, given);
  return await withTarget(target, given, terminal, async (engine, signal) => {
    terminal.progress(`  running ${path.basename(target.engine)} on ${engine.loaded.runtime.device.name}`);
    const profile = await profileEngine(engine, settings, signal);
    for (const note of profile.notes) terminal.note(`note: ${note}`);
    return profile;
  });
}

/** What the command line says wins over the config. */
export function runSettings({ config }: EngineTarget, given: Arguments): RunSettings {
  const base = config ? settingsOfConfig(config) : defaultRunSettings;
  const strategy = given.value('allocation-strategy');
  const known = strategy === undefined ? base.allocationStrategy : allocationStrategy(strategy);
  if (known === undefined) {
    throw new UsageError(`--allocation-strategy takes static, profile or runtime, not ${strategy}.`);
  }
  const cudaGraph = given.flag('cuda-graph') ? true : given.flag('no-cuda-graph') ? false : base.cudaGraph;
  const transfers = given.flag('transfers') ? true : given.flag('no-transfers') ? false : base.transfers;
  const budget = budgetOption(given, 'weight-streaming-budget') ?? base.weightStreamingBudget;
  const shapes = shapesOption(given);
  const files = entriesOption(given, 'load-inputs');
  return {
    ...base,
    shapes: new Map([...base.shapes, ...shapes]),
    files: new Map([
      ...base.files,
      ...[...files].map(([input, file]) => [input, path.resolve(file)] as const),
    ]),
    iterations: wholeOption(given, 'iterations', 1) ?? base.iterations,
    warmUp: numberOption(given, 'warm-up') ?? base.warmUp,
    duration: numberOption(given, 'duration') ?? base.duration,
    streams: wholeOption(given, 'streams', 1) ?? base.streams,
    profile: wholeOption(given, 'use-profile') ?? base.profile,
    allocationStrategy: known,
    ...(cudaGraph !== undefined && { cudaGraph }),
    ...(transfers !== undefined && { transfers }),
    ...(budget !== undefined && { weightStreamingBudget: budget }),
  };
}
