import { isExtensionKey } from '../extension-keys.ts';
import { type ConfigKey, isConfigKey, type ValueOf } from '../flags/index.ts';
import type { BuildConfig, ConfigProblem, Located, MapNode, Setting } from '../model.ts';
import { entryOf } from '../tree.ts';
import { readSetting } from '../values/read.ts';
import type { Combination } from './matrix.ts';
import { withoutPlaceholders } from './placeholders.ts';

/** One build, from all that is said of it. */
export function buildOf(
  file: string,
  { name, origin, axes }: Combination,
  settings: MapNode,
  report: (problem: ConfigProblem) => void,
): BuildConfig {
  const counted = { ...settings, entries: settings.entries.filter(({ key }) => !isExtensionKey(key.text)) };
  const map = withoutPlaceholders(counted, { build: name, axes }, report);
  const read = new Map<ConfigKey, Setting<unknown>>();
  for (const { key, value } of map.entries) {
    if (!isConfigKey(key.text) || (value.kind === 'scalar' && value.value === null)) continue;
    const found = readSetting(key.text, value, report);
    if (found !== undefined) {
      read.set(key.text, { value: found, origin: value.origin, keyOrigin: key.origin });
    }
  }
  return {
    name,
    file,
    origin,
    axes,
    keys: [...read.keys()],
    // The map holds under each key what the reader of that key gave.
    get: <Key extends ConfigKey>(key: Key) => read.get(key) as Setting<ValueOf<Key>> | undefined,
    unknownFlags: flagsIn(map),
  };
}

function flagsIn(map: MapNode): Located<string>[] {
  const node = entryOf(map, 'unknownFlags')?.value;
  const items = node === undefined ? [] : node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) =>
    item.kind === 'scalar' && item.value !== null ? [{ value: item.text, origin: item.origin }] : [],
  );
}
