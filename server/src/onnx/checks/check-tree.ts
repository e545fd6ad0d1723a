/**
 * All static checks of a text that need neither inference nor files: the rules on single statements (statements.ts), on names
 * (names/), on functions, on names of nodes. A pure function of the tree; with the result of the version before, only what
 * the edit touched is looked at again.
 */

import type { Names } from '../analysis/names.ts';
import type { Segment, SyntaxTree, TypeSyntax } from '../text/syntax-tree.ts';
import { changedPart } from './changed-part.ts';
import { describeCheck } from './codes.ts';
import { environmentOf } from './environment.ts';
import type { AnchoredFinding, Finding } from './finding.ts';
import { functionFindings } from './functions.ts';
import { valueFindings } from './names/value-findings.ts';
import { checkNames, type ValueNames } from './names/values.ts';
import { checkNodeNames, type NodeNames, nodeNameFindings } from './node-names.ts';
import { checkInitializers } from './rules/initializers.ts';
import { checkStatements, type Statements } from './statements.ts';

export interface TreeChecks {
  readonly tree: SyntaxTree;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
  /** What the next version builds on. */
  readonly state: {
    readonly statements: Statements;
    readonly values: ValueNames;
    readonly nodeNames: NodeNames;
  };
}

/** `names` are those of the tree; they are asked for only where they are needed. */
export function checkTree(tree: SyntaxTree, names: () => Names, previous?: TreeChecks): TreeChecks {
  const changed = previous && changedPart(previous.tree.segments, tree.segments);
  const since = <State>(state: State | undefined) =>
    previous && changed && state !== undefined ? { state, tree: previous.tree, changed } : undefined;
  const environment = environmentOf(tree, previous?.state.statements.environment);
  const statements = checkStatements(tree, environment, since(previous?.state.statements));
  const values = checkNames(tree, names, since(previous?.state.values));
  const nodeNames = checkNodeNames(tree, since(previous?.state.nodeNames));
  const anchored = [
    ...[...statements.found.values()].flat(),
    ...valueFindings(values, names),
    ...functionFindings(tree, statements),
    ...nodeNameFindings(nodeNames),
    ...initializerFindings(tree, environment.irVersion),
  ];
  return { tree, findings: findingsOn(tree, anchored), state: { statements, values, nodeNames } };
}

/** Findings with the places of their segments in a tree; those whose segment is not in it are left out. */
export function findingsOn(tree: SyntaxTree, anchored: readonly AnchoredFinding[]): readonly Finding[] {
  if (anchored.length === 0) return [];
  const indices = indicesOf(tree, anchored);
  const findings = anchored.flatMap(({ code, place, message, related = [] }): Finding[] => {
    const segment = indices.get(place.segment);
    if (segment === undefined) return [];
    const { severity, tag } = describeCheck(code);
    const others = related.flatMap(({ segment: other, span, message: words }) => {
      const index = indices.get(other);
      return index === undefined ? [] : [{ segment: index, span, message: words }];
    });
    return [{ code, severity, ...(tag && { tag }), segment, span: place.span, message, related: others }];
  });
  return findings.sort((a, b) => a.segment - b.segment || a.span.start - b.span.start);
}

function indicesOf(tree: SyntaxTree, anchored: readonly AnchoredFinding[]): ReadonlyMap<Segment, number> {
  const wanted = new Set<Segment>();
  for (const { place, related } of anchored) {
    wanted.add(place.segment);
    for (const { segment } of related ?? []) wanted.add(segment);
  }
  const indices = new Map<Segment, number>();
  for (let index = 0; index < tree.segments.length && indices.size < wanted.size; index++) {
    const segment = tree.segments[index];
    if (segment && wanted.has(segment)) indices.set(segment, index);
  }
  return indices;
}

function initializerFindings(tree: SyntaxTree, irVersion: number | undefined): AnchoredFinding[] {
  return tree.declarations.flatMap(({ signature, values }) => {
    const segment = tree.segments[signature];
    if (segment?.kind !== 'graph-signature') return [];
    const textOf = (holder: Segment, type: TypeSyntax) => {
      const start = tree.starts[tree.segments.indexOf(holder)] ?? 0;
      return tree.text.slice(start + type.start, start + type.end);
    };
    return checkInitializers(segment, tree.segments, values, irVersion, textOf);
  });
}
