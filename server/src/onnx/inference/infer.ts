/**
 * Shape and type inference. Everything is derived from the model; nothing throws, whatever the model. See
 * docs/shape-inference.md for what is inferred and how.
 */

import { finished, type Steps } from '../analysis/steps.ts';
import type { Bytes, FunctionDefinition, Model, Node } from '../model/model.ts';
import { inferUncalled, opsetsOf } from './call.ts';
import type { ExternalBytes } from './constants.ts';
import type { Dim } from './expression.ts';
import { type GraphInference, type GraphSoFar, inferGraph, updateGraph } from './model-graph.ts';
import type { LocalProblem, PathStep, Problem } from './problem.ts';
import { reasonOf } from './reasons.ts';
import { lookUp, type NodeRecord, type Scope, type Session, scopeOf } from './scope.ts';
import { declaredType, type Value, type ValueType } from './value.ts';

export interface InferenceContext {
  /** Reads the elements of small constants. May throw; then the constant is unknown. */
  readonly readBytes: (bytes: Bytes) => Uint8Array;
  /** Where the data of tensors outside the model lies; without it they are unknown. */
  readonly external?: ExternalBytes | undefined;
}

/** What is known of a value. */
export interface InferredValue {
  readonly type: ValueType | undefined;
  /** What the model declares of a value that a node makes; it may name a dim that `type` has an expression for. */
  readonly declared: ValueType | undefined;
  /** Dims of a tensor; undefined where not even the rank is known. */
  readonly shape: readonly Dim[] | undefined;
  /** Elements of a small tensor in row-major order, where some are known. */
  readonly data: readonly Dim[] | undefined;
  /** Why a dim is what it is, as a phrase; worked out when asked. */
  readonly reason: (axis: number) => string | undefined;
}

/** A body of nodes to look values up in. */
export interface InferenceScope {
  /** Steps from the model's graph to the body; empty for the graph itself. */
  readonly path: readonly PathStep[];
}

export interface Inference {
  readonly model: Model;
  /** The model's graph. */
  readonly root: InferenceScope;
  /** Undefined for a name that the scope does not know. */
  readonly value: (scope: InferenceScope, name: string) => InferredValue | undefined;
  /** The graph of a node's attribute, or without `attribute` the body of the function it calls, for this very call. */
  readonly inside: (scope: InferenceScope, node: Node, attribute?: string) => InferenceScope | undefined;
  /** The body of a function as its first call has it; for inputs of which nothing is known where nobody calls it. */
  readonly bodyOf: (definition: FunctionDefinition) => InferenceScope;
  /** In the order of the model, functions that nobody calls last; those of a function's body once for each different use of it. */
  readonly problems: () => readonly Problem[];
}

/** Nodes in functions and subgraphs that are looked into at most, loops counted by their rounds. */
const innerBudget = 400_000;

/**
 * Infers a model. With the inference of a version before, only what depends on the difference is computed: nodes, value infos,
 * initializers and functions that are the same objects as before count as unchanged. `previous` stays as it is.
 */
export function inferModel(model: Model, context: InferenceContext, previous?: Inference): Inference {
  return finished(inferInSteps(model, context, previous));
}

/** What is known in the middle of an inference. */
export interface InferenceSoFar {
  readonly model: Model;
  /** A value of the model's graph, as it will be in the end; undefined where nothing is known yet, or nothing will be. */
  readonly value: (name: string) => InferredValue | undefined;
}

