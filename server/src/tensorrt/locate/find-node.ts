import type { ParserErrorRecord } from '../../../../native-bridge/src/protocol.ts';
import type { AttributeSyntax, SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import { type Body, declarationBody, type PlacedNode, parserName, subgraphsOf } from './bodies.ts';

/** Where an entry of the parser's stack leads: the calling node, or the branch of an If node. */
export interface Frame {
  readonly caller: PlacedNode;
  /** `then_branch` or `else_branch`, where the entry names a branch. */
  readonly branch?: AttributeSyntax;
}

export interface Found {
  /** Nodes that the error may be of, in the order in which the parser visits them. Never empty. */
  readonly candidates: readonly PlacedNode[];
  readonly frames: readonly Frame[];
}

/**
 * The nodes that an error can be of. The parser counts nodes of the main graph only: `nodeIndex` is that of the outermost one
 * also for an error inside functions and subgraphs. The stack says the way from there: `CALLER (FUNCTION)` for a call of a local
 * function, `NODE (If)` and `GRAPH (then_branch)` for a branch; bodies of Loop and Scan leave no entry. Undefined where the tree
 * does not have what the record says.
 */
export function findNodes(tree: SyntaxTree, record: ParserErrorRecord): Found | undefined {
  const top = declarationBody(tree, 0).nodes[record.nodeIndex];
  if (!top) return undefined;
  const way = follow(tree, [top], record.localFunctionStack, record);
  if (way) return way;
  return { candidates: [top], frames: record.localFunctionStack.map(() => ({ caller: top })) };
}

/** Goes the way that the stack says from a list of nodes. */
function follow(
  tree: SyntaxTree,
  start: readonly PlacedNode[],
  stack: readonly string[],
  record: ParserErrorRecord,
): Found | undefined {
  const [entry, ...rest] = stack;
  if (entry === undefined) {
    const candidates = matching(start, (placed) => isOf(placed, record));
    return candidates.length === 0 ? undefined : { candidates, frames: [] };
  }
  const { name, operator } = parseEntry(entry);
  const callers = matching(
    start,
    ({ node }) => parserName(node) === name && (node.operator.name === operator || operator === undefined),
  );
  for (const caller of callers) {
    const [branchEntry, ...afterBranch] = rest;
    const branchName = branchEntry === undefined ? undefined : parseEntry(branchEntry).operator;
    const branch = subgraphsOf(caller).find(({ attribute }) => attribute.name.name === branchName);
    if (branch) {
      const inside = follow(tree, branch.body.nodes, afterBranch, record);
      const frames: Frame[] = [{ caller }, { caller, branch: branch.attribute }];
      if (inside) return { ...inside, frames: [...frames, ...inside.frames] };
    }
    for (const body of functionBodies(tree, caller.node.operator.name)) {
      const inside = follow(tree, body.nodes, rest, record);
      if (inside) return { ...inside, frames: [{ caller }, ...inside.frames] };
    }
  }
  return undefined;
}

/** `node_of_b (outer)`. */
function parseEntry(entry: string): { name: string; operator: string | undefined } {
  const match = /^(.*) \(([^()]*)\)$/s.exec(entry);
  return { name: match?.[1] ?? entry, operator: match?.[2] };
}

/** The nodes that fit, or where none does those in their subgraphs, which the parser enters without an entry of the stack. */
function matching(
  nodes: readonly PlacedNode[],
  fits: (placed: PlacedNode) => boolean,
): readonly PlacedNode[] {
  const direct = nodes.filter(fits);
  if (direct.length > 0) return direct;
  return nodes.flatMap((placed) => subgraphsOf(placed).flatMap(({ body }) => matching(body.nodes, fits)));
}

function isOf({ node }: PlacedNode, record: ParserErrorRecord): boolean {
  if (record.operator !== '' && node.operator.name !== record.operator) return false;
  return record.nodeName === '' || record.nodeName === parserName(node);
}

/** TensorRT finds functions by their name alone, whatever their domain, and takes the first of a name. */
function functionBodies(tree: SyntaxTree, name: string): readonly Body[] {
  const bodies: Body[] = [];
  for (const [index, declaration] of tree.declarations.entries()) {
    const signature = tree.segments[declaration.signature];
    if (signature?.kind === 'function-signature' && signature.name.name === name) {
      bodies.push(declarationBody(tree, index));
    }
  }
  return bodies;
}
