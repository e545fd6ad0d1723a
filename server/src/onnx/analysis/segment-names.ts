/** The names of values in one segment of a syntax tree, as the scope of the declaration around it sees them. */

import type {
  GraphSyntax,
  Identifier,
  NodeStatement,
  Segment,
  ValueDeclaration,
} from '../text/syntax-tree.ts';

/** What an identifier says of the value it names. */
export type NameRole =
  /** Defines it: an input of a graph or function. */
  | 'input'
  /** Defines it (or gives an input of the same name its default). */
  | 'initializer'
  /** Defines it: an output of a node. */
  | 'node-output'
  /** States its type. */
  | 'value-info'
  /** Uses it, and may state its type: an output of a graph or function. */
  | 'output'
  /** Uses it. */
  | 'node-input';

export function defines(role: NameRole): boolean {
  return role === 'input' || role === 'initializer' || role === 'node-output';
}

/** The innermost statement that holds the name. */
export type NameOwner = NodeStatement | ValueDeclaration;

export type NameVisitor = (identifier: Identifier, role: NameRole, owner: NameOwner) => void;

/**
 * Calls `visit` for each name that belongs to the declaration's own scope, in document order: those of the segment itself, and
 * those inside subgraphs that the subgraph does not define (captured values).
 */
export function visitSegmentNames(segment: Segment, visit: NameVisitor): void {
  switch (segment.kind) {
    case 'graph-signature':
    case 'function-signature':
      visitDeclarations(segment.inputs, 'input', visit);
      visitDeclarations(segment.outputs, 'output', visit);
      return;
    case 'value-declaration':
      visitDeclaration(segment, visit);
      return;
    case 'node-statement':
      visitNode(segment, visit);
      return;
    case 'model-header':
    case 'skipped':
      return;
  }
}

/** As visitSegmentNames, for the scope of a graph inside an attribute. */
export function visitGraphNames(graph: GraphSyntax, visit: NameVisitor): void {
  visitDeclarations(graph.inputs, 'input', visit);
  visitDeclarations(graph.outputs, 'output', visit);
  for (const value of graph.values) {
    visitDeclaration(value, visit);
  }
  for (const node of graph.nodes) {
    visitNode(node, visit);
  }
}

/** Whether a graph inside an attribute defines a name itself; otherwise the name is of a scope around it. */
export function definesName(graph: GraphSyntax, name: string): boolean {
  return definedNames(graph).has(name);
}

/** The graphs among a node's attributes, each with its attribute's name. */
export function* subgraphsOf(
  node: NodeStatement,
): Generator<{ readonly attribute: string; readonly graph: GraphSyntax }> {
  for (const { name, value } of node.attributes) {
    if (value.kind === 'graph') {
      yield { attribute: name.name, graph: value.value };
    } else if (value.kind === 'list') {
      for (const element of value.elements) {
        if (element.kind === 'graph') {
          yield { attribute: name.name, graph: element.value };
        }
      }
    }
  }
}

const definitions = new WeakMap<GraphSyntax, ReadonlySet<string>>();

function definedNames(graph: GraphSyntax): ReadonlySet<string> {
  let names = definitions.get(graph);
  if (!names) {
    const found = new Set<string>();
    for (const input of graph.inputs) {
      found.add(input.name.name);
    }
    for (const value of graph.values) {
      if (value.data) {
        found.add(value.name.name);
      }
    }
    for (const node of graph.nodes) {
      for (const output of node.outputs) {
        found.add(output.name);
      }
    }
    names = found;
    definitions.set(graph, names);
  }
  return names;
}

function visitDeclarations(
  declarations: readonly ValueDeclaration[],
  role: 'input' | 'output',
  visit: NameVisitor,
): void {
  for (const declaration of declarations) {
    visitName(declaration.name, role, declaration, visit);
  }
}

function visitDeclaration(declaration: ValueDeclaration, visit: NameVisitor): void {
  visitName(declaration.name, declaration.data ? 'initializer' : 'value-info', declaration, visit);
}

function visitNode(node: NodeStatement, visit: NameVisitor): void {
  for (const output of node.outputs) {
    visitName(output, 'node-output', node, visit);
  }
  for (const { graph } of subgraphsOf(node)) {
    const own = definedNames(graph);
    visitGraphNames(graph, (identifier, role, owner) => {
      if (!own.has(identifier.name)) {
        visit(identifier, role, owner);
      }
    });
  }
  for (const input of node.inputs) {
    visitName(input, 'node-input', node, visit);
  }
}

/** Empty names are omitted optional inputs and outputs. */
function visitName(identifier: Identifier, role: NameRole, owner: NameOwner, visit: NameVisitor): void {
  if (identifier.name !== '') {
    visit(identifier, role, owner);
  }
}
