/** Which statements of a model its outputs depend on. */
import { calledFunction, functionsOf, type LocalFunction } from '../../../onnx/analysis/functions.ts';
import { normalizedDomain, versionsOf } from '../../../onnx/operators/table.ts';
import type { NodeStatement, SyntaxTree, ValueDeclaration } from '../../../onnx/text/syntax-tree.ts';
import { type Body, bodiesInside, bodiesOf, type Placed } from './bodies.ts';

export interface Liveness {
  /** Bodies that count: the graph's, those of functions that are called, and those inside nodes that count. */
  readonly bodies: readonly LiveBody[];
  readonly functions: ReadonlySet<LocalFunction>;
}

export interface LiveBody extends Body {
  /** Statements that the outputs depend on. */
  readonly liveNodes: ReadonlySet<NodeStatement>;
  /** Names of this body's own values that something uses. */
  readonly used: ReadonlySet<string>;
}

export interface LivenessOptions {
  /** Names of the graph's values that something uses which the text does not show. */
  readonly isUsedElsewhere?: (name: string) => boolean;
  /** Nodes whose inputs do not count, for they are about to become constants. */
  readonly isConstant?: (node: NodeStatement) => boolean;
}

export function livenessOf(tree: SyntaxTree, options: LivenessOptions = {}): Liveness {
  const bodies: LiveBody[] = [];
  const functions = new Set<LocalFunction>();
  const all = bodiesOf(tree);
  // In a library of functions, all of them are there to be called.
  const isLibrary = all.every(({ kind }) => kind === 'function');
  const roots = isLibrary ? all : all.filter(({ kind }) => kind === 'graph');
  const call = (called: LocalFunction) => {
    const body = all.find(({ declaration }) => declaration === called.declaration);
    if (!functions.has(called) && body) {
      functions.add(called);
      visit(body);
    }
  };
  const visit = (body: Body) => visitBody({ tree, options, bodies, call }, body, () => undefined);
  if (isLibrary) {
    for (const found of functionsOf(tree).values()) {
      functions.add(found);
    }
  }
  for (const body of roots) {
    visit(body);
  }
  return { bodies, functions };
}

interface Visit {
  readonly tree: SyntaxTree;
  readonly options: LivenessOptions;
  readonly bodies: LiveBody[];
  readonly call: (called: LocalFunction) => void;
}

function visitBody(visit: Visit, body: Body, useOutside: (name: string) => void): void {
  const { tree, options } = visit;
  const makers = makersOf(body);
  const liveNodes = new Set<NodeStatement>();
  const used = new Set<string>();
  const waiting: Placed<NodeStatement>[] = [];
  const use = (name: string) => {
    const made = makers.get(name);
    if (name === '' || used.has(name)) {
      return;
    }
    if (!made) {
      useOutside(name);
      return;
    }
    used.add(name);
    waiting.push(...made);
  };
  for (const { part } of body.outputs) {
    use(part.name.name);
  }
  for (const node of body.nodes) {
    if (mayHaveEffects(tree, node.part)) {
      waiting.push(node);
    }
  }
  if (body.kind === 'graph' && options.isUsedElsewhere) {
    for (const name of makers.keys()) {
      if (options.isUsedElsewhere(name)) {
        use(name);
      }
    }
  }
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (liveNodes.has(node.part)) {
      continue;
    }
    liveNodes.add(node.part);
    if (options.isConstant?.(node.part)) {
      continue;
    }
    for (const input of node.part.inputs) {
      use(input.name);
    }
    for (const inner of bodiesInside(node, body.declaration)) {
      visitBody(visit, inner, use);
    }
    const called = calledFunction(tree, node.part);
    if (called) {
      visit.call(called);
    }
  }
  visit.bodies.push({ ...body, liveNodes, used });
}

/** The nodes that make each of the body's own values; none for inputs and initializers. */
function makersOf({ inputs, values, nodes }: Body): Map<string, readonly Placed<NodeStatement>[]> {
  const makers = new Map<string, Placed<NodeStatement>[]>();
  const define = ({ name }: ValueDeclaration) => makers.set(name.name, []);
  for (const { part } of inputs) {
    define(part);
  }
  for (const { part } of values) {
    if (part.data) {
      define(part);
    }
  }
  for (const node of nodes) {
    for (const { name } of node.part.outputs) {
      const known = makers.get(name);
      if (known) {
        known.push(node);
      } else if (name !== '') {
        makers.set(name, [node]);
      }
    }
  }
  return makers;
}

/** ONNX's operators only make values. One that nobody knows and that makes none can only be there for what else it does. */
function mayHaveEffects(tree: SyntaxTree, node: NodeStatement): boolean {
  return (
    node.outputs.every(({ name }) => name === '') &&
    versionsOf(normalizedDomain(node.domain?.name ?? ''), node.operator.name).length === 0 &&
    !calledFunction(tree, node)
  );
}
