import { closest, didYouMean } from '../../onnx/text/parser/suggestions.ts';
import type { ValueSpec } from '../flags/index.ts';
import type {
  ConfigNode,
  Dims,
  IoFormat,
  IoFormats,
  Located,
  Named,
  Profile,
  ProfileInput,
} from '../model.ts';
import { oneOf, whatItTakes } from './describe.ts';
import { mapOf, namedValues, problem, type Reading, replaceBy, wrongType } from './reading.ts';

/** `[1, 3, 224]`, trtexec's `1x3x224`, `scalar`, or a number for one dim. */
export function readDims(node: ConfigNode, reading: Reading): Dims | undefined {
  const expected = 'a shape: [1, 3, 224, 224], or [] for a scalar';
  if (node.kind === 'list') {
    const dims = node.items.map((item) =>
      item.kind === 'scalar' && typeof item.value === 'number' && Number.isSafeInteger(item.value)
        ? item.value
        : wrongType(reading, item, 'whole numbers as dims'),
    );
    return dims.every((dim) => dim !== undefined) ? dims : undefined;
  }
  return (node.kind === 'scalar' && dimsOfText(node.text)) || wrongType(reading, node, expected);
}

/** `1x3x224`, `scalar`. */
export function dimsOfText(text: string): Dims | undefined {
  if (text === 'scalar') return [];
  return /^-?\d+(x-?\d+)*$/.test(text) ? text.split('x').map(Number) : undefined;
}

export function readShapes(node: ConfigNode, spec: ValueSpec, reading: Reading): Named<Dims>[] | undefined {
  const map = mapOf(node, spec, reading);
  return map && namedValues(map, (value) => readDims(value, reading));
}

const bounds = ['min', 'opt', 'max'] as const;

export function readProfile(node: ConfigNode, spec: ValueSpec, reading: Reading): Profile | undefined {
  const map = mapOf(node, spec, reading);
  if (!map) return undefined;
  const inputs = map.entries.flatMap(({ key, value, origin }): ProfileInput[] => {
    const name = { value: key.text, origin: key.origin };
    if (value.kind !== 'map') {
      const dims = readDims(value, { ...reading, key: key.text });
      const all = dims && { value: dims, origin: value.origin };
      return all ? [{ name, min: all, opt: all, max: all, origin }] : [];
    }
    const given: { min?: Located<Dims>; opt?: Located<Dims>; max?: Located<Dims> } = {};
    for (const entry of value.entries) {
      const bound = bounds.find((known) => known === entry.key.text);
      if (bound === undefined) {
        const near = closest(entry.key.text, bounds);
        problem(
          reading,
          'config.unknown-name',
          entry.key.origin,
          `The shapes of an input are min, opt and max, not ${entry.key.text}.${didYouMean(entry.key.text, bounds)}`,
          near === undefined ? [] : [replaceBy(entry.key.origin, near)],
        );
        continue;
      }
      const dims = readDims(entry.value, { ...reading, key: `${key.text}.${bound}` });
      if (dims) given[bound] = { value: dims, origin: entry.value.origin };
    }
    if (Object.keys(given).length === 0) {
      if (value.entries.length === 0) wrongType(reading, value, 'min, opt and max of each input');
      return [];
    }
    return [{ name, ...given, origin }];
  });
  return { inputs, origin: node.origin };
}

export function readProfiles(node: ConfigNode, spec: ValueSpec, reading: Reading): Profile[] | undefined {
  if (node.kind !== 'list') {
    return wrongType(reading, node, whatItTakes(spec));
  }
  return node.items.flatMap((item) => readProfile(item, { kind: 'profile' }, reading) ?? []);
}

type FormatsSpec = ValueSpec & { readonly kind: 'ioFormats' };

export function readIoFormats(node: ConfigNode, spec: FormatsSpec, reading: Reading): IoFormats | undefined {
  if (node.kind === 'map') {
    return { by: 'name', entries: namedValues(node, (value) => readIoFormat(value, spec, reading)) };
  }
  const nodes = node.kind === 'list' ? node.items : listOf(node);
  const items = nodes.map((item): Located<IoFormat> | undefined => {
    const value = readIoFormat(item, spec, reading);
    return value && { value, origin: item.origin };
  });
  // One that cannot be read would shift the others to other inputs.
  return items.every((item) => item !== undefined) ? { by: 'position', items } : undefined;
}

/** `fp16:chw,fp32:chw`, as trtexec writes it. */
function listOf(node: ConfigNode): ConfigNode[] {
  return node.kind === 'scalar' && node.text.includes(',')
    ? node.text.split(',').map((text) => ({ ...node, text, value: text }))
    : [node];
}

function readIoFormat(node: ConfigNode, spec: FormatsSpec, reading: Reading): IoFormat | undefined {
  if (node.kind !== 'scalar' || node.value === null) {
    return wrongType(reading, node, 'formats such as fp16:chw16, several joined by +');
  }
  const parsed = parseIoFormat(node.text);
  const wrong = [
    ...(parsed.type === undefined || spec.types.some(({ name }) => name === parsed.type)
      ? []
      : [{ word: parsed.type, known: spec.types, what: 'type' }]),
    ...parsed.formats
      .filter((format) => !spec.formats.some(({ name }) => name === format))
      .map((word) => ({ word, known: spec.formats, what: 'format' })),
  ];
  for (const { word, known, what } of wrong) {
    const near = closest(
      word,
      known.map(({ name }) => name),
    );
    problem(
      reading,
      'config.bad-value',
      node.origin,
      `There is no ${what} "${word}"; there are ${oneOf(known)}.`,
      near === undefined ? [] : [replaceBy(node.origin, node.text.replace(word, near))],
    );
  }
  return wrong.length === 0 ? parsed : undefined;
}

/** `fp16:chw16+hwc8`, or `chw16` alone. */
export function parseIoFormat(text: string): IoFormat {
  const colon = text.indexOf(':');
  const formats = text.slice(colon + 1).split('+');
  return colon < 0 ? { formats } : { type: text.slice(0, colon), formats };
}
