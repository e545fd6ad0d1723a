import type { Network, NetworkTensor } from '../../../../native-bridge/src/protocol.ts';
import { type Inference, type InferenceScope, inferModel } from '../../onnx/inference/infer.ts';
import { declaredType, type ValueType } from '../../onnx/inference/value.ts';
import type {
  Bytes,
  FunctionDefinition,
  Graph,
  Model,
  Node,
  Tensor,
  ValueInfo,
} from '../../onnx/model/model.ts';
import { type NetworkIndex, networkIndex } from './network-index.ts';
import { shapeOfNetworkTensor, shapeOfType, type TypedShape, withNames } from './typed-shape.ts';

/** Who says what a value's type and shape are. */
export type ShapeSource = 'tensorrt' | 'value_info' | 'inferred';

export interface ValueShape extends TypedShape {
  readonly source: ShapeSource;
}

/** Values that are listed at most: nested functions can multiply them without end. */
const mostValues = 500_000;

/**
 * Types and shapes of all values of a model that anything is known of, by name. Values inside local functions and subgraphs are
 * named by the nodes that lead there: `node_of_b/node_of_y/t`; two branches of an If that define the same name are told apart by
 * the attribute (`node/else_branch/t`). What TensorRT says comes first, then what the model declares, then our inference;
 * dimensions that TensorRT knows only at run time keep the names that the others have for them.
 */
export function modelShapes(
  model: Model,
  network: Network | undefined,
  readBytes: (bytes: Bytes) => Uint8Array,
): Map<string, ValueShape> {
  const found = new Map<string, ValueShape>();
  if (!model.graph) return found;
  const inference = inferModel(model, { readBytes });
  const { functions } = model;
  const walk: Walk = { functions, inference, index: network && networkIndex(network), found };
  const scope = inference.root;
  const place: PlaceInModel = { path: [], way: [], scope, aliases: new Map(), isMain: true };
  walkGraph(walk, model.graph, place);
  return found;
}

/**
 * The tensors of TensorRT's network that hold the values of the main graph, by the values' names. A tensor of the same name may be
 * one of a function or a branch.
 */
export function mainGraphTensors(
  { graph, functions }: Pick<Model, 'graph' | 'functions'>,
  network: Network,
): ReadonlyMap<string, NetworkTensor> {
  const index = networkIndex(network);
  const found = new Map<string, NetworkTensor>();
  const put = (name: string, tensor: NetworkTensor | undefined) => tensor && found.set(name, tensor);
  for (const { name } of graph?.inputs ?? []) put(name, index.input(name));
  for (const node of graph?.nodes ?? []) {
    for (const name of node.outputs)
      if (name !== '') put(name, outputTensor({ functions, index }, node, name, [], [name]));
  }
  return found;
}

interface Walk extends Functions {
  readonly inference: Inference;
  readonly found: Map<string, ValueShape>;
}

interface Functions {
  readonly functions: readonly FunctionDefinition[];
  readonly index: NetworkIndex | undefined;
}

