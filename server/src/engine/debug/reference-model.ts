/** The user's model with values in its middle as outputs, for a runtime that can only be asked for outputs. */
import { nearestName } from '../../build-config/checks/names.ts';
import { dataTypeOfName, dataTypeOfNumber } from '../../onnx/model/data-types.ts';
import type { Graph, Model, Node, ValueInfo } from '../../onnx/model/model.ts';
import { parserName } from '../../onnx/model/nodes.ts';
import { type GraphNode, graphNodes } from '../graph-nodes.ts';

export interface ReferenceModel {
  /** Has the outputs that are asked for, and no others. */
  readonly model: Model;
  /** `name` is the value's, `output` what to ask for; `type` what comes. */
  readonly values: readonly { readonly name: string; readonly output: string; readonly type?: string }[];
  /** What is fed, and as which type. */
  readonly inputs: readonly { readonly name: string; readonly input: string; readonly type: string }[];
  /** What cannot be had, and why: a sentence each. */
  readonly missing: readonly string[];
}

/** What is known of a value's type: that of a tensor's elements, or that it is no tensor. */
export type TypeOfValue = (name: string) => { readonly elementType: number } | 'no tensor' | undefined;

/**
 * Types that the JavaScript binding of ONNX Runtime does not hand out; a Cast makes them ones that hold all their values.
 */
const handedOutAs: Readonly<Record<string, string>> = {
  bfloat16: 'float',
  float8e4m3fn: 'float',
  float8e4m3fnuz: 'float',
  float8e5m2: 'float',
  float8e5m2fnuz: 'float',
  float4e2m1: 'float',
  float8e8m0: 'float',
  int4: 'int8',
  uint4: 'uint8',
};

/** Values of the main graph that a node computes at run time, in the model's order. */
export function computedValues(model: Model): string[] {
  return graphNodes(model)
    .filter(({ path, isConstant }) => path.length === 0 && !isConstant)
    .flatMap(({ outputs }) => outputs.filter((output) => output !== ''));
}

/** The first name that no value of the model has, also none inside of subgraphs and functions, and what may have been meant. */
export function unknownValue(
  model: Model,
  names: readonly string[],
): { readonly name: string; readonly near: string | undefined } | undefined {
  const { inputs = [], initializers = [] } = model.graph ?? {};
  const known = new Set(
    [...inputs, ...initializers]
      .map(({ name }) => name)
      .concat(graphNodes(model).flatMap(({ outputs }) => outputs)),
  );
  const name = names.find((wanted) => !known.has(wanted));
  return name === undefined ? undefined : { name, near: nearestName(name, known) };
}

/** Inputs that have to be given: an initializer of the same name is a default. */
export function requiredInputs({ graph }: Model): readonly ValueInfo[] {
  const defaults = new Set(graph?.initializers.map(({ name }) => name));
  return (graph?.inputs ?? []).filter(({ name }) => !defaults.has(name));
}

/** Throws an error for people where the model has no graph, or an input that no tensor can be. */
export function referenceModel(model: Model, wanted: readonly string[], typeOf: TypeOfValue): ReferenceModel {
  const { graph } = model;
  if (!graph) throw new Error('The model has no graph.');
  const names = new Names(graph);
  const nodes = graphNodes(model);
  const computed = new Set(nodes.filter(({ path }) => path.length === 0).flatMap(({ outputs }) => outputs));
  const missing: string[] = [];
  const before: Node[] = [];
  const behind: Node[] = [];
  const outputs: ValueInfo[] = [];
  const values: { name: string; output: string; type?: string }[] = [];
  for (const name of new Set(wanted)) {
    const type = typeOf(name);
    const reason = computed.has(name) ? reasonAgainst(type) : whereItIs(name, graph, nodes);
    if (reason !== undefined) {
      missing.push(`${name} ${reason}`);
      continue;
    }
    const elementType = typeof type === 'object' ? dataTypeOfNumber(type.elementType)?.name : undefined;
    const cast = elementType === undefined ? undefined : handedOutAs[elementType];
    const output = cast === undefined ? name : names.unused(`${name} as ${cast}`);
    if (cast !== undefined) behind.push(castNode(name, output, cast));
    outputs.push({ name: output, metadata: [] });
    const handedOut = cast ?? elementType;
    values.push({ name, output, ...(handedOut !== undefined && { type: handedOut }) });
  }
  const inputs: { name: string; input: string; type: string }[] = [];
  const replaced = new Map<string, ValueInfo>();
  for (const value of requiredInputs(model)) {
    const type = value.type?.kind === 'tensor' ? dataTypeOfNumber(value.type.elementType)?.name : undefined;
    if (type === undefined || type === 'string' || value.type?.kind !== 'tensor') {
      throw new Error(
        `The input ${value.name} is no tensor of numbers that ONNX Runtime is given from here.`,
      );
    }
    const cast = handedOutAs[type];
    const input = cast === undefined ? value.name : names.unused(`${value.name} as ${cast}`);
    inputs.push({ name: value.name, input, type: cast ?? type });
    if (cast === undefined) continue;
    before.push(castNode(input, value.name, type));
    replaced.set(value.name, {
      ...value,
      name: input,
      type: { ...value.type, elementType: dataTypeOfName(cast)?.number ?? 0 },
    });
  }
  return {
    model: {
      ...model,
      graph: {
        ...graph,
        inputs: graph.inputs.map((input) => replaced.get(input.name) ?? input),
        // With names ONNX Runtime says where it stops.
        nodes: [...before, ...graph.nodes.map((node) => ({ ...node, name: parserName(node) })), ...behind],
        outputs,
      },
    },
    values,
    inputs,
    missing,
  };
}

function reasonAgainst(type: ReturnType<TypeOfValue>): string | undefined {
  if (type === 'no tensor') return 'is no tensor (a sequence, map or optional), which has no values to show.';
  const name = typeof type === 'object' ? dataTypeOfNumber(type.elementType)?.name : undefined;
  return name === 'string' || name?.startsWith('complex')
    ? `holds elements of type ${name}, which are no numbers to compare.`
    : undefined;
}

function whereItIs(name: string, graph: Graph, nodes: readonly GraphNode[]): string {
  if (graph.inputs.some((input) => input.name === name)) return 'is an input; its values are those given.';
  if (graph.initializers.some((initializer) => initializer.name === name)) {
    return 'is an initializer; its values are in the model.';
  }
  const inner = nodes.find(({ path, outputs }) => path.length > 0 && outputs.includes(name));
  return inner
    ? `is inside ${inner.path.join(' / ')} (a subgraph, or a function that is not looked into): its values cannot be captured. Capture the outputs of ${inner.path[0]}.`
    : 'is no value of the model.';
}

function castNode(input: string, output: string, type: string): Node {
  return {
    inputs: [input],
    outputs: [output],
    operator: 'Cast',
    domain: '',
    attributes: [{ name: 'to', type: 'int', value: dataTypeOfName(type)?.number ?? 0 }],
    metadata: [],
  };
}

class Names {
  readonly #taken: Set<string>;

  constructor({ inputs, outputs, initializers, nodes }: Graph) {
    this.#taken = new Set(
      [...inputs, ...outputs, ...initializers]
        .map(({ name }) => name)
        .concat(nodes.flatMap((node) => node.outputs)),
    );
  }

  unused(wish: string): string {
    let name = wish;
    for (let number = 2; this.#taken.has(name); number++) name = `${wish} ${number}`;
    this.#taken.add(name);
    return name;
  }
}