/** As inferModel, in steps of less than a millisecond, local functions and graphs inside nodes aside: each is one step. */
export function* inferInSteps(
  model: Model,
  context: InferenceContext,
  previous?: Inference,
): Steps<Inference, InferenceSoFar | undefined> {
  const before = previous instanceof ModelInference ? previous : undefined;
  const opsets = opsetsOf(model.opsetImports);
  const old = before?.session;
  const sameOpsets = old !== undefined && equalMaps(old.opsets, opsets);
  const sameFunctions =
    before !== undefined &&
    before.model.functions.length === model.functions.length &&
    model.functions.every((definition, index) => before.model.functions[index] === definition);
  const session: Session = {
    readBytes: context.readBytes,
    external: context.external,
    functions: (sameFunctions && old?.functions) || functionsOf(model),
    opsets,
    elements: old?.elements ?? new WeakMap(),
    operators: old?.operators ?? new Map(),
    calls: (sameFunctions && sameOpsets && old?.calls) || new Map(),
    active: new Set(),
    budget: innerBudget,
  };
  if (!model.graph) return new ModelInference(model, session, undefined);
  const known = before === undefined || !sameOpsets ? undefined : before.graph;
  const steps = known
    ? updateGraph(session, model.graph, known, !sameFunctions)
    : inferGraph(session, model.graph);
  let inGraph: GraphSoFar | undefined;
  const soFar: InferenceSoFar = { model, value: (name) => inGraph && valueSoFar(inGraph, name) };
  for (;;) {
    const step = steps.next();
    if (step.done) {
      const inference = new ModelInference(model, session, step.value);
      inGraph = { scope: step.value.scope, order: Number.POSITIVE_INFINITY };
      // Somebody will ask for them, and there are as many nodes to look at as before.
      for (const problems = inference.collectProblems(); !problems.next().done; ) yield soFar;
      return inference;
    }
    inGraph = step.value;
    yield soFar;
  }
}

function valueSoFar({ scope, order }: GraphSoFar, name: string): InferredValue | undefined {
  const definition = scope.values.get(name);
  return definition && definition.order <= order ? inferredValue(scope, name, definition.value) : undefined;
}

function inferredValue(scope: Scope, name: string, { type, data }: Value): InferredValue {
  const shape = type?.kind === 'tensor' || type?.kind === 'sparse_tensor' ? type.shape : undefined;
  const declared = declaredType(scope.declared.get(name));
  return { type, declared, shape, data, reason: (axis) => reasonOf(scope, name, axis) };
}

interface Handle extends InferenceScope {
  readonly scope: Scope;
  readonly outer: { readonly handle: Handle; readonly order: number } | undefined;
}

class ModelInference implements Inference {
  readonly model: Model;
  readonly root: Handle;
  /** What the inference of the next version takes over. */
  readonly session: Session;
  readonly graph: GraphInference | undefined;
  readonly #uncalled = new Map<FunctionDefinition, Scope>();
  readonly #bodies = new Map<FunctionDefinition, Handle>();
  #problems: readonly Problem[] | undefined;

  constructor(model: Model, session: Session, graph: GraphInference | undefined) {
    this.model = model;
    this.session = session;
    this.graph = graph;
    const { opsets } = session;
    const scope = graph?.scope ?? scopeOf({ session, key: '', depth: 0, opsets, declared: new Map() });
    this.root = { path: [], scope, outer: undefined };
  }

  readonly value = (place: InferenceScope, name: string): InferredValue | undefined => {
    const handle = this.#handle(place);
    if (handle === undefined) return undefined;
    for (let at: Handle | undefined = handle, order = Number.POSITIVE_INFINITY; at; ) {
      const { scope, outer }: Handle = at;
      const value = lookUp(scope, name, order);
      if (value) return inferredValue(scope, name, value);
      order = outer?.order ?? 0;
      at = outer?.handle;
    }
    return undefined;
  };

  readonly inside = (place: InferenceScope, node: Node, attribute?: string): InferenceScope | undefined => {
    const handle = this.#handle(place);
    const record = handle?.scope.records.find((candidate) => candidate.node === node);
    return handle && record && insideOf(handle, record, attribute);
  };

