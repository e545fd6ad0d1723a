/** Nodes of the same name in one body. Tools that address nodes by name (profiles, precision lists) then mean several. */

import type { ChangedPart } from '../analysis/changed-part.ts';
import { segmentsOf } from '../analysis/names.ts';
import { betweenPauses, type Steps } from '../analysis/steps.ts';
import type { Segment, SyntaxTree } from '../text/syntax-tree.ts';
import type { AnchoredFinding } from './finding.ts';
import { isSameBody } from './same-body.ts';

/** By declaration and name. Handed on from version to version: who has passed it on has it no longer. */
type Index = Map<string, Segment | Set<Segment>>[];

export interface NodeNames {
  readonly duplicates: ReadonlySet<Set<Segment>>;
  index: Index | undefined;
}

/** So many of them are shown. */
const shown = 500;

export function* checkNodeNames(
  tree: SyntaxTree,
  before: { readonly state: NodeNames; readonly tree: SyntaxTree; readonly changed: ChangedPart } | undefined,
): Steps<NodeNames> {
  const old = before && isSameLayout(before.tree, tree, before.changed) ? before.state.index : undefined;
  if (!before || !old) return yield* indexed(tree);
  before.state.index = undefined;
  const duplicates = new Set(before.state.duplicates);
  const { from, oldTo, newTo } = before.changed;
  visitNodes(before.tree, from, oldTo, (segment, name, declaration) => {
    const names = old[declaration];
    const known = names?.get(name);
    if (!(known instanceof Set)) {
      names?.delete(name);
      return;
    }
    // Other versions may still show the old set.
    duplicates.delete(known);
    const rest = new Set(known);
    rest.delete(segment);
    const [only] = rest;
    if (rest.size > 1) duplicates.add(rest);
    if (only) names?.set(name, rest.size > 1 ? rest : only);
  });
  visitNodes(tree, from, newTo, (segment, name, declaration) =>
    add(old, duplicates, segment, name, declaration, false),
  );
  return { duplicates, index: old };
}

export function nodeNameFindings({ duplicates }: NodeNames): AnchoredFinding[] {
  const findings: AnchoredFinding[] = [];
  for (const segments of duplicates) {
    for (const segment of segments) {
      if (segment.kind !== 'node-statement' || !segment.label) continue;
      if (findings.length === shown) return findings;
      const [other] = [...segments].filter((candidate) => candidate !== segment);
      findings.push({
        code: 'onnx.duplicate-node-name',
        place: { segment, span: segment.label },
        message: `${segments.size} nodes are called '${segment.label.name}'.`,
        ...(other?.kind === 'node-statement' &&
          other.label && { related: [{ segment: other, span: other.label, message: 'Another one.' }] }),
      });
    }
  }
  return findings;
}

function* indexed(tree: SyntaxTree): Steps<NodeNames> {
  const index: Index = tree.declarations.map(() => new Map());
  const duplicates = new Set<Set<Segment>>();
  const step = betweenPauses * 4;
  for (let from = 0; from < tree.segments.length; from += step) {
    visitNodes(tree, from, from + step, (segment, name, declaration) =>
      add(index, duplicates, segment, name, declaration, true),
    );
    yield;
  }
  return { duplicates, index };
}

function add(
  index: Index,
  duplicates: Set<Set<Segment>>,
  segment: Segment,
  name: string,
  declaration: number,
  isNew: boolean,
): void {
  const names = index[declaration];
  const known = names?.get(name);
  if (known === undefined) {
    names?.set(name, segment);
    return;
  }
  if (known instanceof Set) duplicates.delete(known);
  // Other versions may still show the set of before.
  const all = isNew && known instanceof Set ? known : new Set(known instanceof Set ? known : [known]);
  all.add(segment);
  names?.set(name, all);
  duplicates.add(all);
}

function isSameLayout(before: SyntaxTree, after: SyntaxTree, changed: ChangedPart): boolean {
  return after.declarations.every((_, index) => isSameBody(before, after, index, changed));
}

function visitNodes(
  tree: SyntaxTree,
  from: number,
  to: number,
  visit: (segment: Segment, name: string, declaration: number) => void,
): void {
  tree.declarations.forEach((_, declaration) => {
    const range = segmentsOf(tree, declaration);
    const end = Math.min(to, range.to);
    for (let index = Math.max(from, range.from); index < end; index++) {
      const segment = tree.segments[index];
      if (segment?.kind === 'node-statement' && segment.label && segment.label.name !== '') {
        visit(segment, segment.label.name, declaration);
      }
    }
  });
}
