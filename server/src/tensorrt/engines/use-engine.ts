/** An engine found fit, loaded, and handed to what wants to run it: the beginning of every measurement. */
import path from 'node:path';
import type { Runtimes } from '../runtimes.ts';
import type { EngineRuntime } from './choose-runtime.ts';
import type { EngineClient } from './engine-client.ts';
import {
  type EngineFile,
  inspectEngineFile,
  type LoadedEngine,
  type LoadOptions,
  runtimeForEngine,
  withLoadedEngine,
} from './inspect-engine.ts';

export interface UsedEngine {
  readonly file: EngineFile;
  readonly loaded: LoadedEngine;
  readonly client: EngineClient;
  /** Names the engine in requests to the client. */
  readonly handle: number;
  /** What loaded it, and the plugin libraries that were loaded before. */
  readonly runtime: EngineRuntime;
  readonly pluginLibraries: readonly string[];
}

export interface UseOptions {
  /** Of an engine whose file was looked at. */
  readonly loading: (file: EngineFile) => LoadOptions;
  /** An id or a folder; the one that fits best where absent. */
  readonly runtime?: string | undefined;
  /** Called before a step begins: `loading net.engine`. */
  readonly onStep?: (step: string) => void;
}

/**
 * Loads the engine in a process of its own, which ends with `use`. Throws an error for people where it cannot run here, a BridgeError
 * where it does not load.
 */
export async function useEngine<Result>(
  engine: string,
  runtimes: Runtimes,
  { runtime, onStep, loading }: UseOptions,
  use: (engine: UsedEngine) => Promise<Result>,
): Promise<Result> {
  const file = await inspectEngineFile(engine, runtimes, { runtime });
  const blocked = file.compatibility.findings.find(
    ({ answer, about }) => answer === 'no' && about !== 'version',
  );
  if (blocked) throw new Error(`${engine} cannot be measured here. ${blocked.sentence}`);
  const installation = await runtimeForEngine(file, runtimes, runtime);
  onStep?.(`loading ${path.basename(engine)}`);
  const options = loading(file);
  const { pluginLibraries = [] } = options;
  return await withLoadedEngine(engine, installation, options, (loaded, client, handle) =>
    use({ file, loaded, client, handle, runtime: installation, pluginLibraries }),
  );
}
