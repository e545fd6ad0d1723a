/** Several engines, each with a part of the tensors marked. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BuildConfig } from '../../../build-config/model.ts';
import { enginePath } from '../../../build-config/paths.ts';
import type { BuildEnd } from '../../build/queue.ts';
import { debugBuild, debugBuildError } from './build.ts';
import { isBuilt, isKilled, reasonOf } from './build-ends.ts';
import type { BuiltEnginesOptions } from './build-engines.ts';
import type { DebuggedEngines } from './capture.ts';
import { engineOfOutputs, partLabel, removeEngine, removeParts } from './debug-engine-files.ts';
import { type PartEnd, splitMarks } from './split-marks.ts';
import { debuggedEngine } from './target.ts';

/** `failed`: builds of all tensors that there were. `reason`: why the first gave no engine. */
interface PartsOptions extends BuiltEnginesOptions {
  readonly asOutputs: boolean;
  readonly failed: number;
  readonly reason: string;
}

/** Throws an error for people where no part is built. */
export async function buildInParts(
  build: BuildConfig,
  tensors: readonly string[],
  options: PartsOptions,
): Promise<DebuggedEngines> {
  const { folder, unfused, maxBuilds, asOutputs, failed, reason } = options;
  const what = asOutputs ? 'outputs' : 'debug tensors';
  await mkdir(folder, { recursive: true });
  const attempt = async (
    names: readonly string[],
    label: string,
    part: string,
    activityOf: (engine: string) => string,
  ): Promise<PartEnd<{ readonly path: string; readonly unfused: boolean }> & { readonly end: BuildEnd }> => {
    const debug = debugBuild(build, { names, unfused, asOutputs }, folder, label);
    const engine = enginePath(debug.build);
    const end = await options.build(debug.build, {
      activity: activityOf(path.basename(engine)),
      part,
    });
    if (isBuilt(end)) return { kind: 'built', engine: { path: engine, unfused: debug.unfused }, end };
    // What keeps any build from beginning keeps the next one, too.
    if (end.kind !== 'failed' || isKilled(end)) throw debugBuildError(end, { names, unfused, asOutputs });
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
    failed,
    build: async (names, number) => {
      const part = `${names.length} of ${tensors.length} ${what}`;
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
      const engine = enginePath(
        debugBuild(build, { names: [], unfused, asOutputs }, folder, 'unmarked').build,
      );
      try {
        const end = await attempt(
          [],
          'unmarked',
          `no ${what}`,
          () =>
            `building without ${what}, to see whether TensorRT crashes all the same (build ${number} of at most ${maxBuilds})`,
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
    throw new Error(`${message}\nThis is of a build without ${what}: the marks are not why it fails.`);
  }
  await removeParts(build, folder, built + 1);
  await removeEngine(engineOfOutputs(build, folder));
  if (built === 0) throw noPartError(split, `${tensors.length} ${what}`);
  const engines = [];
  for (const { engine } of split.parts) {
    engines.push(await debuggedEngine(engine.path, { ...options, unfused: engine.unfused }));
  }
  return {
    engines,
    split: { builds: split.builds, wanted: tensors.length, reason, leftOut: split.leftOut },
    ...(asOutputs && { asOutputs }),
    wanted: tensors,
  };
}

function noPartError(
  { leftOut, builds }: Pick<Awaited<ReturnType<typeof splitMarks>>, 'leftOut' | 'builds'>,
  marks: string,
): Error {
  const most = 4;
  return new Error(
    [
      `TensorRT built no engine with any of the ${marks}, in ${builds} builds with all or some of them marked.`,
      ...leftOut.slice(0, most).map(({ tensor, reason }) => `${tensor}: ${reason}`),
      ...(leftOut.length > most ? [`And ${leftOut.length - most} more.`] : []),
      'Name other tensors (--tensors), or use a newer TensorRT.',
    ].join('\n'),
  );
}
