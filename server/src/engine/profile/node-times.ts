/** The time of layers as the time of ONNX nodes. Time of a fused group is the group's: nobody knows how it divides. */
import type { GraphNode } from '../graph-nodes.ts';
import { type EngineLayer, readLayerInformation } from '../layer-information.ts';
import { type LayerMapping, type Mapping, mapLayers } from '../map-layers.ts';
import { type ProfiledLayer, sum } from './profile.ts';

/** Nodes that layers compute together, and what these layers take. */
export interface NodeGroup {
  /** In the model's order, at least one. */
  readonly nodes: readonly GraphNode[];
  readonly layers: readonly TimedLayer[];
  /** Milliseconds of one inference. */
  readonly milliseconds: number;
  /** Of the time of all layers: 0 to 1. */
  readonly share: number;
}

export interface TimedLayer {
  readonly layer: EngineLayer;
  /** Milliseconds of one inference. */
  readonly milliseconds: number;
  readonly share: number;
}

export interface NodeTimes {
  /** Milliseconds of one inference: of all layers together. */
  readonly total: number;
  /** Each set of nodes once, in the order in which the engine first runs one of their layers. */
  readonly groups: readonly NodeGroup[];
  /** Layers that no node accounts for, and why. */
  readonly others: readonly (TimedLayer & { readonly why: string })[];
  readonly mapping: Mapping;
}

/** `information` gives types, tactics and metadata; without it layers are known by their names alone. */
export function nodeTimes(
  profiled: readonly ProfiledLayer[],
  information: readonly EngineLayer[] | undefined,
  nodes: readonly GraphNode[],
): NodeTimes {
  const layers = joinLayers(profiled, information ?? []);
  const mapping = mapLayers(
    layers.map(({ layer }) => layer),
    nodes,
  );
  const total = sum(profiled.map(({ average }) => average));
  const order = new Map(nodes.map((node, index) => [node, index]));
  const groups = new Map<string, { nodes: readonly GraphNode[]; layers: TimedLayer[] }>();
  const others: (TimedLayer & { why: string })[] = [];
  for (const [index, mapped] of mapping.layers.entries()) {
    const milliseconds = layers[index]?.milliseconds ?? 0;
    const timed = { layer: mapped.layer, milliseconds, share: shareOf(milliseconds, total) };
    if (mapped.nodes.length === 0) {
      others.push({ ...timed, why: mapped.note ?? '' });
      continue;
    }
    const key = groupKey(mapped, order);
    const group = groups.get(key);
    if (group) group.layers.push(timed);
    else groups.set(key, { nodes: mapped.nodes, layers: [timed] });
  }
  return {
    total,
    groups: [...groups.values()].map((group) => {
      const milliseconds = sum(group.layers.map((layer) => layer.milliseconds));
      return { ...group, milliseconds, share: shareOf(milliseconds, total) };
    }),
    others,
    mapping,
  };
}

/** Layers of the engine that were not timed are there with 0 ms: they are part of the mapping. */
function joinLayers(
  profiled: readonly ProfiledLayer[],
  information: readonly EngineLayer[],
): { layer: EngineLayer; milliseconds: number }[] {
  // Names may repeat; the n-th of a name is the n-th.
  const known = new Map<string, EngineLayer[]>();
  for (const layer of information) known.set(layer.name, [...(known.get(layer.name) ?? []), layer]);
  const timed = profiled.map(({ name, average }) => ({
    layer: known.get(name)?.shift() ?? layerOfName(name),
    milliseconds: average,
  }));
  const used = new Set(timed.map(({ layer }) => layer));
  // Further profiles' copies of the layers are not those that ran.
  const rest = information.filter(
    (layer) => !used.has(layer) && layer.profile === 0 && profiled.length === 0,
  );
  return [...timed, ...rest.map((layer) => ({ layer, milliseconds: 0 }))];
}

/** What a name alone tells. */
export function layerOfName(name: string): EngineLayer {
  const [layer] = readLayerInformation(JSON.stringify({ Layers: [name] })).layers;
  if (!layer) throw new Error('A list of one layer has one layer.');
  return layer;
}

function groupKey({ nodes }: LayerMapping, order: ReadonlyMap<GraphNode, number>): string {
  return nodes.map((node) => order.get(node)).join(' ');
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
