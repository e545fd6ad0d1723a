import type { Graph, Node, Tensor, ValueInfo } from '../../model/model.ts';
import type { GraphSyntax, Identifier, NodeStatement, ValueDeclaration } from '../syntax-tree.ts';
import { readAnnotations, type Said } from './annotations.ts';
import { attributesOf } from './attributes.ts';
import type { Conversion } from './context.ts';
import { withSaid } from './messages.ts';
import { exactString } from './names.ts';
import { type TensorParts, tensorSaid } from './tensors.ts';
import { typeOf } from './types.ts';

/** What a list of declarations declares. An input with data is both an input and an initializer. */
export type Declared =
  | { readonly value: ValueInfo; readonly initializer?: Tensor }
  | { readonly value?: undefined; readonly initializer: Tensor };

/** A graph in an attribute. */
export function graphOf(conversion: Conversion, syntax: GraphSyntax): Graph {
  const said = readAnnotations(conversion, syntax.annotations, 'graph');
  const inputs = syntax.inputs.map((declaration) => inputOf(conversion, declaration));
  const values = syntax.values.map((declaration) => listedValueOf(conversion, declaration));
  const graph: Graph = {
    name: exactString(said, 'name', syntax.name.name),
    nodes: syntax.nodes.map((statement) => nodeOf(conversion, statement)),
    initializers: initializersOf(inputs, values),
    inputs: valuesOf(inputs),
    outputs: syntax.outputs.map((declaration) => valueInfoOf(conversion, declaration)),
    valueInfos: valuesOf(values),
    metadata: [],
  };
  return withSaid(conversion, 'GraphProto', graph, said);
}

/** As the reference parser collects them: inputs' defaults first. */
export function initializersOf(inputs: readonly Declared[], values: readonly Declared[]): Tensor[] {
  const initializers: Tensor[] = [];
  for (const list of [inputs, values])
    for (const { initializer } of list) if (initializer !== undefined) initializers.push(initializer);
  return initializers;
}

export function valuesOf(declared: readonly Declared[]): ValueInfo[] {
  const values: ValueInfo[] = [];
  for (const { value } of declared) if (value !== undefined) values.push(value);
  return values;
}

/** An input; one with data is also an initializer, which then has what annotations say of data. */
export function inputOf(conversion: Conversion, declaration: ValueDeclaration): Declared {
  if (declaration.data === undefined) return { value: valueInfoOf(conversion, declaration) };
  const ofData = new Set(['raw_data', 'typed_data', 'nan_bits', 'bytes']);
  const [data, value] = [true, false].map((isOfData) =>
    declaration.annotations.filter(({ key }) => ofData.has(key) === isOfData),
  );
  return {
    value: valueInfoOf(conversion, { ...declaration, annotations: value ?? [] }),
    initializer: initializerOf(conversion, { ...declaration, annotations: data ?? [] }),
  };
}

/** An entry of the list after the signature: an initializer if it has data, else a value info. */
export function listedValueOf(conversion: Conversion, declaration: ValueDeclaration): Declared {
  return declaration.data === undefined
    ? { value: valueInfoOf(conversion, declaration) }
    : { initializer: initializerOf(conversion, declaration) };
}

function initializerOf(conversion: Conversion, declaration: ValueDeclaration): Tensor {
  const said = readAnnotations(conversion, declaration.annotations, 'initializer');
  return tensorSaid(conversion, { ...declaration, type: declaration.type ?? noType(declaration) }, said);
}

function noType({ start }: ValueDeclaration): TensorParts['type'] {
  return { kind: 'incomplete', start, end: start };
}

export function valueInfoOf(conversion: Conversion, declaration: ValueDeclaration): ValueInfo {
  const said = readAnnotations(conversion, declaration.annotations, 'value');
  const { type } = declaration;
  const value: ValueInfo = {
    name: exactString(said, 'name', declaration.name.name),
    ...(type !== undefined && type.kind !== 'incomplete'
      ? { type: typeOf(type, said, 'type') }
      : typeOfNothing(said)),
    metadata: [],
  };
  return withSaid(conversion, 'ValueInfoProto', value, said);
}

/** A type that has no value in the syntax may still have a denotation and other fields. */
function typeOfNothing(said: Said): { readonly type: ValueInfo['type'] & object } | undefined {
  const type = typeOf({ kind: 'incomplete', start: 0, end: 0 }, said, 'type');
  return Object.keys(type).length === 1 ? undefined : { type };
}

export function nodeOf(conversion: Conversion, statement: NodeStatement): Node {
  const said = readAnnotations(conversion, statement.annotations, 'node');
  const exact = (path: string, name: Identifier | undefined) =>
    name === undefined || said.bytes.size === 0 ? name?.name : exactString(said, path, name.name);
  const name = exact('name', statement.label);
  const overload = exact('overload', statement.overload);
  const common = {
    inputs: namesOf(said, statement.inputs, 'input'),
    outputs: namesOf(said, statement.outputs, 'output'),
    operator: exact('op_type', statement.operator) ?? '',
    domain: exact('domain', statement.domain) ?? '',
    attributes: attributesOf(conversion, statement.attributes),
    metadata: none,
  };
  return withSaid(conversion, 'NodeProto', withNames(common, name, overload), said);
}

const none: readonly never[] = [];

/** Written out, as there are as many of these objects as nodes: spreading optional properties takes several times as long. */
function withNames(
  { inputs, outputs, operator, domain, attributes, metadata }: Node,
  name: string | undefined,
  overload: string | undefined,
): Node {
  if (overload !== undefined) {
    return name === undefined
      ? { inputs, outputs, operator, domain, overload, attributes, metadata }
      : { inputs, outputs, name, operator, domain, overload, attributes, metadata };
  }
  return name === undefined
    ? { inputs, outputs, operator, domain, attributes, metadata }
    : { inputs, outputs, name, operator, domain, attributes, metadata };
}

export function namesOf(said: Said, identifiers: readonly Identifier[], path: string): readonly string[] {
  if (said.bytes.size === 0) return identifiers.map(({ name }) => name);
  return identifiers.map(({ name }, index) => exactString(said, `${path}[${index}]`, name));
}
