/** `--plugin` of the commands that have a model judged. */
import path from 'node:path';
import type { Verdict } from '../tensorrt/check.ts';
import { displayName } from '../tensorrt/installations/installation.ts';
import { type PluginSet, pluginSet } from '../tensorrt/plugin-set.ts';
import type { Runtime } from '../tensorrt/runtimes.ts';
import type { Arguments, Option } from './command.ts';
import { printable } from './report/style.ts';

export const pluginOption: Readonly<Record<string, Option>> = {
  plugin: {
    value: 'LIBRARY',
    multiple: true,
    help: 'A plugin library that the model needs; may be repeated.',
  },
};

export function pluginsOf(given: Arguments): PluginSet {
  return pluginSet(given.values('plugin').map((library) => path.resolve(library)));
}

/** For standard error. Each names the runtime: what one loads may be strange to another. */
export function pluginNotes({ description }: Runtime, { pluginProblems }: Verdict): readonly string[] {
  return pluginProblems.map((problem) => `note: ${displayName(description)}: ${printable(problem)}`);
}
