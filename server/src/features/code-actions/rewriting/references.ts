/** What statements refer to besides values: operators' domains, local functions, and attribute parameters. */
import {
  calledFunction,
  functionsOf,
  type LocalFunction,
  opsetVersion,
} from '../../../onnx/analysis/functions.ts';
import { segmentsOf } from '../../../onnx/analysis/names.ts';
import { subgraphsOf } from '../../../onnx/analysis/segment-names.ts';
import { normalizedDomain } from '../../../onnx/operators/table.ts';
import type { AttributeSyntax, NodeStatement, SyntaxTree } from '../../../onnx/text/syntax-tree.ts';
import { nodesIn } from '../../function-references.ts';
import type { Imports } from './header-changes.ts';

/** The domains of all nodes, those in subgraphs included, at the versions in force where they stand. */
export function importsOf(tree: SyntaxTree, declaration: number, nodes: readonly NodeStatement[]): Imports {
  const imports = new Map<string, number>();
  for (const outer of nodes) {
    for (const node of nodesIn(outer)) {
      const domain = normalizedDomain(node.domain?.name ?? '');
      if (!imports.has(domain)) {
        const version = versionInForce(tree, declaration, domain);
        const assumed = calledFunction(tree, node) ? 1 : undefined;
        if (version !== undefined || assumed !== undefined) {
          imports.set(domain, version ?? assumed ?? 1);
        }
      }
    }
  }
  return imports;
}

/** A function without an import of its own falls back on the model's, as inference and onnx.checker do. */
export function versionInForce(tree: SyntaxTree, declaration: number, domain: string): number | undefined {
  return opsetVersion(tree, declaration, domain) ?? opsetVersion(tree, undefined, domain);
}

/** Local functions that the nodes call, directly and by way of others, in the order of the text. */
export function functionsCalledBy(tree: SyntaxTree, nodes: readonly NodeStatement[]): LocalFunction[] {
  const found = new Set<LocalFunction>();
  const visit = (outer: NodeStatement): void => {
    for (const node of nodesIn(outer)) {
      const called = calledFunction(tree, node);
      if (called && !found.has(called)) {
        found.add(called);
        for (const inner of nodesOf(tree, called.declaration)) {
          visit(inner);
        }
      }
    }
  };
  for (const node of nodes) {
    visit(node);
  }
  return [...functionsOf(tree).values()].filter((candidate) => found.has(candidate));
}

export function nodesOf(tree: SyntaxTree, declaration: number): NodeStatement[] {
  const { from, to } = segmentsOf(tree, declaration);
  return tree.segments.slice(from, to).filter((segment) => segment.kind === 'node-statement');
}

/** Attributes of the nodes, those in subgraphs included, that refer to an attribute parameter of the function around them. */
export function* attributeReferences(node: NodeStatement): Generator<AttributeSyntax> {
  for (const attribute of node.attributes) {
    if (attribute.value.kind === 'reference') {
      yield attribute;
    }
  }
  for (const { graph } of subgraphsOf(node)) {
    for (const inner of graph.nodes) {
      yield* attributeReferences(inner);
    }
  }
}
