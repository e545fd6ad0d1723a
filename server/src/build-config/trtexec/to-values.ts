/** A setting's value as what stands behind the equals sign of its flag. */
import { type ConfigKey, type KeyDefinition, type KindValues, keyDefinitions } from '../flags/index.ts';
import type { BuildConfig, IoFormat, Named, PathValue } from '../model.ts';
import { trtexecSize } from '../values/sizes.ts';
import { isAtLeast, isAvailable } from '../versions.ts';
import { dimsText, joinNameAndValue } from './spec.ts';
import type { Port, ToTrtexecOptions, ToTrtexecProblem } from './to-trtexec.ts';

/** What writing a value needs. */
export interface Say extends ToTrtexecOptions {
  readonly tell: (severity: ToTrtexecProblem['severity'], message: string, about?: 'version') => void;
  readonly pathText: (value: PathValue) => string;
}

/** True for a flag without a value; undefined where it is left out, which has been told. */
export function valueForFlag(key: ConfigKey, build: BuildConfig, say: Say): string | true | undefined {
  const definition: KeyDefinition = keyDefinitions[key];
  const spec = definition.value;
  const value: unknown = build.get(key)?.value;
  const write = writers[spec.kind] as
    | ((value: unknown, key: ConfigKey, say: Say) => string | true | undefined)
    | undefined;
  return write?.(value, key, say);
}

type Writers = {
  readonly [Kind in keyof KindValues]?: (
    value: KindValues[Kind],
    key: ConfigKey,
    say: Say,
  ) => string | true | undefined;
};

const writers: Writers = {
  boolean: (value) => (value ? true : undefined),
  integer: String,
  number: String,
  bytes: String,
  numbers: (value) => value.map((item) => item.value).join(','),
  text: (value) => value,
  secret: (value) => value,
  path: (value, _, { pathText }) => pathText(value),
  names: (value, key, say) => {
    const wrong = value.find((item) => /[',]/.test(item.value));
    return wrong ? cannotSay(key, wrong.value, say) : value.map((item) => item.value).join(',');
  },
  choice: (value, key, say) => (isThere(key, value, say) ? value : undefined),
  choices: (value, key, say) =>
    listed(value.flatMap((item) => (isThere(key, item.value, say) ? [item.value] : []))),
  switches: (value, key, say) =>
    listed(
      value.flatMap(({ name, value: isOn }) =>
        isThere(key, name.value, say) ? [`${isOn.value ? '+' : '-'}${name.value}`] : [],
      ),
    ),
  choiceByName: (value, key, say) => entries(value, key, say, (choice) => choice),
  choicesByName: (value, key, say) => entries(value, key, say, (choices) => choices.join('+')),
  pools: (value, key, say) => entries(value, key, say, trtexecSize),
  pathByName: (value, key, say) => entries(value, key, say, say.pathText),
  shapes: (value, key, say) => entries(value, key, say, dimsText),
  ioFormats: (value, key, say) => {
    if (value.by === 'position') {
      return listed(value.items.map((item) => ioFormatText(item.value, key, undefined, say)));
    }
    const ports = key === 'inputIOFormats' ? say.inputs : say.outputs;
    if (!ports) {
      say.tell(
        'error',
        `\`${key}\` is left out: trtexec goes by position, and the model is not known. Give a list in the network’s order.`,
      );
      return undefined;
    }
    return listed(
      ports.map((port) => {
        const given = value.entries.find(({ name }) => name.value === port.name);
        return ioFormatText(given?.value.value ?? { formats: ['chw'] }, key, port, say);
      }),
    );
  },
  budget: (value) => {
    switch (value.kind) {
      case 'off':
        return '-2';
      case 'automatic':
        return '-1';
      case 'percent':
        return `${value.percent}%`;
      case 'size':
        return trtexecSize(value.size);
    }
  },
  switchOrText: (value) => value,
};

function listed(items: readonly string[]): string | undefined {
  return items.length === 0 ? undefined : items.join(',');
}

function entries<Value>(
  named: readonly Named<Value>[],
  key: ConfigKey,
  say: Say,
  write: (value: Value) => string,
): string | undefined {
  return listed(
    named.flatMap(({ name, value }) => {
      const text = joinNameAndValue(name.value, write(value.value));
      if (text === undefined) cannotSay(key, name.value, say);
      return text ?? [];
    }),
  );
}

export function cannotSay(key: ConfigKey, name: string, { tell }: Say): undefined {
  tell(
    'error',
    `\`${key}\`: ${name} is left out, since trtexec takes no commas or quotes in names and files.`,
  );
  return undefined;
}

/** From 11.0 without a type; before, trtexec refuses formats without one. */
function ioFormatText(
  { type, formats }: IoFormat,
  key: ConfigKey,
  port: Port | undefined,
  { tell, version }: Say,
): string {
  const text = formats.join('+');
  if (isAtLeast(version, '11.0')) {
    if (type !== undefined) {
      tell(
        'information',
        `\`${key}\`: the type ${type} is left out: from 11.0 types are those of the network.`,
        'version',
      );
    }
    return text;
  }
  if (type === undefined && port?.type === undefined) {
    tell(
      'warning',
      `\`${key}\`: trtexec ${version} wants a type before the format; fp32 is taken. Write fp16:${text} for another.`,
      'version',
    );
  }
  return `${type ?? port?.type ?? 'fp32'}:${text}`;
}

/** Whether a version has the choice (tactic source, preview feature …); told where it does not. */
function isThere(key: ConfigKey, name: string, { tell, version }: Say): boolean {
  const spec = keyDefinitions[key].value;
  const choice = 'choices' in spec ? spec.choices.find((known) => known.name === name) : undefined;
  if (!choice || isAvailable(choice, version)) return true;
  tell('warning', `\`${key}\`: ${name} is left out: trtexec ${version} does not have it.`, 'version');
  return false;
}
