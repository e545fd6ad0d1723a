/** A profile along time: layers one after another, under the functions and scopes that their nodes are in. */
import type { GraphNode } from '../graph-nodes.ts';
import { withoutProfile } from '../layer-information.ts';
import type { LayerMapping } from '../map-layers.ts';
import { millisecondsText, shareText } from '../sizes.ts';
import { nodeName } from './describe-profile.ts';
import { type ProfiledLayer, sum } from './profile.ts';

export interface FlameFrame {
  readonly kind: 'inference' | 'scope' | 'layer';
  readonly label: string;
  /** 0 for the inference as a whole; layers are below their scopes. */
  readonly depth: number;
  /** Milliseconds from the first layer's beginning: layers as if they ran one after another. */
  readonly start: number;
  readonly milliseconds: number;
  /** Of a layer: its time by that of the longest one, 0 to 1. */
  readonly heat: number;
  /** Sentences: time and share, the layer, all nodes that it computes, why there are none. */
  readonly details: readonly string[];
}

export interface FlameChart {
  /** Milliseconds of one inference: of all layers together. */
  readonly total: number;
  /** Rows, at least 2. */
  readonly depth: number;
  /** By start, outer ones first. */
  readonly frames: readonly FlameFrame[];
}

/** Undefined where the layers took no time. `mapped`: in the order of the layers; without it, names of layers are all there is. */
export function flameChart(
  layers: readonly ProfiledLayer[],
  mapped: readonly LayerMapping[] = [],
): FlameChart | undefined {
  const total = sum(layers.map(({ average }) => average));
  if (total <= 0) return undefined;
  const longest = layers.reduce((most, { average }) => Math.max(most, average), 0);
  const builder = new Builder(total);
  for (const [index, layer] of layers.entries()) {
    const mapping = mapped[index];
    builder.layer(layer, scopesOf(mapping?.nodes ?? []), {
      label: labelOf(layer, mapping),
      heat: layer.average / longest,
      details: detailsOf(layer, mapping, total),
    });
  }
  return { total, ...builder.finish() };
}

/** What all nodes of a layer are in: calls and subgraphs, then the parts of their names before the last `/`. */
export function scopesOf(nodes: readonly GraphNode[]): string[] {
  const [first, ...others] = nodes.map(({ path, name }) => [...path, ...nameScopes(name)]);
  if (!first) return [];
  const length = others.reduce((common, other) => {
    let same = 0;
    while (same < common && first[same] === other[same]) same++;
    return same;
  }, first.length);
  return first.slice(0, length);
}

/** `/model.11/attn/MatMul` lies in `model.11` and, in that, `attn`. */
function nameScopes(name: string): string[] {
  return name
    .split('/')
    .slice(0, -1)
    .filter((part) => part !== '');
}

function labelOf({ name }: ProfiledLayer, mapping: LayerMapping | undefined): string {
  const nodes = mapping?.nodes ?? [];
  const [first] = nodes;
  if (!first) return withoutProfile(name);
  const short = (node: GraphNode) => node.name.split('/').at(-1) || node.name;
  return nodes.length <= 3 ? nodes.map(short).join(' + ') : `${short(first)} + ${nodes.length - 1} more`;
}

function detailsOf(layer: ProfiledLayer, mapping: LayerMapping | undefined, total: number): string[] {
  const { type, tactic } = mapping?.layer ?? {};
  const nodes = mapping?.nodes ?? [];
  const kind = [type, tactic].filter((part) => part !== undefined).join(', ');
  return [
    `${millisecondsText(layer.average)} ms, ${shareText(layer.average / total)} of all layers`,
    `Layer ${layer.name}${kind === '' ? '' : ` (${kind})`}`,
    ...(nodes.length === 1 ? [`Node ${nodeName(nodes[0] as GraphNode)}`] : []),
    ...(nodes.length > 1
      ? [
          `${nodes.length} nodes together; how the time divides is not known: ${nodes.map(nodeName).join(', ')}`,
        ]
      : []),
    ...(mapping?.note === undefined ? [] : [mapping.note]),
  ];
}

class Builder {
  readonly #total: number;
  readonly #frames: FlameFrame[] = [];
  /** Scopes that the last layer was in, outermost first, and where they began. */
  #open: { readonly name: string; readonly start: number; readonly index: number; layers: number }[] = [];
  #at = 0;
  #depth = 2;

  constructor(total: number) {
    this.#total = total;
    this.#frames.push({
      kind: 'inference',
      label: 'One inference',
      depth: 0,
      start: 0,
      milliseconds: total,
      heat: 0,
      details: [`${millisecondsText(total)} ms in all layers`],
    });
  }

  layer(
    { average }: ProfiledLayer,
    scopes: readonly string[],
    told: Pick<FlameFrame, 'label' | 'heat' | 'details'>,
  ): void {
    let same = 0;
    while (same < this.#open.length && this.#open[same]?.name === scopes[same]) same++;
    this.#close(same);
    for (const name of scopes.slice(same)) {
      // Its place is kept: outer frames come first.
      this.#open.push({ name, start: this.#at, index: this.#frames.length, layers: 0 });
      this.#frames.push(this.#scope(name, this.#open.length, this.#at, 0, 0));
    }
    for (const scope of this.#open) scope.layers++;
    const depth = scopes.length + 1;
    this.#depth = Math.max(this.#depth, depth + 1);
    this.#frames.push({ kind: 'layer', depth, start: this.#at, milliseconds: average, ...told });
    this.#at += average;
  }

  finish(): Pick<FlameChart, 'depth' | 'frames'> {
    this.#close(0);
    return { depth: this.#depth, frames: this.#frames };
  }

  #close(keep: number): void {
    for (const [offset, { name, start, index, layers }] of this.#open.slice(keep).entries()) {
      this.#frames[index] = this.#scope(name, keep + offset + 1, start, this.#at - start, layers);
    }
    this.#open = this.#open.slice(0, keep);
  }

  #scope(label: string, depth: number, start: number, milliseconds: number, layers: number): FlameFrame {
    const time = `${millisecondsText(milliseconds)} ms, ${shareText(milliseconds / this.#total)} of all layers`;
    return {
      kind: 'scope',
      label,
      depth,
      start,
      milliseconds,
      heat: 0,
      details: [time, layers === 1 ? 'One layer' : `${layers} layers in a row`],
    };
  }
}
