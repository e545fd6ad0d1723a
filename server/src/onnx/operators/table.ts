/**
 * All operators of ai.onnx, ai.onnx.ml and the preview domains, every version. The generated file holds per operator its
 * versions in ascending order; sentences (`texts`) and sets of types (`typeSets`) are stored once and named by index.
 */
import type { AttributeType } from '../model/model.ts';
import generated from './operators.generated.json' with { type: 'json' };
import type { AttributeDefault, AttributeSchema, FormalParameter, OperatorSchema } from './schema.ts';

/** name, type, description; then `optional`, or `variadic` with its least count and 1 where its values may differ in type. */
type ParameterRow =
  | readonly [string, string, number]
  | readonly [string, string, number, 'optional']
  | readonly [string, string, number, 'variadic', number, 0 | 1];

interface AttributeRow {
  readonly type: AttributeType;
  readonly text: number;
  readonly required?: 1;
  readonly default?: AttributeDefault;
  readonly values?: readonly string[];
}

interface VersionRow {
  readonly since: number;
  readonly text: number;
  readonly inputs: readonly ParameterRow[];
  readonly outputs: readonly ParameterRow[];
  readonly types?: Readonly<Record<string, number>>;
  readonly attributes?: Readonly<Record<string, AttributeRow>>;
  readonly deprecated?: 1;
  readonly function?: 1;
  readonly random?: 1;
}

interface Table {
  /** Newest known opset version of each domain. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Release of ONNX, with its IR version and its opset versions of ai.onnx and ai.onnx.ml. */
  readonly releases: readonly (readonly [string, number, number, number])[];
  readonly texts: readonly string[];
  readonly typeSets: readonly (readonly string[])[];
  readonly operators: Readonly<Record<string, Readonly<Record<string, readonly VersionRow[]>>>>;
}

// TypeScript infers a type of the whole file that is no use to anybody; the test compares the file with its generator.
const table = generated as unknown as Table;

const decoded = new WeakMap<VersionRow, OperatorSchema>();

/** `ai.onnx` and the empty string name the same domain; the empty string is the one used everywhere here. */
export function normalizedDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** Domains whose operators are known. */
export function knownDomains(): readonly string[] {
  return Object.keys(table.operators);
}

/** Newest opset version that the table knows of a domain. */
export function newestOpset(domain: string): number | undefined {
  return own(table.opsets, normalizedDomain(domain));
}

/** The release of ONNX that brought an opset version; undefined for other domains and unknown versions. */
export function releaseOfOpset(domain: string, opset: number): string | undefined {
  const column = normalizedDomain(domain) === '' ? 2 : domain === 'ai.onnx.ml' ? 3 : undefined;
  return column === undefined ? undefined : table.releases.find((release) => release[column] >= opset)?.[0];
}

/** The IR version of the release that brought an opset version: a model with that opset has it, or a newer one. */
export function irVersionOfOpset(opset: number): number | undefined {
  return table.releases.find((release) => release[2] >= opset)?.[1];
}

/** The newest IR version that a known release of ONNX writes. */
export function newestIrVersion(): number {
  return Math.max(...table.releases.map(([, irVersion]) => irVersion));
}

/** The release of ONNX that brought an IR version. */
export function releaseOfIrVersion(irVersion: number): string | undefined {
  return table.releases.find((release) => release[1] >= irVersion)?.[0];
}

/**
 * The version of an operator that holds in an opset: the newest one that is not newer. Undefined where the domain or the
 * operator is unknown or came later.
 */
export function schemaOf(domain: string, operator: string, opset: number): OperatorSchema | undefined {
  const row = rowsOf(domain, operator).findLast((candidate) => candidate.since <= opset);
  return row && schemaFrom(normalizedDomain(domain), operator, row);
}

/** All versions of an operator, oldest first; empty for an unknown one. */
export function versionsOf(domain: string, operator: string): readonly OperatorSchema[] {
  return rowsOf(domain, operator).map((row) => schemaFrom(normalizedDomain(domain), operator, row));
}

/** All operators that an opset has, in alphabetical order, deprecated ones included. */
export function operatorsOf(domain: string, opset: number): readonly OperatorSchema[] {
  const names = Object.keys(own(table.operators, normalizedDomain(domain)) ?? {});
  return names.flatMap((name) => schemaOf(domain, name, opset) ?? []);
}

function rowsOf(domain: string, operator: string): readonly VersionRow[] {
  const operators = own(table.operators, normalizedDomain(domain));
  return (operators && own(operators, operator)) ?? [];
}

function schemaFrom(domain: string, name: string, row: VersionRow): OperatorSchema {
  const known = decoded.get(row);
  if (known) {
    return known;
  }
  const schema: OperatorSchema = {
    domain,
    name,
    sinceVersion: row.since,
    deprecated: row.deprecated === 1,
    isFunction: row.function === 1,
    nonDeterministic: row.random === 1,
    summary: textAt(row.text),
    inputs: row.inputs.map(parameterFrom),
    outputs: row.outputs.map(parameterFrom),
    typeConstraints: new Map(
      Object.entries(row.types ?? {}).map(([type, set]) => [type, table.typeSets[set] ?? []]),
    ),
    attributes: new Map(
      Object.entries(row.attributes ?? {}).map(([attribute, entry]) => [
        attribute,
        attributeFrom(attribute, entry),
      ]),
    ),
  };
  decoded.set(row, schema);
  return schema;
}

function parameterFrom(row: ParameterRow): FormalParameter {
  const [name, type, text, option = 'single', minimum, mixed] = row;
  return {
    name,
    type,
    option,
    minimum: minimum ?? (option === 'optional' ? 0 : 1),
    homogeneous: mixed !== 1,
    description: textAt(text),
  };
}

function attributeFrom(name: string, row: AttributeRow): AttributeSchema {
  return {
    name,
    type: row.type,
    required: row.required === 1,
    ...(row.default !== undefined && { default: row.default }),
    ...(row.values && { allowedValues: row.values }),
    description: textAt(row.text),
  };
}

function textAt(index: number): string {
  return table.texts[index] ?? '';
}

/** Operator names come from users' files: `constructor` is not an operator. */
function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
