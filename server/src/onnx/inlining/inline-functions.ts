/** A model with its functions written out where the main graph calls them, so that values inside of them are values of the graph. */
import { memoized } from '../memoized.ts';
import type { FunctionDefinition, Model, Node, ValueInfo } from '../model/model.ts';
import { calledFunctions, parserName, withSubgraphNodes } from '../model/nodes.ts';
import { type Binding, bindingOf } from './binding.ts';
import { Imports } from './imports.ts';
import { Names } from './names.ts';
import { type Body, Obstacles } from './obstacles.ts';
import { type Substitution, substitutedNode, substitutedValueInfo } from './substitution.ts';

export interface InlinedModel {
  readonly model: Model;
  /**
   * By name in `model`: the main graph's values that come out of functions, and nodes that do, also those in subgraphs. What a call
   * writes is a value of the body that calls: results of a call in the main graph are not among them. A value and a node have the same
   * name only if they have in the function.
   */
  readonly values: ReadonlyMap<string, ValueInFunction>;
  /** What is not inlined, and why: a sentence each. */
  readonly notes: readonly string[];
}

export interface ValueInFunction {
  /** Names of the calls that lead to it, outermost first, as TensorRT's parser names nodes. */
  readonly calls: readonly string[];
  /** The function that has it in its body. */
  readonly function: Pick<FunctionDefinition, 'domain' | 'name' | 'overload'>;
  /** Its name there; for a node without one, that of TensorRT's parser. */
  readonly name: string;
}

/**
 * Undefined where no node of the main graph calls a function of the model. Calls in subgraphs stay, as values there cannot be seen from
 * outside. Functions that nothing calls any more are dropped; all else of the model stays, initializers as the same objects.
 *
 * Functions that call a function twice, which calls one twice …, make models of any size: from `maximumNodes` on, calls stay.
 *
 * A value `t` is called `CALLS/t`, and a node likewise: the names of the calls that lead there, joined with `/`. Where something has that
 * name already, a number follows.
 */
export function inlineFunctions(model: Model, maximumNodes = 100_000): InlinedModel | undefined {
  const { graph } = model;
  const functionOf = calledFunctions(model);
  const isCall = (node: Node) => functionOf(node) !== undefined;
  if (!graph?.nodes.some(isCall)) return undefined;
  const names = new Names(graph);
  const imports = new Imports(model, isCall);
  const obstacles = new Obstacles(imports, graph.nodes.length, maximumNodes);
  const nodes: Node[] = [];
  const valueInfos: ValueInfo[] = [];
  const values = new Map<string, ValueInFunction>();

  /** `node` with the main graph's names; it gets `finalName` where it stays. */
  const write = (node: Node, callName: string, outer: Body | undefined, finalName?: () => string): void => {
    const definition = functionOf(node);
    if (definition) {
      const body = { definition, calls: [...(outer?.calls ?? []), callName], outer };
      const binding = bindingOf(node, definition);
      if (obstacles.admits(node, binding, body)) {
        imports.add(definition, binding.copies.length > 0);
        writeBody(body, binding);
        return;
      }
    }
    nodes.push(finalName ? { ...node, name: finalName() } : node);
  };

  const writeBody = (body: Body, { values: bound, copies, attributes }: Binding): void => {
    const { definition, calls } = body;
    const path = calls.join('/');
    const { domain, name, overload } = definition;
    const place = { calls, function: { domain, name, ...(overload !== undefined && { overload }) } };
    const nameInGraph = memoized((inFunction) => {
      const made = names.unused(`${path}/${inFunction}`);
      values.set(made, { ...place, name: inFunction });
      return made;
    });
    const renamed = new Map(bound);
    for (const output of definition.nodes.flatMap(({ outputs }) => outputs)) {
      if (output !== '' && !renamed.has(output)) renamed.set(output, nameInGraph(output));
    }
    const substitution: Substitution = {
      value: (inFunction) => renamed.get(inFunction) ?? inFunction,
      innerValue: (inFunction) => names.inSubgraph(inFunction, `${path}/${inFunction}`),
      nodeName: (node) => nameInGraph(parserName(node)),
      dimension: memoized((inFunction) => names.dimension(`${path}/${inFunction}`)),
      attribute: (parameter) => attributes.get(parameter),
    };
    for (const node of definition.nodes) {
      write(substitutedNode(node, substitution), parserName(node), body, () => substitution.nodeName(node));
    }
    for (const [output, inFunction] of copies) {
      const input = substitution.value(inFunction);
      nodes.push(identity(names.unused(`${path}/node_of_${inFunction}`), input, output));
    }
    for (const info of definition.valueInfos) {
      // What the caller has a name for is the caller's to describe.
      if (renamed.has(info.name) && !bound.has(info.name)) {
        valueInfos.push(substitutedValueInfo(info, substitution));
      }
    }
  };

  for (const node of graph.nodes) write(node, parserName(node), undefined);
  const called = functionsCalledBy(nodes, functionOf);
  return {
    model: {
      ...model,
      opsetImports: [...model.opsetImports, ...imports.added],
      graph: { ...graph, nodes, valueInfos: [...graph.valueInfos, ...valueInfos] },
      functions: model.functions.filter((definition) => called.has(definition)),
    },
    values,
    notes: [...obstacles.notes],
  };
}

/** Also in subgraphs, and through other functions. */
function functionsCalledBy(
  nodes: readonly Node[],
  functionOf: (node: Node) => FunctionDefinition | undefined,
): ReadonlySet<FunctionDefinition> {
  const called = new Set<FunctionDefinition>();
  const addCalled = (body: readonly Node[]) => {
    for (const node of withSubgraphNodes(body)) {
      const definition = functionOf(node);
      if (definition) called.add(definition);
    }
  };
  addCalled(nodes);
  // A set grows while it is walked, and has each function once.
  for (const { nodes: body } of called) addCalled(body);
  return called;
}

function identity(name: string, input: string, output: string): Node {
  return {
    inputs: [input],
    outputs: [output],
    name,
    operator: 'Identity',
    domain: '',
    attributes: [],
    metadata: [],
  };
}