interface PlaceInModel {
  /** Names of the nodes that lead here. */
  readonly path: readonly string[];
  /** Those of them that the parser keeps track of: all but Loop and Scan. */
  readonly way: readonly string[];
  readonly scope: InferenceScope | undefined;
  /** Names that callers have for the outputs of the body. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly isMain: boolean;
}

function walkGraph(walk: Walk, graph: Graph, place: PlaceInModel): void {
  const declared = new Map<string, ValueInfo>();
  for (const value of [...graph.valueInfos, ...graph.outputs, ...graph.inputs])
    declared.set(value.name, value);
  for (const { name } of graph.inputs) {
    add(walk, place, name, declared.get(name), place.isMain ? walk.index?.input(name) : undefined);
  }
  for (const tensor of graph.initializers) addInitializer(walk, place, tensor);
  walkNodes(walk, graph.nodes, declared, place);
}

function walkNodes(
  walk: Walk,
  nodes: readonly Node[],
  declared: ReadonlyMap<string, ValueInfo>,
  place: PlaceInModel,
): void {
  for (const node of nodes) {
    const nodeName = nameOf(node);
    const called = calledFunction(walk.functions, node);
    const outputs = node.outputs.filter((name) => name !== '');
    if (called) walkCall(walk, node, nodeName, called, place);
    for (const name of outputs) {
      const names = [name, ...(place.aliases.get(name) ?? [])];
      const tensor = outputTensor(walk, node, name, place.way, names);
      add(walk, place, name, declared.get(name), tensor);
    }
    for (const attribute of node.attributes) {
      const graphs =
        attribute.type === 'graph' ? [attribute.value] : attribute.type === 'graphs' ? attribute.value : [];
      for (const graph of graphs) walkSubgraph(walk, node, nodeName, attribute.name, graph, place);
    }
  }
}

function walkCall(
  walk: Walk,
  node: Node,
  nodeName: string,
  called: FunctionDefinition,
  place: PlaceInModel,
): void {
  // A function that calls itself is no valid model; it is not followed.
  if (place.path.length > 64) return;
  const aliases = new Map<string, readonly string[]>();
  for (const [index, inner] of called.outputs.entries()) {
    const outer = node.outputs[index];
    if (outer) aliases.set(inner, [outer, ...(place.aliases.get(outer) ?? [])]);
  }
  const declared = new Map(called.valueInfos.map((value) => [value.name, value]));
  const inside: PlaceInModel = {
    path: [...place.path, nodeName],
    way: [...place.way, nodeName],
    scope: place.scope && walk.inference.inside(place.scope, node),
    aliases,
    isMain: false,
  };
  walkNodes(walk, called.nodes, declared, inside);
}

/** The tensor of a node's output; that of a call's is computed by a node in the body. */
function outputTensor(
  given: Functions,
  node: Node,
  name: string,
  way: readonly string[],
  names: readonly string[],
): NetworkTensor | undefined {
  const called = calledFunction(given.functions, node);
  if (!called || way.length >= 64) return given.index?.output(way, nameOf(node), names);
  const inner = called.outputs[node.outputs.indexOf(name)];
  const producer = called.nodes.find((candidate) => inner !== undefined && candidate.outputs.includes(inner));
  if (inner === undefined || !producer) return undefined;
  return outputTensor(given, producer, inner, [...way, nameOf(node)], [inner, ...names]);
}

/** The name that TensorRT gives a node. */
function nameOf(node: Node): string {
  return node.name || `node_of_${node.outputs[0] ?? ''}`;
}

function walkSubgraph(
  walk: Walk,
  node: Node,
  nodeName: string,
  attribute: string,
  graph: Graph,
  place: PlaceInModel,
): void {
  const isTracked = node.operator === 'If';
  const names = [
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ];
  const path = [...place.path, nodeName];
  const collides = names.some((name) => name !== '' && walk.found.has([...path, name].join('/')));
  walkGraph(walk, graph, {
    path: collides ? [...path, attribute] : path,
    way: isTracked ? [...place.way, nodeName] : place.way,
    scope: place.scope && walk.inference.inside(place.scope, node, attribute),
    aliases: new Map(),
    isMain: false,
  });
}

function addInitializer(walk: Walk, place: PlaceInModel, { name, dataType, dims }: Tensor): void {
  const type: ValueType = { kind: 'tensor', elementType: dataType, shape: dims.map(Number) };
  put(walk, place, name, { ...shapeOfType(type), source: 'value_info' });
}

/** Takes the first source that knows the type, and names for dimensions from the others. */
function add(
  walk: Walk,
  place: PlaceInModel,
  name: string,
  declaration: ValueInfo | undefined,
  tensor: NetworkTensor | undefined,
): void {
  const declared = declaredType(declaration?.type);
  const inferred = place.scope && walk.inference.value(place.scope, name)?.type;
  const stated = declared && shapeOfType(declared);
  const ours = inferred && shapeOfType(inferred);
  if (tensor) {
    put(walk, place, name, { ...withNames(shapeOfNetworkTensor(tensor), stated, ours), source: 'tensorrt' });
  } else if (stated?.dims && stated.type !== '?') {
    put(walk, place, name, { ...withNames(stated, ours), source: 'value_info' });
  } else if (ours && ours.type !== '?') {
    put(walk, place, name, { ...ours, source: 'inferred' });
  } else if (stated && stated.type !== '?') {
    put(walk, place, name, { ...stated, source: 'value_info' });
  }
}

function put(walk: Walk, place: PlaceInModel, name: string, shape: ValueShape): void {
  if (walk.found.size < mostValues) walk.found.set([...place.path, name].join('/'), shape);
}

function calledFunction(
  functions: readonly FunctionDefinition[],
  node: Node,
): FunctionDefinition | undefined {
  const domain = node.domain === 'ai.onnx' ? '' : node.domain;
  return functions.find(
    (candidate) =>
      candidate.name === node.operator &&
      (candidate.domain === 'ai.onnx' ? '' : candidate.domain) === domain &&
      (candidate.overload ?? '') === (node.overload ?? ''),
  );
}
