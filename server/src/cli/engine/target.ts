/** What a command that loads an engine is called with: an engine, or a build config that names one. */
import path from 'node:path';
import type { BuildConfig } from '../../build-config/model.ts';
import { enginePath, pluginPaths } from '../../build-config/paths.ts';
import { visibleDevice } from '../../tensorrt/build/device-lock.ts';
import type { Provenance } from '../../tensorrt/build/provenance.ts';
import type { EngineFile, LoadOptions } from '../../tensorrt/engines/inspect-engine.ts';
import { type UsedEngine, useEngine } from '../../tensorrt/engines/use-engine.ts';
import { Runtimes } from '../../tensorrt/runtimes.ts';
import { onInterrupt } from '../build/interrupt.ts';
import { type Arguments, type Option, UsageError } from '../command.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Terminal } from '../terminal.ts';

export interface EngineTarget {
  /** Absolute. */
  readonly engine: string;
  readonly config?: BuildConfig;
}

/** What an engine may run beside itself. */
export const codeOptions: Readonly<Record<string, Option>> = {
  plugin: {
    value: 'LIBRARY',
    multiple: true,
    help: 'A plugin library that the engine needs; may be repeated.',
  },
  'trust-host-code': { help: 'Let code for the CPU inside the engine run (setEngineHostCodeAllowed).' },
};

/** Options of every command that measures an engine. */
export const loadingOptions: Readonly<Record<string, Option>> = {
  build: { short: 'b', value: 'NAME', help: 'Which build of the config.' },
  runtime: { short: 'r', value: 'ID|DIR', help: 'The TensorRT that runs the engine.' },
  ...codeOptions,
};

/** Throws a UsageError where the config does not tell which engine. */
export function engineTarget(name: string, given: Arguments): EngineTarget {
  if (!/\.(ya?ml|json)$/i.test(name)) return { engine: path.resolve(name) };
  const config = configOf(name, given);
  return { engine: enginePath(config), config };
}

/** Loads the engine and runs `use`, until it is done or interrupted. Throws an error for people. */
export async function withTarget<Result>(
  { engine, config }: EngineTarget,
  given: Arguments,
  terminal: Terminal,
  use: (engine: UsedEngine, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const runtimes = new Runtimes();
  const abort = new AbortController();
  const forget = onInterrupt(() => abort.abort(new Error('The run was interrupted.')));
  try {
    const options = {
      runtime: given.value('runtime'),
      loading: loadOptions(config, given, terminal, abort.signal),
      onStep: (step: string) => terminal.progress(`  ${step}`),
    };
    return await useEngine(engine, runtimes, options, (used) => use(used, abort.signal));
  } finally {
    forget();
    runtimes.dispose();
  }
}

/** How the options say that an engine is to be loaded; tells which plugins it lacks. */
export function loadOptions(
  config: BuildConfig | undefined,
  given: Arguments,
  terminal: Terminal,
  signal: AbortSignal,
): (file: EngineFile) => LoadOptions {
  const device = config && visibleDevice(config.get('device')?.value);
  return ({ provenance }) => {
    const pluginLibraries = pluginsOf(config, given);
    tellMissingPlugins(pluginLibraries, provenance, terminal);
    return { hostCodeAllowed: given.flag('trust-host-code'), pluginLibraries, device, signal };
  };
}

/** Those of the command line and of the config. */
function pluginsOf(config: BuildConfig | undefined, given: Arguments): string[] {
  return [
    ...given.values('plugin').map((file) => path.resolve(file)),
    ...(config ? pluginPaths(config) : []),
  ];
}

/** ENGINE.json may have come with an engine from anywhere, and a library is code: what it names is told, and not loaded. */
function tellMissingPlugins(
  named: readonly string[],
  provenance: Provenance | undefined,
  terminal: Terminal,
): void {
  const missing = (provenance?.request.pluginLibraries ?? []).filter((library) => !named.includes(library));
  if (missing.length > 0) {
    terminal.note(
      `note: the engine was built with plugins that are not loaded unless --plugin names them: ${missing.join(', ')}`,
    );
  }
}

export function configOf(name: string, given: Arguments): BuildConfig {
  const { builds } = loadConfig(name);
  const wish = given.value('build');
  const names = builds.map((build) => build.name).join(', ');
  const found = wish === undefined ? builds : builds.filter((build) => build.name === wish);
  const [build, another] = found;
  if (!build) {
    throw new UsageError(
      wish === undefined ? `${name} has no builds.` : `${name} has no build ${wish}; it has ${names}.`,
    );
  }
  if (another) throw new UsageError(`${name} has several builds: choose one with --build (${names}).`);
  return build;
}
