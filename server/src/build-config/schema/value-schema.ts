/** What a value may be, as JSON Schema. */
import { choiceDocumentation } from '../documentation.ts';
import type { Choice, ValueSpec } from '../flags/index.ts';
import type { JsonSchema } from './json-schema.ts';

const size: JsonSchema = {
  anyOf: [
    { type: 'string', pattern: '^\\s*(\\d+(\\.\\d*)?|\\.\\d+)\\s*([bBkKmMgG]|[kKmMgG][iI][bB])?\\s*$' },
    { type: 'number', minimum: 0 },
  ],
};

const dims: JsonSchema = {
  anyOf: [
    { type: 'array', items: { type: 'integer' } },
    { type: 'string', pattern: '^(scalar|-?\\d+(x-?\\d+)*)$' },
    { type: 'integer' },
  ],
};

const profile: JsonSchema = {
  type: 'object',
  defaultSnippets: [{ label: 'profile', body: '${1:input}: { min: [$2], opt: [$3], max: [$4] }' }],
  markdownDescription: 'The shapes of each input: `min`, `opt` and `max`, or one shape for all three.',
  additionalProperties: {
    anyOf: [
      {
        type: 'object',
        properties: {
          min: { ...dims, markdownDescription: 'The least shape.' },
          opt: { ...dims, markdownDescription: 'The shape that the engine is optimized for.' },
          max: { ...dims, markdownDescription: 'The greatest shape.' },
        },
        additionalProperties: false,
        defaultSnippets: [{ label: 'min, opt, max', body: '{ min: [$1], opt: [$2], max: [$3] }' }],
      },
      dims,
    ],
  },
};

export function valueSchema(spec: ValueSpec): JsonSchema {
  switch (spec.kind) {
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
    case 'number':
      return { type: spec.kind, ...range(spec) };
    case 'numbers':
      return oneOrMore({ type: 'number', ...range(spec) });
    case 'text':
    case 'secret':
    case 'path':
      return { type: 'string' };
    case 'paths':
    case 'names':
    case 'weights':
    case 'texts':
      return oneOrMore({ type: 'string' });
    case 'safetyPlugins':
      return oneOrMore({
        anyOf: [
          { type: 'string' },
          {
            type: 'object',
            properties: { library: { type: 'string' }, plugins: oneOrMore({ type: 'string' }) },
            additionalProperties: false,
          },
        ],
      });
    case 'choice':
      return choice(spec.choices);
    case 'choices':
      return oneOrMore(choice(spec.choices));
    case 'switches':
      return named(spec.choices, () => ({ type: 'boolean' }));
    case 'choiceByName':
      return spec.names
        ? named(spec.names, () => choice(spec.choices))
        : { type: 'object', additionalProperties: choice(spec.choices) };
    case 'choicesByName':
      return {
        type: 'object',
        additionalProperties: {
          anyOf: [
            choice(spec.choices),
            { type: 'string', pattern: '\\+' },
            { type: 'array', items: choice(spec.choices) },
          ],
        },
      };
    case 'pools':
      return named(spec.pools, () => size);
    case 'pathByName':
      return { type: 'object', additionalProperties: { type: 'string' } };
    case 'shapes':
      return { type: 'object', additionalProperties: dims };
    case 'profile':
      return profile;
    case 'profiles':
      return { type: 'array', items: profile };
    case 'refPairs':
      return {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            loadInputs: { type: 'object', additionalProperties: { type: 'string' } },
            loadRefOutputs: { type: 'object', additionalProperties: { type: 'string' } },
          },
          additionalProperties: false,
        },
      };
    case 'ioFormats': {
      // Single formats are offered; with types and several of them there are too many.
      const format: JsonSchema = { anyOf: [choice(spec.formats), { type: 'string' }] };
      return {
        anyOf: [
          { type: 'object', additionalProperties: format },
          { type: 'array', items: format },
          ...(format.anyOf ?? []),
        ],
      };
    }
    case 'budget':
      return {
        anyOf: [
          {
            enum: ['automatic', 'off'],
            markdownEnumDescriptions: ['Chosen by TensorRT.', 'No weights are streamed.'],
          },
          { type: 'string', pattern: '^\\s*\\d+(\\.\\d+)?\\s*%\\s*$' },
          ...(size.anyOf ?? []),
          { type: 'integer', minimum: -2 },
        ],
      };
    case 'bytes':
      return { anyOf: [{ type: 'integer', minimum: -1 }, ...(size.anyOf ?? [])] };
    case 'switchOrText':
      return { type: ['boolean', 'string'] };
    case 'structure':
      return {};
  }
}

/** A list, or one item in place of a list of one. */
function oneOrMore(item: JsonSchema): JsonSchema {
  return { anyOf: [item, { type: 'array', items: item }] };
}

function choice(choices: readonly Choice[]): JsonSchema {
  return {
    type: 'string',
    enum: choices.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
    markdownEnumDescriptions: choices.flatMap((each) =>
      [each.name, ...(each.aliases ?? [])].map(() => choiceDocumentation(each)),
    ),
  };
}

function named(choices: readonly Choice[], schema: () => JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(
      choices.map((each) => [each.name, { ...schema(), markdownDescription: choiceDocumentation(each) }]),
    ),
    additionalProperties: false,
  };
}

function range({ min, max }: { readonly min?: number; readonly max?: number }): JsonSchema {
  return { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) };
}
