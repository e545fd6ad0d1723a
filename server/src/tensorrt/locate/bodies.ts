import type {
  AttributeSyntax,
  AttributeValueSyntax,
  GraphSyntax,
  NodeStatement,
  SyntaxTree,
  ValueDeclaration,
} from '../../onnx/text/syntax-tree.ts';

/** A list of nodes that are parsed together: the main graph, a function's body, or a subgraph in an attribute. */
export interface Body {
  readonly nodes: readonly PlacedNode[];
  readonly inputs: readonly ValueDeclaration[];
  /** Initializers and value infos. */
  readonly values: readonly ValueDeclaration[];
  /** The body whose values a subgraph sees, too. */
  readonly outer?: Body;
}

export interface PlacedNode {
  readonly node: NodeStatement;
  /** Index of the segment that its spans are relative to. */
  readonly segment: number;
  readonly body: Body;
}

/** A graph that an attribute of a node holds: `then_branch`, `body` … */
export interface Subgraph {
  readonly attribute: AttributeSyntax;
  readonly graph: GraphSyntax;
  readonly body: Body;
}

/** The name that TensorRT gives a node: its own, or one made of its first output. */
export function parserName(node: NodeStatement): string {
  return node.label?.name || `node_of_${node.outputs[0]?.name ?? ''}`;
}

/** The body of a declaration of the tree (the graph or a function). */
export function declarationBody(tree: SyntaxTree, index: number): Body {
  const known = bodies.get(tree)?.get(index);
  if (known) return known;
  const declaration = tree.declarations[index];
  const nodes: PlacedNode[] = [];
  const inputs: ValueDeclaration[] = [];
  const values: ValueDeclaration[] = [];
  const body: Body = { nodes, inputs, values };
  if (declaration) {
    const signature = tree.segments[declaration.signature];
    if (signature?.kind === 'graph-signature' || signature?.kind === 'function-signature') {
      inputs.push(...signature.inputs);
    }
    for (let segment = declaration.values.from; segment < declaration.values.to; segment++) {
      const value = tree.segments[segment];
      if (value?.kind === 'value-declaration') values.push(value);
    }
    for (let segment = declaration.nodes.from; segment < declaration.nodes.to; segment++) {
      const node = tree.segments[segment];
      if (node?.kind === 'node-statement') nodes.push({ node, segment, body });
    }
  }
  const ofTree = bodies.get(tree) ?? new Map<number, Body>();
  bodies.set(tree, ofTree.set(index, body));
  return body;
}

const bodies = new WeakMap<SyntaxTree, Map<number, Body>>();

/** The subgraphs of a node, in order. */
export function subgraphsOf(placed: PlacedNode): readonly Subgraph[] {
  return placed.node.attributes.flatMap((attribute) =>
    graphsIn(attribute.value).map((graph) => {
      const nodes: PlacedNode[] = [];
      const body: Body = { nodes, inputs: graph.inputs, values: graph.values, outer: placed.body };
      nodes.push(...graph.nodes.map((node) => ({ node, segment: placed.segment, body })));
      return { attribute, graph, body };
    }),
  );
}

/** Whether a value of this name is defined where the body's nodes can use it. */
export function isDefined(body: Body, name: string): boolean {
  for (let scope: Body | undefined = body; scope; scope = scope.outer) {
    if (definedNames(scope).has(name)) return true;
  }
  return false;
}

/** Whether the value is there when an engine is built: an initializer, or the output of a Constant node. */
export function isConstant(body: Body, name: string): boolean {
  for (let scope: Body | undefined = body; scope; scope = scope.outer) {
    const initialized = [...scope.values, ...scope.inputs].some(
      (value) => value.name.name === name && value.data,
    );
    if (initialized) return true;
    const producer = scope.nodes.find(({ node }) => node.outputs.some((output) => output.name === name));
    if (producer) return producer.node.operator.name === 'Constant';
  }
  return false;
}

function definedNames(body: Body): ReadonlySet<string> {
  const known = namesOfBodies.get(body);
  if (known) return known;
  const names = new Set(body.inputs.map(({ name }) => name.name));
  // A value without data is a value info, which defines nothing.
  for (const { name, data } of body.values) if (data) names.add(name.name);
  for (const { node } of body.nodes) for (const output of node.outputs) names.add(output.name);
  namesOfBodies.set(body, names);
  return names;
}

const namesOfBodies = new WeakMap<Body, ReadonlySet<string>>();

function graphsIn(value: AttributeValueSyntax): readonly GraphSyntax[] {
  if (value.kind === 'graph') return [value.value];
  return value.kind === 'list' ? value.elements.flatMap(graphsIn) : [];
}
