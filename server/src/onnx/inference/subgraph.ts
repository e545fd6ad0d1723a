/** Graphs inside a node: the branches of If, the bodies of Loop, Scan and SequenceMap. */

import type { Graph } from '../model/model.ts';
import { declarationsOf, inferNodes, outputsOf, sourceValue } from './body.ts';
import { mayEnter } from './call.ts';
import type { NodeContext } from './node-context.ts';
import { define, scopeOf } from './scope.ts';
import type { Value } from './value.ts';

/**
 * The outputs of a node's graph for these inputs; undefined where it is nested too deep. The scope is kept as the node's own;
 * inferring a graph again replaces it.
 */
export function inferSubgraph(
  context: NodeContext,
  attribute: string,
  graph: Graph,
  inputs: readonly (Value | undefined)[],
): Value[] | undefined {
  if (!mayEnter(context, graph.nodes.length)) return undefined;
  const { scope: outer, node, order } = context;
  const key = `${outer.key}${node.outputs.find((name) => name !== '') ?? ''}.${attribute}/`;
  const scope = scopeOf({
    session: outer.session,
    key,
    depth: outer.depth + 1,
    opsets: outer.opsets,
    declared: declarationsOf(graph),
    attributes: outer.attributes,
    outer: { scope: outer, order },
  });
  const initializers = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  // A loop's body is inferred several times; what its declarations contradict is told once.
  const isAgain = context.inner?.some((inner) => inner.attribute === attribute) ?? false;
  graph.inputs.forEach((input, index) => {
    const value = sourceValue(
      key,
      input.name,
      input,
      initializers.get(input.name),
      inputs[index],
      (problem) => {
        if (!isAgain) context.report(problem.code, problem.message, problem.sides);
      },
    );
    define(scope, input.name, { order: -1, value });
    initializers.delete(input.name);
  });
  for (const [name, tensor] of initializers) {
    const value = sourceValue(key, name, undefined, tensor, undefined, () => {});
    define(scope, name, { order: -1, value });
  }
  inferNodes(scope, graph.nodes);
  context.inner = [
    ...(context.inner ?? []).filter((inner) => inner.attribute !== attribute),
    { attribute, scope },
  ];
  const outputs = outputsOf(
    scope,
    graph.outputs.map((output) => output.name),
  );
  // The inner scope outlives this version of the outer one where an edit does not touch the node.
  scope.outer = undefined;
  return outputs;
}
