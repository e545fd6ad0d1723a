/** What changed from one version of an operator to another, as far as the schemas tell and a node may notice. */

import { dataTypeOfNumber } from '../model/data-types.ts';
import type { FormalParameter, OperatorSchema } from '../operators/schema.ts';
import { parameterAt } from '../operators/schema.ts';
import type { NodeDraft } from './node-draft.ts';

/**
 * The first thing that keeps a node of version `before` from being one of version `after` that says the same, as the rest of a
 * sentence; undefined where nothing does.
 */
export function noticeableChange(
  draft: NodeDraft,
  before: OperatorSchema,
  after: OperatorSchema,
): string | undefined {
  if (after.deprecated && !before.deprecated) return 'the operator is deprecated';
  return (
    countChange('input', draft.inputs, after.inputs) ??
    countChange('output', draft.outputs, after.outputs) ??
    attributeChange(draft, before, after) ??
    typeChange(draft, before, after)
  );
}

function countChange(
  what: string,
  given: readonly string[],
  parameters: readonly FormalParameter[],
): string | undefined {
  for (const [index, name] of given.entries()) {
    if (name !== '' && !parameterAt(parameters, index)) return `it has no ${what} ${index} any more`;
  }
  for (const [index, { name, option, minimum }] of parameters.entries()) {
    const isNeeded = option === 'single' || (option === 'variadic' && minimum > 0);
    if (isNeeded && (given[index] ?? '') === '') return `it needs an ${what} ${name}`;
  }
  return undefined;
}

function attributeChange(
  draft: NodeDraft,
  before: OperatorSchema,
  after: OperatorSchema,
): string | undefined {
  for (const name of draft.attributes.keys()) {
    const [old, now] = [before.attributes.get(name), after.attributes.get(name)];
    if (!now) return `it has no attribute ${name} any more`;
    if (old && now.type !== old.type) return `its attribute ${name} has another type`;
    const value = draft.attributes.get(name);
    const isValue = value?.type === 'string' && typeof value.value === 'string';
    if (now.allowedValues && isValue && !now.allowedValues.includes(String(value.value))) {
      return `its attribute ${name} cannot be "${value.value}" any more`;
    }
  }
  for (const [name, now] of after.attributes) {
    if (draft.has(name)) continue;
    if (now.required) return `it needs an attribute ${name}`;
    const old = before.attributes.get(name);
    if (old && JSON.stringify(now.default) !== JSON.stringify(old.default)) {
      return `its attribute ${name} has another default`;
    }
  }
  return undefined;
}

/** Types that are not known count as those that may be lost. */
function typeChange(draft: NodeDraft, before: OperatorSchema, after: OperatorSchema): string | undefined {
  const typesOf = ({ typeConstraints }: OperatorSchema, { type }: FormalParameter) =>
    typeConstraints.get(type) ?? [type];
  for (const kind of ['inputs', 'outputs'] as const) {
    for (const [index, name] of draft[kind].entries()) {
      const [old, now] = [parameterAt(before[kind], index), parameterAt(after[kind], index)];
      if (name === '' || !old || !now) continue;
      const lost = typesOf(before, old).filter((type) => !typesOf(after, now).includes(type));
      if (lost.length === 0) continue;
      const type = draft.typeOf(name);
      const actual =
        type?.kind === 'tensor' ? `tensor(${dataTypeOfNumber(type.elementType)?.name})` : undefined;
      if (actual === undefined || lost.includes(actual)) {
        return `its ${kind.slice(0, -1)} ${old.name} cannot be ${actual ?? lost[0]} any more`;
      }
    }
  }
  return undefined;
}
