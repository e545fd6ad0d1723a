import type { EngineDescription } from '../../../native-bridge/src/engine-protocol.ts';
import {
  factsOfDescription,
  type RunnerFacts,
  type RunnerLanguage,
  runnerLanguages,
} from '../engine/runner/facts.ts';
import { runnerOf } from '../engine/runner/index.ts';
import { runnerProfiles } from '../engine/runner/profiles.ts';
import { inspectEngineFile } from '../tensorrt/engines/inspect-engine.ts';
import { settingsOfConfig } from '../tensorrt/engines/run-settings.ts';
import { factsOfBuild, factsOfLoaded, factsOfModelNote } from '../tensorrt/engines/runner-facts.ts';
import { seemsToHaveGpu } from '../tensorrt/installations/choose.ts';
import { Runtimes } from '../tensorrt/runtimes.ts';
import { type Arguments, type Command, UsageError } from './command.ts';
import { budgetOption, wholeOption } from './engine/options.ts';
import { storedJson } from './engine/stored-json.ts';
import { type EngineTarget, engineTarget, loadingOptions, withTarget } from './engine/target.ts';
import { writeResult } from './result-file.ts';
import type { Terminal } from './terminal.ts';

export const snippetCommand: Command = {
  name: 'snippet',
  summary: 'Write a C++ or Python program that runs an engine with enqueueV3',
  forms: [
    'snippet ENGINE|CONFIG.trt.yaml [--language cpp|python] [-o FILE] …',
    'snippet INSPECTED.json [--language cpp|python]',
  ],
  description: [
    'Writes a complete program for this engine’s inputs and outputs: shapes, addresses, an event for consumed inputs, one',
    'stream from the copy of the inputs to the copy of the outputs, one synchronization; an output allocator, a debug',
    'listener and a weight streaming budget where the engine asks for them; memory of your own with --user-managed.',
    '',
    'The engine is loaded on the GPU to ask it; with --no-load, or where there is none, the model that ENGINE.json names',
    'tells its inputs and outputs. INSPECTED.json is what `inspect ENGINE --format json` printed where the engine was',
    'loaded.',
  ].join('\n'),
  options: {
    language: { short: 'l', value: 'LANGUAGE', choices: ['cpp', 'python'], help: 'cpp (default) or python.' },
    output: { short: 'o', value: 'FILE', help: 'Write to a file instead of standard output.' },
    'use-profile': { value: 'N', help: 'Optimization profile (the config’s useProfile, else 0).' },
    'user-managed': { help: 'Allocate the memory of activations in the program (kUSER_MANAGED).' },
    'weight-streaming-budget': {
      value: 'P%',
      help: 'Part of the streamable weights on the GPU; auto otherwise.',
    },
    'no-load': { help: 'Do not load the engine.' },
    ...loadingOptions,
  },
  positionals: { least: 1, most: 1, what: 'The engine, build config or inspected engine' },
  run: async (given, terminal) => {
    const [name = ''] = given.positionals;
    const stored = storedJson(name);
    const { facts, usualProfile = 0 } =
      stored === undefined ? await ask(name, given, terminal) : { facts: inspected(name, stored) };
    const budget = budgetOption(given, 'weight-streaming-budget');
    if (budget && budget.kind !== 'percent' && budget.kind !== 'automatic') {
      throw new UsageError('--weight-streaming-budget takes a part like 50%, or auto, here.');
    }
    const wanted = wholeOption(given, 'use-profile');
    const profile = wanted ?? usualProfile;
    const program = runnerOf(facts, languageOf(given), {
      profile,
      userManaged: given.flag('user-managed'),
      ...(budget?.kind === 'percent' && { budgetPercent: budget.percent }),
    });
    if (wanted === undefined && facts.profileCount > 1) terminal.note(profileNote(facts, profile));
    const file = given.value('output');
    if (file === undefined) terminal.print(program);
    else await writeResult(file, program, terminal);
    return 0;
  },
};

function languageOf(given: Arguments): RunnerLanguage {
  const wish = given.value('language');
  const found = runnerLanguages.find((language) => language === wish);
  if (!found) throw new UsageError(`--language takes ${runnerLanguages.join(' or ')}, not ${wish}.`);
  return found;
}

function profileNote(facts: RunnerFacts, used: number): string {
  const profiles = runnerProfiles(facts).map(({ profile, shapes }) =>
    shapes === '' ? String(profile) : `${profile} (${shapes})`,
  );
  return `note: The engine has several optimization profiles: ${profiles.join('; ')}. The program takes ${used}; --use-profile takes another.`;
}

interface Asked {
  readonly facts: RunnerFacts;
  /** What the config says. */
  readonly usualProfile?: number;
}

async function ask(name: string, given: Arguments, terminal: Terminal): Promise<Asked> {
  const target = engineTarget(name, given);
  const { config } = target;
  return {
    facts: await askEngine(target, given, terminal),
    ...(config && { usualProfile: settingsOfConfig(config).profile }),
  };
}

async function askEngine(target: EngineTarget, given: Arguments, terminal: Terminal): Promise<RunnerFacts> {
  const loads = !given.flag('no-load') && (given.value('runtime') !== undefined || seemsToHaveGpu());
  if (loads) return await withTarget(target, given, terminal, async (engine) => factsOfLoaded(engine));
  const runtimes = new Runtimes();
  try {
    const facts = factsOfBuild(await inspectEngineFile(target.engine, runtimes));
    terminal.note(`note: ${factsOfModelNote}`);
    return facts;
  } finally {
    runtimes.dispose();
  }
}

/** What `inspect --format json` prints of an engine that it loaded. */
function inspected(name: string, value: unknown): RunnerFacts {
  const { engine, runtime, path, provenance } = value as {
    readonly path?: string;
    readonly engine?: EngineDescription;
    readonly runtime?: { readonly product: RunnerFacts['product']; readonly version: string };
    readonly provenance?: { readonly request?: { readonly pluginLibraries?: readonly string[] } };
  };
  if (!engine?.tensors || !runtime) {
    throw new Error(
      `${name} does not tell the tensors of an engine: \`onnx-trt inspect ENGINE --format json\` does, where it loads the engine.`,
    );
  }
  return factsOfDescription(engine, {
    product: runtime.product,
    version: runtime.version,
    engine: path?.split(/[\\/]/).at(-1) ?? 'model.engine',
    loading: { pluginLibraries: provenance?.request?.pluginLibraries ?? [] },
  });
}
