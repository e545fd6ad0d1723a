/** Which ONNX nodes run in which layer of an engine. What cannot be told is said, never guessed. */
import type { GraphNode } from './graph-nodes.ts';
import type { EngineLayer } from './layer-information.ts';
import { namedNodes, readLayerName } from './layer-names.ts';
import { listedNames } from './listed-names.ts';

export interface LayerMapping {
  readonly layer: EngineLayer;
  /** In the model's order. Several: they are fused, and have their time together. */
  readonly nodes: readonly GraphNode[];
  /** How it is known: by the layer's metadata, its name, or the tensors that it writes. */
  readonly by: 'metadata' | 'name' | 'tensors' | 'nothing';
  /** Nodes that the engine names and the model does not have: it was built from another model. */
  readonly unknownNodes: readonly string[];
  /** Why it has no nodes, or what its name tells beside them; a sentence. */
  readonly note?: string;
}

export interface NodeWithoutLayer {
  readonly node: GraphNode;
  /** Where its inputs come from and its outputs go to: it runs in one of these, or not at all. */
  readonly neighbours: readonly EngineLayer[];
  /** A sentence. */
  readonly why: string;
}

export interface Mapping {
  readonly layers: readonly LayerMapping[];
  readonly nodesWithoutLayer: readonly NodeWithoutLayer[];
  /** Layers that no node of the model accounts for. */
  readonly unmapped: readonly LayerMapping[];
}

export function mapLayers(layers: readonly EngineLayer[], nodes: readonly GraphNode[]): Mapping {
  const index = new NodeIndex(nodes);
  const mapped = layers.map((layer) => mapLayer(layer, index));
  return {
    layers: mapped,
    nodesWithoutLayer: nodesWithoutLayer(mapped, nodes, index),
    unmapped: mapped.filter(({ nodes: found }) => found.length === 0),
  };
}

function mapLayer(layer: EngineLayer, index: NodeIndex): LayerMapping {
  const reading = readLayerName(layer.name);
  const unknownNodes = layer.onnxNodes.filter((name) => !index.has(name));
  const told = index.named(layer.onnxNodes);
  if (told.length > 0) return { layer, nodes: told, by: 'metadata', unknownNodes };
  const between = reading.range ? index.between(reading.range.first, reading.range.last) : undefined;
  if (between) return { layer, nodes: between, by: 'name', unknownNodes };
  const named = index.named(namedNodes(reading.body, (name) => index.has(name)));
  if (named.length > 0) {
    const note = reading.isReformat ? 'It only changes the format of a tensor for the node.' : undefined;
    return { layer, nodes: named, by: 'name', unknownNodes, ...(note !== undefined && { note }) };
  }
  const writing = index.writing(layer.outputs.map(({ name }) => name));
  if (writing.length > 0) return { layer, nodes: writing, by: 'tensors', unknownNodes };
  return { layer, nodes: [], by: 'nothing', unknownNodes, note: whyNothing(layer, reading, unknownNodes) };
}

function whyNothing(
  { type, name }: EngineLayer,
  { range, operations }: ReturnType<typeof readLayerName>,
  unknownNodes: readonly string[],
): string {
  if (unknownNodes.length > 0) {
    return `It comes of ${quoted(unknownNodes)}, which the model does not have: the engine was built from another one.`;
  }
  if (range) return `It holds all from “${range.first}” to “${range.last}”, which the model does not have.`;
  if (type === 'shape_call') return 'TensorRT’s own: it works out shapes.';
  if (operations.length > 0) {
    return `Its name tells what it computes (${operations.join(', ')}), not for which nodes. An engine built with profilingVerbosity: detailed says so.`;
  }
  if (/^(__mye\d+|cast_hvar)/.test(name) || type === 'cast' || type === 'reshape') {
    return 'TensorRT’s own: it handles sizes or formats between other layers.';
  }
  return 'Neither its metadata nor its name nor its tensors name a node of the model.';
}

function quoted(names: readonly string[]): string {
  return listedNames(
    names.map((name) => `“${name}”`),
    3,
  );
}

class NodeIndex {
  readonly #order: ReadonlyMap<GraphNode, number>;
  readonly #byName = new Map<string, GraphNode[]>();
  readonly #byOutput = new Map<string, GraphNode>();
  readonly #readers = new Map<string, GraphNode[]>();

