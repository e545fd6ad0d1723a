/**
 * All static checks of a text that need neither inference nor files: the rules on single statements (statements.ts), on names
 * (names/), on functions, on names of nodes. A pure function of the tree; with the result of the version before, only what
 * the edit touched is looked at again.
 */

import { changedPart } from '../analysis/changed-part.ts';
import type { Names } from '../analysis/names.ts';
import { indicesOf } from '../analysis/segment-indices.ts';
import { finished, type Steps } from '../analysis/steps.ts';
import type { Segment, SyntaxTree, TypeSyntax } from '../text/syntax-tree.ts';
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
    readonly initializers: readonly AnchoredFinding[];
  };
}

/** `names` are those of the tree; they are asked for only where they are needed. */
export function checkTree(tree: SyntaxTree, names: () => Names, previous?: TreeChecks): TreeChecks {
  return finished(checkInSteps(tree, names, previous));
}

/** As checkTree, in steps of less than a millisecond, the first look at changed functions aside. */
export function* checkInSteps(
  tree: SyntaxTree,
  names: () => Names,
  previous?: TreeChecks,
): Steps<TreeChecks> {
  const changed = previous && changedPart(previous.tree.segments, tree.segments);
  const since = <State>(state: State | undefined) =>
    previous && changed && state !== undefined ? { state, tree: previous.tree, changed } : undefined;
  const environment = environmentOf(tree, previous?.state.statements.environment);
  const statements = yield* checkStatements(tree, environment, since(previous?.state.statements));
  const values = yield* checkNames(tree, names, since(previous?.state.values));
  const nodeNames = yield* checkNodeNames(tree, since(previous?.state.nodeNames));
  const initializers =
    previous?.state.statements.environment === environment &&
    changed &&
    isBehindValues(previous.tree, changed.from) &&
    isBehindValues(tree, changed.from)
      ? previous.state.initializers
      : initializerFindings(tree, environment.irVersion);
  const anchored = [
    ...[...statements.found.values()].flat(),
    ...(yield* valueFindings(values, names, statements.broken)),
    ...functionFindings(tree, statements),
    ...nodeNameFindings(nodeNames),
    ...initializers,
  ];
  return {
    tree,
    findings: findingsOn(tree, anchored),
    state: { statements, values, nodeNames, initializers },
  };
}

/** Whether all initializers, and what they are checked against, are in front of a segment. */
function isBehindValues({ declarations }: SyntaxTree, segment: number): boolean {
  return declarations.every(
    ({ kind, signature, values }) =>
      kind !== 'graph' || (signature < segment && Math.max(values.from, values.to) < segment),
  );
}

/** Findings with the places of their segments in a tree; those whose segment is not in it are left out. */
export function findingsOn(tree: SyntaxTree, anchored: readonly AnchoredFinding[]): readonly Finding[] {
  if (anchored.length === 0) return [];
  const indices = indicesOf(tree, segmentsOf(anchored));
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

function segmentsOf(anchored: readonly AnchoredFinding[]): ReadonlySet<Segment> {
  const segments = new Set<Segment>();
  for (const { place, related } of anchored) {
    segments.add(place.segment);
    for (const { segment } of related ?? []) segments.add(segment);
  }
  return segments;
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
