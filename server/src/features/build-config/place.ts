/** Where a position is in a config: which setting, and how deep in its value. */
import type { Position, Range } from 'vscode-languageserver-types';
import { isExtensionKey } from '../../build-config/extension-keys.ts';
import { type ConfigKey, isConfigKey } from '../../build-config/flags/index.ts';
import type { ConfigNode, MapNode, ScalarNode } from '../../build-config/model.ts';

export interface Place {
  /** The build under `builds` that it is in. */
  readonly build?: string;
  readonly setting: ConfigKey;
  /**
   * From the setting's value to what the position is in: names of maps, indices of lists. For a key of a map it ends with the map,
   * for a value with the value itself.
   */
  readonly path: readonly (string | number)[];
  /** `setting`: at the setting's own key. */
  readonly role: 'setting' | 'key' | 'value';
  /** The word at the position. */
  readonly word: ScalarNode;
  /** The map that a key is in. */
  readonly map?: MapNode;
}

/** Undefined outside all settings. */
export function placeAt(root: ConfigNode | undefined, position: Position): Place | undefined {
  const found = root && find(root, position, []);
  if (!found) return undefined;
  const { steps, ...rest } = found;
  const [first, second] = steps;
  if (first === 'builds') {
    return typeof second === 'string' ? settled(rest, steps.slice(2), second) : undefined;
  }
  // Most hold settings that builds merge.
  if (typeof first === 'string' && isExtensionKey(first)) return settled(rest, steps.slice(1));
  if (first !== 'matrix') return settled(rest, steps);
  if (second === 'include') return settled(rest, steps.slice(3));
  if (second === 'exclude') return undefined;
  // `model: [small.onnx, big.onnx]` is an axis of a key's values, `precision: { fp16: { … } }` one of settings.
  return typeof steps[2] === 'number' && typeof second === 'string'
    ? settled(rest, [second, ...steps.slice(3)])
    : settled(rest, steps.slice(3));
}

type Found = Pick<Place, 'word' | 'map'> & {
  readonly role: 'key' | 'value';
  readonly steps: readonly (string | number)[];
};

function settled(
  found: Omit<Found, 'steps'>,
  [setting, ...path]: readonly (string | number)[],
  build?: string,
): Place | undefined {
  const { role, word } = found;
  if (setting === undefined && role === 'key' && isConfigKey(word.text)) {
    return { ...found, role: 'setting', setting: word.text, path, ...(build !== undefined && { build }) };
  }
  return typeof setting === 'string' && isConfigKey(setting)
    ? { ...found, setting, path, ...(build !== undefined && { build }) }
    : undefined;
}

function find(node: ConfigNode, position: Position, steps: readonly (string | number)[]): Found | undefined {
  if (node.kind === 'scalar') {
    return isIn(node.origin.range, position) ? { role: 'value', word: node, steps } : undefined;
  }
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) {
      const found = find(item, position, [...steps, index]);
      if (found) return found;
    }
    return undefined;
  }
  for (const { key, value } of node.entries) {
    if (isIn(key.origin.range, position)) return { role: 'key', word: key, steps, map: node };
    const found = find(value, position, [...steps, key.text]);
    if (found) return found;
  }
  return undefined;
}

/** With both ends, since a cursor behind a word is at it. */
export function isIn({ start, end }: Range, { line, character }: Position): boolean {
  return (
    (line > start.line || (line === start.line && character >= start.character)) &&
    (line < end.line || (line === end.line && character <= end.character))
  );
}
