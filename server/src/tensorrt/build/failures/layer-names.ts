/**
 * Which ONNX nodes TensorRT speaks of. Its layers have the nodes' names, changed on the way: the parser numbers and splits them
 * (`cut_7`, `ONNXTRT_Broadcast_3`), the optimizer joins them (`conv + relu`, `v_proj+k_proj_myl0_3`) and hides a part of the
 * graph behind its ends: `{ForeignNode[a...b]}`. Constants stand for the nodes that use them.
 */
import type { Attribute, Graph, Model, Node } from '../../../onnx/model/model.ts';

export interface NamedNodes {
  /** The nodes that a text of TensorRT's names, in the model's order. */
  find(text: string): readonly string[];
}

/** A node and the node of the main graph that it is in: itself, or one whose subgraph has it. Those of functions have none. */
interface Known {
  readonly name: string;
  readonly order: number;
  readonly top?: number;
}

/** Characters. Words beyond are of no use, and patterns on a text of megabytes would take minutes. */
const searchedWords = 50_000;

export function nodeName(node: Pick<Node, 'name' | 'outputs'>): string {
  return node.name || `node_of_${node.outputs[0] ?? ''}`;
}

/** Of the main graph and of functions; what is inside another node counts as that. */
export function nodesOfOperator({ graph, functions }: Model, operator: string): readonly string[] {
  const nodes = [...(graph?.nodes ?? []), ...functions.flatMap((definition) => definition.nodes)];
  const has = (node: Node): boolean =>
    node.operator === operator || node.attributes.flatMap(graphsOf).some((inner) => inner.nodes.some(has));
  return nodes.filter(has).map(nodeName);
}

export function namedNodes(model: Model): NamedNodes {
  const index = indexOf(model);
  return {
    find: (text) => {
      const found = new Set<Known>();
      for (const pattern of mentions) {
        for (const match of text.slice(0, searchedWords).matchAll(pattern)) {
          for (const node of mentioned(match, index)) found.add(node);
        }
      }
      const names = [...found].sort((a, b) => a.order - b.order).map(({ name }) => name);
      return [...new Set(names)];
    },
  };
}

