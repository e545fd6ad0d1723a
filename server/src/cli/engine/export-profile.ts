import type { JoinedProfile } from '../../engine/profile/join.ts';
import type { NodeTimes } from '../../engine/profile/node-times.ts';
import { chromeTrace } from '../../engine/profile/trace.ts';
import { writeLayerTimes, writeTimes } from '../../engine/profile/write.ts';
import type { Arguments } from '../command.ts';
import { requireWritable, writeResult } from '../result-file.ts';
import type { Terminal } from '../terminal.ts';

type Exported = JoinedProfile & { readonly layerJson?: string; readonly own?: string };

const options = ['export', 'export-times', 'export-profile', 'export-layer-info', 'trace'] as const;

export function exportsSomething(given: Arguments): boolean {
  return options.some((option) => given.value(option) !== undefined);
}

/** Throws an error for people where a file that is asked for cannot be written. */
export async function requireExportsWritable(given: Arguments): Promise<void> {
  for (const option of options) await requireWritable(given.value(option));
}

/** Writes the files that were asked for. Throws an error for people where the profile does not have what a file is to tell. */
export async function exportProfile(
  profile: Exported,
  times: NodeTimes | undefined,
  given: Arguments,
  terminal: Terminal,
): Promise<void> {
  const { iterations, layers, layerRuns } = profile;
  const texts: Readonly<Record<(typeof options)[number], () => string | undefined>> = {
    export: () => profile.own,
    'export-times': () => (iterations.length > 0 ? writeTimes(iterations) : undefined),
    'export-profile': () => (layers.length > 0 ? writeLayerTimes(layers, layerRuns) : undefined),
    'export-layer-info': () => profile.layerJson,
    trace: () => chromeTrace(iterations, layers, times?.mapping.layers),
  };
  for (const option of options) {
    const file = given.value(option);
    if (file === undefined) continue;
    const text = texts[option]();
    if (text === undefined) throw new Error(`${file} is not written: ${lacks[option]}.`);
    await writeResult(file, text, terminal);
  }
}

const lacks = {
  export: 'only a run of an engine has all of it',
  'export-times': 'the profile has no times of inferences',
  'export-profile': 'the profile has no times of layers',
  'export-layer-info': 'only a run of an engine has it',
  trace: 'the profile has no times',
};
