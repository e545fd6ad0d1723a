/** The TensorRT that loads an engine: full, lean or dispatch. */
import path from 'node:path';
import type { RuntimeFit, RuntimeHere } from '../../engine/compatibility.ts';
import {
  displayName,
  type EngineLibraries,
  engineLibraries,
  type Installation,
  isUsable,
} from '../installations/installation.ts';
import { libraryName } from '../installations/library-names.ts';
import type { Runtimes } from '../runtimes.ts';
import type { EngineFile } from './inspect-engine.ts';

/** An installation, and how it has to load the engine. A full one is a UsableInstallation, too. */
export interface EngineRuntime extends Omit<Installation, 'libraries' | 'engineLibraries'> {
  readonly libraries: EngineLibraries;
  /** The lean runtime library that it loads first (IRuntime::loadRuntime). */
  readonly leanRuntimePath?: string;
  /** It loads the engine only by running the lean runtime inside it, code for the CPU. */
  readonly runsHostCode?: boolean;
}

/** An engine that loads only where code inside it may run, which nobody has allowed. */
export class HostCodeError extends Error {
  override readonly name = 'HostCodeError';

  constructor(enginePath: string, runtime: Pick<EngineRuntime, 'product' | 'kind' | 'version'>) {
    super(
      `${enginePath} was not built by ${displayName(runtime)}, which loads it only by the lean runtime inside it. That is code for the CPU, and runs only where it is trusted (--trust-host-code on the command line), or use the TensorRT that built it.`,
    );
  }
}

/** The installations of the machine, the one that is wished for (an id or a folder) before them. Throws an error for people. */
export async function runtimesHere(
  runtimes: Runtimes,
  wish: string | undefined,
): Promise<readonly RuntimeHere[]> {
  const { installations } = await runtimes.find();
  const named = wish === undefined ? undefined : await namedForEngines(runtimes, wish);
  const others = named ? installations.filter((other) => !isSame(other, named)) : installations;
  return (named ? [named, ...others] : others).map(here);
}

/**
 * The installation that runs the engine: the wish, or the one that fits best. Throws an error for people where none does. A wish for a
 * full TensorRT is taken as it is, and TensorRT says what it thinks of the engine; what lean and dispatch runtimes say of engines that
 * are not for them helps nobody, so they are asked only where they may load it.
 */
export async function runtimeForEngine(
  file: Pick<EngineFile, 'path' | 'compatibility'>,
  runtimes: Runtimes,
  wish: string | undefined,
): Promise<EngineRuntime> {
  const { compatibility } = file;
  const { installations } = await runtimes.find();
  if (wish !== undefined) {
    const named = await namedForEngines(runtimes, wish);
    const fit = compatibility.runtimes.find(({ runtime }) => isSame(runtime, named));
    if (named.kind && fit?.fits === 'no') throw new Error(`${file.path} cannot be loaded. ${fit.sentence}`);
    const isFull = named.kind === undefined && fit?.fits !== 'yes';
    return engineRuntime(named, isFull ? undefined : fit, installations);
  }
  for (const fit of compatibility.runtimes) {
    const found = installations.find((installation) => isSame(installation, fit.runtime));
    if (fit.fits !== 'no' && found && engineLibraries(found)) return engineRuntime(found, fit, installations);
  }
  const version = compatibility.findings.find(({ about }) => about === 'version');
  throw new Error(`${file.path} cannot be loaded here. ${version?.sentence ?? compatibility.summary}`);
}

/** Like `Runtimes.named`, lean and dispatch runtimes included; of several in a folder the full one, unless a library is named. */
async function namedForEngines(runtimes: Runtimes, wish: string): Promise<Installation> {
  const found = await runtimes.candidates(wish);
  const role = libraryName(path.basename(wish), process.platform)?.role;
  const candidates =
    role === 'lean' || role === 'dispatch' ? found.filter(({ kind }) => kind === role) : found;
  const loadable = candidates.filter((candidate) => engineLibraries(candidate));
  const best = loadable.find(isUsable) ?? loadable[0];
  // Says why it is none.
  return best ?? (await runtimes.named(wish));
}

function engineRuntime(
  installation: Installation,
  fit: RuntimeFit | undefined,
  installations: readonly Installation[],
): EngineRuntime {
  const libraries = engineLibraries(installation);
  if (!libraries) throw new Error(`${displayName(installation)} cannot be used: ${installation.unusable}`);
  const { libraries: _, engineLibraries: __, ...description } = installation;
  const lean = fit?.leanRuntime;
  const leanRuntimePath = lean && installations.find((other) => isSame(other, lean))?.engineLibraries?.infer;
  return {
    ...description,
    libraries,
    ...(leanRuntimePath !== undefined && { leanRuntimePath }),
    ...(fit?.runsHostCode && { runsHostCode: true }),
  };
}

/** What lean and dispatch runtimes cannot do is nothing against running engines. */
function here(installation: Installation): RuntimeHere {
  const { id, product, kind, version, directory, unusable } = installation;
  const isUnusable = unusable !== undefined && !engineLibraries(installation);
  return { id, product, version, directory, ...(kind && { kind }), ...(isUnusable && { unusable }) };
}

function isSame(
  left: Pick<RuntimeHere, 'directory' | 'product' | 'kind' | 'version'>,
  right: typeof left,
): boolean {
  return (
    left.directory === right.directory &&
    left.product === right.product &&
    left.kind === right.kind &&
    left.version === right.version
  );
}