/** Where TensorRT's sentences have the name of a layer or tensor: the group `name`, or `from` and `to` of a range. */
const mentions: readonly RegExp[] = [
  /\{ForeignNode\[(?<from>.*?)\.\.\.(?<to>.*?)\]\}/gs,
  /\{ForeignNode\[(?<name>(?:(?!\.\.\.).)*?)\]\}/gs,
  /any implementation for node (?<name>(?!\{ForeignNode).+?)(?: due to .*|\. In .*|\.?\)?)$/gm,
  /\bI[A-Z]\w*Layer (?<name>.+?): /g,
  /constraints: (?<name>[^\s:][^:]*?): [a-z]/g,
  /(?<=[\s(])(?<name>[^\s():]+): [a-z]/g,
  /Error Code: \d+: (?<name>[^\s:]+):/g,
  /(?:for tensor:|[Tt]ensor|input|isDebug for|output for) (?<name>[^\s'":,.()][^\s'",()]*?)(?=[\s'",()]|[.:](?:\s|$)|$)/g,
  /^(?<name>[^\s:]+): (?:[A-Z]\w+Operation|\w+ )/gm,
];

interface Index {
  readonly nodes: ReadonlyMap<string, Known>;
  /** The node that makes a value. */
  readonly producers: ReadonlyMap<string, Known>;
  /** The nodes that use an initializer, a constant or an input. */
  readonly users: ReadonlyMap<string, readonly Known[]>;
  /** Of the main graph: what each node takes from others of it. */
  readonly inputsOfTop: readonly (readonly number[])[];
  readonly top: readonly Known[];
}

function mentioned({ groups }: RegExpMatchArray, index: Index): readonly Known[] {
  const { name, from, to } = groups ?? {};
  if (name !== undefined) return resolve(name, index);
  const first = resolve(from ?? '', index);
  const last = resolve(to ?? '', index);
  return first.length > 0 && last.length > 0 ? between(first, last, index) : [...first, ...last];
}

/** Nodes of a name of TensorRT's, which may join several. */
function resolve(written: string, index: Index): readonly Known[] {
  const whole = resolveOne(written.trim(), index);
  if (whole.length > 0) return whole;
  const parts = written
    .replace(/^PWN\((.*)\)$/, '$1')
    .replace(/_myl\d+_\d+$/, '')
    .split(/ \|\| | \+ |\+|, /);
  return parts.flatMap((part) => resolveOne(part.replaceAll(/^(?:PWN)?\(+|\)+$/g, '').trim(), index));
}

function resolveOne(name: string, { nodes, producers, users }: Index): readonly Known[] {
  for (const candidate of spellings(name)) {
    const node = nodes.get(candidate) ?? producers.get(candidate);
    if (node) return [node];
    const using = users.get(candidate);
    if (using) return using;
  }
  return [];
}

/** The name, then what is left of it without what TensorRT appends. */
function* spellings(name: string): Generator<string> {
  if (name === '' || /^ONNXTRT_|^\(?Unnamed Layer/.test(name)) return;
  yield name;
  let rest = name;
  for (const ending of [
    /_myl\d+_\d+$/,
    / \[profile \d+\]$/,
    /'$/,
    /_clone_\d+$/,
    /_constant_out$|_output$|_constant$/,
    /_\d+$/,
  ]) {
    const shorter = rest.replace(ending, '');
    if (shorter !== rest) yield shorter;
    rest = shorter;
  }
}

/** What lies on the ways from the first to the last ones; where there is no way, all from the earliest to the latest. */
function between(
  first: readonly Known[],
  last: readonly Known[],
  { inputsOfTop, top }: Index,
): readonly Known[] {
  const starts = new Set(first.flatMap((node) => node.top ?? []));
  const ends = [...new Set(last.flatMap((node) => node.top ?? []))];
  const before = new Set(ends);
  for (const node of before) for (const input of inputsOfTop[node] ?? []) before.add(input);
  const after = new Set(starts);
  for (let node = 0; node < inputsOfTop.length; node++) {
    if (inputsOfTop[node]?.some((input) => after.has(input))) after.add(node);
  }
  const chosen = [...after].filter((node) => before.has(node));
  if (chosen.length > 0) return [...chosen, ...starts, ...ends].flatMap((node) => top[node] ?? []);
  const all = [...starts, ...ends].sort((a, b) => a - b);
  const [earliest, latest] = [all[0], all.at(-1)];
  if (earliest === undefined || latest === undefined) return [...first, ...last];
  return top.slice(earliest, latest + 1);
}

function indexOf(model: Model): Index {
  const nodes = new Map<string, Known>();
  const producers = new Map<string, Known>();
  const users = new Map<string, Known[]>();
  const top: Known[] = [];
  let order = 0;
  const add = (node: Node, topIndex: number | undefined, constants: ReadonlySet<string>): Known => {
    const name = nodeName(node);
    const self: Known = { name, order: order++, ...(topIndex !== undefined && { top: topIndex }) };
    // TensorRT numbers nodes of a name that is taken; the first keeps it.
    if (!nodes.has(name)) nodes.set(name, self);
    for (const output of node.outputs)
      if (output !== '' && !producers.has(output)) producers.set(output, self);
    for (const input of node.inputs) {
      if (!constants.has(input)) continue;
      const known = users.get(input);
      if (known) known.push(self);
      else users.set(input, [self]);
    }
    for (const graph of node.attributes.flatMap(graphsOf)) {
      const inner = new Set([...constants, ...constantsOf(graph)]);
      for (const child of graph.nodes) add(child, topIndex, inner);
    }
    return self;
  };
  const constants = constantsOf(model.graph);
  for (const [index, node] of (model.graph?.nodes ?? []).entries()) top.push(add(node, index, constants));
  for (const { nodes: body } of model.functions) for (const node of body) add(node, undefined, new Set());
  return { nodes, producers, users, top, inputsOfTop: inputsOfTop(model.graph) };
}

function constantsOf(graph: Graph | undefined): ReadonlySet<string> {
  return new Set([...(graph?.initializers ?? []), ...(graph?.inputs ?? [])].map(({ name }) => name));
}

/** In the order of the nodes, which ONNX wants to be topological. */
function inputsOfTop(graph: Graph | undefined): number[][] {
  const producers = new Map<string, number>();
  return (graph?.nodes ?? []).map((node, index) => {
    const inputs = namesIn(node).flatMap((name) => producers.get(name) ?? []);
    for (const output of node.outputs) producers.set(output, index);
    return [...new Set(inputs)];
  });
}

/** Names that a node uses, those inside its subgraphs included. */
function namesIn(node: Node): readonly string[] {
  return [
    ...node.inputs,
    ...node.attributes.flatMap(graphsOf).flatMap(({ nodes }) => nodes.flatMap(namesIn)),
  ];
}

function graphsOf(attribute: Attribute): readonly Graph[] {
  if (attribute.type === 'graph') return [attribute.value];
  return attribute.type === 'graphs' ? attribute.value : [];
}
