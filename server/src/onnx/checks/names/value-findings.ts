/** Findings out of what is wrong with names: those that need more than one name are put together here. */

import { type Names, occurrencesOf, segmentsOf } from '../../analysis/names.ts';
import { indexOf, indicesOf } from '../../analysis/segment-indices.ts';
import { defines, visitSegmentNames } from '../../analysis/segment-names.ts';
import type { Steps } from '../../analysis/steps.ts';
import { didYouMean } from '../../text/parser/suggestions.ts';
import type { NodeStatement, Segment, SyntaxTree } from '../../text/syntax-tree.ts';
import type { AnchoredFinding } from '../finding.ts';
import { wholeStatement } from '../spans.ts';
import { chainBudget, chainFindings } from './dead-chains.ts';
import type { EarlyUse, NameVerdict } from './judge-name.ts';
import type { ValueNames } from './values.ts';

/** Steps on the way back from a value, for all cycles of a document together. */
const cycleBudget = 20_000;

/** Undefined names that are compared with others for a suggestion. */
const suggestions = 20;

/** `brokenStatements` are those whose text could not be understood. */
export function* valueFindings(
  { tree, bodies }: ValueNames,
  names: () => Names,
  brokenStatements: ReadonlySet<Segment>,
): Steps<AnchoredFinding[]> {
  const broken = brokenStatements.size === 0 ? undefined : brokenWords(tree, brokenStatements);
  const findings: AnchoredFinding[] = [];
  const budget = { steps: cycleBudget, suggestions, chainSteps: chainBudget };
  for (const [declaration, { verdicts }] of bodies.entries()) {
    const unused = new Map<NodeStatement, number>();
    for (const [name, verdict] of verdicts) {
      findings.push(...verdict.findings);
      // What a broken statement may define is not called undefined.
      if (!broken?.has(name)) findings.push(...undefinedFindings(tree, declaration, name, verdict, budget));
      for (const early of verdict.early) {
        findings.push(earlyFinding(tree, names, declaration, name, early, budget));
      }
      for (const node of verdict.unused) unused.set(node, (unused.get(node) ?? 0) + 1);
      yield;
    }
    const ends: NodeStatement[] = [];
    for (const [node, number] of unused) {
      // A node has a use if any of its outputs has.
      if (number < node.outputs.filter(({ name }) => name !== '').length) continue;
      ends.push(node);
      const message = `Nothing uses what this ${node.operator.name} makes.`;
      findings.push({
        code: 'onnx.unused-node',
        place: { segment: node, span: wholeStatement(node) },
        message,
      });
    }
    if (ends.length > 0) findings.push(...(yield* chainFindings(tree, names, declaration, ends, budget)));
  }
  return findings;
}

function undefinedFindings(
  tree: SyntaxTree,
  declaration: number,
  name: string,
  verdict: NameVerdict,
  budget: { suggestions: number },
): AnchoredFinding[] {
  if (verdict.undefined.length === 0) return [];
  const hint = budget.suggestions-- > 0 ? didYouMean(name, namesNear(tree, declaration, verdict)) : '';
  return verdict.undefined.map(({ isOutput, ...place }) =>
    isOutput
      ? {
          code: 'onnx.undefined-output',
          place,
          message: `Nothing produces the output '${name}'.${hint}`,
        }
      : {
          code: 'onnx.undefined-value',
          place,
          message: `Nothing defines '${name}': no input, no initializer and no node has this name.${hint}`,
        },
  );
}

