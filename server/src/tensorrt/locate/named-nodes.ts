import type { SyntaxTree } from '../../onnx/text/syntax-tree.ts';
import { declarationBody, type PlacedNode, parserName, subgraphsOf } from './bodies.ts';
import type { Place } from './locate.ts';

/** Where the nodes of these names are, in the order of the names; those that the tree does not have are left out. */
export function placesOfNodes(
  tree: SyntaxTree,
  names: readonly string[],
): readonly { readonly name: string; readonly place: Place }[] {
  const wanted = new Set(names);
  const found = new Map<string, Place>();
  const look = (placed: PlacedNode) => {
    const name = parserName(placed.node);
    if (wanted.has(name) && !found.has(name)) {
      found.set(name, { segment: placed.segment, span: placed.node.operator });
    }
    for (const { body } of subgraphsOf(placed)) body.nodes.forEach(look);
  };
  for (const index of tree.declarations.keys()) declarationBody(tree, index).nodes.forEach(look);
  return names.flatMap((name) => {
    const place = found.get(name);
    return place ? [{ name, place }] : [];
  });
}

/** The graph's name: where a problem of the model as a whole is shown. */
export function placeOfGraph(tree: SyntaxTree): Place | undefined {
  const segment = tree.declarations[0]?.signature;
  const signature = segment === undefined ? undefined : tree.segments[segment];
  return signature?.kind === 'graph-signature' && segment !== undefined
    ? { segment, span: signature.name }
    : undefined;
}
