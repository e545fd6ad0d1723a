import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import type { GraphSignature, Span, SyntaxTree, ValueDeclaration } from '../../onnx/text/syntax-tree.ts';
import { targetOf } from '../messages/explain.ts';
import { type Body, declarationBody, isDefined, type PlacedNode, subgraphsOf } from './bodies.ts';
import type { Place } from './locate.ts';

/** The declaration, or at least the graph, that caused an error which the parser reports without a node. */
export function locateInDeclarations(tree: SyntaxTree, record: ParserErrorRecord): Place {
  const graph = graphOf(tree);
  if (!graph) return { segment: 0, span: wholeOf(tree, 0) };
  const { signature, segment } = graph;
  const body = declarationBody(tree, 0);
  const place =
    inputPlace(signature, segment, record) ??
    initializerPlace(tree, record) ??
    operatorPlace(body, record) ??
    cyclePlace(body, record) ??
    outputPlace(signature, segment, body, record);
  return place ?? { segment, span: nonEmpty(signature.name) ?? wholeOf(tree, segment) };
}

/** The parser gives the name of an input where other errors have a source file. */
function inputPlace(
  signature: GraphSignature,
  segment: number,
  record: ParserErrorRecord,
): Place | undefined {
  if (record.function !== 'importInput') return undefined;
  const input = signature.inputs.find(({ name }) => name.name === record.file);
  return input && { segment, span: spanOf(input, targetOf(record).kind === 'type') };
}

function initializerPlace(tree: SyntaxTree, record: ParserErrorRecord): Place | undefined {
  const name = /Failed to import initiali?zer: (?!In node)(.+)$/.exec(record.description)?.[1];
  if (name === undefined) return undefined;
  for (const [segment, value] of tree.segments.entries()) {
    if (value.kind === 'value-declaration' && value.name.name === name && value.data) {
      return { segment, span: value.name };
    }
  }
  for (const placed of everyNode(declarationBody(tree, 0))) {
    for (const { graph } of subgraphsOf(placed)) {
      const found = graph.values.find((value) => value.name.name === name && value.data);
      if (found) return { segment: placed.segment, span: found.name };
    }
  }
  return undefined;
}

/** Some importers forget the node, but their own name says the operator: `importScatterElements`. */
function operatorPlace(body: Body, record: ParserErrorRecord): Place | undefined {
  const operator = record.operator || /^(?:import|check)([A-Z]\w*)$/.exec(record.function)?.[1];
  if (!operator) return undefined;
  const target = targetOf(record);
  for (const { node, segment } of everyNode(body)) {
    if (node.operator.name !== operator) continue;
    const attribute =
      target.kind === 'attribute' ? node.attributes.find(({ name }) => name.name === target.name) : undefined;
    return { segment, span: attribute?.name ?? node.operator };
  }
  return undefined;
}

/** A node that needs, directly or through others, its own output. */
function cyclePlace(body: Body, record: ParserErrorRecord): Place | undefined {
  if (!record.description.includes('toposort')) return undefined;
  const producers = new Map<string, PlacedNode>();
  for (const placed of body.nodes) for (const { name } of placed.node.outputs) producers.set(name, placed);
  const needs = new Map<PlacedNode, readonly PlacedNode[]>();
  const users = new Map<PlacedNode, PlacedNode[]>();
  for (const placed of body.nodes) {
    const needed = [...new Set(inputsOf(placed).flatMap((name) => producers.get(name) ?? []))];
    needs.set(placed, needed);
    for (const producer of needed) {
      const usersOfProducer = users.get(producer);
      if (usersOfProducer) usersOfProducer.push(placed);
      else users.set(producer, [placed]);
    }
  }
  // What needs only nodes that are done gets done; what is left is in a cycle, or behind one.
  const left = new Map([...needs].map(([placed, needed]) => [placed, needed.length]));
  const done = body.nodes.filter((placed) => left.get(placed) === 0);
  for (const placed of done) {
    left.delete(placed);
    for (const user of users.get(placed) ?? []) {
      const rest = (left.get(user) ?? 0) - 1;
      left.set(user, rest);
      if (rest === 0) done.push(user);
    }
  }
  // Whatever is left needs something that is left: going there again and again leads into a cycle and around it.
  const passed = new Set<PlacedNode>();
  let [placed] = left.keys();
  while (placed && !passed.has(placed)) {
    passed.add(placed);
    placed = needs.get(placed)?.find((needed) => left.has(needed));
  }
  return placed && { segment: placed.segment, span: placed.node.operator };
}

/** Names that a node uses, those inside its subgraphs included. */
function inputsOf(placed: PlacedNode): readonly string[] {
  const inner = subgraphsOf(placed).flatMap(({ body }) => body.nodes.flatMap(inputsOf));
  return [...placed.node.inputs.map(({ name }) => name), ...inner];
}

/** The first output that no node computes. */
function outputPlace(
  signature: GraphSignature,
  segment: number,
  body: Body,
  record: ParserErrorRecord,
): Place | undefined {
  if (!/null tensor|output tensor|output_trt_dtype|output\.type/.test(record.description)) return undefined;
  const missing = signature.outputs.find(({ name }) => !isDefined(body, name.name));
  const output = missing ?? signature.outputs[0];
  return output && { segment, span: spanOf(output, false) };
}

function spanOf(declaration: ValueDeclaration, type: boolean): Span {
  const written = type ? declaration.type : undefined;
  if (written && 'element' in written && 'name' in written.element) return written.element;
  return written ?? declaration.name;
}

function* everyNode(body: Body): Generator<PlacedNode> {
  for (const placed of body.nodes) {
    yield placed;
    for (const subgraph of subgraphsOf(placed)) yield* everyNode(subgraph.body);
  }
}

function graphOf(tree: SyntaxTree): { signature: GraphSignature; segment: number } | undefined {
  const segment = tree.declarations[0]?.signature;
  const signature = segment === undefined ? undefined : tree.segments[segment];
  return signature?.kind === 'graph-signature' && segment !== undefined ? { signature, segment } : undefined;
}

function nonEmpty(span: Span): Span | undefined {
  return span.end > span.start ? span : undefined;
}

function wholeOf(tree: SyntaxTree, segment: number): Span {
  return { start: 0, end: tree.segments[segment]?.end ?? 0 };
}
