/** What only feeds nodes that nothing uses: a chain is as useless as its end. */

import { type Names, type Occurrence, occurrencesOf } from '../../analysis/names.ts';
import { defines, visitSegmentNames } from '../../analysis/segment-names.ts';
import { betweenPauses, type Steps } from '../../analysis/steps.ts';
import type { NodeStatement, Segment, SyntaxTree } from '../../text/syntax-tree.ts';
import type { AnchoredFinding } from '../finding.ts';
import { wholeStatement } from '../spans.ts';

/** Names that are looked up on the way back, for all chains of a document together: it is done after every edit. */
export const chainBudget = 2000;

/** `ends` are the nodes of a declaration that nothing uses. The nodes and initializers that only they, and such nodes, use. */
export function* chainFindings(
  tree: SyntaxTree,
  names: () => Names,
  declaration: number,
  ends: readonly NodeStatement[],
  budget: { chainSteps: number },
): Steps<AnchoredFinding[]> {
  const findings: AnchoredFinding[] = [];
  const dead = new Set<Segment>(ends);
  const seen = new Set<string>();
  const waiting = [...ends];
  const placesOf = (name: string) => occurrencesOf(names(), { declaration, graphs: [] }, name);
  const isDead = (places: readonly Occurrence[]) =>
    places.every(({ role, segment }) => {
      if (defines(role) || role === 'value-info') return true;
      const user = tree.segments[segment];
      return user !== undefined && dead.has(user);
    });
  // In the order of the text, whichever way led here: the same after any edit.
  const usersOf = (maker: NodeStatement) =>
    maker.outputs.flatMap((output) =>
      placesOf(output.name).flatMap(({ role, segment }) => {
        const user = tree.segments[segment];
        if (defines(role) || role === 'value-info' || user?.kind !== 'node-statement') return [];
        return [
          {
            segment: user,
            span: user.operator,
            message: `Nothing uses what this ${user.operator.name} makes.`,
          },
        ];
      }),
    );
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const inputs = new Set<string>();
    visitSegmentNames(node, ({ name }, role) => {
      if (!defines(role) && name !== '') inputs.add(name);
    });
    for (const name of inputs) {
      // Where one of several users was not yet known to be dead, the last of them decides.
      if (budget.chainSteps-- <= 0) return findings;
      if (budget.chainSteps % betweenPauses === 0) yield;
      const places = placesOf(name);
      if (seen.has(name) || !isDead(places)) continue;
      seen.add(name);
      for (const { role, segment, identifier } of places) {
        const holder = tree.segments[segment];
        if (!holder) continue;
        if (role === 'initializer' && !places.some((place) => place.role === 'input')) {
          const message = `Only nodes that nothing uses take '${name}'.`;
          findings.push({
            code: 'onnx.unused-initializer',
            place: { segment: holder, span: identifier },
            message,
          });
        }
        if (role !== 'node-output' || holder.kind !== 'node-statement' || dead.has(holder)) continue;
        if (!holder.outputs.every((output) => output.name === '' || isDead(placesOf(output.name)))) continue;
        dead.add(holder);
        waiting.push(holder);
        findings.push({
          code: 'onnx.unused-node',
          place: { segment: holder, span: wholeStatement(holder) },
          message: `Only nodes that nothing uses take what this ${holder.operator.name} makes.`,
          related: usersOf(holder).slice(0, 1),
        });
      }
    }
  }
  return findings;
}
