/** A trtexec command line as a build config. Nothing is lost: what has no key is kept under `unknownFlags`, and told of. */
import { closest } from '../../onnx/text/parser/suggestions.ts';
import { entryText, isMap, type YamlValue } from '../emit.ts';
import {
  type ConfigKey,
  configKeyNames,
  type ForeignFlag,
  flagsOf,
  foreignFlags,
  keyDefinitions,
  keyOfFlag,
} from '../flags/index.ts';
import { safetyPluginFrom, valueFromFlag } from './from-values.ts';
import { readReferencePairs, readShapeFlags, type Taken } from './groups.ts';
import { meantArguments } from './meant-arguments.ts';
import { hasSecret, redactSecrets } from './secrets.ts';

export interface TrtexecArgument {
  /** The word as the program gets it: `--onnx=a.onnx`. */
  readonly text: string;
  /** Whether it has variables of a shell, which nothing here expands. */
  readonly hasExpansion?: boolean;
}

/** What a person should know of one argument. */
export interface TrtexecProblem {
  /** Index of the argument. */
  readonly argument: number;
  readonly severity: 'warning' | 'information';
  readonly message: string;
}

export interface FromTrtexec {
  readonly settings: readonly (readonly [key: ConfigKey, value: YamlValue])[];
  readonly unknownFlags: readonly string[];
  readonly problems: readonly TrtexecProblem[];
}

export interface FromTrtexecOptions {
  /** Keeps passwords; they are replaced by `***` otherwise. */
  readonly keepSecrets?: boolean;
}

export function fromTrtexec(
  args: readonly TrtexecArgument[],
  { keepSecrets = false }: FromTrtexecOptions = {},
): FromTrtexec {
  const settings = new Map<ConfigKey, YamlValue>();
  const unknownFlags: string[] = [];
  /** Keys that flags of older versions have set. */
  const fromReplaced = new Set<ConfigKey>();
  const problems: TrtexecProblem[] = [];
  const meant = meantArguments(args);
  const tell = (index: number, message: string, severity: TrtexecProblem['severity'] = 'warning') =>
    problems.push({ argument: meant[index]?.argument ?? index, severity, message: redactSecrets(message) });
  const keep = (index: number, text: string, message: string) => {
    unknownFlags.push(keepSecrets ? text : redactSecrets(text));
    tell(index, `${message} It is kept under unknownFlags.`);
  };
  const flags = meant.map(({ text }) => flagOf(text));
  const groups: ReadonlyMap<number, Taken> = new Map([
    ...readShapeFlags(flags),
    ...readReferencePairs(flags),
  ]);

  for (const [index, { text, hasExpansion, notes }] of meant.entries()) {
    for (const note of notes) tell(index, note, 'information');
    if (hasExpansion)
      tell(index, `The variable in ${text} is kept as it is written: a config has none. Put its value here.`);
    const taken = groups.get(index);
    if (taken) {
      for (const message of taken.notes) tell(index, message);
      if (taken.kind === 'raw') keep(index, text, taken.reason);
      else if (!settings.has(taken.key)) settings.set(taken.key, taken.value);
      continue;
    }
    const flag = flags[index];
    if (!flag) {
      keep(
        index,
        text,
        `${text} is no flag: trtexec takes values behind an equals sign (--onnx=model.onnx).`,
      );
      continue;
    }
    const foreign = foreignFlags.find((known) => known.flag === flag.name);
    const replaced = foreign && replacementOf(foreign, flag.value);
    if (foreign && !replaced) {
      keep(index, text, `${flag.name} has no key. ${foreign.advice}`);
      continue;
    }
    if (replaced === 'implied') {
      tell(index, `${flag.name} is left out: ${foreign?.advice ?? ''}`, 'information');
      continue;
    }
    const [name, given] = replaced ? [replaced.name, replaced.value] : [flag.name, flag.value];
    const key = keyOfFlag(name);
    if (key === undefined) {
      const near = closest(nameOf(flag.name), flagNames);
      keep(
        index,
        text,
        `${flag.name} is no flag that this extension knows.${near === undefined ? '' : ` Did you mean --${near}?`}`,
      );
      continue;
    }
    const known = settings.get(key);
    const value = settingFrom(key, given ?? '', known, replaced !== undefined || fromReplaced.has(key));
    if (value === undefined) {
      keep(
        index,
        text,
        known === undefined
          ? `${flag.name} does not take ${given === undefined || given === '' ? 'an empty value' : given}.${unitAdvice(key, given)}`
          : `${flag.name} is given twice; trtexec refuses that.`,
      );
      continue;
    }
    if (replaced) fromReplaced.add(key);
    if (flag.name !== name || (keyDefinitions[key].aliases?.includes(name) ?? false)) {
      tell(index, `${flag.name} is written ${key} here.`, 'information');
    }
    if (keyDefinitions[key].value.kind === 'boolean' && given !== undefined) {
      tell(index, `${flag.name} takes no value; trtexec does not look at "${given}".`, 'information');
    }
    settings.set(
      key,
      keyDefinitions[key].value.kind === 'secret' ? secret(index, value, keepSecrets, tell) : value,
    );
  }
  return { settings: [...settings], unknownFlags, problems };
}

