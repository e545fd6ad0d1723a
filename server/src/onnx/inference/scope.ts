/** The values of one body of nodes (a graph, a graph inside a node, or a call of a function) while and after inference. */

import type { Attribute, Bytes, FunctionDefinition, Node, Tensor, Type } from '../model/model.ts';
import { normalizedDomain } from '../operators/table.ts';
import type { ExternalBytes } from './constants.ts';
import type { Dim } from './expression.ts';
import { LayeredMap } from './layered-map.ts';
import type { Operator } from './operator.ts';
import type { LocalProblem } from './problem.ts';
import { declaredType, type Value, valueWith } from './value.ts';

/** What all scopes of a model share. */
export interface Session {
  readonly readBytes: (bytes: Bytes) => Uint8Array;
  readonly external?: ExternalBytes | undefined;
  /** By name; those of one name differ in domain or overload. */
  readonly functions: ReadonlyMap<string, readonly FunctionDefinition[]>;
  /** Of the model; a function may lack some. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Elements of small constants; null where they cannot be known. */
  readonly elements: WeakMap<Tensor, readonly Dim[] | null>;
  /** By domain, opset version and name; null for what the opset does not have. */
  readonly operators: Map<string, Map<number, Map<string, Operator | null>>>;
  readonly calls: Map<FunctionDefinition, Call[]>;
  /** Functions that are being expanded, outermost first. */
  readonly active: Set<FunctionDefinition>;
  /** How many more nodes inside functions and subgraphs may be looked into. */
  budget: number;
}

/** A function body with the inputs and attributes of a call; calls that agree in them share it. */
export interface Call {
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly scope: Scope;
  readonly outputs: readonly Value[];
}

export interface Definition {
  /** Position of the node that makes the value among the scope's nodes; -1 for inputs and initializers. */
  readonly order: number;
  readonly value: Value;
}

export interface NodeRecord {
  readonly node: Node;
  readonly order: number;
  readonly outputs: readonly Definition[];
  readonly problems: readonly LocalProblem[] | undefined;
  readonly inner: readonly InnerScope[] | undefined;
}

/** A scope inside a node: a subgraph's, or the body of the function it calls. */
export interface InnerScope {
  /** The attribute that holds the graph; absent for a call. */
  readonly attribute?: string;
  readonly scope: Scope;
  readonly functionDefinition?: FunctionDefinition;
}

export interface Scope {
  readonly session: Session;
  /** Names the scope in the origins of anonymous symbols. Empty for the model's graph, else it ends with a slash. */
  readonly key: string;
  /** Nesting. */
  readonly depth: number;
  readonly opsets: ReadonlyMap<string, number>;
  /** Of the call, if this is a function's body or inside one. */
  readonly attributes: ReadonlyMap<string, Attribute> | undefined;
  /** Formal inputs that the call leaves out. */
  readonly omitted: ReadonlySet<string> | undefined;
  /** The scope whose values a subgraph sees, up to the node it is in. Let go of once the subgraph is inferred. */
  outer: { readonly scope: Scope; readonly order: number } | undefined;
  readonly values: LayeredMap<Definition>;
  /** All definitions of names that are defined more than once; the first in order is the one that counts. */
  readonly rivals: Map<string, readonly Definition[]>;
  readonly declared: ReadonlyMap<string, Type>;
  /** In order of the nodes. Set once they are inferred. */
  records: readonly NodeRecord[];
}

export function scopeOf(
  parts: Pick<Scope, 'session' | 'key' | 'depth' | 'opsets' | 'declared'> & Partial<Scope>,
): Scope {
  return {
    attributes: undefined,
    omitted: undefined,
    outer: undefined,
    values: new LayeredMap<Definition>(),
    rivals: new Map(),
    records: [],
    ...parts,
  };
}

/** What is known of a name at a node's place: only what is defined before it counts. Undefined for an unknown name. */
export function lookUp(scope: Scope, name: string, order: number): Value | undefined {
  const definition = scope.values.get(name);
  if (definition !== undefined && definition.order < order) return definition.value;
  const outer = scope.outer && lookUp(scope.outer.scope, name, scope.outer.order);
  if (outer) return outer;
  const declared = scope.declared.get(name);
  return declared && valueWith(declaredType(declared));
}

export function isOmitted(scope: Scope, name: string): boolean {
  if (name === '') return true;
  if (scope.omitted === undefined && scope.outer === undefined) return false;
  for (let inner: Scope | undefined = scope; inner; inner = inner.outer?.scope) {
    if (inner.omitted?.has(name)) return true;
  }
  return false;
}

/** Makes a definition known. Where there are several of a name, the first in order counts. */
export function define(scope: Scope, name: string, definition: Definition): void {
  const known = scope.values.get(name);
  if (known === undefined) {
    scope.values.set(name, definition);
    return;
  }
  scope.rivals.set(name, [...(scope.rivals.get(name) ?? [known]), definition]);
  if (definition.order < known.order) scope.values.set(name, definition);
}

/** Takes a definition back. */
export function undefine(scope: Scope, name: string, definition: Definition): void {
  const rivals = scope.rivals.get(name)?.filter((rival) => rival !== definition);
  if (rivals === undefined) {
    if (scope.values.get(name) === definition) scope.values.delete(name);
    return;
  }
  const [first, ...others] = [...rivals].sort((a, b) => a.order - b.order);
  if (others.length === 0) scope.rivals.delete(name);
  else scope.rivals.set(name, rivals);
  if (first) scope.values.set(name, first);
  else scope.values.delete(name);
}

/** Puts a definition in the place of another one of the same order. */
export function redefine(scope: Scope, name: string, before: Definition, after: Definition): void {
  if (scope.rivals.has(name) || scope.values.get(name) !== before) {
    undefine(scope, name, before);
    define(scope, name, after);
  } else {
    scope.values.set(name, after);
  }
}

/** The opset version that holds for a domain's operators in a scope. */
export function opsetOf(scope: Scope, domain: string): number | undefined {
  const key = normalizedDomain(domain);
  return scope.opsets.get(key) ?? scope.session.opsets.get(key);
}
