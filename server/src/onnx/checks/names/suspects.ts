/** A first look at all names of a body: which of them deserve a second one. One pass, one map. */

import type { Occurrence } from '../../analysis/names.ts';
import { visitSegmentNames } from '../../analysis/segment-names.ts';
import { betweenPauses, type Steps } from '../../analysis/steps.ts';
import type { NodeStatement, Segment } from '../../text/syntax-tree.ts';
import { visitInnerOutputs } from '../rules/subgraphs.ts';
import type { InnerDefinition } from './judge-name.ts';

export interface Suspects {
  readonly names: ReadonlySet<string>;
  readonly inner: ReadonlyMap<string, readonly InnerDefinition[]>;
}

export function* suspectsIn(segments: readonly Segment[], from: number, to: number): Steps<Suspects> {
  const names = new Set<string>();
  const inner = new Map<string, InnerDefinition[]>();
  // Whether what is defined is used, too.
  const used = new Map<string, boolean>();
  const outputs: string[] = [];
  const stated: string[] = [];
  const inputs: string[] = [];
  let node: NodeStatement | undefined;
  const visit: Parameters<typeof visitSegmentNames>[1] = ({ name }, role) => {
    switch (role) {
      case 'input':
      case 'initializer':
      case 'node-output':
        if (role === 'input') inputs.push(name);
        if (used.has(name)) names.add(name);
        else used.set(name, role === 'input');
        return;
      case 'output':
      case 'node-input': {
        if (!node) {
          outputs.push(name);
          return;
        }
        const isUsed = used.get(name);
        if (isUsed === true) {
          if (makes(node, name)) names.add(name);
        } else if (isUsed === undefined || makes(node, name)) names.add(name);
        else used.set(name, true);
        return;
      }
      case 'value-info':
        stated.push(name);
    }
  };
  for (let index = from; index < to; index++) {
    const segment = segments[index];
    if (!segment) continue;
    node = segment.kind === 'node-statement' ? segment : undefined;
    visitSegmentNames(segment, visit);
    if (node) addInner(inner, node, index);
    if (index % betweenPauses === 0) yield;
  }
  for (const name of outputs) {
    if (used.has(name)) used.set(name, true);
    else names.add(name);
  }
  for (const [name, isUsed] of used) if (!isUsed) names.add(name);
  addStated(names, stated, used, [...inputs, ...outputs]);
  for (const name of inner.keys()) if (used.has(name)) names.add(name);
  return { names, inner };
}

/** Value infos of nothing, and those of values whose type is stated elsewhere, too. */
function addStated(
  names: Set<string>,
  stated: readonly string[],
  used: ReadonlyMap<string, boolean>,
  inSignature: readonly string[],
): void {
  if (stated.length === 0) return;
  const seen = new Set<string>();
  for (const name of stated) {
    if (!used.has(name) || seen.has(name)) names.add(name);
    seen.add(name);
  }
  for (const name of inSignature) if (seen.has(name)) names.add(name);
}

export function addInner(inner: Map<string, InnerDefinition[]>, node: NodeStatement, index: number): void {
  if (node.attributes.length === 0) return;
  visitInnerOutputs(node, (identifier) => {
    const known = inner.get(identifier.name);
    const definition = { segment: node, index, identifier };
    if (known) known.push(definition);
    else inner.set(identifier.name, [definition]);
  });
}

/** All places of many names at once. */
export function* occurrencesOfAll(
  segments: readonly Segment[],
  from: number,
  to: number,
  names: ReadonlySet<string>,
): Steps<ReadonlyMap<string, readonly Occurrence[]>> {
  const found = new Map<string, Occurrence[]>();
  if (names.size === 0) return found;
  for (let index = from; index < to; index++) {
    if (index % betweenPauses === 0) yield;
    const segment = segments[index];
    if (!segment) continue;
    visitSegmentNames(segment, (identifier, role, owner) => {
      if (!names.has(identifier.name)) return;
      const occurrence = { segment: index, identifier, role, owner };
      const known = found.get(identifier.name);
      if (known) known.push(occurrence);
      else found.set(identifier.name, [occurrence]);
    });
  }
  return found;
}

function makes({ outputs }: NodeStatement, name: string): boolean {
  for (const output of outputs) if (output.name === name) return true;
  return false;
}