  readonly bodyOf = (definition: FunctionDefinition): InferenceScope => {
    const known = this.#bodies.get(definition);
    if (known) return known;
    const scope = firstBody(this.root.scope, definition, new Set()) ?? this.#uncalledBody(definition);
    const handle: Handle = { path: [], scope, outer: undefined };
    this.#bodies.set(definition, handle);
    return handle;
  };

  readonly problems = (): readonly Problem[] => {
    if (this.#problems === undefined) finished(this.collectProblems());
    return this.#problems ?? [];
  };

  *collectProblems(): Steps<void> {
    const found: Problem[] = [];
    const seen: Seen = { scopes: new Set(), functions: new Set() };
    yield* collect(this.root.scope, [], undefined, found, seen);
    for (const definition of this.model.functions) {
      if (!seen.functions.has(definition)) {
        yield* collect(this.#uncalledBody(definition), [], definition, found, seen);
      }
    }
    this.#problems = found;
  }

  #uncalledBody(definition: FunctionDefinition): Scope {
    let scope = this.#uncalled.get(definition);
    if (scope === undefined) {
      scope = inferUncalled(this.session, this.session.opsets, definition);
      this.#uncalled.set(definition, scope);
    }
    return scope;
  }

  /** Handles are what `root`, `inside` and `bodyOf` gave out; nothing else has a scope. */
  #handle(place: InferenceScope): Handle | undefined {
    return 'scope' in place ? (place as Handle) : undefined;
  }
}

function insideOf(handle: Handle, record: NodeRecord, attribute?: string): Handle | undefined {
  const inner = record.inner?.find((candidate) => candidate.attribute === attribute);
  if (inner === undefined) return undefined;
  const step: PathStep = attribute === undefined ? { node: record.node } : { node: record.node, attribute };
  // A function's body sees nothing of where it is called.
  const outer = attribute === undefined ? undefined : { handle, order: record.order };
  return { path: [...handle.path, step], scope: inner.scope, outer };
}

/** The body of the first call of a function, wherever it is called. */
function firstBody(scope: Scope, definition: FunctionDefinition, seen: Set<Scope>): Scope | undefined {
  if (seen.has(scope)) return undefined;
  seen.add(scope);
  for (const { inner } of scope.records) {
    for (const body of inner ?? []) {
      if (body.functionDefinition === definition) return body.scope;
      const found = firstBody(body.scope, definition, seen);
      if (found) return found;
    }
  }
  return undefined;
}

interface Seen {
  readonly scopes: Set<Scope>;
  /** Those that are called. */
  readonly functions: Set<FunctionDefinition>;
}

/** Most have no problems. */
const recordsBetweenPauses = 4096;

/** Adds the problems of a body and of those inside it; of a body that several calls share only once. */
function* collect(
  scope: Scope,
  path: readonly PathStep[],
  definition: FunctionDefinition | undefined,
  found: Problem[],
  seen: Seen,
): Steps<void> {
  seen.scopes.add(scope);
  let count = 0;
  for (const { node, problems, inner } of scope.records) {
    if (++count % recordsBetweenPauses === 0) yield;
    if (problems === undefined && inner === undefined) continue;
    for (const problem of problems ?? []) {
      found.push({ ...problem, path, node, ...(definition && { function: definition }) });
    }
    for (const { scope: body, attribute, functionDefinition } of inner ?? []) {
      if (functionDefinition) seen.functions.add(functionDefinition);
      if (seen.scopes.has(body)) continue;
      const step: PathStep = attribute === undefined ? { node } : { node, attribute };
      yield* collect(body, [...path, step], functionDefinition ?? definition, found, seen);
    }
  }
}

function functionsOf(model: Model): ReadonlyMap<string, readonly FunctionDefinition[]> {
  const functions = new Map<string, FunctionDefinition[]>();
  for (const definition of model.functions) {
    const others = functions.get(definition.name);
    if (others) others.push(definition);
    else functions.set(definition.name, [definition]);
  }
  return functions;
}

function equalMaps(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

export type { LocalProblem, PathStep, Problem };
