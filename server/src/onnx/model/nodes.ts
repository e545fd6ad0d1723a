/** What a node is called, and what it leads to: subgraphs and functions of the model. */
import { normalizedDomain } from '../operators/table.ts';
import type { FunctionDefinition, Graph, Model, Node } from './model.ts';

/** As TensorRT's ONNX parser names it: its name, or `node_of_OUTPUT` where it has none. */
export function parserName({ name, outputs }: Pick<Node, 'name' | 'outputs'>): string {
  return name !== undefined && name !== '' ? name : `node_of_${outputs[0] ?? ''}`;
}

/** Of its attributes; those inside of these are not among them. */
export function subgraphsOf({ attributes }: Pick<Node, 'attributes'>): readonly Graph[] {
  return attributes.flatMap((attribute) => {
    if (attribute.type === 'graph') return [attribute.value];
    return attribute.type === 'graphs' ? attribute.value : [];
  });
}

/** The nodes, each followed by those of its subgraphs. */
export function* withSubgraphNodes(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    for (const graph of subgraphsOf(node)) yield* withSubgraphNodes(graph.nodes);
  }
}

/** As ONNX text spells a call of it: `domain.name:overload`. */
export function functionName({
  domain,
  name,
  overload,
}: Pick<FunctionDefinition, 'domain' | 'name' | 'overload'>): string {
  return `${domain === '' ? '' : `${domain}.`}${name}${overload ? `:${overload}` : ''}`;
}

/** Tells which function of the model a node calls: domain, name and overload have to fit. */
export function calledFunctions({
  functions,
}: Pick<Model, 'functions'>): (node: Node) => FunctionDefinition | undefined {
  const byName = new Map<string, FunctionDefinition[]>();
  for (const definition of functions) {
    const others = byName.get(definition.name);
    if (others) others.push(definition);
    else byName.set(definition.name, [definition]);
  }
  return (node) =>
    byName
      .get(node.operator)
      ?.find(
        ({ domain, overload }) =>
          normalizedDomain(domain) === normalizedDomain(node.domain) &&
          (overload ?? '') === (node.overload ?? ''),
      );
}
