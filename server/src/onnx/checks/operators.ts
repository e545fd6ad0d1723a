/** What the operator of a node is, with the facts of its schema prepared for checking many nodes. */

import type { LocalFunction, LocalFunctions } from '../analysis/functions.ts';
import type { FormalParameter, OperatorSchema } from '../operators/schema.ts';
import { knownDomains, normalizedDomain, schemaOf, versionsOf } from '../operators/table.ts';

export interface OperatorName {
  /** As written. */
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
}

export interface Counts {
  readonly least: number;
  /** Infinity for a variadic parameter. */
  readonly most: number;
}

export type ResolvedOperator = OperatorName & { readonly hasImport: boolean } & (
    | { readonly kind: 'function'; readonly definition: LocalFunction }
    | {
        readonly kind: 'operator';
        readonly schema: OperatorSchema;
        readonly version: number;
        readonly inputs: Counts;
        readonly outputs: Counts;
        readonly requiredAttributes: readonly string[];
      }
    /** Of a domain that is known; `versions` are those of other opsets. */
    | { readonly kind: 'missing'; readonly version: number; readonly versions: readonly OperatorSchema[] }
    /** Of a domain without known operators, or without an opset. */
    | { readonly kind: 'foreign'; readonly domainHasFunctions: boolean }
  );

const known: ReadonlySet<string> = new Set(knownDomains());

export function isKnownDomain(domain: string): boolean {
  return known.has(normalizedDomain(domain));
}

export function resolveOperator(
  functions: LocalFunctions,
  functionDomains: ReadonlySet<string>,
  opsets: ReadonlyMap<string, number>,
  operator: OperatorName,
): ResolvedOperator {
  const { domain, name } = operator;
  const normalized = normalizedDomain(domain);
  const imported = opsetOf(opsets, domain);
  const common = { ...operator, hasImport: imported !== undefined };
  // Local functions win over operators of the same name.
  const definition = functions.get(JSON.stringify([normalized, name, operator.overload]));
  if (definition) return { ...common, kind: 'function', definition };
  const version = imported ?? opsetOf(opsets, normalized === '' ? 'ai.onnx' : domain) ?? opsets.get('');
  if (!known.has(normalized) || version === undefined) {
    return { ...common, kind: 'foreign', domainHasFunctions: functionDomains.has(normalized) };
  }
  const schema = schemaOf(normalized, name, version);
  if (!schema) return { ...common, kind: 'missing', version, versions: versionsOf(normalized, name) };
  return {
    ...common,
    kind: 'operator',
    schema,
    version,
    inputs: countsOf(schema.inputs),
    outputs: countsOf(schema.outputs),
    requiredAttributes: [...schema.attributes.values()]
      .filter(({ required }) => required)
      .map((attribute) => attribute.name),
  };
}

/** As onnx.checker looks imports up: only the empty domain has another name. */
function opsetOf(opsets: ReadonlyMap<string, number>, domain: string): number | undefined {
  return opsets.get(domain) ?? (domain === '' ? opsets.get('ai.onnx') : undefined);
}

function countsOf(parameters: readonly FormalParameter[]): Counts {
  let least = 0;
  let most = 0;
  for (const { option, minimum } of parameters) {
    if (option === 'variadic') {
      least = minimum > 0 ? most + minimum : least;
      most = Number.POSITIVE_INFINITY;
    } else {
      most++;
      if (option === 'single') least = most;
    }
  }
  return { least, most };
}
