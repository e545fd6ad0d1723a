import { closest } from '../../onnx/text/parser/suggestions.ts';
import type { Choice, ValueSpec } from '../flags/index.ts';
import type {
  ConfigNode,
  Located,
  MemorySize,
  MemoryUnit,
  PathValue,
  WeightStreamingBudget,
} from '../model.ts';
import { resolvePath } from '../paths.ts';
import { oneOf, whatItTakes } from './describe.ts';
import {
  itemsOf,
  locatedValues,
  problem,
  type Reading,
  replaceBy,
  scalarOf,
  shown,
  wrongType,
} from './reading.ts';
import { parseSize } from './sizes.ts';

/** Words of YAML 1.1 and of other languages for booleans, which YAML 1.2 takes for texts. */
const spelledBooleans: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  enable: true,
  enabled: true,
  '1': true,
  no: false,
  off: false,
  disable: false,
  disabled: false,
  '0': false,
};

export function readBoolean(node: ConfigNode, reading: Reading): boolean | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  const meant =
    node.kind === 'scalar' ? (spelledBooleans[node.text.toLowerCase()] ?? quotedBoolean(node)) : undefined;
  return wrongType(
    reading,
    node,
    'true or false',
    meant === undefined ? [] : [replaceBy(node.origin, String(meant))],
  );
}

function quotedBoolean({ text }: { readonly text: string }): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

export function readNumber(
  node: ConfigNode,
  spec: ValueSpec & { readonly kind: 'integer' | 'number' | 'numbers' },
  reading: Reading,
): number | undefined {
  const scalar = scalarOf(node, spec, reading);
  if (!scalar) return undefined;
  const { value } = scalar;
  const isWhole = spec.kind === 'integer';
  if (typeof value !== 'number' || Number.isNaN(value) || (isWhole && !Number.isSafeInteger(value))) {
    const meant = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    const fits = isWhole ? Number.isSafeInteger(meant) : Number.isFinite(meant);
    const expected = spec.kind === 'numbers' ? 'numbers' : whatItTakes(spec);
    return wrongType(reading, node, expected, fits ? [replaceBy(node.origin, String(meant))] : []);
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec;
  if (value >= min && value <= max) return value;
  problem(
    reading,
    'config.bad-value',
    node.origin,
    `\`${reading.key}\` takes ${whatItTakes(spec)}, not ${scalar.text}.`,
  );
  return undefined;
}

/** Numbers and booleans are texts, too, where a text is wanted: `model: 3`. */
export function readText(node: ConfigNode, spec: ValueSpec, reading: Reading): string | undefined {
  return scalarOf(node, spec, reading)?.text;
}

/** True and false are no names here: that is how one asks for all weights, or none. */
export function readWeights(
  node: ConfigNode,
  spec: ValueSpec,
  reading: Reading,
): readonly Located<string>[] | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') {
    const instead = node.value
      ? 'name those that are to be replaced, or write `refit: true` for all'
      : 'leave it out where none are to be replaced';
    problem(
      reading,
      'config.wrong-type',
      node.origin,
      `\`${reading.key}\` takes ${whatItTakes(spec)}, not ${shown(node)}: ${instead}.`,
    );
    return undefined;
  }
  return locatedValues(itemsOf(node), (item) => readText(item, spec, reading));
}

export function readPath(node: ConfigNode, spec: ValueSpec, reading: Reading): PathValue | undefined {
  const text = readText(node, spec, reading);
  if (text === '') {
    problem(reading, 'config.bad-value', node.origin, `\`${reading.key}\` names no file.`);
    return undefined;
  }
  return text === undefined ? undefined : { text, path: resolvePath(text, node.origin.file) };
}

/** The name of the choice, also where one of its other spellings is given. */
export function readChoice(
  node: ConfigNode,
  choices: readonly Choice[],
  reading: Reading,
  what = `\`${reading.key}\``,
): string | undefined {
  if (node.kind !== 'scalar' || node.value === null) {
    return wrongType(reading, node, oneOf(choices));
  }
  const found = choiceOf(node.text, choices);
  if (found) return found.name;
  const near = closest(
    node.text,
    choices.map(({ name }) => name),
  );
  problem(
    reading,
    'config.bad-value',
    node.origin,
    `${what} takes ${oneOf(choices)}, not ${shown(node)}.`,
    near === undefined ? [] : [replaceBy(node.origin, near)],
  );
  return undefined;
}

export function choiceOf(text: string, choices: readonly Choice[]): Choice | undefined {
  return (
    choices.find(({ name, aliases }) => name === text || aliases?.includes(text)) ??
    choices.find(({ name }) => name.toLowerCase() === text.toLowerCase())
  );
}

export function readSize(
  node: ConfigNode,
  unit: MemoryUnit,
  reading: Reading,
  what: string,
): MemorySize | undefined {
  const expected = 'a size with a unit: 512MiB, 4GiB';
  if (node.kind !== 'scalar' || node.value === null) return wrongType(reading, node, expected);
  const parsed = parseSize(node.text, unit);
  if (parsed.kind === 'size') return parsed.size;
  if (parsed.kind === 'bad-unit') {
    problem(
      reading,
      'config.bad-unit',
      node.origin,
      `${what} has the unit "${parsed.unit}"; there are B, KiB, MiB and GiB (powers of 2, as TensorRT counts).`,
      parsed.suggestion === undefined ? [] : [replaceBy(node.origin, parsed.suggestion)],
    );
    return undefined;
  }
  return wrongType(reading, node, expected);
}

/** A number of bytes; -1 leaves it to TensorRT. */
export function readBytes(node: ConfigNode, spec: ValueSpec, reading: Reading): number | undefined {
  if (node.kind === 'scalar' && node.value === -1) return -1;
  const scalar = scalarOf(node, spec, reading);
  return scalar && readSize(scalar, 'B', reading, `\`${reading.key}\``)?.bytes;
}

export function readBudget(
  node: ConfigNode,
  spec: ValueSpec,
  reading: Reading,
): WeightStreamingBudget | undefined {
  const scalar = scalarOf(node, spec, reading);
  if (!scalar) return undefined;
  const { text } = scalar;
  const budget = budgetFrom(text);
  if (budget) return budget;
  if (/^\d+(\.\d+)?\s*%$/.test(text)) {
    problem(reading, 'config.bad-value', node.origin, `\`${reading.key}\` takes 0% to 100%, not ${text}.`);
    return undefined;
  }
  if (parseSize(text, 'B').kind === 'no-size') return wrongType(reading, node, whatItTakes(spec));
  readSize(scalar, 'B', reading, `\`${reading.key}\``);
  return undefined;
}

/** `automatic` (-1), `off` (-2), `50%` up to 100, `2GiB`; undefined for what is none of these. */
export function budgetFrom(text: string): WeightStreamingBudget | undefined {
  if (text === 'off' || text === '-2') return { kind: 'off' };
  if (text === 'automatic' || text === '-1') return { kind: 'automatic' };
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  if (percent !== undefined) {
    return Number(percent) <= 100 ? { kind: 'percent', percent: Number(percent) } : undefined;
  }
  const parsed = parseSize(text, 'B');
  return parsed.kind === 'size' ? { kind: 'size', size: parsed.size } : undefined;
}