  constructor(nodes: readonly GraphNode[]) {
    this.#order = new Map(nodes.map((node, index) => [node, index]));
    for (const node of nodes) {
      const same = this.#byName.get(node.name);
      if (same) same.push(node);
      else this.#byName.set(node.name, [node]);
      // Names of values are unique in the main graph only.
      if (node.path.length > 0) continue;
      for (const output of node.outputs) if (output !== '') this.#byOutput.set(output, node);
      for (const input of node.inputs) {
        const readers = this.#readers.get(input);
        if (readers) readers.push(node);
        else this.#readers.set(input, [node]);
      }
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Where several nodes have one name, as those of a function that is called twice do, all of them. */
  named(names: readonly string[]): GraphNode[] {
    return this.#inOrder(new Set(names.flatMap((name) => this.#byName.get(name) ?? [])));
  }

  writing(outputs: readonly string[]): GraphNode[] {
    return this.#inOrder(new Set(outputs.flatMap((output) => this.#byOutput.get(output) ?? [])));
  }

  /** Nodes on the ways from one node, or value, to another; undefined where the model lacks one of them. */
  between(first: string, last: string): GraphNode[] | undefined {
    const [from, to] = [this.#end(first), this.#end(last)];
    // Without outputs nobody knows what lies behind it.
    if (!from || !to || from.outputs.length === 0) return undefined;
    const after = closure(from, (node) => this.readersOf(node));
    const before = closure(to, (node) => this.writersOf(node));
    const both = new Set([...after].filter((node) => before.has(node)));
    return both.size > 0 ? this.#inOrder(both) : this.#inOrder(new Set([from, to]));
  }

  /** Nodes that read what a node writes. */
  readersOf({ outputs }: GraphNode): GraphNode[] {
    return outputs.flatMap((output) => (output === '' ? [] : (this.#readers.get(output) ?? [])));
  }

  /** Nodes that write what a node reads. */
  writersOf({ inputs }: GraphNode): GraphNode[] {
    return inputs.flatMap((input) => this.#byOutput.get(input) ?? []);
  }

  #end(name: string): GraphNode | undefined {
    return this.#byName.get(name)?.[0] ?? this.#byOutput.get(name);
  }

  #inOrder(found: ReadonlySet<GraphNode>): GraphNode[] {
    const place = (node: GraphNode) => this.#order.get(node) ?? 0;
    return [...found].sort((left, right) => place(left) - place(right));
  }
}

function closure(start: GraphNode, next: (node: GraphNode) => readonly GraphNode[]): Set<GraphNode> {
  const found = new Set([start]);
  for (const node of found) for (const other of next(node)) found.add(other);
  return found;
}

/** Operators that say where values are and compute none. */
const layoutOperators = new Set([
  'Flatten',
  'Identity',
  'Reshape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'Dropout',
  'Shape',
]);

function nodesWithoutLayer(
  layers: readonly LayerMapping[],
  nodes: readonly GraphNode[],
  index: NodeIndex,
): NodeWithoutLayer[] {
  const layersOf = new Map<GraphNode, EngineLayer[]>();
  // A call is accounted for by the nodes of its function, an If by those of its branches.
  const callers = new Set<number>();
  for (const { layer, nodes: found } of layers) {
    for (const node of found) {
      layersOf.set(node, [...(layersOf.get(node) ?? []), layer]);
      if (node.path.length > 0) callers.add(node.top);
    }
  }
  const before = nearestLayers(nodes, (node) => index.writersOf(node), layersOf);
  const behind = nearestLayers([...nodes].reverse(), (node) => index.readersOf(node), layersOf);
  return nodes
    .filter((node) => node.path.length === 0 && !layersOf.has(node) && !callers.has(node.top))
    .map((node) => {
      const neighbours = [...new Set([...(before.get(node) ?? []), ...(behind.get(node) ?? [])])];
      return { node, neighbours, why: whyWithout(node, neighbours) };
    });
}

/** More would be no help to anybody. */
const mostNeighbours = 12;

/**
 * Per node, layers of the first nodes on each way that have some; constants are computed by none. Nodes come in the order in which
 * their neighbours are done before them, as ONNX wants them to stand.
 */
function nearestLayers(
  nodes: readonly GraphNode[],
  next: (node: GraphNode) => readonly GraphNode[],
  layersOf: ReadonlyMap<GraphNode, readonly EngineLayer[]>,
): ReadonlyMap<GraphNode, readonly EngineLayer[]> {
  const found = new Map<GraphNode, readonly EngineLayer[]>();
  for (const node of nodes) {
    if (node.path.length > 0) continue;
    const ways = next(node)
      .map((other) => layersOf.get(other) ?? (other.isConstant ? [] : (found.get(other) ?? [])))
      .filter((layers) => layers.length > 0);
    const [only = []] = ways;
    found.set(node, ways.length < 2 ? only : [...new Set(ways.flat())].slice(0, mostNeighbours));
  }
  return found;
}

function whyWithout({ isConstant, operator, domain }: GraphNode, neighbours: readonly EngineLayer[]): string {
  if (isConstant)
    return 'Its values are known beforehand, so they were worked out when the engine was built.';
  const names = quoted(neighbours.map(({ name }) => name));
  if (domain === '' && layoutOperators.has(operator)) {
    return `No layer names it. It moves values at most, which the layers around it may do: ${names || 'none is known'}.`;
  }
  if (neighbours.length === 1)
    return `No layer names it. All around it runs in ${names}, so it most likely does, too.`;
  return `No layer names it. It was merged into layers around it, or removed: ${names || 'none is known'}.`;
}
