/** Brings a node of ai.onnx from one opset version to another. */

import type { Node } from '../model/model.ts';
import type { OperatorSchema } from '../operators/schema.ts';
import { schemaOf, versionsOf } from '../operators/table.ts';
import { NodeDraft, NoRule, type Surroundings } from './node-draft.ts';
import { hiddenChanges, rules } from './rules.ts';
import { noticeableChange } from './schema-change.ts';

export type ConvertedNode =
  | { readonly kind: 'same' }
  | { readonly kind: 'changed'; readonly draft: NodeDraft }
  /** Why there is no rule, as the rest of a sentence that begins with the operator. */
  | { readonly kind: 'refused'; readonly reason: string };

export function convertNode(node: Node, from: number, surroundings: Surroundings): ConvertedNode {
  const { target } = surroundings;
  const draft = new NodeDraft(node, surroundings);
  try {
    if (target > from) raise(draft, from, target);
    else lower(draft, from, target);
  } catch (error) {
    if (!(error instanceof NoRule)) throw error;
    return { kind: 'refused', reason: error.message };
  }
  return draft.isChanged ? { kind: 'changed', draft } : { kind: 'same' };
}

function raise(draft: NodeDraft, from: number, target: number): void {
  let before = schemaOf('', draft.operator, from);
  if (!before) throw new NoRule(`there is no such operator in opset ${from}`);
  for (let after = nextVersion(before); after && after.sinceVersion <= target; after = nextVersion(before)) {
    const rule = rules.get(`${after.name} ${after.sinceVersion}`);
    rule?.(draft);
    sayDefaults(draft, before, after, rule !== undefined);
    const operator: string = draft.operator;
    const renamed: OperatorSchema | undefined =
      operator === after.name ? after : schemaOf('', operator, after.sinceVersion);
    if (!renamed) throw new NoRule(`there is no ${operator} in opset ${after.sinceVersion}`);
    // Of an operator of another name, the attributes and inputs are what the rule says they are.
    const change = noticeableChange(draft, renamed === after ? before : renamed, renamed);
    if (change) throw new NoRule(`${change} from opset ${after.sinceVersion} on`);
    before = renamed;
  }
}

function lower(draft: NodeDraft, from: number, target: number): void {
  const before = schemaOf('', draft.operator, from);
  const after = schemaOf('', draft.operator, target);
  if (!before) throw new NoRule(`there is no such operator in opset ${from}`);
  if (!after) throw new NoRule(`there is no such operator in opset ${target}`);
  if (before === after) return;
  for (const { name, sinceVersion } of versionsOf('', draft.operator)) {
    const isCrossed = sinceVersion > target && sinceVersion <= from;
    if (isCrossed && hiddenChanges.get(`${name} ${sinceVersion}`)?.(draft)) {
      throw new NoRule(`it means something else before opset ${sinceVersion}`);
    }
  }
  withoutDefaults(draft, before, after);
  // Attributes that only the newer version has do by default what was done without them.
  sayDefaults(draft, before, after, true);
  const change = noticeableChange(draft, before, after);
  if (change) throw new NoRule(`${change} in opset ${target}`);
}

/** A default that the node went by, and that is another one now, or none, is said by the node from now on. */
function sayDefaults(
  draft: NodeDraft,
  before: OperatorSchema,
  after: OperatorSchema,
  hasRule: boolean,
): void {
  for (const [name, { type, default: value }] of before.attributes) {
    const now = after.attributes.get(name);
    if (value === undefined || draft.has(name) || JSON.stringify(now?.default) === JSON.stringify(value))
      continue;
    // A rule has seen to attributes that are gone.
    if (!now && hasRule) continue;
    if (!now) throw new NoRule(`it has no attribute ${name} any more, whose default it went by`);
    if (type === 'int' && typeof value === 'number') draft.set({ name, type, value });
    else if (type === 'float' && typeof value === 'number') draft.set({ name, type, value });
    else if (type === 'string' && typeof value === 'string') draft.set({ name, type, value });
  }
}

/** An attribute that the old version does not know can be left out where it says what is the case anyway. */
function withoutDefaults(draft: NodeDraft, before: OperatorSchema, after: OperatorSchema): void {
  for (const [name, attribute] of draft.attributes) {
    const known = before.attributes.get(name);
    const value = 'value' in attribute ? attribute.value : undefined;
    if (!after.attributes.has(name) && known?.default !== undefined && known.default === value)
      draft.remove(name);
  }
}

function nextVersion({ name, sinceVersion }: OperatorSchema): OperatorSchema | undefined {
  return versionsOf('', name).find((schema) => schema.sinceVersion > sinceVersion);
}
