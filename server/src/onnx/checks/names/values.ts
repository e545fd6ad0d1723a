/**
 * The names of values in every body: undefined, defined twice, used too early, unused. What is wrong with a name follows from the
 * places where it stands, so after an edit only the names in the statements it touched are looked at again.
 */

import type { ChangedPart } from '../../analysis/changed-part.ts';
import { type Names, occurrencesOf, segmentsOf } from '../../analysis/names.ts';
import { subgraphsOf, visitSegmentNames } from '../../analysis/segment-names.ts';
import { betweenPauses, type Steps } from '../../analysis/steps.ts';
import type { NodeStatement, Segment, SyntaxTree } from '../../text/syntax-tree.ts';
import { visitInnerOutputs } from '../rules/subgraphs.ts';
import { isSameBody } from '../same-body.ts';
import { type InnerDefinition, judgeName, type NameVerdict } from './judge-name.ts';
import { addInner, occurrencesOfAll, suspectsIn } from './suspects.ts';

/** Of one body: the names that something is wrong with. */
export interface BodyNames {
  readonly verdicts: ReadonlyMap<string, NameVerdict>;
  readonly inner: ReadonlyMap<string, readonly InnerDefinition[]>;
}

export interface ValueNames {
  readonly tree: SyntaxTree;
  readonly bodies: readonly BodyNames[];
}

/** `names` is asked for only after edits. */
export function* checkNames(
  tree: SyntaxTree,
  names: () => Names,
  before: { readonly state: ValueNames; readonly changed: ChangedPart } | undefined,
): Steps<ValueNames> {
  const affected = before && affectedNames(before.state.tree, tree, before.changed);
  const bodies: BodyNames[] = [];
  for (const [index, declaration] of tree.declarations.entries()) {
    const old = before?.state.bodies[index];
    const oldDeclaration = before?.state.tree.declarations[index];
    if (
      before &&
      affected &&
      old &&
      oldDeclaration?.kind === declaration.kind &&
      isSameBody(before.state.tree, tree, index, before.changed)
    ) {
      bodies.push(checkAffected(tree, names, index, old, affected, before.changed));
    } else {
      bodies.push(yield* checkBody(tree, index));
    }
  }
  return { tree, bodies };
}

function* checkBody(tree: SyntaxTree, declaration: number): Steps<BodyNames> {
  const { from, to } = segmentsOf(tree, declaration);
  const { names, inner } = yield* suspectsIn(tree.segments, from, to);
  const verdicts = new Map<string, NameVerdict>();
  let count = 0;
  for (const [name, occurrences] of yield* occurrencesOfAll(tree.segments, from, to, names)) {
    const verdict = judgeName(name, occurrences, inner.get(name) ?? [], tree.segments);
    if (verdict) verdicts.set(name, verdict);
    if (++count % betweenPauses === 0) yield;
  }
  return { verdicts, inner };
}

function checkAffected(
  tree: SyntaxTree,
  names: () => Names,
  declaration: number,
  old: BodyNames,
  affected: ReadonlySet<string>,
  changed: ChangedPart,
): BodyNames {
  const { from, to } = segmentsOf(tree, declaration);
  const moved = changed.newTo !== changed.oldTo;
  // Behind the edit nothing has changed but indices, which only the definitions inside graphs remember.
  if (from >= changed.newTo && (!moved || old.inner.size === 0)) return old;
  if (to <= changed.from) return old;
  const inner = innerAfter(tree, from, to, old, changed);
  const verdicts = new Map(old.verdicts);
  for (const name of affected) {
    const occurrences = occurrencesOf(names(), { declaration, graphs: [] }, name);
    const verdict = judgeName(name, occurrences, inner.get(name) ?? [], tree.segments);
    if (verdict) verdicts.set(name, verdict);
    else verdicts.delete(name);
  }
  return { verdicts, inner };
}

function innerAfter(
  tree: SyntaxTree,
  from: number,
  to: number,
  old: BodyNames,
  { from: changedFrom, newTo }: ChangedPart,
): BodyNames['inner'] {
  const touched = tree.segments.slice(Math.max(from, changedFrom), Math.min(to, newTo));
  if (old.inner.size === 0 && !touched.some(hasGraphs)) return old.inner;
  const inner = new Map<string, InnerDefinition[]>();
  for (let index = from; index < to; index++) {
    const segment = tree.segments[index];
    if (segment?.kind === 'node-statement') addInner(inner, segment, index);
  }
  return inner;
}

function hasGraphs(segment: Segment): boolean {
  return segment.kind === 'node-statement' && !subgraphsOf(segment).next().done;
}

/** All names in the statements that an edit took away or brought. */
function affectedNames(before: SyntaxTree, after: SyntaxTree, changed: ChangedPart): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (segment: Segment | undefined) => {
    if (!segment) return;
    visitSegmentNames(segment, ({ name }) => names.add(name));
    if (segment.kind === 'node-statement') addInnerNames(segment, names);
  };
  for (let index = changed.from; index < changed.oldTo; index++) add(before.segments[index]);
  for (let index = changed.from; index < changed.newTo; index++) add(after.segments[index]);
  return names;
}

function addInnerNames(node: NodeStatement, names: Set<string>): void {
  visitInnerOutputs(node, ({ name }) => names.add(name));
}
