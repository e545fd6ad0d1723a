import type { DocumentText } from '../document-text.ts';
import type { Declaration, SyntaxTree } from '../syntax-tree.ts';
import { role, type Segments } from './segments.ts';

export function treeOf(text: DocumentText, parts: Segments, problemCount: number): SyntaxTree {
  const { segments, starts, modes, lookaheads, bodyEnds, roles } = parts;
  const declarations = declarationsOf(parts);
  const resumption = { modes, lookaheads, bodyEnds, roles };
  const tree = { text, segments, starts, declarations, problemCount, resumption };
  const header = segments.findIndex((segment) => segment.kind !== 'skipped');
  return segments[header]?.kind === 'model-header' ? { ...tree, header } : tree;
}

/** Reads little more than the roles, a byte per segment: touching 100,000 segments would take longer than a keystroke may. */
function declarationsOf({ segments, starts, bodyEnds, roles }: Segments): readonly Declaration[] {
  const declarations: Declaration[] = [];
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
    const last = index - 1;
    declarations.push({
      kind: segments[signature]?.kind === 'graph-signature' ? 'graph' : 'function',
      signature,
      values: { from: firstValue, to: firstNode },
      nodes: { from: firstNode, to: index },
      end: (starts[last] ?? 0) + (bodyEnds[last] || (segments[last]?.end ?? 0)),
    });
    index = roles.indexOf(role.signature, index);
  }
  return declarations;
}
