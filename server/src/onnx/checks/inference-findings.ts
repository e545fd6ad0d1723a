/** What shape and type inference has found not to fit together, put on the tokens of the text. */

import { type Names, occurrencesOf } from '../analysis/names.ts';
import { defines, subgraphsOf } from '../analysis/segment-names.ts';
import type { Inference } from '../inference/infer.ts';
import type { PathStep, Problem, Side } from '../inference/problem.ts';
import type { Graph, Node } from '../model/model.ts';
import type { AttributeSyntax, NodeStatement, Segment, Span, SyntaxTree } from '../text/syntax-tree.ts';
import type { AnchoredFinding, Place } from './finding.ts';

/** So many are shown. */
const shown = 500;

/** `inference` has to be that of this tree. */
export function inferenceFindings(
  tree: SyntaxTree,
  names: () => Names,
  inference: Inference,
): AnchoredFinding[] {
  const problems = inference.problems();
  const places = problems.length > 0 ? new Places(tree, inference) : undefined;
  const findings: AnchoredFinding[] = [];
  for (const problem of problems) {
    // Calls are checked without inference, each once.
    if (problem.code === 'onnx.recursive-function') continue;
    if (findings.length === shown) break;
    const found = places?.find(problem);
    if (found) findings.push(findingOf(problem, found, tree, names, places));
  }
  return findings;
}

interface FoundNode {
  readonly statement: NodeStatement;
  readonly segment: Segment;
  readonly declaration: number;
}

function findingOf(
  problem: Problem,
  { statement, segment, declaration }: FoundNode,
  tree: SyntaxTree,
  names: () => Names,
  places: Places | undefined,
): AnchoredFinding {
  const [first, ...others] = problem.sides;
  const span = (first && spanOf(first, statement)) ?? statement.operator;
  const related = [...others, ...(first ? [first] : [])].flatMap((side) => {
    const message = `${side.name}: ${side.text}`;
    const own = spanOf(side, statement);
    if (own && own !== span) return [{ segment, span: own, message }];
    const declared =
      side.role === 'attribute' ? undefined : declarationOf(tree, names, declaration, side, segment);
    return declared ? [{ ...declared, message }] : [];
  });
  const distinct = related.filter(
    (place, index) =>
      related.findIndex((other) => other.segment === place.segment && other.span === place.span) === index,
  );
  const frames = (places?.callers(problem.path) ?? []).map(({ statement: caller, segment: holder }) => ({
    segment: holder,
    span: caller.operator,
    message: `Called by ${caller.label?.name || caller.outputs[0]?.name || caller.operator.name}`,
  }));
  return {
    code: problem.code,
    place: { segment, span },
    message: problem.message,
    ...(distinct.length + frames.length > 0 && { related: [...distinct, ...frames] }),
  };
}

/** The token of the node that a side is. */
function spanOf({ role, index, name, graphOutput }: Side, statement: NodeStatement): Span | undefined {
  switch (role) {
    case 'input':
      return visible(statement.inputs[index ?? -1]);
    case 'output':
      return visible(statement.outputs[index ?? -1]);
    case 'attribute':
      return attributeSpan(
        statement.attributes.find((attribute) => attribute.name.name === name),
        graphOutput,
      );
    case 'declaration':
      return undefined;
  }
}

/** Of a graph, which is long: the output that is meant, or the name of the attribute. */
function attributeSpan(
  attribute: AttributeSyntax | undefined,
  graphOutput: number | undefined,
): Span | undefined {
  if (attribute?.value.kind !== 'graph') return attribute;
  return visible(attribute.value.value.outputs[graphOutput ?? -1]?.name) ?? attribute.name;
}

function visible(span: Span | undefined): Span | undefined {
  return span && span.end > span.start ? span : undefined;
}

/** Where the type of a value is stated, or where the value is made. */
function declarationOf(
  tree: SyntaxTree,
  names: () => Names,
  declaration: number,
  { name }: Side,
  here: Segment,
): Place | undefined {
  const places = occurrencesOf(names(), { declaration, graphs: [] }, name);
  const stated = places.find(({ owner }) => owner.kind === 'value-declaration' && owner.type !== undefined);
  const found = stated ?? places.find(({ role }) => defines(role));
  const segment = found && tree.segments[found.segment];
  return found && segment && segment !== here ? { segment, span: found.identifier } : undefined;
}

