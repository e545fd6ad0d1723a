/** All keys of the language, and all flags of trtexec, as data. */
import { accuracyKeys } from './accuracy-keys.ts';
import { cacheKeys } from './cache-keys.ts';
import { configKeys } from './config-keys.ts';
import { debugKeys } from './debug-keys.ts';
import { inferenceKeys } from './inference-keys.ts';
import type { Group, KeyDefinition, KindValues } from './key.ts';
import { modelKeys } from './model-keys.ts';
import { optimizerKeys } from './optimizer-keys.ts';
import { parserKeys } from './parser-keys.ts';
import { planKeys } from './plan-keys.ts';
import { precisionKeys } from './precision-keys.ts';
import { reportingKeys } from './reporting-keys.ts';
import { shapeKeys } from './shape-keys.ts';
import { systemKeys } from './system-keys.ts';
import { tuningKeys } from './tuning-keys.ts';

export { type ForeignFlag, foreignFlags } from './foreign-flags.ts';
export type { Choice, Deprecation, Group, KeyDefinition, KindValues, ValueKind, ValueSpec } from './key.ts';

const table = {
  ...modelKeys,
  ...configKeys,
  ...shapeKeys,
  ...precisionKeys,
  ...planKeys,
  ...parserKeys,
  ...optimizerKeys,
  ...cacheKeys,
  ...debugKeys,
  ...systemKeys,
  ...inferenceKeys,
  ...accuracyKeys,
  ...tuningKeys,
  ...reportingKeys,
} as const;

export type ConfigKey = keyof typeof table;

/** What a setting of a key is, once read. */
export type ValueOf<Key extends ConfigKey> = KindValues[(typeof table)[Key]['value']['kind']];

/** In the order in which documentation lists them. */
export const keyDefinitions: Readonly<Record<ConfigKey, KeyDefinition>> = table;

export const configKeyNames = Object.keys(table) as readonly ConfigKey[];

export function isConfigKey(name: string): name is ConfigKey {
  return Object.hasOwn(table, name);
}

export const groupTitles: Readonly<Record<Group, string>> = {
  model: 'Model and engine',
  config: 'The config itself',
  shapes: 'Shapes and formats',
  precision: 'Precision',
  plan: 'Contents and compatibility of the engine',
  parser: 'ONNX parser',
  optimizer: 'Optimizer',
  caches: 'Caches and temporary files',
  debug: 'Debug tensors',
  system: 'Devices and plugins',
  inference: 'Inference',
  accuracy: 'Accuracy',
  tuning: 'Tuning of build routes',
  reporting: 'Reports',
};

/** trtexec's flags of a key, the first being the one it is written as; none where only the API has it. */
export function flagsOf(key: ConfigKey): readonly string[] {
  const { flags = [`--${key}`], aliases = [] } = keyDefinitions[key];
  return [...flags, ...aliases];
}

const keysByFlag: ReadonlyMap<string, ConfigKey> = new Map(
  configKeyNames.flatMap((key) => flagsOf(key).map((flag) => [flag, key] as const)),
);

/** The key that a flag sets; undefined for flags that have none, and for unknown ones. */
export function keyOfFlag(flag: string): ConfigKey | undefined {
  return keysByFlag.get(flag);
}
