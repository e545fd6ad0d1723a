import type { DocumentText } from '../document-text.ts';
import type { Declaration, SyntaxTree } from '../syntax-tree.ts';
import { role, type Segments } from './segments.ts';

/** `before`: a tree whose arrays the parts may share. */
export function treeOf(
  text: DocumentText,
  parts: Segments,
  problemCount: number,
  before?: SyntaxTree,
): SyntaxTree {
  const { segments, starts, modes, lookaheads, bodyEnds, roles } = parts;
  const places = before?.resumption.roles === roles ? before.declarations : placesOf(roles);
  const declarations = places.map((place) => declarationAt(place, parts));
  const resumption = { modes, lookaheads, bodyEnds, roles };
  const tree = { text, segments, starts, declarations, problemCount, resumption };
  const header = segments.findIndex((segment) => segment.kind !== 'skipped');
  return segments[header]?.kind === 'model-header' ? { ...tree, header } : tree;
}

type Place = Pick<Declaration, 'signature' | 'values' | 'nodes'>;

/** Reads the roles only, a byte per segment: touching 100,000 segments would take longer than a keystroke may. */
function placesOf(roles: Uint8Array): readonly Place[] {
  const places: Place[] = [];
  let index = roles.indexOf(role.signature);
  while (index >= 0) {
    const signature = index;
    index++;
    const firstValue = index;
    while (roles[index] === role.value) {
      index++;
    }
    const firstNode = index;
    while (roles[index] === role.node) {
      index++;
    }
    const values = { from: firstValue, to: firstNode };
    places.push({ signature, values, nodes: { from: firstNode, to: index } });
    index = roles.indexOf(role.signature, index);
  }
  return places;
}

function declarationAt(
  { signature, values, nodes }: Place,
  { segments, starts, bodyEnds }: Segments,
): Declaration {
  const last = nodes.to - 1;
  return {
    kind: segments[signature]?.kind === 'graph-signature' ? 'graph' : 'function',
    signature,
    values,
    nodes,
    end: (starts[last] ?? 0) + (bodyEnds[last] || (segments[last]?.end ?? 0)),
  };
}