/** The config as YAML text. */
export function configText({
  settings,
  unknownFlags,
}: Pick<FromTrtexec, 'settings' | 'unknownFlags'>): string {
  const flags = unknownFlags.length === 0 ? [] : [['unknownFlags', unknownFlags] as const];
  return [...settings, ...flags].map(([key, value]) => entryText(key, value)).join('');
}

const nameOf = (flag: string) => flag.replace(/^-+/, '');
const flagNames = [...configKeyNames.flatMap(flagsOf), ...foreignFlags.map(({ flag }) => flag)].map(nameOf);

function unitAdvice(key: ConfigKey, given = ''): string {
  const { kind } = keyDefinitions[key].value;
  return (kind === 'pools' || kind === 'budget') && /\d\s*[a-z]i?b\b/i.test(given)
    ? ' The units of trtexec are B, K, M and G.'
    : '';
}

interface Flag {
  readonly name: string;
  /** Undefined without an equals sign. */
  readonly value: string | undefined;
}

function flagOf(text: string): Flag | undefined {
  if (!text.startsWith('-')) return undefined;
  const equals = text.indexOf('=');
  return equals < 0
    ? { name: text, value: undefined }
    : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

function replacementOf(
  { replacement }: ForeignFlag,
  value: string | undefined,
): 'implied' | Flag | undefined {
  switch (replacement?.kind) {
    case undefined:
      return undefined;
    case 'implied':
      return 'implied';
    case 'flag':
      return { name: replacement.flag, value };
    case 'pool':
      return { name: '--memPoolSize', value: `${replacement.pool}:${value ?? ''}` };
  }
}

/** The setting's value, with what an earlier flag said where several may come; undefined where it cannot be. */
function settingFrom(
  key: ConfigKey,
  given: string,
  known: YamlValue | undefined,
  isReplaced: boolean,
): YamlValue | undefined {
  const spec = keyDefinitions[key].value;
  if (spec.kind === 'paths' || spec.kind === 'safetyPlugins') {
    const item = spec.kind === 'paths' ? given || undefined : safetyPluginFrom(given);
    return item === undefined ? undefined : [...(Array.isArray(known) ? known : []), item];
  }
  const value = valueFromFlag(spec, given);
  if (known === undefined || value === undefined) return value;
  // `--workspace` beside `--memPoolSize`, which old scripts have for other pools.
  return spec.kind === 'pools' && isReplaced ? withEntries(known, value) : undefined;
}

/** Undefined where an entry is in both. */
function withEntries(first: YamlValue, second: YamlValue): YamlValue | undefined {
  if (typeof first !== 'object' || !isMap(first) || typeof second !== 'object' || !isMap(second))
    return undefined;
  const names = new Set(first.entries.map(([name]) => name));
  return second.entries.some(([name]) => names.has(name))
    ? undefined
    : { entries: [...first.entries, ...second.entries] };
}

function secret(
  index: number,
  value: YamlValue,
  keepSecrets: boolean,
  tell: (argument: number, message: string) => void,
): YamlValue {
  if (keepSecrets || typeof value !== 'string' || !hasSecret(value)) return value;
  tell(index, 'The password is left out of the config (***), since files are shared.');
  return redactSecrets(value);
}
