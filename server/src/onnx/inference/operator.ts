/** An operator in one version: its schema, prepared for checking and giving types, and the rule for shapes. */

import { dataTypeOfName, dataTypes } from '../model/data-types.ts';
import { type FormalParameter, type OperatorSchema, parameterAt } from '../operators/schema.ts';
import { normalizedDomain, schemaOf } from '../operators/table.ts';
import { formatType } from './format.ts';
import type { NodeContext } from './node-context.ts';
import { ruleOf } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';
import type { Session } from './scope.ts';
import { tensorOf, type ValueType, valueWith } from './value.ts';

export interface Operator {
  readonly schema: OperatorSchema;
  readonly rule: Rule | undefined;
  readonly allowed: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Undefined for an operator that the opset does not have. */
export function operatorOf(
  session: Session,
  domain: string,
  name: string,
  version: number,
): Operator | undefined {
  // Three maps and no joined key: this runs once for each node of the model.
  const versions = ofKey(session.operators, domain);
  const names = ofKey(versions, version);
  const known = names.get(name);
  if (known !== undefined) return known ?? undefined;
  const schema = schemaOf(domain, name, version);
  const operator: Operator | null = schema
    ? {
        schema,
        rule: ruleOf(normalizedDomain(domain), name),
        allowed: new Map([...schema.typeConstraints].map(([type, set]) => [type, new Set(set)])),
      }
    : null;
  names.set(name, operator);
  return operator ?? undefined;
}

function ofKey<Outer, Inner, Value>(maps: Map<Outer, Map<Inner, Value>>, key: Outer): Map<Inner, Value> {
  let found = maps.get(key);
  if (found === undefined) {
    found = new Map();
    maps.set(key, found);
  }
  return found;
}

/**
 * Checks the inputs' types against the schema and gives the outputs the types that the schema alone tells: a fixed one, or
 * that of the inputs with the same type parameter.
 */
export function applyTypes(context: NodeContext, operator: Operator): void {
  const { schema, allowed } = operator;
  let bound: Map<string, number> | undefined;
  for (let index = 0; index < context.inputs.length; index++) {
    const parameter = parameterAt(schema.inputs, index);
    const type = context.type(index);
    const given = type && typeKey(type);
    if (parameter === undefined || given === undefined) continue;
    const set = allowed.get(parameter.type);
    if (set ? !set.has(given) : parameter.type !== given) {
      reportType(context, index, parameter, set ? [...set] : [parameter.type]);
      continue;
    }
    if (set === undefined || (parameter.option === 'variadic' && !parameter.homogeneous)) continue;
    bound ??= new Map();
    const other = bound.get(parameter.type);
    if (other === undefined) bound.set(parameter.type, index);
    else if (typeKey(context.type(other)) !== given) reportDifferentTypes(context, other, index);
  }
  for (let index = 0; index < context.outputs.length; index++) {
    const parameter = parameterAt(schema.outputs, index);
    if (parameter === undefined) continue;
    const source = bound?.get(parameter.type);
    if (source !== undefined) {
      if (parameter.option !== 'variadic' || parameter.homogeneous) {
        context.setValue(index, valueWith(withoutShape(context.type(source))));
      }
      continue;
    }
    const only = schema.typeConstraints.get(parameter.type) ?? [parameter.type];
    const [first] = only;
    if (first !== undefined && only.length === 1) context.setValue(index, valueWith(parseType(first)));
    else if (only.every((type) => type.startsWith('tensor('))) context.setType(index, tensorOf(0, undefined));
  }
}

function withoutShape(type: ValueType | undefined): ValueType | undefined {
  if (type?.kind !== 'tensor' && type?.kind !== 'sparse_tensor') return type;
  return type.kind === 'tensor'
    ? (bareTensors[type.elementType] ?? tensorOf(type.elementType, undefined))
    : type;
}

const bareTensors: ValueType[] = [];
const tensorKeys: string[] = [];
for (const { number, name } of dataTypes) {
  bareTensors[number] = tensorOf(number, undefined);
  tensorKeys[number] = `tensor(${name})`;
}

/** The type as schemas write it; undefined where it is not known far enough. */
function typeKey(type: ValueType | undefined): string | undefined {
  switch (type?.kind) {
    case 'tensor':
      return tensorKeys[type.elementType];
    case 'sequence':
    case 'optional': {
      const element = typeKey(type.element);
      return element && `${type.kind === 'sequence' ? 'seq' : 'optional'}(${element})`;
    }
    case 'map': {
      const [key, value] = [tensorKeys[type.key], typeKey(type.value)];
      // Schemas leave out the tensor around a map's key and value.
      return (
        key && value && `map(${key.slice('tensor('.length, -1)}, ${value.replace(/^tensor\((\w+)\)$/, '$1')})`
      );
    }
    default:
      return undefined;
  }
}

const parsedTypes = new Map<string, ValueType | undefined>();

/** Reads a type as schemas write it: `seq(tensor(float))`. */
function parseType(text: string): ValueType | undefined {
  if (!parsedTypes.has(text)) parsedTypes.set(text, parseTypeAnew(text));
  return parsedTypes.get(text);
}

function parseTypeAnew(text: string): ValueType | undefined {
  const [, kind, content = ''] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  switch (kind) {
    case 'tensor': {
      const number = dataTypeOfName(content)?.number;
      return number === undefined ? undefined : tensorOf(number, undefined);
    }
    case 'seq':
      return { kind: 'sequence', element: parseType(content) };
    case 'optional':
      return { kind: 'optional', element: parseType(content) };
    case 'map': {
      const comma = content.indexOf(',');
      const key = dataTypeOfName(content.slice(0, comma).trim())?.number ?? 0;
      const rest = content.slice(comma + 1).trim();
      return { kind: 'map', key, value: parseType(rest.includes('(') ? rest : `tensor(${rest})`) };
    }
    default:
      return undefined;
  }
}

function reportType(
  context: NodeContext,
  index: number,
  parameter: FormalParameter,
  types: readonly string[],
): void {
  const { node } = context;
  const list = listed(types);
  context.report(
    'onnx.type-mismatch',
    `Input ${index} (${parameter.name}) of ${node.operator} in opset ${context.version} cannot be ${formatType(context.type(index))}; it takes ${list}.`,
    [context.inputSide(index), { role: 'declaration', name: parameter.name, text: list }],
  );
}

/** Lists beyond this many types are shortened to their kinds. */
const listedTypes = 16;

/** `float, int64`; of many, `tensor(…), seq(tensor(…))`: what is taken of any element type. */
function listed(types: readonly string[]): string {
  const shown =
    types.length > listedTypes
      ? [...new Set(types.map((type) => type.replace(/\w+(?=\)*$)/, '…')))]
      : types.map((type) => type.replace(/^tensor\((.*)\)$/, '$1'));
  return shown.join(', ');
}

function reportDifferentTypes(context: NodeContext, first: number, second: number): void {
  context.report(
    'onnx.type-mismatch',
    `${context.node.operator} needs '${context.inputName(first)}' and '${context.inputName(second)}' to have the same type; they are ${formatType(context.type(first))} and ${formatType(context.type(second))}.`,
    [context.inputSide(first), context.inputSide(second)],
  );
}
