/** The rules that look at one statement and its environment. After an edit only the statements it touched are looked at again. */

import type { ChangedPart } from '../analysis/changed-part.ts';
import type { LocalFunction } from '../analysis/functions.ts';
import { declarationAt } from '../analysis/names.ts';
import { subgraphsOf } from '../analysis/segment-names.ts';
import { betweenPauses, type Steps } from '../analysis/steps.ts';
import type { NodeStatement, Segment, Span, SyntaxTree } from '../text/syntax-tree.ts';
import type { Body, Environment } from './environment.ts';
import { type AnchoredFinding, type Report, reportInto } from './finding.ts';
import { checkAttributeReferences } from './rules/attribute-references.ts';
import { checkAttributes } from './rules/attributes.ts';
import { checkDataTypeAttribute } from './rules/data-type-attribute.ts';
import { checkDeprecated } from './rules/deprecated-operator.ts';
import { checkFunctionSignature } from './rules/function-signature.ts';
import { checkGraphSignature } from './rules/graph-types.ts';
import { checkHeader } from './rules/header.ts';
import { checkIncompatibleOpset } from './rules/incompatible-opset.ts';
import { checkInputsAndOutputs } from './rules/inputs-and-outputs.ts';
import {
  checkFeaturesOfDeclaration,
  checkFeaturesOfFunction,
  checkFeaturesOfNode,
} from './rules/ir-features.ts';
import type { NodeRule } from './rules/node-rule.ts';
import { checkOneOf } from './rules/one-of.ts';
import { checkOperator } from './rules/operator.ts';
import { checkSparseTensors } from './rules/sparse-tensors.ts';
import { checkSubgraphs } from './rules/subgraphs.ts';
import { unknownFunctionRule } from './rules/unknown-function.ts';

export interface Statements {
  readonly environment: Environment;
  readonly found: ReadonlyMap<Segment, readonly AnchoredFinding[]>;
  /** With problems of their own, or skipped: what they were meant to say is not known. */
  readonly broken: ReadonlySet<Segment>;
  /**
   * Calls of local functions, by the statement they are in. Versions with the same environment share it: it holds calls of
   * statements that some of them do not have.
   */
  readonly calls: WeakMap<Segment, readonly Call[]>;
  /** How often each local function is called. */
  readonly callCounts: ReadonlyMap<LocalFunction, number>;
}

export interface Call {
  readonly callee: LocalFunction;
  readonly span: Span;
}

export function* checkStatements(
  tree: SyntaxTree,
  environment: Environment,
  before:
    | { readonly state: Statements; readonly tree: SyntaxTree; readonly changed: ChangedPart }
    | undefined,
): Steps<Statements> {
  const kept = before?.state.environment === environment ? before : undefined;
  const found = new Map(kept?.state.found);
  const broken = new Set(kept?.state.broken);
  const calls = kept?.state.calls ?? new WeakMap<Segment, readonly Call[]>();
  const callCounts = new Map(kept?.state.callCounts);
  const count = (segment: Segment, step: 1 | -1) => {
    for (const { callee } of calls.get(segment) ?? []) {
      callCounts.set(callee, (callCounts.get(callee) ?? 0) + step);
    }
  };
  const nodeRules = [...rules, unknownFunctionRule(environment)];
  const all = { from: 0, oldTo: 0, newTo: tree.segments.length };
  const { from, oldTo, newTo } = kept?.changed ?? all;
  for (let index = from; index < oldTo; index++) {
    const segment = before?.tree.segments[index];
    if (segment) {
      found.delete(segment);
      broken.delete(segment);
      count(segment, -1);
    }
  }
  let declaration = declarationAt(tree, from) ?? nextDeclaration(tree, from);
  for (let index = from; index < newTo; index++) {
    if ((index - from) % betweenPauses === betweenPauses - 1) yield;
    const segment = tree.segments[index];
    if (!segment) continue;
    while ((tree.declarations[declaration + 1]?.signature ?? Number.POSITIVE_INFINITY) <= index)
      declaration++;
    if (segment.problems.length > 0 || segment.kind === 'skipped') broken.add(segment);
    // What is wrong with its text is said already, and what it lacks may be in what could not be read.
    if (segment.problems.length > 0) continue;
    const findings: AnchoredFinding[] = [];
    const body = environment.bodies[declaration];
    const segmentCalls: Call[] = [];
    checkSegment(segment, body, environment, nodeRules, reportInto(findings, segment), segmentCalls);
    if (findings.length > 0) found.set(segment, findings);
    if (segmentCalls.length > 0) {
      calls.set(segment, segmentCalls);
      count(segment, 1);
    }
  }
  return { environment, found, broken, calls, callCounts };
}

const rules: readonly NodeRule[] = [
  checkOperator,
  checkDeprecated,
  checkIncompatibleOpset,
  checkInputsAndOutputs,
  checkAttributes,
  checkAttributeReferences,
  checkDataTypeAttribute,
  checkOneOf,
];

function nextDeclaration(tree: SyntaxTree, segment: number): number {
  return tree.declarations.findLastIndex(({ signature }) => signature <= segment);
}

function checkSegment(
  segment: Segment,
  body: Body | undefined,
  environment: Environment,
  nodeRules: readonly NodeRule[],
  report: Report,
  calls: Call[],
): void {
  const { irVersion } = environment;
  switch (segment.kind) {
    case 'model-header':
      checkHeader({ start: segment.start, end: segment.end }, segment.entries, environment, report);
      return;
    case 'graph-signature':
      checkGraphSignature(segment, report);
      for (const declaration of [...segment.inputs, ...segment.outputs]) {
        checkFeaturesOfDeclaration(declaration, irVersion, report);
      }
      return;
    case 'function-signature':
      checkFunctionSignature(segment, environment, report);
      checkFeaturesOfFunction(segment, irVersion, report);
      return;
    case 'value-declaration':
      checkFeaturesOfDeclaration(segment, irVersion, report);
      return;
    case 'node-statement':
      if (body) checkNode(segment, segment, body, nodeRules, report, calls);
      return;
    case 'skipped':
  }
}

function checkNode(
  node: NodeStatement,
  segment: Segment,
  body: Body,
  nodeRules: readonly NodeRule[],
  report: Report,
  calls: Call[],
): void {
  const operator = body.resolve(node);
  const place = { node, operator, body, segment };
  for (const rule of nodeRules) rule(place, report);
  if (operator.kind === 'function') calls.push({ callee: operator.definition, span: node.operator });
  checkFeaturesOfNode(node, body.irVersion, report);
  if (node.attributes.length === 0) return;
  checkSparseTensors(node, report);
  if (node === segment) checkSubgraphs(node, report);
  for (const { graph } of subgraphsOf(node)) {
    for (const declaration of [...graph.inputs, ...graph.outputs, ...graph.values]) {
      checkFeaturesOfDeclaration(declaration, body.irVersion, report);
    }
    for (const inner of graph.nodes) checkNode(inner, segment, body, nodeRules, report, calls);
  }
}
