/** Calls of model-local functions: the body is inferred for the inputs and attributes of each call. */

import { elementCount } from '../model/data-types.ts';
import type { Attribute, FunctionDefinition, Node, OpsetImport, Type } from '../model/model.ts';
import { normalizedDomain } from '../operators/table.ts';
import { inferNodes, outputsOf } from './body.ts';
import { anonymousSymbol, type Dim, substitute } from './expression.ts';
import type { NodeContext } from './node-context.ts';
import { type Call, define, type Scope, type Session, scopeOf } from './scope.ts';
import { equalValues, type Value, type ValueType } from './value.ts';

const maximumDepth = 64;
const maximumCallsKept = 32;

/** The model-local function that a node calls. */
export function functionOf(session: Session, node: Node): FunctionDefinition | undefined {
  const { functions } = session;
  if (functions.size === 0) return undefined;
  return functions
    .get(node.operator)
    ?.find(
      ({ domain, overload }) =>
        normalizedDomain(domain) === normalizedDomain(node.domain) &&
        (overload ?? '') === (node.overload ?? ''),
    );
}

export function opsetsOf(imports: readonly OpsetImport[]): Map<string, number> {
  return new Map(imports.map(({ domain, version }) => [normalizedDomain(domain), Number(version)]));
}

export function inferCall(context: NodeContext, definition: FunctionDefinition): void {
  const { scope, node } = context;
  const { session } = scope;
  if (session.active.has(definition)) {
    context.report('onnx.recursive-function', `Function '${definition.name}' calls itself.`, []);
    return;
  }
  const inputs = definition.inputs.map((_, index) => withoutLargeConstant(context.inputs[index]));
  const attributes = boundAttributes(context, definition);
  const key = `${scope.key}${node.outputs.find((name) => name !== '') ?? ''}/`;
  const kept = session.calls.get(definition) ?? [];
  session.calls.set(definition, kept);
  const place = kept.findIndex((candidate) => isSameCall(candidate, inputs, attributes));
  let [call] = place < 0 ? [] : kept.splice(place, 1);
  if (call === undefined) {
    if (!mayEnter(context, definition.nodes.length)) return;
    session.active.add(definition);
    try {
      call = inferBody(scope, definition, inputs, attributes, key);
    } finally {
      session.active.delete(definition);
    }
  }
  // The last ones used come first; editing a model for long must not fill this with calls of the past.
  kept.unshift(call);
  kept.length = Math.min(kept.length, maximumCallsKept);
  context.inner = [{ scope: call.scope, functionDefinition: definition }];
  const from = call.scope.key;
  call.outputs.forEach((value, index) => {
    context.setValue(index, from === key ? value : renamed(value, from, key));
  });
}

/** Whether there is room for the nodes of one more body; a problem where there is not. */
export function mayEnter(context: NodeContext, nodes: number): boolean {
  const { session, depth } = context.scope;
  session.budget -= nodes + 1;
  if (depth < maximumDepth && session.budget >= 0) return true;
  const message =
    depth < maximumDepth
      ? 'Functions and subgraphs expand to too many nodes; shapes from here on are unknown.'
      : `Functions and subgraphs are nested deeper than ${maximumDepth}; shapes inside are unknown.`;
  context.report('onnx.inference-limit', message, []);
  return false;
}

/** The body for inputs of which nothing is known: what is shown of a function that nobody calls. */
export function inferUncalled(
  session: Session,
  opsets: ReadonlyMap<string, number>,
  definition: FunctionDefinition,
): Scope {
  const root = scopeOf({ session, key: '', depth: 0, opsets, declared: new Map() });
  const inputs = definition.inputs.map(() => ({ type: undefined, data: undefined, constant: undefined }));
  const attributes = new Map(definition.attributeDefaults.map((attribute) => [attribute.name, attribute]));
  session.active.add(definition);
  try {
    return inferBody(root, definition, inputs, attributes, `${definition.name}/`).scope;
  } finally {
    session.active.delete(definition);
  }
}

function inferBody(
  caller: Scope,
  definition: FunctionDefinition,
  inputs: readonly (Value | undefined)[],
  attributes: ReadonlyMap<string, Attribute>,
  key: string,
): Call {
  const declared = new Map<string, Type>();
  for (const { name, type } of definition.valueInfos) if (type) declared.set(name, type);
  const scope = scopeOf({
    session: caller.session,
    key,
    depth: caller.depth + 1,
    opsets: opsetsOf(definition.opsetImports),
    declared,
    attributes,
    omitted: new Set(definition.inputs.filter((_, index) => inputs[index] === undefined)),
  });
  definition.inputs.forEach((name, index) => {
    const value = inputs[index];
    if (value) define(scope, name, { order: -1, value });
  });
  inferNodes(scope, definition.nodes);
  return { inputs, attributes, scope, outputs: outputsOf(scope, definition.outputs) };
}

/** The attributes that references in the body stand for. */
function boundAttributes(context: NodeContext, definition: FunctionDefinition): Map<string, Attribute> {
  const bound = new Map(definition.attributeDefaults.map((attribute) => [attribute.name, attribute]));
  for (const { name } of context.node.attributes) {
    const found = context.resolve(name);
    if (found) bound.set(name, found);
  }
  return bound;
}

/** Weights differ from call to call and decide no shape; only what may be a shape, a scale or a flag goes into the body. */
function withoutLargeConstant(value: Value | undefined): Value | undefined {
  if (value?.constant === undefined) return value;
  const { dims, dataType } = value.constant;
  const isFloat = dataType === 1 || dataType === 11;
  const limit = isFloat ? 8 : 64;
  const keeps = dims.length <= 1 && (elementCount(dims) ?? limit + 1) <= limit;
  return keeps ? value : { ...value, constant: undefined };
}

function isSameCall(
  call: Call,
  inputs: readonly (Value | undefined)[],
  attributes: ReadonlyMap<string, Attribute>,
): boolean {
  return (
    call.inputs.every((value, index) => {
      const other = inputs[index];
      return value === other || (value !== undefined && other !== undefined && equalValues(value, other));
    }) &&
    call.attributes.size === attributes.size &&
    [...attributes].every(([name, attribute]) => equalAttributes(call.attributes.get(name), attribute))
  );
}

function equalAttributes(a: Attribute | undefined, b: Attribute): boolean {
  if (a === b) return true;
  if (a === undefined || a.type !== b.type || !('value' in a) || !('value' in b)) return false;
  if (Array.isArray(a.value) && Array.isArray(b.value)) {
    const other: readonly unknown[] = b.value;
    return a.value.length === other.length && a.value.every((element, index) => element === other[index]);
  }
  return a.value === b.value;
}

/** A shared body's outputs with its own unknown dims made this call's. */
function renamed(value: Value, from: string, to: string): Value {
  const rename = (dim: Dim): Dim =>
    substitute(dim, (name, anonymous) =>
      anonymous && name.startsWith(from) ? anonymousSymbol(to + name.slice(from.length)) : undefined,
    );
  const data = value.data?.map(rename);
  return { ...value, type: renamedType(value.type, rename), data };
}

function renamedType(type: ValueType | undefined, rename: (dim: Dim) => Dim): ValueType | undefined {
  switch (type?.kind) {
    case 'tensor':
    case 'sparse_tensor':
      return type.shape?.some((dim) => typeof dim === 'object')
        ? { ...type, shape: type.shape.map(rename) }
        : type;
    case 'sequence':
    case 'optional':
      return { kind: type.kind, element: renamedType(type.element, rename) };
    default:
      return type;
  }
}
