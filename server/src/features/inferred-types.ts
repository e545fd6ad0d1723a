/** Types and shapes by our inference, for values of the text. */

import { subgraphsOf } from '../onnx/analysis/segment-names.ts';
import { formatType } from '../onnx/inference/format.ts';
import type { Inference, InferenceScope } from '../onnx/inference/infer.ts';
import type { Graph, Node } from '../onnx/model/model.ts';
import type { GraphSyntax, NodeStatement } from '../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from './document.ts';
import type { ValueReference } from './values.ts';

/** Segments; to infer more takes longer than a hover may. */
const bigDocument = 20_000;

/**
 * As ONNX text writes types, with expressions for dims. Undefined where nothing is known. For a big document that is what the last
 * inference says that somebody had the time for.
 */
export function inferredType(document: OnnxDocument, value: ValueReference): string | undefined {
  const isBig = document.tree.segments.length > bigDocument;
  const inference = isBig ? document.recentInference : document.inference;
  const scope = inference && inferenceScope(document, inference, value);
  const type = scope && inference.value(scope, value.name)?.type;
  const text = type && formatType(type);
  return text === undefined || text === '?' ? undefined : text.replaceAll(', ', ',');
}

/** The body of the model that a scope of the text is. */
function inferenceScope(
  document: OnnxDocument,
  inference: Inference,
  { scope, segment }: ValueReference,
): InferenceScope | undefined {
  const { tree } = document;
  const { model } = inference;
  const declaration = tree.declarations[scope.declaration];
  if (!declaration) {
    return undefined;
  }
  const isGraph = declaration.kind === 'graph';
  const definition = model.functions[functionIndex(document, scope.declaration)];
  const outermost = isGraph ? inference.root : definition && inference.bodyOf(definition);
  const nodes = isGraph ? model.graph?.nodes : definition?.nodes;
  if (!outermost || !nodes || scope.graphs.length === 0) {
    return outermost;
  }
  const statement = tree.segments[segment];
  if (statement?.kind !== 'node-statement') {
    return undefined;
  }
  return insideGraphs(
    inference,
    outermost,
    statement,
    nodes[nodeIndex(document, declaration.nodes.from, segment)],
    scope.graphs,
  );
}

/** Goes from a node into the first of the graphs, and from there on into the next. */
function insideGraphs(
  inference: Inference,
  scope: InferenceScope,
  statement: NodeStatement,
  node: Node | undefined,
  [graph, ...inner]: readonly GraphSyntax[],
): InferenceScope | undefined {
  const found = [...subgraphsOf(statement)].find((candidate) => candidate.graph === graph);
  const inside = found && node && inference.inside(scope, node, found.attribute);
  if (!found || !graph || !node || !inside || inner.length === 0) {
    return inside;
  }
  const index = graph.nodes.findIndex((candidate) => holds(candidate, inner[0]));
  const next = graph.nodes[index];
  return next && insideGraphs(inference, inside, next, graphOf(node, found.attribute)?.nodes[index], inner);
}

function holds(statement: NodeStatement, graph: GraphSyntax | undefined): boolean {
  return [...subgraphsOf(statement)].some((candidate) => candidate.graph === graph);
}

function graphOf(node: Node, attribute: string): Graph | undefined {
  const found = node.attributes.find(({ name }) => name === attribute);
  return found?.type === 'graph' ? found.value : undefined;
}

/** Place of a function among the functions of the model, which are in the order of the text. */
function functionIndex({ tree }: OnnxDocument, declaration: number): number {
  return tree.declarations.slice(0, declaration).filter(({ kind }) => kind === 'function').length;
}

/** The k-th node statement of a declaration is the k-th node of its graph or function. */
function nodeIndex({ tree }: OnnxDocument, from: number, segment: number): number {
  let index = 0;
  for (let at = from; at < segment; at++) {
    if (tree.segments[at]?.kind === 'node-statement') {
      index++;
    }
  }
  return index;
}
