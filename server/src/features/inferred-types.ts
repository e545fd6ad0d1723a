/** Types and shapes by our inference, for values of the text. */

import { changedPart } from '../onnx/analysis/changed-part.ts';
import type { Occurrence } from '../onnx/analysis/names.ts';
import { type NameRole, subgraphsOf } from '../onnx/analysis/segment-names.ts';
import { formatDim, formatType } from '../onnx/inference/format.ts';
import type { Inference, InferenceScope, InferredValue } from '../onnx/inference/infer.ts';
import type { Graph, Node } from '../onnx/model/model.ts';
import type { GraphSyntax, NodeStatement } from '../onnx/text/syntax-tree.ts';
import type { OnnxDocument } from './document.ts';
import type { ValueReference } from './values.ts';

/** Segments; to infer more takes longer than a hover may. */
const bigDocument = 20_000;

/** Milliseconds that the requests on one version of a big document may spend on its inference, all together. */
const patience = 2;

export interface InferredType {
  /** As ONNX text writes types, with expressions for dims. */
  readonly text: string;
  /** Whether it is that of the text as it stands; otherwise of the text before the last edits. */
  readonly isCurrent: boolean;
}

/**
 * Undefined where nothing is known. Of a big document that nobody has inferred yet: what the version before had, where edits cannot
 * have changed it; what the inference has so far, what a few milliseconds more bring, or again what the version before had.
 */
export function inferredType(
  document: OnnxDocument,
  occurrences: readonly Occurrence[],
  value: ValueReference,
): InferredType | undefined {
  const { inference } = document.work;
  if (!isBig(document) || inference.ready) {
    return typeOf(valueIn(document, document.inference, value), true);
  }
  const before = document.recentInference;
  if (before && isOfGraph(document, value) && isBeforeEdits(document, occurrences, value)) {
    return typeOf(before.value(before.root, value.name), true);
  }
  const soFar = isOfGraph(document, value) ? valueSoFar(document, value.name) : undefined;
  // The few milliseconds may have been enough for all of it.
  if (soFar || inference.ready) {
    return typeOf(soFar ?? valueIn(document, document.inference, value), true);
  }
  // Elsewhere an edit may have changed which body it is.
  return before && isOfGraph(document, value)
    ? typeOf(before.value(before.root, value.name), false)
    : undefined;
}

/**
 * Why the dims of a value are what they are, a phrase each, or `shape of a` for all of them: `dim 2 = 112: (224 + 2·3 − 7) / 2 + 1`. None for what is not inferred, or
 * not yet.
 */
export function dimReasons(document: OnnxDocument, value: ValueReference): string[] {
  const { inference } = document.work;
  if (isBig(document) && !inference.ready) {
    return [];
  }
  const found = valueIn(document, document.inference, value);
  const dims = found?.shape ?? [];
  const reasons = dims.map((_, axis) => found?.reason(axis));
  // Elementwise operators take over a shape as a whole.
  const source = /^dim 0 of (.*)$/s.exec(reasons[0] ?? '')?.[1];
  if (source !== undefined && reasons.every((reason, axis) => reason === `dim ${axis} of ${source}`)) {
    return [`shape of ${source}`];
  }
  return reasons.flatMap((reason, axis) =>
    reason === undefined ? [] : [`dim ${axis} = ${formatDim(dims[axis])}: ${reason}`],
  );
}

/** Whether there will be more to know of a document's types soon. */
export function isBeingInferred(document: OnnxDocument): boolean {
  return isBig(document) && !document.work.inference.ready;
}

function isBig(document: OnnxDocument): boolean {
  return document.tree.segments.length > bigDocument;
}

function isOfGraph({ tree }: OnnxDocument, { scope }: ValueReference): boolean {
  return scope.graphs.length === 0 && tree.declarations[scope.declaration]?.kind === 'graph';
}

/**
 * Whether a value of the graph is defined before all that has changed since the last inference, in the list of its nodes: it and
 * what it depends on are as they were then.
 */
function isBeforeEdits(
  document: OnnxDocument,
  occurrences: readonly Occurrence[],
  { scope }: ValueReference,
): boolean {
  const { tree, recentlyInferred: before } = document;
  const [old, now] = [before, tree].map((each) => each?.declarations[scope.declaration]);
  if (!before || !old || !now || old.kind !== 'graph') {
    return false;
  }
  const { from, oldTo, newTo } = changedPart(before.segments, tree.segments);
  const isInNodes = from >= old.nodes.from && oldTo <= old.nodes.to && newTo <= now.nodes.to;
  return isInNodes && occurrences.some(({ role, segment }) => segment < from && definingRoles.has(role));
}

const definingRoles: ReadonlySet<NameRole> = new Set(['input', 'initializer', 'node-output']);

/** Milliseconds spent. */
const spent = new WeakMap<OnnxDocument, number>();

/** Nodes are inferred in their order, and what an edit changes is mostly near it: a value in sight is soon known. */
function valueSoFar(document: OnnxDocument, name: string): InferredValue | undefined {
  const { inference } = document.work;
  const known = inference.soFar?.value(name);
  const left = patience - (spent.get(document) ?? 0);
  // Without the inference of the version before it would be a long way.
  if (known || left <= 0 || !document.recentInference) {
    return known;
  }
  const start = performance.now();
  let found: InferredValue | undefined;
  inference.work(() => {
    found = inference.soFar?.value(name);
    return found !== undefined || performance.now() - start > left;
  });
  spent.set(document, patience - left + performance.now() - start);
  return found;
}

function valueIn(
  document: OnnxDocument,
  inference: Inference,
  value: ValueReference,
): InferredValue | undefined {
  const scope = inferenceScope(document, inference, value);
  return scope && inference.value(scope, value.name);
}

function typeOf(value: InferredValue | undefined, isCurrent: boolean): InferredType | undefined {
  const text = value?.type && formatType(value.type);
  return text === undefined || saysNothing.has(text)
    ? undefined
    : { text: text.replaceAll(', ', ','), isCurrent };
}

/** No type, and a tensor of unknown elements and rank, as in a function that nothing calls. */
const saysNothing: ReadonlySet<string> = new Set(['?', '?[]']);

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
