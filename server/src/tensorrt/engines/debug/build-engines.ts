/** Builds the engine to debug; where TensorRT does not mark all tensors in one, several with a part of them each. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { BuildConfig } from '../../../build-config/model.ts';
import { enginePath } from '../../../build-config/paths.ts';
import { computedValues } from '../../../engine/debug/reference-model.ts';
import { provenancePath } from '../../build/provenance.ts';
import type { BuildEnd } from '../../build/queue.ts';
import type { UsableInstallation } from '../../installations/installation.ts';
import { debugBuild, debugBuildError, type MarkedTensors } from './build.ts';
import type { DebuggedEngines, DebuggedModel } from './capture.ts';
import { requireRunsHere } from './runs-here.ts';
import { type PartEnd, splitMarks } from './split-marks.ts';
import { debuggedEngine, type EngineOptions } from './target.ts';

/** A build takes seconds to minutes, and a user waits for all of them. */
export const defaultMaxBuilds = 16;

export interface BuildAttempt {
  /** What is done: `building detector.part2.engine: 4 of 7 debug tensors (build 3 of at most 16)`. */
  readonly activity: string;
  /** Of one of several, whose failure is nothing to tell, as others follow from it: `4 of 7 debug tensors`. */
  readonly part?: string;
}

export interface BuiltEnginesOptions extends EngineOptions {
  readonly model: DebuggedModel;
  /** `undefined`: those that the config marks, and all where it marks none. */
  readonly tensors: readonly string[] | 'all' | undefined;
  readonly unfused: boolean;
  /** Where engines go that are not the config's own. */
  readonly folder: string;
  /** How many builds there may be; with 1, all tensors are marked in one engine, or there is none. */
  readonly maxBuilds: number;
  /** The TensorRT that would build it. Rejects with an error for people where there is none. */
  readonly installationFor: (build: BuildConfig) => Promise<UsableInstallation>;
  readonly signal?: AbortSignal | undefined;
  /** Rejects where it is cancelled. */
  readonly build: (build: BuildConfig, attempt: BuildAttempt) => Promise<BuildEnd>;
}

/** Throws an error for people, with advice on the marks where they may be why there is no engine. */
export async function buildDebuggedEngines(
  build: BuildConfig,
  options: BuiltEnginesOptions,
): Promise<DebuggedEngines> {
  const { model, tensors, unfused, folder, maxBuilds } = options;
  await requireRunsHere(build, () => options.installationFor(build), options.signal);
  const ownMarks = build.get('markDebug')?.value.map(({ value }) => value) ?? [];
  const marksItself = ownMarks.length > 0 || build.get('markUnfusedTensorsAsDebugTensors')?.value === true;
  const wantsAll = tensors === 'all' || (tensors === undefined && !unfused && !marksItself);
  const computed = computedValues(model.model);
  const outputs = new Set(model.model.graph?.outputs.map(({ name }) => name));
  // Outputs come out anyway.
  const inside = (names: readonly string[]) => names.filter((name) => !outputs.has(name));
  const names = wantsAll ? computed : tensors;
  const marked: MarkedTensors = { names: names && inside(names), unfused };
  const debug = debugBuild(build, marked, folder);
  if (debug.build !== build) await mkdir(folder, { recursive: true });
  const engine = enginePath(debug.build);
  const end = await options.build(debug.build, {
    activity: `building ${path.basename(engine)}`,
  });
  if (isBuilt(end)) {
    await removeParts(build, folder, 1);
    return { engines: [await debuggedEngine(engine, { ...options, unfused: debug.unfused })] };
  }
  const all = marked.names ?? ownMarks;
  const ordered = inModelOrder(inside(all), computed);
  if (maxBuilds < 2 || all.length < 2 || ordered.length === 0 || !mayFailAtMarks(end)) {
    throw debugBuildError(end, marked);
  }
  try {
    return await buildInParts(build, ordered, reasonOf(end), options);
  } finally {
    await removeIfEmpty(folder);
  }
}

