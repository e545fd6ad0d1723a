/** Which nodes of a model always have the same outputs, and which. */
import type { Inference, InferenceScope } from '../inference/infer.ts';
import { dataTypeOfNumber } from '../model/data-types.ts';
import type { Bytes, Graph, Model, Node } from '../model/model.ts';
import { normalizedDomain, schemaOf } from '../operators/table.ts';
import { type Constant, constantOf, constantOfNode, isComplete } from './constant.ts';
import { canEvaluate, evaluate, evaluateShape, followsFromShape } from './evaluate.ts';

export interface ConstantNodesOptions {
  readonly readBytes: (bytes: Bytes) => Uint8Array;
  /** For values with a fixed shape. */
  readonly inference: Inference;
}

/**
 * The outputs of nodes that follow from constants (initializers that no caller can replace, Constant nodes, fixed shapes), to the last
 * bit, and can be those of a Constant node. Constant nodes themselves are not among them. Nodes in functions count, too, with what does not depend on the call.
 */
export function constantNodes(
  model: Model,
  options: ConstantNodesOptions,
): ReadonlyMap<Node, readonly Constant[]> {
  const found = new Map<Node, readonly Constant[]>();
  const functions = new Set(model.functions.map(({ domain, name }) => `${normalizedDomain(domain)} ${name}`));
  const search = { ...options, functions, found };
  if (model.graph) {
    const opset = opsetOf(model.opsetImports);
    if (opset !== undefined) visitGraph({ ...search, opset }, model.graph, undefined, options.inference.root);
  }
  for (const definition of model.functions) {
    const opset = opsetOf(definition.opsetImports) ?? opsetOf(model.opsetImports);
    const values = new Map(definition.inputs.map((name) => [name, undefined]));
    if (opset !== undefined) {
      visitNodes({ ...search, opset }, definition.nodes, { values, outer: undefined }, undefined);
    }
  }
  return found;
}

interface Search extends ConstantNodesOptions {
  readonly opset: number;
  /** Domain and name of the model's functions, which win over operators. */
  readonly functions: ReadonlySet<string>;
  readonly found: Map<Node, readonly Constant[]>;
}

/** The values of a body: what is known of them, nothing for those that are not constant. A function reads one when it is needed. */
interface Scope {
  readonly values: Map<string, Constant | (() => Constant | undefined) | undefined>;
  readonly outer: Scope | undefined;
}

function opsetOf(imports: Model['opsetImports']): number | undefined {
  const found = imports.find(({ domain }) => normalizedDomain(domain) === '');
  return found && Number(found.version);
}

function visitGraph(
  search: Search,
  graph: Graph,
  outer: Scope | undefined,
  place: InferenceScope | undefined,
): void {
  const scope: Scope = { values: new Map(), outer };
  for (const tensor of graph.initializers) {
    scope.values.set(tensor.name, () => constantOf(tensor, search.readBytes));
  }
  // A caller of the model may give these another value.
  for (const { name } of graph.inputs) scope.values.set(name, undefined);
  visitNodes(search, graph.nodes, scope, place);
}

function visitNodes(
  search: Search,
  nodes: readonly Node[],
  scope: Scope,
  place: InferenceScope | undefined,
): void {
  for (const node of nodes) {
    const outputs = outputsOf(search, node, scope, place);
    for (const [index, name] of node.outputs.entries()) {
      // Of two definitions of a name, which is a mistake, neither is believed.
      if (name !== '') scope.values.set(name, scope.values.has(name) ? undefined : outputs?.[index]);
    }
    const isFolded = (output: Constant) => isComplete(output) && canBeConstant(output.dataType, search.opset);
    if (node.operator !== 'Constant' && outputs?.every(isFolded)) search.found.set(node, outputs);
    for (const { name, value } of graphsOf(node)) {
      visitGraph(search, value, scope, place && search.inference.inside(place, node, name));
    }
  }
}

/** Before opset 9, Constant nodes were floats only. */
function canBeConstant(dataType: number, opset: number): boolean {
  const types = schemaOf('', 'Constant', opset)?.typeConstraints.get('T');
  return types?.includes(`tensor(${dataTypeOfNumber(dataType)?.name})`) === true;
}

function* graphsOf(node: Node): Generator<{ readonly name: string; readonly value: Graph }> {
  for (const attribute of node.attributes) {
    if (attribute.type === 'graph') yield attribute;
    // Inference knows no places in lists of graphs, and ONNX no operator that has them.
    if (attribute.type === 'graphs') for (const value of attribute.value) yield { name: '', value };
  }
}

function outputsOf(
  search: Search,
  node: Node,
  scope: Scope,
  place: InferenceScope | undefined,
): readonly Constant[] | undefined {
  const domain = normalizedDomain(node.domain);
  if (domain !== '' || search.functions.has(`${domain} ${node.operator}`)) return undefined;
  if (node.operator === 'Constant') {
    const value = constantOfNode(node.attributes, search.readBytes);
    return value && node.outputs.length === 1 ? [value] : undefined;
  }
  if (!canEvaluate(node.domain, node.operator)) return undefined;
  if (followsFromShape(node.operator)) {
    const dims = dimsOf(search, node.inputs[0] ?? '', scope, place);
    return dims && evaluateShape(node, dims);
  }
  const inputs = node.inputs.map((name) => (name === '' ? undefined : lookUp(scope, name)));
  if (node.inputs.some((name, index) => name !== '' && inputs[index] === undefined)) return undefined;
  const outputs = evaluate({ node, opset: search.opset, inputs });
  return outputs?.filter((output) => output !== undefined);
}

function lookUp(scope: Scope, name: string): Constant | undefined {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    if (!at.values.has(name)) continue;
    const value = at.values.get(name);
    if (typeof value !== 'function') return value;
    const read = value();
    at.values.set(name, read);
    return read;
  }
  return undefined;
}

function dimsOf(
  { inference }: Search,
  name: string,
  scope: Scope,
  place: InferenceScope | undefined,
): readonly (number | undefined)[] | undefined {
  const known = lookUp(scope, name);
  if (known) return known.dims;
  const type = place && inference.value(place, name)?.type;
  return type?.kind === 'tensor'
    ? type.shape?.map((dim) => (typeof dim === 'number' ? dim : undefined))
    : undefined;
}
