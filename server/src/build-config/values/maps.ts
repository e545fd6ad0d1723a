import { closest, didYouMean } from '../../onnx/text/parser/suggestions.ts';
import type { Choice, ValueSpec } from '../flags/index.ts';
import type {
  ConfigNode,
  MapNode,
  MemorySize,
  Named,
  PathValue,
  ReferencePair,
  SafetyPlugin,
} from '../model.ts';
import { oneOf, whatItTakes } from './describe.ts';
import {
  itemsOf,
  locatedValues,
  mapOf,
  namedValues,
  problem,
  type Reading,
  replaceBy,
  wrongType,
} from './reading.ts';
import { choiceOf, readBoolean, readChoice, readPath, readSize, readText } from './scalars.ts';

/** The entries of a map whose keys are known, under the names that the table has for them. */
function knownEntries(map: MapNode, known: readonly Choice[], reading: Reading): MapNode {
  const entries = map.entries.flatMap((entry) => {
    const choice = choiceOf(entry.key.text, known);
    if (choice) return [{ ...entry, key: { ...entry.key, text: choice.name, value: choice.name } }];
    const names = known.map(({ name }) => name);
    const near = closest(entry.key.text, names);
    problem(
      reading,
      'config.unknown-name',
      entry.key.origin,
      `\`${reading.key}\` has no ${entry.key.text}; it has ${oneOf(known)}.${didYouMean(entry.key.text, names)}`,
      near === undefined ? [] : [replaceBy(entry.key.origin, near)],
    );
    return [];
  });
  return { ...map, entries };
}

export function readSwitches(
  node: ConfigNode,
  spec: ValueSpec & { readonly kind: 'switches' },
  reading: Reading,
): Named<boolean>[] | undefined {
  const map = mapOf(node, spec, reading);
  return (
    map &&
    namedValues(knownEntries(map, spec.choices, reading), (value, name) =>
      readBoolean(value, { ...reading, key: name }),
    )
  );
}

export function readChoiceByName(
  node: ConfigNode,
  { names, choices, ...spec }: ValueSpec & { readonly kind: 'choiceByName' | 'choicesByName' },
  reading: Reading,
): Named<string>[] | undefined {
  const map = mapOf(node, { ...spec, choices, ...(names && { names }) }, reading);
  return (
    map &&
    namedValues(names ? knownEntries(map, names, reading) : map, (value, name) =>
      readChoice(value, choices, reading, `\`${name}\``),
    )
  );
}

/** `fp16+fp32`, or a list. */
export function readChoicesByName(
  node: ConfigNode,
  spec: ValueSpec & { readonly kind: 'choiceByName' | 'choicesByName' },
  reading: Reading,
): Named<readonly string[]>[] | undefined {
  const map = mapOf(node, spec, reading);
  return (
    map &&
    namedValues(map, (value, name) => {
      const parts = itemsOf(value).flatMap((item) =>
        item.kind === 'scalar' && item.text.includes('+')
          ? item.text.split('+').map((text): ConfigNode => ({ ...item, text, value: text }))
          : [item],
      );
      const types = parts.map((part) => readChoice(part, spec.choices, reading, `\`${name}\``));
      return types.every((type) => type !== undefined) ? types : undefined;
    })
  );
}

export function readPools(
  node: ConfigNode,
  spec: ValueSpec & { readonly kind: 'pools' },
  reading: Reading,
): Named<MemorySize>[] | undefined {
  const map = mapOf(node, spec, reading);
  return (
    map &&
    namedValues(knownEntries(map, spec.pools, reading), (value, name) =>
      readSize(value, 'MiB', reading, `\`${name}\``),
    )
  );
}

export function readPathByName(
  node: ConfigNode,
  spec: ValueSpec,
  reading: Reading,
): Named<PathValue>[] | undefined {
  const map = mapOf(node, spec, reading);
  return map && namedValues(map, (value) => readPath(value, { kind: 'path' }, reading));
}

export function readReferencePairs(
  node: ConfigNode,
  spec: ValueSpec,
  reading: Reading,
): ReferencePair[] | undefined {
  if (node.kind !== 'list') return wrongType(reading, node, whatItTakes(spec));
  return node.items.flatMap((item) => {
    const map = mapOf(item, spec, reading);
    if (!map) return [];
    const files: Record<string, readonly Named<PathValue>[]> = {};
    const parts = [
      { name: 'loadInputs', doc: '' },
      { name: 'loadRefOutputs', doc: '' },
    ];
    for (const { key, value } of knownEntries(map, parts, reading).entries) {
      files[key.text] = readPathByName(value, { kind: 'pathByName' }, { ...reading, key: key.text }) ?? [];
    }
    return [
      {
        loadInputs: files['loadInputs'] ?? [],
        loadRefOutputs: files['loadRefOutputs'] ?? [],
        origin: item.origin,
      },
    ];
  });
}

/** `lib.so`, `lib.so[ns::a,ns::b]` or `{ library: lib.so, plugins: [ns::a] }`. */
export function readSafetyPlugin(
  node: ConfigNode,
  spec: ValueSpec,
  reading: Reading,
): SafetyPlugin | undefined {
  if (node.kind === 'scalar') {
    const [, text = node.text, plugins] = /^(.*)\[([^\]]*)\]$/.exec(node.text) ?? [];
    const library = readPath({ ...node, text, value: node.value === null ? null : text }, spec, reading);
    return library && { library, plugins: plugins ? plugins.split(',') : [] };
  }
  const map = mapOf(node, spec, reading);
  if (!map) return undefined;
  const parts = [
    { name: 'library', doc: '' },
    { name: 'plugins', doc: '' },
  ];
  const { entries } = knownEntries(map, parts, reading);
  const library = entries.find(({ key }) => key.text === 'library');
  const plugins = entries.find(({ key }) => key.text === 'plugins');
  if (!library) return wrongType(reading, node, whatItTakes(spec));
  const path = readPath(library.value, spec, reading);
  const names = plugins
    ? locatedValues(itemsOf(plugins.value), (item) => readText(item, { kind: 'names' }, reading))
    : [];
  return path && { library: path, plugins: names.map(({ value }) => value) };
}