async function buildInParts(
  build: BuildConfig,
  tensors: readonly string[],
  reason: string,
  options: BuiltEnginesOptions,
): Promise<DebuggedEngines> {
  const { folder, unfused, maxBuilds } = options;
  await mkdir(folder, { recursive: true });
  const attempt = async (
    names: readonly string[],
    label: string,
    part: string,
    activityOf: (engine: string) => string,
  ): Promise<PartEnd<{ readonly path: string; readonly unfused: boolean }> & { readonly end: BuildEnd }> => {
    const debug = debugBuild(build, { names, unfused }, folder, label);
    const engine = enginePath(debug.build);
    const end = await options.build(debug.build, {
      activity: activityOf(path.basename(engine)),
      part,
    });
    if (isBuilt(end)) return { kind: 'built', engine: { path: engine, unfused: debug.unfused }, end };
    // What keeps any build from beginning keeps the next one, too.
    if (end.kind !== 'failed' || isKilled(end)) throw debugBuildError(end, { names, unfused });
    return {
      kind: 'failed',
      died: end.problems[0]?.death !== undefined,
      reason: reasonOf(end),
      end,
    };
  };
  let built = 0;
  let unmarkedEnd: BuildEnd | undefined;
  const split = await splitMarks(tensors, {
    maxBuilds,
    build: async (names, number) => {
      const part = `${names.length} of ${tensors.length} debug tensors`;
      const end = await attempt(
        names,
        partLabel(built + 1),
        part,
        (engine) => `building ${engine}: ${part} (build ${number} of at most ${maxBuilds})`,
      );
      if (end.kind === 'built') built++;
      return end;
    },
    buildUnmarked: async (number) => {
      const engine = enginePath(debugBuild(build, { names: [], unfused }, folder, 'unmarked').build);
      try {
        const end = await attempt(
          [],
          'unmarked',
          'no debug tensors',
          () =>
            `building without debug tensors, to see whether TensorRT crashes all the same (build ${number} of at most ${maxBuilds})`,
        );
        unmarkedEnd = end.end;
        return end;
      } finally {
        await removeEngine(engine);
      }
    },
  });
  if (split.failsUnmarked && unmarkedEnd) {
    const { message } = debugBuildError(unmarkedEnd, { names: [], unfused });
    throw new Error(`${message}\nThis is of a build without debug tensors: the marks are not why it fails.`);
  }
  await removeParts(build, folder, built + 1);
  if (built === 0) throw noPartError(split, tensors.length);
  const engines = [];
  for (const { engine } of split.parts) {
    engines.push(await debuggedEngine(engine.path, { ...options, unfused: engine.unfused }));
  }
  return {
    engines,
    split: { builds: split.builds, wanted: tensors.length, reason, leftOut: split.leftOut },
  };
}

function isBuilt(end: BuildEnd): boolean {
  return end.kind === 'built' || end.kind === 'up-to-date';
}

/** TensorRT 10.6 refuses marks in words, or its process ends over them. */
function mayFailAtMarks(end: BuildEnd): boolean {
  if (end.kind !== 'failed' || isKilled(end)) return false;
  const [problem] = end.problems;
  return problem?.code === 'build.debug-tensors' || problem?.death !== undefined;
}

/** From outside, mostly for want of memory: the same again would be no better for the machine. */
function isKilled(end: BuildEnd): boolean {
  return end.kind === 'failed' && end.problems[0]?.death?.signal === 'SIGKILL';
}

/** In one line; a crash without the command lines that show it again. */
function reasonOf(end: BuildEnd): string {
  const [problem] = end.kind === 'failed' ? end.problems : [];
  const words = (problem?.death?.sentence ?? problem?.message ?? 'TensorRT gave no engine.')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return words.length > longestReason ? `${words.slice(0, longestReason)}…` : words;
}

/** Characters. */
const longestReason = 600;

/** Each once; a name that the model does not have is last. */
function inModelOrder(names: readonly string[], computed: readonly string[]): string[] {
  const wanted = new Set(names);
  const known = computed.filter((name) => wanted.has(name));
  return [...new Set([...known, ...names])];
}

/** Named by the number among those that were built, so that a second run finds them up to date. */
function partLabel(number: number): string {
  return `part${number}`;
}

/** Those of an earlier run, from a number on, whose places nothing has taken. */
async function removeParts(build: BuildConfig, folder: string, from: number): Promise<void> {
  for (let number = from; ; number++) {
    const part = debugBuild(build, { names: [], unfused: false }, folder, partLabel(number));
    const engine = enginePath(part.build);
    if (!existsSync(engine)) return;
    await removeEngine(engine);
  }
}

async function removeEngine(engine: string): Promise<void> {
  await rm(engine, { force: true });
  await rm(provenancePath(engine), { force: true });
}

async function removeIfEmpty(folder: string): Promise<void> {
  if (existsSync(folder) && (await readdir(folder)).length === 0) await rmdir(folder);
}

function noPartError(
  { leftOut, builds }: Pick<Awaited<ReturnType<typeof splitMarks>>, 'leftOut' | 'builds'>,
  count: number,
): Error {
  const most = 4;
  return new Error(
    [
      `TensorRT built no engine with any of the ${count} debug tensors, in ${builds} builds with all or some of them marked.`,
      ...leftOut.slice(0, most).map(({ tensor, reason }) => `${tensor}: ${reason}`),
      ...(leftOut.length > most ? [`And ${leftOut.length - most} more.`] : []),
      'Name other tensors (--tensors), or use a newer TensorRT.',
    ].join('\n'),
  );
}
