/** A setting's value from the tree, by what its key takes. What cannot be read is reported, and left out. */
import {
  type ConfigKey,
  type KindValues,
  keyDefinitions,
  type ValueKind,
  type ValueOf,
  type ValueSpec,
} from '../flags/index.ts';
import type { ConfigNode, ConfigProblem } from '../model.ts';
import {
  readChoiceByName,
  readChoicesByName,
  readPathByName,
  readPools,
  readReferencePairs,
  readSafetyPlugin,
  readSwitches,
} from './maps.ts';
import { itemsOf, locatedValues, type Reading } from './reading.ts';
import {
  readBoolean,
  readBudget,
  readBytes,
  readChoice,
  readNumber,
  readPath,
  readText,
  readWeights,
} from './scalars.ts';
import { readIoFormats, readProfile, readProfiles, readShapes } from './shapes.ts';

type SpecOf<Kind extends ValueKind> = ValueSpec & { readonly kind: Kind };
type Reader<Kind extends ValueKind> = (
  node: ConfigNode,
  spec: SpecOf<Kind>,
  reading: Reading,
) => KindValues[Kind] | undefined;

const readers: { readonly [Kind in ValueKind]: Reader<Kind> } = {
  boolean: (node, _, reading) => readBoolean(node, reading),
  integer: readNumber,
  number: readNumber,
  numbers: (node, spec, reading) => locatedValues(itemsOf(node), (item) => readNumber(item, spec, reading)),
  text: readText,
  secret: readText,
  path: readPath,
  paths: (node, _, reading) =>
    locatedValues(itemsOf(node), (item) => readPath(item, { kind: 'path' }, reading)),
  safetyPlugins: (node, spec, reading) =>
    locatedValues(itemsOf(node), (item) => readSafetyPlugin(item, spec, reading)),
  names: (node, spec, reading) => locatedValues(itemsOf(node), (item) => readText(item, spec, reading)),
  weights: readWeights,
  texts: (node, spec, reading) => locatedValues(itemsOf(node), (item) => readText(item, spec, reading)),
  choice: (node, { choices }, reading) => readChoice(node, choices, reading),
  choices: (node, { choices }, reading) =>
    locatedValues(itemsOf(node), (item) => readChoice(item, choices, reading)),
  switches: readSwitches,
  choiceByName: readChoiceByName,
  choicesByName: readChoicesByName,
  pools: readPools,
  pathByName: readPathByName,
  shapes: readShapes,
  profile: readProfile,
  profiles: readProfiles,
  refPairs: readReferencePairs,
  ioFormats: readIoFormats,
  budget: readBudget,
  bytes: readBytes,
  switchOrText: (node, spec, reading) =>
    node.kind === 'scalar' && node.value === true ? true : readText(node, spec, reading),
  structure: () => undefined,
};

/** Undefined where it cannot be read; `report` is told why. */
export function readSetting<Key extends ConfigKey>(
  key: Key,
  node: ConfigNode,
  report: (problem: ConfigProblem) => void,
): ValueOf<Key> | undefined {
  const spec: ValueSpec = keyDefinitions[key].value;
  // The table of readers has one of the right type for each kind, which the compiler cannot follow through the index.
  const read = readers[spec.kind] as (
    node: ConfigNode,
    spec: ValueSpec,
    reading: Reading,
  ) => ValueOf<Key> | undefined;
  return read(node, spec, { key, report });
}
