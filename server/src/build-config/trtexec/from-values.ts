/** A flag's value as a value of the config, by what its key takes; undefined where trtexec would refuse it, or we can't tell. */

import type { YamlValue } from '../emit.ts';
import type { Choice, ValueSpec } from '../flags/index.ts';
import type { MemoryUnit } from '../model.ts';
import { choiceOf } from '../values/scalars.ts';
import { dimsOfText, parseIoFormat } from '../values/shapes.ts';
import { parseSize, sizeText } from '../values/sizes.ts';
import { splitEntries } from './spec.ts';

export function valueFromFlag(spec: ValueSpec, value: string): YamlValue | undefined {
  switch (spec.kind) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return numberFrom(value, spec);
    case 'numbers':
      return allOf(value.split(','), (part) => numberFrom(part, spec));
    case 'text':
    case 'secret':
    case 'path':
      return value === '' ? undefined : value;
    case 'names':
    case 'texts':
      return allOf(value.split(','), (part) => (part === '' ? undefined : part.replaceAll("'", '')));
    case 'choice':
      return choiceFrom(value, spec.choices);
    case 'choices':
      return allOf(value.split(','), (part) => choiceFrom(part, spec.choices));
    case 'switches':
      return switchesFrom(value, spec.choices);
    case 'choiceByName':
      return mapFrom(value, (part, name) =>
        spec.names && !choiceOf(name, spec.names) ? undefined : choiceFrom(part, spec.choices),
      );
    case 'choicesByName':
      return mapFrom(value, (part) => {
        const choices = allOf(part.split('+'), (type) => choiceFrom(type, spec.choices));
        return choices?.join('+');
      });
    case 'pools':
      return mapFrom(value, (part, name) =>
        choiceOf(name, spec.pools)?.name === name ? sizeFrom(part, 'MiB') : undefined,
      );
    case 'pathByName':
      return mapFrom(value, (part) => (part === '' ? undefined : part));
    case 'shapes':
      return mapFrom(value, dimsFrom);
    case 'ioFormats':
      return ioFormatsFrom(value, spec);
    case 'budget':
      return budgetFrom(value);
    case 'bytes':
      return numberFrom(value, { kind: 'integer', min: -1 });
    case 'switchOrText':
      return value === '' ? true : value;
    case 'safetyPlugins':
    case 'weights':
    case 'paths':
    case 'profile':
    case 'profiles':
    case 'refPairs':
    case 'structure':
      return undefined;
  }
}

/** `lib.so[ns::a,ns::b]`. */
export function safetyPluginFrom(value: string): YamlValue | undefined {
  const [, library = value, plugins] = /^([^[\]]+)\[([^[\]]*)\]$/.exec(value) ?? [];
  if (library === '' || /[[\]]/.test(library)) return undefined;
  return plugins
    ? {
        entries: [
          ['library', library],
          ['plugins', plugins.split(',')],
        ],
      }
    : library;
}

export function dimsFrom(text: string): number[] | undefined {
  const dims = text === '' ? [] : dimsOfText(text);
  return dims?.every(Number.isSafeInteger) ? [...dims] : undefined;
}

function numberFrom(
  text: string,
  {
    kind,
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
  }: ValueSpec & { readonly kind: 'integer' | 'number' | 'numbers' },
): YamlValue | undefined {
  const form = kind === 'integer' ? /^-?\d+$/ : /^-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;
  const number = Number(text);
  const isWhole = kind !== 'integer' || Number.isSafeInteger(number);
  return form.test(text) && isWhole && number >= min && number <= max ? { plain: text } : undefined;
}

function choiceFrom(text: string, choices: readonly Choice[]): string | undefined {
  return choiceOf(text, choices)?.name;
}

function switchesFrom(value: string, choices: readonly Choice[]): YamlValue | undefined {
  const entries = allOf(value.split(','), (part) => {
    const choice = choiceOf(part.slice(1), choices);
    const isOn = part.startsWith('+');
    return choice && (isOn || part.startsWith('-')) ? ([choice.name, isOn] as const) : undefined;
  });
  const names = new Set(entries?.map(([name]) => name));
  return entries && names.size === entries.length ? { entries } : undefined;
}

function sizeFrom(text: string, unit: MemoryUnit): YamlValue | undefined {
  const parsed = parseSize(text, unit);
  return parsed.kind === 'size' && !/\s/.test(text) && !/ib$/i.test(text)
    ? { plain: sizeText(parsed.size) }
    : undefined;
}

function budgetFrom(value: string): YamlValue | undefined {
  if (value === '-2') return 'off';
  if (value === '-1') return 'automatic';
  const percent = /^(\d+(\.\d+)?)%$/.exec(value)?.[1];
  if (percent !== undefined) return Number(percent) <= 100 ? { plain: value } : undefined;
  return sizeFrom(value, 'B');
}

/** A list: trtexec goes by position. A single one counts for all. */
function ioFormatsFrom(
  value: string,
  { types, formats }: ValueSpec & { readonly kind: 'ioFormats' },
): YamlValue | undefined {
  return allOf(value.split(','), (part) => {
    const parsed = parseIoFormat(part);
    const isKnown =
      (parsed.type === undefined || types.some(({ name }) => name === parsed.type)) &&
      parsed.formats.every((format) => formats.some(({ name }) => name === format));
    return isKnown ? part : undefined;
  });
}

function mapFrom(
  value: string,
  read: (part: string, name: string) => YamlValue | undefined,
): YamlValue | undefined {
  const entries = splitEntries(value);
  const values =
    entries &&
    allOf(entries, ([name, part]) => {
      const found = name === '' ? undefined : read(part, name);
      return found === undefined ? undefined : ([name, found] as const);
    });
  return values && { entries: values };
}

function allOf<Item, Value>(
  items: readonly Item[],
  read: (item: Item) => Value | undefined,
): Value[] | undefined {
  const values = items.map(read);
  return values.every((value) => value !== undefined) ? values : undefined;
}
