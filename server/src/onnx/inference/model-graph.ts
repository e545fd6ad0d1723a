/**
 * The model's own graph, inferred anew or after an edit. Nodes that an edit left alone are the same objects; their results are
 * kept unless a value they see changed. Work is proportional to what depends on the edit, plus one cheap look at each node
 * after it if any value did change.
 */

import type { Graph, Node, Tensor, Type, ValueInfo } from '../model/model.ts';
import { declarationsOf, inferNodes, sourceValue } from './body.ts';
import { functionOf } from './call.ts';
import { inferNode } from './infer-node.ts';
import type { LocalProblem } from './problem.ts';
import {
  type Definition,
  define,
  type NodeRecord,
  redefine,
  type Scope,
  type Session,
  scopeOf,
  undefine,
} from './scope.ts';
import { equalValues } from './value.ts';

export interface GraphInference {
  readonly graph: Graph;
  readonly scope: Scope;
  /** Of inputs and initializers. */
  readonly problems: readonly LocalProblem[];
}

export function inferGraph(session: Session, graph: Graph): GraphInference {
  const scope = scopeOf({
    session,
    key: '',
    depth: 0,
    opsets: session.opsets,
    declared: declarationsOf(graph),
  });
  const problems: LocalProblem[] = [];
  const sources = new Map<string, Source>();
  for (const input of graph.inputs) sources.set(input.name, { input });
  for (const tensor of graph.initializers) {
    sources.set(tensor.name, { ...sources.get(tensor.name), initializer: tensor });
  }
  for (const [name, source] of sources) {
    if (name !== '') define(scope, name, sourceDefinition(name, source, problems));
  }
  inferNodes(scope, graph.nodes);
  return { graph, scope, problems };
}

interface Source {
  readonly input?: ValueInfo;
  readonly initializer?: Tensor;
}

function sourceDefinition(name: string, source: Source, problems: LocalProblem[]): Definition {
  const { input, initializer } = source;
  const value = sourceValue('', name, input, initializer, undefined, (problem) => problems.push(problem));
  return { order: -1, value };
}

/** `changedFunctions`: whether a local function is another one than before. */
export function updateGraph(
  session: Session,
  graph: Graph,
  previous: GraphInference,
  changedFunctions: boolean,
): GraphInference {
  const old = previous.graph;
  const redeclared = new Set<string>();
  const sameDeclarations =
    sameElements(old.outputs, graph.outputs) && sameElements(old.valueInfos, graph.valueInfos);
  const declared = sameDeclarations ? previous.scope.declared : declarationsOf(graph);
  if (!sameDeclarations) noteRedeclared(previous.scope.declared, declared, redeclared);
  const scope = scopeOf({
    ...previous.scope,
    session,
    declared,
    values: previous.scope.values.copy(),
    rivals: new Map(previous.scope.rivals),
  });
  const changed = new Set<string>(redeclared);
  const problems = updateSources(scope, graph, previous, changed);
  const update = new NodeUpdate(scope, changed, redeclared, changedFunctions);
  const records = update.run(previous.scope.records, graph.nodes);
  if (records === undefined) return inferGraph(session, graph);
  scope.records = records;
  return { graph, scope, problems };
}

function noteRedeclared(
  before: ReadonlyMap<string, Type>,
  after: ReadonlyMap<string, Type>,
  redeclared: Set<string>,
): void {
  for (const [name, type] of after) if (before.get(name) !== type) redeclared.add(name);
  for (const name of before.keys()) if (!after.has(name)) redeclared.add(name);
}

/** Takes over changed inputs and initializers; `changed` gets the names whose value is another one. */
function updateSources(
  scope: Scope,
  graph: Graph,
  previous: GraphInference,
  changed: Set<string>,
): readonly LocalProblem[] {
  const old = previous.graph;
  const names = new Set<string>();
  for (const list of [
    changedPart(old.inputs, graph.inputs),
    changedPart(old.initializers, graph.initializers),
  ]) {
    for (const { name } of list) if (name !== '') names.add(name);
  }
  if (names.size === 0) return previous.problems;
  const inputs = new Map(
    graph.inputs.filter(({ name }) => names.has(name)).map((input) => [input.name, input]),
  );
  const tensors = graph.initializers.filter(({ name }) => names.has(name));
  const initializers = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const found: LocalProblem[] = [];
  for (const name of names) {
    const before = sourceOf(scope, name);
    if (before) undefine(scope, name, before);
    const [input, initializer] = [inputs.get(name), initializers.get(name)];
    let after: Definition | undefined;
    if (input || initializer) {
      after = sourceDefinition(name, { ...(input && { input }), ...(initializer && { initializer }) }, found);
      define(scope, name, after);
    }
    if (!before || !after || !equalValues(before.value, after.value)) changed.add(name);
  }
  const others = previous.problems.filter(({ sides }) => !sides.some((side) => names.has(side.name)));
  return [...others, ...found];
}

