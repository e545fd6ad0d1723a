/** Plugin libraries that checks load: which, and in which state their files are. */
import { statSync } from 'node:fs';

export interface PluginSet {
  /** Absolute, in the order in which they are loaded, each once. */
  readonly paths: readonly string[];
  /** Another one for other paths, and for files that were written anew: a process cannot let go of what it has loaded. */
  readonly key: string;
}

export const noPlugins: PluginSet = { paths: [], key: '' };

/** The files as they are now; one that is not there is for TensorRT's process to tell of. `paths` are absolute. */
export function pluginSet(paths: readonly string[]): PluginSet {
  const distinct = [...new Set(paths)];
  if (distinct.length === 0) return noPlugins;
  const states = distinct.map((path) => {
    const status = statSync(path, { throwIfNoEntry: false, bigint: true });
    return [path, String(status?.size), String(status?.mtimeNs), String(status?.ino)];
  });
  return { paths: distinct, key: JSON.stringify(states) };
}

export function isSameList(one: PluginSet, other: PluginSet): boolean {
  return JSON.stringify(one.paths) === JSON.stringify(other.paths);
}
