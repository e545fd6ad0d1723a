/** The nodes of a graph after an edit. */

import { betweenPauses, type Steps } from '../analysis/steps.ts';
import type { Graph, Node } from '../model/model.ts';
import { functionOf } from './call.ts';
import { commonEnds } from './changed-elements.ts';
import { inferNode } from './infer-node.ts';
import type { GraphSoFar } from './model-graph.ts';
import { type Definition, define, type NodeRecord, redefine, type Scope, undefine } from './scope.ts';
import { equalValues } from './value.ts';

/** Nodes that an update passes by between two pauses. */
const untouchedBetweenPauses = 1024;

export class NodeUpdate {
  readonly #scope: Scope;
  /** Names whose value, at this point of the walk, is not what the kept records saw. */
  readonly #changed: Set<string>;
  readonly #redeclared: ReadonlySet<string>;
  readonly #changedFunctions: boolean;
  readonly #soFar: GraphSoFar;

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
    this.#soFar = { scope, order: Number.NEGATIVE_INFINITY };
  }

  /** `before` are the records of `oldNodes`. Undefined where all nodes need new positions. */
  *run(
    before: readonly NodeRecord[],
    oldNodes: readonly Node[],
    nodes: readonly Node[],
  ): Steps<readonly NodeRecord[] | undefined, GraphSoFar> {
    const { start, beforeEnd, afterEnd } = commonEnds(oldNodes, nodes);
    const old = before.slice(start, beforeEnd);
    const kept = alignedRecords(old, nodes.slice(start, afterEnd));
    const orders = ordersFor(before, nodes.length, start, beforeEnd, kept);
    if (orders === undefined) return undefined;
    // One copy, which is written to where something changes.
    const records =
      afterEnd === beforeEnd
        ? before.slice()
        : before.slice(0, start).concat(new Array(afterEnd - start), before.slice(beforeEnd));
    yield* this.#visitAll(records, 0, start);
    const counted = this.#remove(old, new Set(kept));
    for (let index = 0; index < kept.length; index++) {
      const record = kept[index];
      const node = nodes[start + index];
      const order = orders[index] ?? 0;
      if (record) records[start + index] = this.#visit(record);
      else if (node) records[start + index] = this.#add(node, order, counted);
      // Who waits for the value of a node that was edited learns it before all that follow.
      if (index % betweenPauses === 0) yield this.#soFarUpTo(order);
    }
    yield* this.#visitAll(records, afterEnd, records.length);
    return records;
  }

  /** Looks at those that were kept, and puts new ones in the place of those that depend on what has changed. */
  *#visitAll(records: NodeRecord[], from: number, to: number): Steps<void, GraphSoFar> {
    if (this.#changed.size === 0 && !this.#changedFunctions) return;
    for (let index = from; index < to; index++) {
      const record = records[index];
      if (!record) continue;
      const visited = this.#visit(record);
      if (visited !== record) {
        records[index] = visited;
        yield this.#soFarUpTo(record.order);
      } else if (index % untouchedBetweenPauses === 0) yield this.#soFarUpTo(record.order);
    }
  }

  #soFarUpTo(order: number): GraphSoFar {
    this.#soFar.order = order;
    return this.#soFar;
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
