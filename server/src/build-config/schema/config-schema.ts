/** The JSON Schema of build configs, made of the table of keys. schemas/tensorrt-config.schema.json is its copy for other editors. */
import { keyDocumentation } from '../documentation.ts';
import { type ConfigKey, configKeyNames, keyDefinitions } from '../flags/index.ts';
import type { JsonSchema } from './json-schema.ts';
import { valueSchema } from './value-schema.ts';

const structureKeys: ReadonlySet<ConfigKey> = new Set(['extends', 'builds', 'matrix', 'unknownFlags']);

/** Bodies of completions for keys whose value is more than a word. */
const bodies: Partial<Record<ConfigKey, unknown>> = {
  memPoolSize: '{ workspace: ${1:4GiB} }',
  builds: '\n  ${1:name}:\n    $2',
};

export function configSchema(): JsonSchema {
  const settings = Object.fromEntries(
    configKeyNames.filter((key) => !structureKeys.has(key)).map((key) => [key, settingSchema(key)]),
  );
  const unknownFlags = described('unknownFlags', {
    type: 'array',
    items: { type: 'string' },
  });
  const build: JsonSchema = {
    type: ['object', 'null'],
    properties: { ...references(settings), unknownFlags: { $ref: '#/definitions/unknownFlags' } },
    patternProperties: { '^x-': extension({}) },
    additionalProperties: false,
  };
  const combination: JsonSchema = { type: 'object' };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'TensorRT build config',
    type: 'object',
    properties: {
      ...references(settings),
      unknownFlags: { $ref: '#/definitions/unknownFlags' },
      extends: described('extends', {
        anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
      }),
      builds: described('builds', {
        type: ['object', 'null'],
        additionalProperties: { $ref: '#/definitions/build' },
      }),
      matrix: described('matrix', {
        type: ['object', 'null'],
        properties: {
          include: {
            type: 'array',
            items: combination,
            markdownDescription:
              'Combinations with further settings, or new ones: `- { precision: int8, calib: a.cache }`.',
          },
          exclude: {
            type: 'array',
            items: combination,
            markdownDescription: 'Combinations that are not built: `- { precision: int8, model: big }`.',
          },
        },
        additionalProperties: {
          anyOf: [
            { type: 'object', additionalProperties: { $ref: '#/definitions/build' } },
            { type: 'array', items: {} },
            { type: 'null' },
          ],
        },
      }),
    },
    patternProperties: { '^x-': extension({ properties: references(settings) }) },
    additionalProperties: false,
    definitions: { ...settings, unknownFlags, build },
  };
}

/** Anything; of a map, the settings in it are offered and explained, as most hold those that builds merge. */
function extension(schema: JsonSchema): JsonSchema {
  return {
    ...schema,
    title: 'x-…',
    markdownDescription:
      'Not read by itself: a place for anchors (`x-base: &base { … }`, then `<<: *base` in builds) and notes of yours.',
  };
}

function references(settings: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.keys(settings).map((key) => [key, { $ref: `#/definitions/${key}` }]));
}

/** Nothing (`null`) takes an inherited setting away. */
function settingSchema(key: ConfigKey): JsonSchema {
  const schema = valueSchema(keyDefinitions[key].value);
  return described(key, orNull(schema));
}

function orNull(schema: JsonSchema): JsonSchema {
  if (schema.anyOf) return { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] };
  if (schema.enum) return { anyOf: [schema, { type: 'null' }] };
  const types = schema.type === undefined ? [] : [schema.type].flat();
  return { ...schema, type: [...types, 'null'] };
}

function described(key: ConfigKey, schema: JsonSchema): JsonSchema {
  const body = bodies[key];
  return {
    ...schema,
    title: key,
    description: keyDefinitions[key].doc.replace(/`/g, ''),
    markdownDescription: keyDocumentation(key),
    ...(body !== undefined && { defaultSnippets: [{ label: key, body }] }),
  };
}