/** Where the nodes of the model are in the text. */
class Places {
  readonly #tree: SyntaxTree;
  readonly #inference: Inference;
  /** By declaration. */
  readonly #bodies: readonly (ReadonlyMap<Node, NodeStatement> | undefined)[];
  readonly #graph: number;
  readonly #functions: readonly number[];

  constructor(tree: SyntaxTree, inference: Inference) {
    this.#tree = tree;
    this.#inference = inference;
    this.#graph = tree.declarations.findIndex(({ kind }) => kind === 'graph');
    this.#functions = tree.declarations.flatMap(({ kind }, index) => (kind === 'function' ? [index] : []));
    const { model } = inference;
    this.#bodies = tree.declarations.map((_, index) => {
      const place = this.#functions.indexOf(index);
      const nodes = index === this.#graph ? model.graph?.nodes : model.functions[place]?.nodes;
      return nodes && this.#pair(index, nodes);
    });
  }

  find({ path, node, function: definition }: Problem): FoundNode | undefined {
    const lastCall = path.findLastIndex(({ attribute }) => attribute === undefined);
    const declaration = definition
      ? this.#functions[this.#inference.model.functions.indexOf(definition)]
      : this.#graph;
    if (declaration === undefined || declaration < 0) return undefined;
    return this.#follow(declaration, path.slice(lastCall + 1), node);
  }

  /** The nodes that call the functions on a path, the innermost first. */
  callers(path: readonly PathStep[]): readonly FoundNode[] {
    const found: FoundNode[] = [];
    let steps: PathStep[] = [];
    let declaration = this.#graph;
    for (const step of path) {
      if (step.attribute !== undefined) {
        steps.push(step);
        continue;
      }
      const caller = this.#follow(declaration, steps, step.node);
      if (!caller) break;
      found.unshift(caller);
      steps = [];
      declaration = this.#functions[this.#calledBy(step.node)] ?? -1;
    }
    return found;
  }

  #calledBy({ domain, operator, overload }: Node): number {
    return this.#inference.model.functions.findIndex(
      (candidate) =>
        candidate.name === operator &&
        candidate.domain === domain &&
        (candidate.overload ?? '') === (overload ?? ''),
    );
  }

  #follow(declaration: number, steps: readonly PathStep[], node: Node): FoundNode | undefined {
    const body = this.#bodies[declaration];
    const outermost = body?.get(steps[0]?.node ?? node);
    let statement = outermost;
    for (let index = 0; index < steps.length && statement; index++) {
      const step = steps[index];
      const next = steps[index + 1]?.node ?? node;
      statement = step && insideOf(statement, step, next);
    }
    return outermost && statement && { statement, segment: outermost, declaration };
  }

  /** The k-th node statement of a declaration is the k-th node of its graph or function. */
  #pair(declaration: number, nodes: readonly Node[]): ReadonlyMap<Node, NodeStatement> {
    const pairs = new Map<Node, NodeStatement>();
    const range = this.#tree.declarations[declaration]?.nodes ?? { from: 0, to: 0 };
    let at = 0;
    for (const segment of this.#tree.segments.slice(range.from, range.to)) {
      if (segment.kind !== 'node-statement') continue;
      const node = nodes[at++];
      if (node) pairs.set(node, segment);
    }
    return pairs;
  }
}

/** The statement of a node inside the graph of an attribute. */
function insideOf(
  statement: NodeStatement,
  { node, attribute }: PathStep,
  inner: Node,
): NodeStatement | undefined {
  const graphs = [...subgraphsOf(statement)].filter((candidate) => candidate.attribute === attribute);
  const found = node.attributes.find(({ name }) => name === attribute);
  const models: readonly Graph[] =
    found?.type === 'graph' ? [found.value] : found?.type === 'graphs' ? found.value : [];
  for (const [place, graph] of models.entries()) {
    const index = graph.nodes.indexOf(inner);
    if (index >= 0) return graphs[place]?.graph.nodes[index];
  }
  return undefined;
}