function sourceOf(scope: Scope, name: string): Definition | undefined {
  const candidates = scope.rivals.get(name) ?? [scope.values.get(name)];
  return candidates.find((definition) => definition?.order === -1);
}

/** The elements that one list has and the other has not, by the part between their common beginning and end. */
function changedPart<Element>(before: readonly Element[], after: readonly Element[]): Element[] {
  const { start, beforeEnd, afterEnd } = commonEnds(before, after, (a, b) => a === b);
  return [...before.slice(start, beforeEnd), ...after.slice(start, afterEnd)];
}

function commonEnds<A, B>(
  before: readonly A[],
  after: readonly B[],
  isSame: (a: A | undefined, b: B | undefined) => boolean,
): { readonly start: number; readonly beforeEnd: number; readonly afterEnd: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start], after[start])) start++;
  let end = 0;
  while (end < shorter - start && isSame(before[before.length - 1 - end], after[after.length - 1 - end])) {
    end++;
  }
  return { start, beforeEnd: before.length - end, afterEnd: after.length - end };
}

function sameElements<Element>(a: readonly Element[], b: readonly Element[]): boolean {
  return a === b || (a.length === b.length && a.every((element, index) => element === b[index]));
}

class NodeUpdate {
  readonly #scope: Scope;
  /** Names whose value, at this point of the walk, is not what the kept records saw. */
  readonly #changed: Set<string>;
  readonly #redeclared: ReadonlySet<string>;
  readonly #changedFunctions: boolean;

  constructor(
    scope: Scope,
    changed: Set<string>,
    redeclared: ReadonlySet<string>,
    changedFunctions: boolean,
  ) {
    this.#scope = scope;
    this.#changed = changed;
    this.#redeclared = redeclared;
    this.#changedFunctions = changedFunctions;
  }

