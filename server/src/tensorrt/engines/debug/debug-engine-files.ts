/** Engines of one build config that debugging builds, beside each other in one folder. */
import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { BuildConfig } from '../../../build-config/model.ts';
import { enginePath } from '../../../build-config/paths.ts';
import { provenancePath } from '../../build/provenance.ts';
import { debugBuild, type MarkedTensors } from './build.ts';

export const outputsLabel = 'outputs';

export function engineOfOutputs(build: BuildConfig, folder: string): string {
  const marked: MarkedTensors = { names: [], unfused: false, asOutputs: true };
  return enginePath(debugBuild(build, marked, folder, outputsLabel).build);
}

/** Named by the number among those that were built, so that a second run finds them up to date. */
export function partLabel(number: number): string {
  return `part${number}`;
}

/** Those of an earlier run, from a number on, whose places nothing has taken. */
export async function removeParts(build: BuildConfig, folder: string, from: number): Promise<void> {
  for (let number = from; ; number++) {
    const part = debugBuild(build, { names: [], unfused: false }, folder, partLabel(number));
    const engine = enginePath(part.build);
    if (!existsSync(engine)) return;
    await removeEngine(engine);
  }
}

export async function removeEngine(engine: string): Promise<void> {
  await rm(engine, { force: true });
  await rm(provenancePath(engine), { force: true });
}

/** `source`: a file that is worth nothing without an engine. */
export async function removeIfEmpty(folder: string, source: string): Promise<void> {
  if (!existsSync(folder)) return;
  const entries = await readdir(folder);
  if (entries.some((entry) => entry !== path.basename(source))) return;
  await rm(source, { force: true });
  await rmdir(folder);
}
