/** Two profiles side by side: per layer, and per ONNX node where fusions differ between them. */
import { comparableName } from '../layer-names.ts';
import type { NodeGroup, NodeTimes } from './node-times.ts';
import { type ProfiledLayer, sum } from './profile.ts';

export interface LayerComparison {
  readonly name: string;
  /** Milliseconds of one inference; absent where the profile has no such layer. */
  readonly before?: number;
  readonly after?: number;
}

/** The smallest set of nodes that both profiles have as a whole: what one fuses may be apart in the other. */
export interface NodeComparison {
  /** Names in the order of the first profile. */
  readonly nodes: readonly string[];
  readonly before: readonly NodeGroup[];
  readonly after: readonly NodeGroup[];
  /** Milliseconds of one inference. */
  readonly beforeMilliseconds: number;
  readonly afterMilliseconds: number;
  /** Whether both have the same groups. */
  readonly sameFusion: boolean;
}

/** Layers whose names differ in TensorRT's counters only are taken for the same. */
export function compareLayers(
  before: readonly ProfiledLayer[],
  after: readonly ProfiledLayer[],
): LayerComparison[] {
  const later = new Map<string, ProfiledLayer[]>();
  for (const layer of after) {
    const key = comparableName(layer.name);
    later.set(key, [...(later.get(key) ?? []), layer]);
  }
  const rows: LayerComparison[] = before.map(({ name, average }) => {
    const match = later.get(comparableName(name))?.shift();
    return { name, before: average, ...(match && { after: match.average }) };
  });
  const rest = new Set([...later.values()].flat());
  return [
    ...rows,
    ...after.filter((layer) => rest.has(layer)).map(({ name, average }) => ({ name, after: average })),
  ];
}

/** Both profiles are of engines of the same model; nodes are known by their names and the calls that lead to them. */
export function compareNodes(before: NodeTimes, after: NodeTimes): NodeComparison[] {
  const parts = new Parts();
  for (const { groups } of [before, after]) {
    for (const group of groups) parts.join(namesOf(group));
  }
  const rows = new Map<string, { nodes: Set<string>; before: NodeGroup[]; after: NodeGroup[] }>();
  for (const [side, { groups }] of [['before', before] as const, ['after', after] as const]) {
    for (const group of groups) {
      const names = namesOf(group);
      const key = parts.of(names[0] ?? '');
      const row = rows.get(key) ?? { nodes: new Set<string>(), before: [], after: [] };
      rows.set(key, row);
      for (const name of names) row.nodes.add(name);
      row[side].push(group);
    }
  }
  return [...rows.values()].map((row) => ({
    nodes: [...row.nodes],
    before: row.before,
    after: row.after,
    beforeMilliseconds: sum(row.before.map(({ milliseconds }) => milliseconds)),
    afterMilliseconds: sum(row.after.map(({ milliseconds }) => milliseconds)),
    sameFusion: fusion(row.before) === fusion(row.after),
  }));
}

function namesOf({ nodes }: NodeGroup): string[] {
  return nodes.map(({ path, name }) => [...path, name].join('/'));
}

function fusion(groups: readonly NodeGroup[]): string {
  return JSON.stringify(groups.map((group) => namesOf(group).sort()).sort());
}

/** Names that belong together, directly or by others between them. */
class Parts {
  readonly #parents = new Map<string, string>();

  of(name: string): string {
    let root = name;
    for (let parent = this.#parents.get(root); parent !== undefined && parent !== root; ) {
      root = parent;
      parent = this.#parents.get(root);
    }
    this.#parents.set(name, root);
    return root;
  }

  join(names: readonly string[]): void {
    const [first] = names;
    if (first === undefined) return;
    const root = this.of(first);
    for (const name of names) this.#parents.set(this.of(name), root);
  }
}
