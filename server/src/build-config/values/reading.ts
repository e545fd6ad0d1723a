/** What readers of values share: where they report, and the least kinds of nodes. */

import type { ValueSpec } from '../flags/index.ts';
import type {
  ConfigFix,
  ConfigNode,
  ConfigProblem,
  Located,
  MapNode,
  Named,
  Origin,
  ScalarNode,
} from '../model.ts';
import { whatItTakes } from './describe.ts';

export interface Reading {
  /** The key, for messages: `builderOptimizationLevel`. */
  readonly key: string;
  readonly report: (problem: ConfigProblem) => void;
}

export function wrongType(
  reading: Reading,
  node: ConfigNode,
  expected: string,
  fixes: readonly ConfigFix[] = [],
): undefined {
  problem(
    reading,
    'config.wrong-type',
    node.origin,
    `\`${reading.key}\` takes ${expected}, not ${shown(node)}.`,
    fixes,
  );
}

export function problem(
  { report }: Reading,
  code: string,
  origin: Origin,
  message: string,
  fixes: readonly ConfigFix[] = [],
): void {
  report({ code, severity: 'error', origin, message, ...(fixes.length > 0 && { fixes }) });
}

export function replaceBy(origin: Origin, newText: string, isPreferred = true): ConfigFix {
  return { title: `Replace by ${newText}`, edits: [{ origin, newText }], isPreferred };
}

/** A scalar, and not nothing. */
export function scalarOf(node: ConfigNode, spec: ValueSpec, reading: Reading): ScalarNode | undefined {
  if (node.kind === 'scalar' && node.value !== null) return node;
  return wrongType(reading, node, whatItTakes(spec));
}

export function mapOf(node: ConfigNode, spec: ValueSpec, reading: Reading): MapNode | undefined {
  return node.kind === 'map' ? node : wrongType(reading, node, whatItTakes(spec));
}

/** The items of a list; a single value is a list of one. */
export function itemsOf(node: ConfigNode): readonly ConfigNode[] {
  return node.kind === 'list' ? node.items : [node];
}

/** The entries of a map, each value read; those that cannot be read are left out. */
export function namedValues<Value>(
  node: MapNode,
  read: (value: ConfigNode, name: string) => Value | undefined,
): Named<Value>[] {
  return node.entries.flatMap(({ key, value }) => {
    const found = read(value, key.text);
    return found === undefined
      ? []
      : [{ name: { value: key.text, origin: key.origin }, value: { value: found, origin: value.origin } }];
  });
}

/** The items, each read; those that cannot be read are left out. */
export function locatedValues<Value>(
  nodes: readonly ConfigNode[],
  read: (node: ConfigNode) => Value | undefined,
): Located<Value>[] {
  return nodes.flatMap((node) => {
    const value = read(node);
    return value === undefined ? [] : [{ value, origin: node.origin }];
  });
}

/** A node as messages show it. */
export function shown(node: ConfigNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a map';
  if (node.value === null) return 'nothing';
  const text = node.text.length > 40 ? `${node.text.slice(0, 39)}…` : node.text;
  return typeof node.value === 'string' ? `"${text}"` : text;
}
