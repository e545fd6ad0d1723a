/** Which statements of a model its outputs depend on. */
import { calledFunction, functionsOf, type LocalFunction } from '../../../onnx/analysis/functions.ts';
import { normalizedDomain, versionsOf } from '../../../onnx/operators/table.ts';
import type { NodeStatement, SyntaxTree, ValueDeclaration } from '../../../onnx/text/syntax-tree.ts';
import type { Statement } from '../rewriting/body.ts';
import { bodiesInside, bodiesOf, type ListedBody } from './bodies.ts';

export interface Liveness {
  /** Bodies that count: the graph's, those of functions that are called, and those inside nodes that count. */
  readonly bodies: readonly LiveBody[];
  readonly functions: ReadonlySet<LocalFunction>;
}

export interface LiveBody extends ListedBody {
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
  const visit = (body: ListedBody) => visitBody({ tree, options, bodies, call }, body, () => undefined);
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

function visitBody(visit: Visit, body: ListedBody, useOutside: (name: string) => void): void {
  const { tree, options } = visit;
  const makers = makersOf(body);
  const liveNodes = new Set<NodeStatement>();
  const used = new Set<string>();
  const waiting: Statement[] = [];
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
  for (const { declaration } of body.outputs) {
    use(declaration.name.name);
  }
  for (const statement of body.nodes) {
    if (mayHaveEffects(tree, statement.node)) {
      waiting.push(statement);
    }
  }
  if (body.kind === 'graph' && options.isUsedElsewhere) {
    for (const name of makers.keys()) {
      if (options.isUsedElsewhere(name)) {
        use(name);
      }
    }
  }
  for (let statement = waiting.pop(); statement; statement = waiting.pop()) {
    const { node } = statement;
    if (liveNodes.has(node)) {
      continue;
    }
    liveNodes.add(node);
    if (options.isConstant?.(node)) {
      continue;
    }
    for (const input of node.inputs) {
      use(input.name);
    }
    for (const inner of bodiesInside(statement, body.declaration)) {
      visitBody(visit, inner, use);
    }
    const called = calledFunction(tree, node);
    if (called) {
      visit.call(called);
    }
  }
  visit.bodies.push({ ...body, liveNodes, used });
}

/** The nodes that make each of the body's own values; none for inputs and initializers. */
function makersOf({ inputs, values, nodes }: ListedBody): Map<string, readonly Statement[]> {
  const makers = new Map<string, Statement[]>();
  const define = ({ name }: ValueDeclaration) => makers.set(name.name, []);
  for (const { declaration } of inputs) {
    define(declaration);
  }
  for (const { declaration } of values) {
    if (declaration.data) {
      define(declaration);
    }
  }
  for (const statement of nodes) {
    for (const { name } of statement.node.outputs) {
      const known = makers.get(name);
      if (known) {
        known.push(statement);
      } else if (name !== '') {
        makers.set(name, [statement]);
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