/** Names that may have been meant: inputs, initializers and what nodes around make. */
function namesNear(tree: SyntaxTree, declaration: number, verdict: NameVerdict): ReadonlySet<string> {
  const { from, to } = segmentsOf(tree, declaration);
  const around = 300;
  const use = verdict.undefined[0]?.segment;
  const at = (use && indexOf(tree, use)) ?? from;
  const found = new Set<string>();
  const visit: Parameters<typeof visitSegmentNames>[1] = ({ name }, role) => {
    if (defines(role)) found.add(name);
  };
  const addRange = (start: number, end: number) => {
    for (const segment of tree.segments.slice(start, end)) visitSegmentNames(segment, visit);
  };
  addRange(from, Math.min(to, from + 2 * around));
  addRange(Math.max(from, at - around), Math.min(to, at + around));
  addRange(Math.max(from, to - around), to);
  return found;
}

function earlyFinding(
  tree: SyntaxTree,
  names: () => Names,
  declaration: number,
  name: string,
  { user, identifier, maker, output }: EarlyUse,
  budget: { steps: number },
): AnchoredFinding {
  const place = { segment: user, span: identifier };
  const cycle = user === maker ? [user] : wayBack(tree, names, declaration, maker, user, budget);
  if (cycle) {
    const way = cycle.map((node) => node.operator.name).join(' → ');
    return {
      code: 'onnx.cycle',
      place,
      message: `'${name}' depends on itself: ${way} → ${cycle[0]?.operator.name}.`,
      related: cycle.map((node) => ({
        segment: node,
        span: node.outputs[0] ?? node.operator,
        message: `${node.operator.name} is part of the cycle.`,
      })),
    };
  }
  return {
    code: 'onnx.use-before-definition',
    place,
    message: `'${name}' is made by a node further down; nodes stand in the order in which they run.`,
    related: [{ segment: maker, span: output, message: `'${name}' is made here.` }],
  };
}

/**
 * The nodes from `user` to `maker` along which values flow, if there are any. The first node of a cycle is the one that uses a
 * value too early, so nodes above it need not be looked at.
 */
function wayBack(
  tree: SyntaxTree,
  names: () => Names,
  declaration: number,
  maker: NodeStatement,
  user: NodeStatement,
  budget: { steps: number },
): readonly NodeStatement[] | undefined {
  const lowest = indexOf(tree, user) ?? 0;
  const next = new Map<NodeStatement, NodeStatement | undefined>([[maker, undefined]]);
  const stack = [maker];
  for (let node = stack.pop(); node; node = stack.pop()) {
    const inputs: string[] = [];
    visitSegmentNames(node, ({ name }, role) => {
      if (!defines(role)) inputs.push(name);
    });
    for (const input of inputs) {
      if (budget.steps-- <= 0) return undefined;
      const from = makerOf(tree, names(), declaration, input, lowest);
      if (!from || next.has(from)) continue;
      next.set(from, node);
      if (from === user) return wayFrom(user, next);
      stack.push(from);
    }
  }
  return undefined;
}

function wayFrom(
  start: NodeStatement,
  next: ReadonlyMap<NodeStatement, NodeStatement | undefined>,
): readonly NodeStatement[] {
  const way: NodeStatement[] = [];
  for (let node: NodeStatement | undefined = start; node; node = next.get(node)) way.push(node);
  return way;
}

function makerOf(
  tree: SyntaxTree,
  names: Names,
  declaration: number,
  name: string,
  lowest: number,
): NodeStatement | undefined {
  const found = occurrencesOf(names, { declaration, graphs: [] }, name).find(
    ({ role, segment }) => role === 'node-output' && segment >= lowest,
  );
  const segment: Segment | undefined = found && tree.segments[found.segment];
  return segment?.kind === 'node-statement' ? segment : undefined;
}

/** The words of statements that could not be understood. */
function brokenWords(tree: SyntaxTree, statements: ReadonlySet<Segment>): ReadonlySet<string> {
  const words = new Set<string>();
  for (const index of indicesOf(tree, statements).values()) {
    const text = tree.text.slice(tree.starts[index], tree.starts[index + 1] ?? tree.text.length);
    for (const [word] of text.matchAll(/[\p{L}\p{N}_.:/-]+/gu)) words.add(word);
  }
  return words;
}
