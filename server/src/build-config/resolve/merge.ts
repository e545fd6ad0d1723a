/** How settings come together: maps key by key, everything else as a whole, and `null` takes away. */
import type { MapEntry, MapNode } from '../model.ts';

/** `over` wins. Keys keep the order of `base`; new ones follow. */
export function merged(base: MapNode, over: MapNode): MapNode {
  const entries = new Map<string, MapEntry>(base.entries.map((entry) => [entry.key.text, entry]));
  for (const entry of over.entries) {
    const name = entry.key.text;
    const before = entries.get(name);
    if (entry.value.kind === 'scalar' && entry.value.value === null && before) {
      entries.delete(name);
    } else if (before?.value.kind === 'map' && entry.value.kind === 'map') {
      entries.set(name, { ...entry, value: merged(before.value, entry.value) });
    } else {
      entries.set(name, entry);
    }
  }
  return { ...over, entries: [...entries.values()] };
}

/** The map without some keys. */
export function without(map: MapNode, keys: ReadonlySet<string>): MapNode {
  return { ...map, entries: map.entries.filter(({ key }) => !keys.has(key.text)) };
}
