/** What is wrong with one name of a body: all that follows from the places where it stands. */

import type { Occurrence } from '../../analysis/names.ts';
import { defines } from '../../analysis/segment-names.ts';
import type { Identifier, NodeStatement, Segment } from '../../text/syntax-tree.ts';
import type { CheckCode } from '../codes.ts';
import { contradictions } from '../declared-types.ts';
import type { AnchoredFinding, Place } from '../finding.ts';

export interface NameVerdict {
  readonly findings: readonly AnchoredFinding[];
  /** Uses above the node that makes the value: out of order, or part of a cycle. */
  readonly early: readonly EarlyUse[];
  /** Nodes that make the value, where nothing uses it. */
  readonly unused: readonly NodeStatement[];
  /** Uses of what nothing defines. */
  readonly undefined: readonly (Place & { readonly isOutput: boolean })[];
}

export interface EarlyUse {
  readonly user: NodeStatement;
  readonly identifier: Identifier;
  readonly maker: NodeStatement;
  readonly output: Identifier;
}

/** A value of this name that a node inside another node's graph makes. */
export interface InnerDefinition {
  readonly segment: Segment;
  readonly index: number;
  readonly identifier: Identifier;
}

/** `occurrences` in document order. Undefined where all is well. */
export function judgeName(
  name: string,
  occurrences: readonly Occurrence[],
  inner: readonly InnerDefinition[],
  segments: readonly Segment[],
): NameVerdict | undefined {
  const placeOf = ({ segment, identifier }: Occurrence): Place[] => {
    const holder = segments[segment];
    return holder ? [{ segment: holder, span: identifier }] : [];
  };
  const definitions = inOrderOfDefinition(occurrences);
  const [first] = definitions;
  const uses = occurrences.filter(({ role }) => role === 'node-input' || role === 'output');
  const findings = [
    ...duplicates(name, definitions, placeOf),
    ...contradictions(name, occurrences, segments),
  ];
  if (!first) {
    const undefinedUses = uses.flatMap((use) =>
      placeOf(use).map((place) => ({ ...place, isOutput: isSignatureOutput(use, segments) })),
    );
    if (undefinedUses.length > 0) return { ...quiet, undefined: undefinedUses };
    const stale = occurrences
      .filter(({ role }) => role === 'value-info')
      .flatMap(placeOf)
      .map(
        (place): AnchoredFinding => ({ code: 'onnx.stale-value-info', place, message: staleMessage(name) }),
      );
    // A name that only nodes inside a graph make is theirs.
    return stale.length > 0 ? { ...quiet, findings: stale } : undefined;
  }
  for (const { segment, index, identifier } of inner) {
    if (first.role === 'node-output' && first.segment >= index) continue;
    const message = `'${name}' is a value outside already, which this one hides; every value needs its own name.`;
    const place = { segment, span: identifier };
    findings.push(findingOf('onnx.duplicate-value', place, message, placeOf(first), 'The value outside.'));
  }
  const early = earlyUses(first, uses, segments);
  const unused: NodeStatement[] = [];
  if (uses.length === 0) {
    const isInput = definitions.some(({ role }) => role === 'input');
    for (const definition of definitions) {
      const segment = segments[definition.segment];
      if (definition.role === 'node-output' && segment?.kind === 'node-statement') unused.push(segment);
      if (definition.role !== 'initializer' || isInput) continue;
      for (const place of placeOf(definition)) {
        findings.push({ code: 'onnx.unused-initializer', place, message: `Nothing uses '${name}'.` });
      }
    }
  }
  return findings.length > 0 || early.length > 0 || unused.length > 0
    ? { ...quiet, findings, early, unused }
    : undefined;
}

export function staleMessage(name: string): string {
  return `Nothing is called '${name}': its type is stated for no value. Such a leftover can contradict a later value of this name.`;
}

const quiet: NameVerdict = { findings: [], early: [], unused: [], undefined: [] };

/** Inputs, then initializers, then nodes. */
function inOrderOfDefinition(occurrences: readonly Occurrence[]): Occurrence[] {
  const order = { input: 0, initializer: 1, 'node-output': 2, 'value-info': 3, output: 3, 'node-input': 3 };
  return occurrences
    .filter(({ role }) => defines(role))
    .sort((a, b) => order[a.role] - order[b.role] || a.segment - b.segment);
}

/** An initializer may have the name of an input, whose default it then is. */
function duplicates(
  name: string,
  definitions: readonly Occurrence[],
  placeOf: (occurrence: Occurrence) => readonly Place[],
): AnchoredFinding[] {
  const findings: AnchoredFinding[] = [];
  let [input, initializer]: (Occurrence | undefined)[] = [];
  let any: Occurrence | undefined;
  for (const definition of definitions) {
    const { role, owner } = definition;
    const hasData = owner.kind === 'value-declaration' && owner.data !== undefined;
    const other = role === 'input' ? input : role === 'initializer' ? initializer : any;
    if (other) {
      const message = `'${name}' is defined already; every value needs its own name.`;
      for (const place of placeOf(definition)) {
        findings.push(
          findingOf('onnx.duplicate-value', place, message, placeOf(other), 'The other definition.'),
        );
      }
    }
    if (role === 'input') input ??= definition;
    if (role === 'initializer' || (role === 'input' && hasData)) initializer ??= definition;
    any ??= definition;
  }
  return findings;
}

function findingOf(
  code: CheckCode,
  place: Place,
  message: string,
  related: readonly Place[],
  what: string,
): AnchoredFinding {
  return { code, place, message, related: related.map((other) => ({ ...other, message: what })) };
}

function earlyUses(
  definition: Occurrence,
  uses: readonly Occurrence[],
  segments: readonly Segment[],
): EarlyUse[] {
  if (definition.role !== 'node-output') return [];
  const maker = segments[definition.segment];
  return uses.flatMap(({ segment, identifier }) => {
    const user = segments[segment];
    return segment <= definition.segment &&
      user?.kind === 'node-statement' &&
      maker?.kind === 'node-statement'
      ? [{ user, identifier, maker, output: definition.identifier }]
      : [];
  });
}

function isSignatureOutput({ role, segment }: Occurrence, segments: readonly Segment[]): boolean {
  return role === 'output' && segments[segment]?.kind !== 'node-statement';
}
