/** The words of a value that are choices of its key. */
import type { Choice, KeyDefinition } from '../../flags/index.ts';
import type { Located, Named, Origin } from '../../model.ts';
import type { AnySetting } from '../rule.ts';

export interface UsedChoice {
  readonly name: string;
  readonly choice: Choice | undefined;
  /** Of the word; with `value`, the key of an entry. */
  readonly key: Origin;
  readonly value?: Origin;
}

/** Only keys whose choices depend on versions matter: a single word, switches, and lists of words. */
export function choicesIn({ value: spec }: KeyDefinition, setting: AnySetting): UsedChoice[] {
  if (spec.kind === 'choice') {
    const name = String(setting.value);
    return [{ name, choice: find(spec.choices, name), key: setting.origin }];
  }
  if (spec.kind === 'switches') {
    // The reader of this kind gives these values.
    return (setting.value as readonly Named<boolean>[]).map(({ name, value }) => ({
      name: name.value,
      choice: find(spec.choices, name.value),
      key: name.origin,
      value: value.origin,
    }));
  }
  if (spec.kind === 'choices') {
    return (setting.value as readonly Located<string>[]).map(({ value, origin }) => ({
      name: value,
      choice: find(spec.choices, value),
      key: origin,
    }));
  }
  return [];
}

function find(choices: readonly Choice[], name: string): Choice | undefined {
  return choices.find((choice) => choice.name === name || choice.aliases?.includes(name));
}
