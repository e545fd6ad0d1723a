import * as path from 'node:path';

/**
 * The setting `tensorrt.check.plugins` with more libraries. Those in the workspace's folder are written relative to it, so that the setting
 * goes with the folder; `folder` is undefined where none is open. Paths are absolute and of this machine.
 */
export function settingWith(
  known: readonly string[],
  libraries: readonly string[],
  folder: string | undefined,
): string[] {
  const absolute = (entry: string) => (folder === undefined ? entry : path.resolve(folder, entry));
  const there = new Set(known.map(absolute));
  const added = libraries.filter((library) => !there.has(library));
  return [...known, ...[...new Set(added)].map((library) => entryOf(library, folder))];
}

function entryOf(library: string, folder: string | undefined): string {
  if (folder === undefined) return library;
  const way = path.relative(folder, library);
  if (way.startsWith(`..${path.sep}`) || path.isAbsolute(way)) return library;
  return way.split(path.sep).join('/');
}
