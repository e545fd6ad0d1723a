import type { RuntimeMode } from '../../../native-bridge/src/protocol.ts';
import type { SyntaxTree } from '../onnx/text/syntax-tree.ts';
import { type Body, declarationBody, subgraphsOf } from './locate/bodies.ts';
import type { ErrorLocation } from './locate/locate.ts';

/** `TensorRT-RTX 1.7.1 (CPU only)`. */
export function runtimeName(runtime: {
  readonly product: string;
  readonly version: string;
  readonly mode?: RuntimeMode;
}): string {
  return `${runtime.product} ${runtime.version}${runtime.mode === 'cpu-only' ? ' (CPU only)' : ''}`;
}

/**
 * One line about the errors of a model: `4 of 6 nodes refused`. Nodes are counted as TensorRT sees them: those of a function once
 * per call, the calls themselves not.
 */
export function refusalSummary(tree: SyntaxTree, locations: readonly ErrorLocation[]): string {
  const refused = new Set<string>();
  let others = 0;
  for (const { primary, frames, node } of locations) {
    if (!node) others++;
    else
      refused.add(
        JSON.stringify([primary.segment, node.node.operator.start, ...frames.map(({ segment }) => segment)]),
      );
  }
  const nodes = `${refused.size} of ${countNodes(tree)} nodes refused`;
  const otherErrors = `${others} error${others === 1 ? '' : 's'}`;
  if (refused.size === 0) return `refused, ${otherErrors}`;
  return others === 0 ? nodes : `${nodes}, and ${otherErrors} beside`;
}

/** Nodes of the main graph and its subgraphs, with the bodies of called functions in place of the calls. */
export function countNodes(tree: SyntaxTree): number {
  const functions = new Map<string, number>();
  for (const [index, { signature }] of tree.declarations.entries()) {
    const segment = tree.segments[signature];
    // TensorRT takes the first function of a name.
    if (segment?.kind === 'function-signature' && !functions.has(segment.name.name)) {
      functions.set(segment.name.name, index);
    }
  }
  const counts = new Map<number, number>();
  const countOf = (body: Body): number => {
    let count = 0;
    for (const placed of body.nodes) {
      const called = functions.get(placed.node.operator.name);
      count += called === undefined ? 1 : countOfDeclaration(called);
      for (const subgraph of subgraphsOf(placed)) count += countOf(subgraph.body);
    }
    return count;
  };
  const countOfDeclaration = (index: number): number => {
    const known = counts.get(index);
    if (known !== undefined) return known;
    // Functions that call each other in a circle count once.
    counts.set(index, 0);
    const count = countOf(declarationBody(tree, index));
    counts.set(index, count);
    return count;
  };
  return tree.declarations[0]?.kind === 'graph' ? countOfDeclaration(0) : 0;
}