  /** Undefined where all nodes need new positions. */
  run(before: readonly NodeRecord[], nodes: readonly Node[]): readonly NodeRecord[] | undefined {
    const { start, beforeEnd, afterEnd } = commonEnds(before, nodes, (record, node) => record?.node === node);
    const old = before.slice(start, beforeEnd);
    const kept = alignedRecords(old, nodes.slice(start, afterEnd));
    const orders = ordersFor(before, nodes.length, start, beforeEnd, kept);
    if (orders === undefined) return undefined;
    const head = this.#visitAll(before.slice(0, start));
    const counted = this.#remove(old, new Set(kept));
    const middle: NodeRecord[] = [];
    for (let index = 0; index < kept.length; index++) {
      const record = kept[index];
      const node = nodes[start + index];
      if (record) middle.push(this.#visit(record));
      else if (node) middle.push(this.#add(node, orders[index] ?? 0, counted));
    }
    return head.concat(middle, this.#visitAll(before.slice(beforeEnd)));
  }

  #visitAll(records: readonly NodeRecord[]): readonly NodeRecord[] {
    const isQuiet = this.#changed.size === 0 && !this.#changedFunctions;
    return isQuiet ? records : records.map((record) => this.#visit(record));
  }

  /** Takes back what nodes defined that are gone. Gives for each of these names the definition that counted until now. */
  #remove(
    old: readonly NodeRecord[],
    kept: ReadonlySet<NodeRecord | undefined>,
  ): ReadonlyMap<string, Definition> {
    const counted = new Map<string, Definition>();
    for (const record of old) {
      if (kept.has(record)) continue;
      record.node.outputs.forEach((name, index) => {
        const definition = record.outputs[index];
        const before = this.#scope.values.get(name);
        if (name === '' || definition === undefined || before === undefined) return;
        if (!counted.has(name)) counted.set(name, before);
        undefine(this.#scope, name, definition);
        this.#changed.add(name);
      });
    }
    return counted;
  }

  #add(node: Node, order: number, counted: ReadonlyMap<string, Definition>): NodeRecord {
    const record = inferNode(this.#scope, node, order);
    record.outputs.forEach((definition, index) => {
      const name = node.outputs[index];
      if (!name) return;
      define(this.#scope, name, definition);
      const before = counted.get(name);
      // At another place it may be defined too late, or no longer too late, for nodes that were kept.
      const isSame =
        before !== undefined &&
        !this.#redeclared.has(name) &&
        this.#scope.values.get(name) === definition &&
        before.order === order &&
        equalValues(before.value, definition.value);
      if (isSame) this.#changed.delete(name);
      else this.#changed.add(name);
    });
    return record;
  }

  /** A record that is kept if nothing it depends on changed, else made anew. */
  #visit(record: NodeRecord): NodeRecord {
    if (!this.#isTouched(record)) return record;
    const renewed = inferNode(this.#scope, record.node, record.order);
    const outputs = renewed.outputs.map((definition, index) => {
      const before = record.outputs[index];
      const name = record.node.outputs[index];
      if (before === undefined || !name || equalValues(before.value, definition.value))
        return before ?? definition;
      redefine(this.#scope, name, before, definition);
      this.#changed.add(name);
      return definition;
    });
    return { ...renewed, outputs };
  }

  #isTouched({ node, inner }: NodeRecord): boolean {
    if (this.#changedFunctions && (inner || functionOf(this.#scope.session, node))) return true;
    if (this.#changed.size === 0) return false;
    for (const name of node.inputs) if (this.#changed.has(name)) return true;
    if (this.#redeclared.size > 0)
      for (const name of node.outputs) if (this.#redeclared.has(name)) return true;
    return inner !== undefined && hasGraphUsing(node, this.#changed);
  }
}

/** Whether a graph inside a node takes one of these names from outside (or has one of its own of that name). */
function hasGraphUsing(node: Node, names: ReadonlySet<string>, depth = 0): boolean {
  const uses = (graph: Graph): boolean =>
    depth > 64 ||
    graph.outputs.some((output) => names.has(output.name)) ||
    graph.nodes.some(
      (inner) => inner.inputs.some((name) => names.has(name)) || hasGraphUsing(inner, names, depth + 1),
    );
  return node.attributes.some(
    (attribute) =>
      (attribute.type === 'graph' && uses(attribute.value)) ||
      (attribute.type === 'graphs' && attribute.value.some(uses)),
  );
}

/** For each of the new nodes the record it had, where that keeps the old order; else undefined. */
function alignedRecords(old: readonly NodeRecord[], nodes: readonly Node[]): (NodeRecord | undefined)[] {
  const places = new Map(old.map((record, index) => [record.node, index]));
  let last = -1;
  return nodes.map((node) => {
    const place = places.get(node);
    if (place === undefined || place <= last) return undefined;
    last = place;
    return old[place];
  });
}

/**
 * Positions for the nodes of the changed part that have no record: between those of their neighbours. A node that takes the
 * place of a removed one gets that one's, so that typing in a statement changes no positions. Undefined where numbers run out.
 */
function ordersFor(
  before: readonly NodeRecord[],
  length: number,
  start: number,
  beforeEnd: number,
  kept: readonly (NodeRecord | undefined)[],
): readonly number[] | undefined {
  const orders = kept.map((record) => record?.order);
  const last = before[beforeEnd]?.order ?? (before.at(-1)?.order ?? -1) + length + 1;
  const old = before.slice(start, beforeEnd);
  if (old.length === kept.length && kept.every((record, index) => !record || record === old[index])) {
    return old.map((record) => record.order);
  }
  let low = before[start - 1]?.order ?? -1;
  for (let index = 0; index < kept.length; index++) {
    const own = orders[index];
    if (own === undefined) {
      let next = index;
      while (next < orders.length && orders[next] === undefined) next++;
      const high = orders[next] ?? last;
      const step = (high - low) / (next - index + 1);
      const order = low + step;
      if (!(order > low && order < high)) return undefined;
      orders[index] = order;
      low = order;
    } else {
      low = own;
    }
  }
  return orders.map((order) => order ?? 0);
}
