/** Writes one setting of one build into its config's text, and leaves all else as it is: comments, order, other builds. */
import { insertedBefore, isEntry, offsetAt } from './checks/edits.ts';
import type { BuildConfig, ConfigEdit, ConfigFile, MapNode, Origin, ResolvedConfig } from './model.ts';
import { entryOf } from './tree.ts';

export interface SetSetting {
  readonly edits: readonly ConfigEdit[];
  /** Names of all builds that the setting is for; more than one where the build has no place of its own in the file. */
  readonly builds: readonly string[];
}

/**
 * `value`: YAML. A setting that stands in the build's own part of the file is replaced; otherwise one is added there, which wins over
 * what the build shares with others. Throws an error for people where the text leaves no place for it.
 */
export function setSetting(
  { files, builds }: ResolvedConfig,
  build: BuildConfig,
  key: 'weightStreamingBudget',
  value: string,
): SetSetting {
  const [file] = files;
  if (!file?.root) throw new Error(`${build.file} cannot be read as a config; nothing was written.`);
  const own = ownMap(file, build.name);
  const map = withoutMerged(own ?? file.root);
  const written = entryOf(map, key);
  const textOf = (path: string) => (path === file.file ? file.text : '');
  const affected = own ? [build.name] : builds.map(({ name }) => name);
  if (written && isEntry(file.text, written.key.origin, written.value.origin)) {
    return { edits: [{ origin: written.value.origin, newText: value }], builds: affected };
  }
  // Beside what it belongs to, or else at the end of the map.
  const neighbour = entryOf(map, 'allowWeightStreaming')?.key ?? map.entries[0]?.key;
  if (!neighbour || neighbour.origin.file !== file.file) {
    throw new Error(`${file.file} has no place for it: add \`${key}: ${value}\` to the build yourself.`);
  }
  const last = map.entries.at(-1);
  const edit =
    own || !last || isOneLine(file.text, map.origin)
      ? insertedBefore({ textOf }, neighbour.origin, `${key}: ${value}`)
      : appended(file.text, neighbour.origin, `${key}: ${value}`);
  return { edits: [edit], builds: affected };
}

/** What a map merges from an anchor is not its own: an edit there would change what else merges it. */
function withoutMerged(map: MapNode): MapNode {
  return { ...map, entries: map.entries.filter(({ isMerged }) => isMerged !== true) };
}

/** The map under `builds` that is this build's alone; undefined for the only build of a file, and those of a matrix. */
function ownMap({ file, text, root }: ConfigFile, name: string): MapNode | undefined {
  const builds = name === '' ? undefined : entryOf(root, 'builds')?.value;
  const found = builds?.kind === 'map' ? entryOf(builds, name) : undefined;
  if (found?.value.kind !== 'map' || found.value.entries.length === 0) return undefined;
  if (isEntry(text, found.key.origin, found.value.origin)) return found.value;
  throw new Error(
    `In ${file} the build ${name} is an alias of settings that others have, too: give it a map of its own (\`<<: *NAME\`) first.`,
  );
}

function isOneLine(text: string, { range }: Origin): boolean {
  return text[offsetAt(text, range.start)] === '{';
}

/** On a line of its own before the neighbour's: its comments stay above it. */
function appended(text: string, { file, range }: Origin, entry: string): ConfigEdit {
  const start = offsetAt(text, range.start);
  const end = text.indexOf('\n', start);
  const line = end < 0 ? text.slice(start) : text.slice(start, end);
  const isScalar = /^[\w-]+\s*:\s*[^\s{[|>&*#]/.test(line);
  const place = isScalar
    ? { line: range.start.line, character: range.start.character + line.replace(/\r$/, '').length }
    : range.start;
  const indent = ' '.repeat(range.start.character);
  return {
    origin: { file, range: { start: place, end: place } },
    newText: isScalar ? `\n${indent}${entry}` : `${entry}\n${indent}`,
  };
}
