/**
 * The model's own graph, inferred anew or after an edit. Nodes that an edit left alone are the same objects; their results are
 * kept unless a value they see changed. Work is proportional to what depends on the edit, plus one cheap look at each node
 * after it if any value did change.
 */

import { betweenPauses, type Steps } from '../analysis/steps.ts';
import type { Graph, Tensor, Type, ValueInfo } from '../model/model.ts';
import { declarationsOf, inferAndDefine, sourceValue } from './body.ts';
import { changedElements } from './changed-elements.ts';
import { LayeredMap } from './layered-map.ts';
import { NodeUpdate } from './node-update.ts';
import type { LocalProblem } from './problem.ts';
import {
  type Definition,
  define,
  type NodeRecord,
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

/** A graph in the middle of its inference. */
export interface GraphSoFar {
  readonly scope: Scope;
  /** What is defined up to this order is as it will stay. */
  order: number;
}

export function* inferGraph(session: Session, graph: Graph): Steps<GraphInference, GraphSoFar | undefined> {
  const scope = scopeOf({
    session,
    key: '',
    depth: 0,
    opsets: session.opsets,
    declared: declarationsOf(graph),
    values: new LayeredMap(graph.nodes.length + graph.initializers.length),
  });
  const problems: LocalProblem[] = [];
  const sources = new Map<string, Source>();
  for (const input of graph.inputs) sources.set(input.name, { input });
  for (const tensor of graph.initializers) {
    sources.set(tensor.name, { ...sources.get(tensor.name), initializer: tensor });
  }
  let count = 0;
  for (const [name, source] of sources) {
    if (name !== '') define(scope, name, sourceDefinition(name, source, problems));
    if (++count % betweenPauses === 0) yield undefined;
  }
  const soFar: GraphSoFar = { scope, order: -1 };
  const records: NodeRecord[] = [];
  for (const node of graph.nodes) {
    const order = records.length;
    records.push(inferAndDefine(scope, node, order));
    if (order % betweenPauses === 0) {
      soFar.order = order;
      yield soFar;
    }
  }
  scope.records = records;
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
export function* updateGraph(
  session: Session,
  graph: Graph,
  previous: GraphInference,
  changedFunctions: boolean,
): Steps<GraphInference, GraphSoFar | undefined> {
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
  const records = yield* update.run(previous.scope.records, old.nodes, graph.nodes);
  if (records === undefined) return yield* inferGraph(session, graph);
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
    changedElements(old.inputs, graph.inputs),
    changedElements(old.initializers, graph.initializers),
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

function sameElements<Element>(a: readonly Element[], b: readonly Element[]): boolean {
  return a === b || (a.length === b.length && a.every((element, index) => element === b[index]));
}
